//! What each platform is asked for, and what an honest store answers: written down once, to be told falsely afterwards.

use std::sync::{Arc, Mutex};

use clientela_connectors::{
    Connector, ConnectorError, Created, Deleted, Fetched, ListRequest, NewCustomer, Page, Preferences,
    Profile, ServerFile, StoreAddress, StoreCredentials, StoreFigures, StoreIdentity, Urgency, Written,
    platform,
};
use clientela_domain::{CustomerRecord, Field, FieldValue, RemoteId};
use clientela_sandbox::RateMode;
use secrecy::SecretString;
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use super::liar::{Asked, read_request};
use crate::world::{Time, World};

pub(super) const PLATFORMS: [&str; 5] = ["inallweb", "tiendanegocio", "tiendanube", "uappi", "yampi"];
const NEW_PASSWORD: &str = "uma-senha-nova-1";

/// Everything that a connector can be asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Question {
    Identify,
    List,
    Fetch,
    Find,
    Figures,
    Export,
    Profile,
    ExportProfile,
    Update,
    GiveRole,
    Create,
    ShopPassword,
    ChangeProfile,
    ChangePreferences,
    ChangePassword,
    DeleteProfile,
    Delete,
}

pub(super) const QUESTIONS: [Question; 17] = [
    Question::Identify,
    Question::List,
    Question::Fetch,
    Question::Find,
    Question::Figures,
    Question::Export,
    Question::Profile,
    Question::ExportProfile,
    Question::Update,
    Question::GiveRole,
    Question::Create,
    Question::ShopPassword,
    Question::ChangeProfile,
    Question::ChangePreferences,
    Question::ChangePassword,
    Question::DeleteProfile,
    Question::Delete,
];

/// What came of a question. What nobody looks into is only kept to be printed.
#[derive(Debug)]
#[expect(dead_code, reason = "what a case that fails says of itself")]
pub(super) enum Told {
    Identity(StoreIdentity),
    Page(Page),
    Fetched(Fetched),
    Records(Vec<CustomerRecord>),
    Figures(StoreFigures),
    File(ServerFile),
    Profile(Box<Profile>),
    Preferences(Preferences),
    Written(Written),
    Created(Created),
    Deleted(Deleted),
    Done,
}

/// One request and its honest answer.
#[derive(Debug, Clone)]
pub(super) struct Exchange {
    pub(super) method: String,
    /// Path and query.
    pub(super) target: String,
    pub(super) status: u16,
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: Vec<u8>,
    /// The whole request.
    pub(super) asked: String,
}

impl Exchange {
    pub(super) fn path(&self) -> &str {
        self.target.split('?').next().unwrap_or_default()
    }

    /// Whether it changes something at the store. Signing in and asking who one is are questions by another name.
    pub(super) fn is_write(&self) -> bool {
        self.method != "GET" && !self.path().contains("/auth/")
    }

    /// What the log would show: numbers are ids.
    pub(super) fn name(&self) -> String {
        let is_id = |part: &&str| part.bytes().all(|byte| byte.is_ascii_digit()) && !part.is_empty();
        let parts: Vec<&str> =
            self.path().split('/').map(|part| if is_id(&part) { "{id}" } else { part }).collect();
        format!("{} {}", self.method, parts.join("/"))
    }
}

/// A store that was asked one thing and answered honestly.
#[derive(Clone)]
pub(super) struct Tape {
    pub(super) platform: &'static str,
    pub(super) question: Question,
    pub(super) exchanges: Vec<Exchange>,
    /// The customer that the question is about.
    pub(super) fresh: CustomerRecord,
    address: StoreAddress,
    credentials: StoreCredentials,
    old_password: SecretString,
    /// Nothing of these may be told to anybody.
    pub(super) secrets: Vec<String>,
}

impl Tape {
    /// As much of this as a platform can be asked for, asked of an honest store.
    pub(super) async fn record_all(platform: &'static str, questions: &[Question]) -> Vec<Self> {
        let mut world = World::start(platform, 5, RateMode::Off).await;
        let mut tapes = Vec::new();
        for question in questions {
            tapes.extend(Self::record(&world, *question).await);
            // What opened the store opens it no more.
            if matches!(question, Question::ChangePassword | Question::DeleteProfile) {
                world = World::start(platform, 5, RateMode::Off).await;
            }
        }
        tapes
    }

