//! What a list of customers can be narrowed by. What is not understood is passed over without a word.

use chrono::{Duration, NaiveDate};
use serde_json::{Value, json};

use crate::clock::{DAY, Moment};
use crate::platform::yampi::choices::{Choices, DateFilter, DateFilterUpdated, ScalarFilters};
use crate::platform::yampi::refusal::refuse;
use crate::platform::yampi::seed::digits;
use crate::platform::yampi::shelf::Customer;
use crate::server::{Answer, Call};
use crate::text::contains_ignoring_case;

/// Fields that `search` knows.
const SEARCHABLE: [&str; 6] = ["name", "first_name", "last_name", "email", "cpf", "cnpj"];

#[derive(Debug, Default)]
pub(super) struct Filters {
    terms: Vec<Term>,
    all_terms: bool,
    created: Option<(Moment, Moment)>,
    updated: Option<(Moment, Moment)>,
    /// Free text, in small letters.
    needle: Option<String>,
    active: Vec<bool>,
    clusters: Vec<i64>,
    emails: Vec<String>,
    documents: Vec<String>,
}

#[derive(Debug)]
struct Term {
    field: &'static str,
    /// In small letters.
    value: String,
    like: bool,
}

impl Filters {
    pub(super) fn read(call: &Call, choices: &Choices) -> Result<Filters, Answer> {
        let many = |name: &str| values(call, name, choices.scalar_filters == ScalarFilters::Honoured);
        let mut filters = Filters {
            terms: terms(call),
            all_terms: call.parameter("searchJoin") == Some("and"),
            needle: needle(call),
            active: many("active").iter().map(|value| matches!(*value, "1" | "true")).collect(),
            clusters: many("cluster_id").iter().map(|value| value.parse().unwrap_or_default()).collect(),
            emails: many("email").iter().map(|value| value.trim().to_lowercase()).collect(),
            documents: many("cpf").iter().map(|value| digits(value)).collect(),
            ..Filters::default()
        };
        for filter in call.pairs.iter().filter(|(name, _)| name == "date").map(|(_, value)| value) {
            filters.read_date(filter, choices)?;
        }
        Ok(filters)
    }

    pub(super) fn of_cluster(cluster: i64) -> Filters {
        Filters { clusters: vec![cluster], ..Filters::default() }
    }

    /// For one customer: free text, an e-mail or a document.
    pub(super) fn of_search(call: &Call) -> Filters {
        Filters {
            needle: needle(call),
            emails: values(call, "email", true).iter().map(|value| value.trim().to_lowercase()).collect(),
            documents: values(call, "cpf", true).iter().map(|value| digits(value)).collect(),
            ..Filters::default()
        }
    }

    fn read_date(&mut self, filter: &str, choices: &Choices) -> Result<(), Answer> {
        let broken = || refuse(500, "Server Error", choices);
        let (field, range) = filter.split_once(':').ok_or_else(broken)?;
        let (honoured, ignored) = match field {
            "created_at" => {
                (choices.date_filter == DateFilter::Honoured, choices.date_filter == DateFilter::Ignored)
            }
            "updated_at" => (
                choices.date_filter_updated == DateFilterUpdated::Honoured,
                choices.date_filter_updated == DateFilterUpdated::Ignored,
            ),
            _ => (false, false),
        };
        if ignored {
            return Ok(());
        }
        let range = range_of_days(range, choices).filter(|_| honoured).ok_or_else(broken)?;
        if field == "created_at" {
            self.created = Some(range)
        } else {
            self.updated = Some(range)
        }
        Ok(())
    }

    pub(super) fn admit(&self, customer: &Customer) -> bool {
        let within = |range: &Option<(Moment, Moment)>, at: Moment| {
            range.is_none_or(|(from, to)| (from..to).contains(&at))
        };
        let email = customer.email.as_deref().unwrap_or_default().trim().to_lowercase();
        within(&self.created, customer.created_at)
            && within(&self.updated, customer.updated_at)
            && (self.active.is_empty() || self.active.contains(&customer.active))
            && (self.clusters.is_empty() || customer.cluster.is_some_and(|id| self.clusters.contains(&id)))
            && (self.emails.is_empty() || self.emails.contains(&email))
            && (self.documents.is_empty()
                || customer.cpf.as_ref().is_some_and(|cpf| self.documents.contains(cpf)))
            && self.needle.as_ref().is_none_or(|needle| holds(customer, needle))
            && self.terms_admit(customer)
    }

