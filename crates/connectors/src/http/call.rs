//! One request, as a platform describes it.

use std::fmt;

use reqwest::Method;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use secrecy::SecretString;
use serde_json::Value;

use crate::Urgency;

/// Whether a request may be sent again when nobody knows what became of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Nature {
    /// Asking twice is asking once.
    Read,
    /// Sent at most once, unless the store says that it did nothing.
    Write,
}

/// What the answer may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Accept {
    Json,
    /// A file, as the store makes it. A page for people (HTML) is no file.
    File,
}

/// One request. The path is given in segments and the query in pairs, so that no value can change the address.
#[derive(Clone)]
pub struct Call {
    pub(super) method: Method,
    /// What the log shows in place of the path: `customers/{id}`.
    pub(super) template: &'static str,
    pub(super) segments: Vec<String>,
    pub(super) query: Vec<(&'static str, String)>,
    pub(super) headers: HeaderMap,
    pub(super) body: Option<Value>,
    /// A body of a web form, in place of JSON.
    pub(super) form: Option<String>,
    pub(super) nature: Nature,
    pub(super) urgency: Urgency,
    pub(super) accept: Accept,
    pub(super) route: &'static str,
    hidden: Vec<SecretString>,
}

impl Call {
    /// A `GET` of the path that `template` names; each `{…}` in it takes one of `values`.
    pub fn get(template: &'static str, values: &[&str], urgency: Urgency) -> Self {
        Self::new(Method::GET, Nature::Read, template, values, urgency)
    }

    /// A write of the path that `template` names.
    pub fn write(method: Method, template: &'static str, values: &[&str]) -> Self {
        Self::new(method, Nature::Write, template, values, Urgency::Push)
    }

    fn new(
        method: Method,
        nature: Nature,
        template: &'static str,
        values: &[&str],
        urgency: Urgency,
    ) -> Self {
        let mut values = values.iter();
        let segments = template
            .split('/')
            .filter(|part| !part.is_empty())
            .map(|part| match part.starts_with('{') {
                true => values.next().copied().unwrap_or_default().to_owned(),
                false => part.to_owned(),
            })
            .collect();
        Self {
            method,
            template,
            segments,
            query: Vec::new(),
            headers: HeaderMap::new(),
            body: None,
            form: None,
            nature,
            urgency,
            accept: Accept::Json,
            route: "",
            hidden: Vec::new(),
        }
    }

    /// Which of the platform's allowances it takes from, where there are several.
    #[must_use]
    pub fn route(mut self, route: &'static str) -> Self {
        self.route = route;
        self
    }

    /// One pair of the query.
    #[must_use]
    pub fn query(mut self, key: &'static str, value: impl Into<String>) -> Self {
        self.query.push((key, value.into()));
        self
    }

    /// One pair of the query, where there is a value.
    #[must_use]
    pub fn query_if(self, key: &'static str, value: Option<impl Into<String>>) -> Self {
        match value {
            Some(value) => self.query(key, value),
            None => self,
        }
    }

    #[must_use]
    pub fn header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.insert(name, value);
        self
    }

    /// A JSON body.
    #[must_use]
    pub fn body(mut self, body: Value) -> Self {
        self.body = Some(body);
        self
    }

    /// A body as a web form sends it.
    #[must_use]
    pub fn form(mut self, pairs: &[(&str, &str)]) -> Self {
        let mut text = url::form_urlencoded::Serializer::new(String::new());
        self.form = Some(text.extend_pairs(pairs).finish());
        self
    }

    /// Names a secret that its body holds, so that no error repeats it when the store does.
    #[must_use]
    pub fn hiding(mut self, secret: &SecretString) -> Self {
        self.hidden.push(secret.clone());
        self
    }

    /// Everything in it that nobody else may see: what its headers prove, and what its body was said to hold.
    pub(super) fn secrets(&self) -> Vec<SecretString> {
        let in_headers = self.headers.values().filter(|value| value.is_sensitive());
        let texts = in_headers.filter_map(|value| value.to_str().ok());
        // A scheme stands in front of the token, and is no secret.
        let bare = texts.map(|text| text.rsplit(' ').next().unwrap_or(text));
        bare.map(SecretString::from).chain(self.hidden.iter().cloned()).collect()
    }

    /// Says that the request is safe to repeat although its method is not `GET`: signing in, for one.
    #[must_use]
    pub fn repeatable(mut self) -> Self {
        self.nature = Nature::Read;
        self
    }

    /// Whose turn it takes, where that differs from what its kind usually is.
    #[must_use]
    pub fn urgency(mut self, urgency: Urgency) -> Self {
        self.urgency = urgency;
        self
    }

    pub fn wanted_urgency(&self) -> Urgency {
        self.urgency
    }

    #[must_use]
    pub fn accept(mut self, accept: Accept) -> Self {
        self.accept = accept;
        self
    }
}

/// Shows what the log may show: the rest holds people's values, and a sign-in holds a password.
impl fmt::Debug for Call {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = formatter.debug_struct("Call");
        shown.field("method", &self.method).field("path", &self.template).finish_non_exhaustive()
    }
}