    /// Asks an honest store; nothing where the platform cannot be asked that.
    async fn record(world: &World, question: Question) -> Option<Self> {
        let platform = world.platform;
        let mut tape = Self {
            platform,
            question,
            exchanges: Vec::new(),
            fresh: CustomerRecord::new(RemoteId::new("0")),
            address: world.address(),
            credentials: world.credentials(),
            old_password: world.credentials().secret,
            secrets: world.sandbox.ready().stores[0].secrets.clone(),
        };
        if platform == "uappi" {
            let accounts = world.control("/accounts", serde_json::json!({})).await;
            let password = accounts["accounts"][0]["password"].as_str().unwrap().to_owned();
            tape.secrets.push(password.clone());
            tape.old_password = SecretString::from(password);
        }
        tape.secrets.push(NEW_PASSWORD.to_owned());
        let honest = world.connector();
        let people = honest.list(&ListRequest::default(), Urgency::Sweep).await.unwrap().records;
        let (recorder, exchanges) = record_between(&tape.address).await;
        for person in people.iter().rev() {
            let fetched = honest.fetch(&person.remote_id, Urgency::Opened).await.unwrap();
            let Fetched::Found { record, .. } = fetched else { panic!("{platform}: somebody is there") };
            tape.fresh = *record;
            exchanges.lock().unwrap().clear();
            match tape.ask(&*tape.connector(&recorder)).await {
                Ok(_) => break,
                Err(ConnectorError::Unsupported | ConnectorError::Unwritable { .. }) => return None,
                // Somebody with orders may not be deleted.
                Err(ConnectorError::Refused { .. }) if question == Question::Delete => {}
                Err(error) => panic!("{platform} {question:?}: {error:?}"),
            }
        }
        tape.exchanges = exchanges.lock().unwrap().clone();
        for exchange in &tape.exchanges {
            // The token of a sign-in.
            let answer: Value = serde_json::from_slice(&exchange.body).unwrap_or_default();
            let token = ["access_token", "token"].iter().find_map(|key| answer.get(*key)?.as_str());
            tape.secrets.extend(token.map(str::to_owned));
        }
        Some(tape)
    }

    /// A connector that knows nothing yet, to a store at this origin.
    pub(super) fn connector(&self, origin: &str) -> Arc<dyn Connector> {
        let mut address = self.address.clone();
        let place: url::Url = origin.parse().unwrap();
        address.url.set_port(place.port()).unwrap();
        let entry = platform(self.platform).unwrap();
        (entry.connect)(address, self.credentials.clone(), Time::new(None).ports()).ok().unwrap()
    }

    /// Whether it is one of the two requests that matter most: the page of a list, and a change. What the head of an answer does is
    /// the same at all others.
    pub(super) fn is_chief(&self, at: usize) -> bool {
        match self.question {
            // Behind the sign-in and whatever else comes first.
            Question::List => at + 1 == self.exchanges.len(),
            Question::Update => self.exchanges[at].is_write(),
            _ => false,
        }
    }

    fn somebody_new(&self, email: &str) -> NewCustomer {
        let text = |text: &str| FieldValue::Text(text.to_owned());
        let mut fields = vec![
            (Field::FirstName, text("Zoraide")),
            (Field::LastName, text("Lima")),
            (Field::Email, text(email)),
        ];
        if self.platform == "yampi" {
            fields.push((Field::Document, text("52998224725")));
        }
        NewCustomer { fields, ..NewCustomer::default() }
    }