    fn terms_admit(&self, customer: &Customer) -> bool {
        let fits = |term: &Term| {
            let text = field(customer, term.field).unwrap_or_default();
            if term.like {
                contains_ignoring_case(&text, &term.value)
            } else {
                text.to_lowercase() == term.value
            }
        };
        if self.all_terms || self.terms.is_empty() {
            self.terms.iter().all(fits)
        } else {
            self.terms.iter().any(fits)
        }
    }
}

/// Name, e-mail, tax number and phone, the numbers by their digits.
fn holds(customer: &Customer, needle: &str) -> bool {
    let texts = [customer.name(), customer.email.clone(), customer.razao_social.clone()];
    let numbers = [&customer.cpf, &customer.cnpj, &customer.phone];
    let wanted = digits(needle);
    let numeric = !wanted.is_empty() && needle.chars().all(|letter| !letter.is_alphabetic());
    texts.iter().flatten().any(|text| contains_ignoring_case(text, needle))
        || (numeric && numbers.into_iter().flatten().any(|number| number.contains(&wanted)))
}

fn field(customer: &Customer, name: &str) -> Option<String> {
    match name {
        "name" => customer.name(),
        "first_name" => customer.first_name.clone(),
        "last_name" => customer.last_name.clone(),
        "email" => customer.email.clone(),
        "cpf" => customer.cpf.clone(),
        "cnpj" => customer.cnpj.clone(),
        _ => None,
    }
}

fn needle(call: &Call) -> Option<String> {
    call.parameter("q").map(|text| text.trim().to_lowercase()).filter(|text| !text.is_empty())
}

/// The values of an array filter, with the plain spelling where it is read at all.
pub(super) fn values<'a>(call: &'a Call, name: &str, scalar: bool) -> Vec<&'a str> {
    let array = format!("{name}[]");
    let wanted = call.pairs.iter().filter(|(key, _)| *key == array || (scalar && key == name));
    wanted.map(|(_, value)| value.as_str()).collect()
}

/// `search=field:value;field:value` or `search=value`, with `searchFields=field:like;field:=` beside it.
fn terms(call: &Call) -> Vec<Term> {
    let Some(search) = call.parameter("search").filter(|text| !text.is_empty()) else {
        return Vec::new();
    };
    let manners = call.parameter("searchFields").unwrap_or_default();
    let manner = |field: &str| {
        let known = manners.split(';').filter_map(|part| part.split_once(':'));
        known.into_iter().any(|(name, manner)| name == field && matches!(manner, "like" | "ilike"))
    };
    let known = |name: &str| SEARCHABLE.into_iter().find(|field| *field == name);
    let mut terms = Vec::new();
    for part in search.split(';') {
        match part.split_once(':').and_then(|(name, value)| Some((known(name)?, value))) {
            Some((field, value)) => {
                terms.push(Term { field, value: value.to_lowercase(), like: manner(field) });
            }
            // A word without a field is looked for in all of them.
            None if !part.contains(':') => {
                terms.extend(SEARCHABLE.map(|field| Term { field, value: part.to_lowercase(), like: true }))
            }
            None => {}
        }
    }
    terms
}

/// `YYYY-MM-DD|YYYY-MM-DD`, both days whole, by the store's own calendar.
fn range_of_days(text: &str, choices: &Choices) -> Option<(Moment, Moment)> {
    let (from, to) = text.split_once('|')?;
    let start = |day: &str| {
        let day = NaiveDate::parse_from_str(day, "%Y-%m-%d").ok()?.and_hms_opt(0, 0, 0)?.and_utc();
        Some((day - Duration::hours(choices.date_zone.hours())).timestamp_millis())
    };
    Some((start(from)?, start(to)? + DAY))
}

/// The list of filters that the store says it knows.
pub(super) fn known() -> Answer {
    let filter = |name: &str, label: &str, kind: &str| json!({"name": name, "label": label, "type": kind});
    let filters: Vec<Value> = vec![
        filter("active", "Ativo", "boolean"),
        filter("cluster_id", "Cluster", "select"),
        filter("email", "E-mail", "text"),
        filter("cpf", "CPF", "text"),
        filter("created_at", "Data de cadastro", "date"),
    ];
    Answer::json(200, &json!({ "data": filters }))
}