    /// Asks the question.
    pub(super) async fn ask(&self, connector: &dyn Connector) -> Result<Told, ConnectorError> {
        let text = |text: &str| FieldValue::Text(text.to_owned());
        let (fresh, new) = (&self.fresh, SecretString::from(NEW_PASSWORD));
        let rename = [(Field::FirstName, text("Anna"))];
        Ok(match self.question {
            Question::Identify => Told::Identity(connector.identify().await?),
            Question::List => {
                let request = ListRequest { page_size: Some(1), ..ListRequest::default() };
                Told::Page(connector.list(&request, Urgency::Sweep).await?)
            }
            Question::Fetch => Told::Fetched(connector.fetch(&fresh.remote_id, Urgency::Opened).await?),
            Question::Find => {
                let email = fresh.email.value().map(String::as_str);
                Told::Records(connector.find(email, None).await?)
            }
            Question::Figures => Told::Figures(connector.figures().await?),
            Question::Export => Told::File(connector.export().await?),
            Question::Profile => Told::Profile(Box::new(connector.profile(None).await?)),
            Question::ExportProfile => Told::File(connector.export_profile().await?),
            Question::Update => Told::Written(connector.update(fresh, &rename).await?),
            Question::GiveRole => {
                let access = connector.capabilities().access(&Field::Role);
                if !access.is_writable() {
                    return Err(ConnectorError::Unsupported);
                }
                Told::Written(connector.update(fresh, &[(Field::Role, text("staff"))]).await?)
            }
            Question::Create => {
                let customer = self.somebody_new("zoraide.lima@mail.example");
                Told::Created(connector.create(&customer).await?)
            }
            Question::ShopPassword => {
                connector.set_customer_password(fresh, &new).await?;
                Told::Done
            }
            Question::ChangeProfile => {
                Told::Profile(Box::new(connector.change_profile(None, &rename).await?))
            }
            Question::ChangePreferences => {
                let wanted = Preferences { order_updates: false, promotions: true, newsletter: true };
                Told::Preferences(connector.change_preferences(wanted).await?)
            }
            Question::ChangePassword => {
                connector.change_password(None, &self.old_password, &new).await?;
                Told::Done
            }
            Question::DeleteProfile => {
                connector.delete_profile().await?;
                Told::Done
            }
            Question::Delete => Told::Deleted(connector.delete(&fresh.remote_id).await?),
        })
    }
}

/// A server between a connector and the sandbox that writes down what both say.
async fn record_between(store: &StoreAddress) -> (String, Arc<Mutex<Vec<Exchange>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let origin = format!("http://{}", listener.local_addr().unwrap());
    let behind = format!("127.0.0.1:{}", store.url.port().unwrap());
    let exchanges: Arc<Mutex<Vec<Exchange>>> = Arc::default();
    let kept = Arc::clone(&exchanges);
    tokio::spawn(async move {
        loop {
            let (mut stream, _) = listener.accept().await.unwrap();
            let (behind, kept) = (behind.clone(), Arc::clone(&kept));
            tokio::spawn(async move {
                let mut rest = Vec::new();
                let Some(asked) = read_request(&mut stream, &mut rest).await else { return };
                let (exchange, raw) = pass_on(&behind, &asked).await;
                kept.lock().unwrap().push(exchange);
                let _ = stream.write_all(&raw).await;
                let _ = stream.shutdown().await;
            });
        }
    });
    (origin, exchanges)
}

async fn pass_on(behind: &str, asked: &Asked) -> (Exchange, Vec<u8>) {
    let (line, rest) = asked.raw.split_once("\r\n").unwrap();
    let mut stream = TcpStream::connect(behind).await.unwrap();
    stream.write_all(format!("{line}\r\nconnection: close\r\n{rest}").as_bytes()).await.unwrap();
    let mut raw = Vec::new();
    stream.read_to_end(&mut raw).await.unwrap();
    let end = raw.windows(4).position(|four| four == b"\r\n\r\n").unwrap();
    let head = String::from_utf8(raw[..end].to_vec()).unwrap();
    let mut lines = head.lines();
    let status = lines.next().unwrap().split(' ').nth(1).unwrap().parse().unwrap();
    let headers: Vec<(String, String)> = lines
        .filter_map(|line| line.split_once(": "))
        .map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()))
        .collect();
    let chunked = headers.iter().any(|(name, _)| name == "transfer-encoding");
    let body = if chunked { joined(&raw[end + 4..]) } else { raw[end + 4..].to_vec() };
    let about_length = ["transfer-encoding", "content-length", "connection"];
    let headers = headers.into_iter().filter(|(name, _)| !about_length.contains(&name.as_str())).collect();
    let exchange = Exchange {
        method: asked.method.clone(),
        target: asked.target.clone(),
        status,
        headers,
        body,
        asked: asked.raw.clone(),
    };
    (exchange, raw)
}

/// The body that was sent in chunks.
fn joined(mut chunks: &[u8]) -> Vec<u8> {
    let mut body = Vec::new();
    while let Some(end) = chunks.windows(2).position(|two| two == b"\r\n") {
        let size = usize::from_str_radix(std::str::from_utf8(&chunks[..end]).unwrap(), 16).unwrap();
        if size == 0 {
            break;
        }
        body.extend_from_slice(&chunks[end + 2..end + 2 + size]);
        chunks = &chunks[end + 4 + size..];
    }
    body
}
