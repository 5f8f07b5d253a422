//! Creating, changing and deleting customers. No document lists what is required; a 422 tells.

use serde_json::{Map, Value, json};

use crate::clock::Moment;
use crate::platform::yampi::choices::{
    CreateStatus, Delete, DeletedAnswer, DocumentCheck, DocumentPunctuation, DocumentTaken, EmailTaken,
    NameWrite, PostRequired, Put, StoredForm, WriteData,
};
use crate::platform::yampi::refusal::{Complaints, not_allowed, not_found, refuse};
use crate::platform::yampi::sent::{Body, Sent, is_cnpj, is_cpf, looks_like_email};
use crate::platform::yampi::shelf::{Customer, Kind};
use crate::platform::yampi::{Yampi, body, seed};
use crate::server::{Answer, Call};

impl Yampi {
    pub(super) fn create_from(&mut self, call: &Call, now: Moment) -> Result<Answer, Answer> {
        let fields = self.sent_object(call)?;
        let body = Body { fields: &fields, choices: &self.choices };
        let mut customer = Customer {
            id: self.shelf.next_id(),
            active: true,
            created_at: now,
            updated_at: now,
            ..Customer::default()
        };
        let mut complaints = Complaints::default();
        let mut required = vec![self.name_key(), "email"];
        if self.choices.post_required != PostRequired::Email {
            required.push("type");
        }
        if self.choices.post_required == PostRequired::Document {
            required.push(document_key(sent_kind(&fields).unwrap_or(Kind::Natural)));
        }
        for field in required.into_iter().filter(|field| body.is_blank(field)) {
            complaints.required(field);
        }
        let before = customer.clone();
        self.write_fields(&mut customer, &body, false, &mut complaints);
        self.complain_of_taken(&before, &customer, &mut complaints);
        complaints.settle(&self.choices)?;
        self.refuse_taken(&before, &customer)?;
        seed::give_secrets(&mut customer, self.seed);
        let status = match self.choices.create_status {
            CreateStatus::Created => 201,
            CreateStatus::Ok => 200,
        };
        let answer = self.written(status, &customer);
        self.shelf.push(customer, self.delay(), now);
        Ok(answer)
    }

    pub(super) fn update_from(&mut self, id: &str, call: &Call, now: Moment) -> Result<Answer, Answer> {
        let fields = self.sent_object(call)?;
        let body = Body { fields: &fields, choices: &self.choices };
        let at = self.writable(id)?;
        let before = self.shelf.records[at].current.clone();
        let mut customer = before.clone();
        let mut complaints = Complaints::default();
        self.complain_of_missing(&before, &body, &mut complaints);
        self.write_fields(&mut customer, &body, self.choices.put == Put::Replace, &mut complaints);
        self.complain_of_taken(&before, &customer, &mut complaints);
        complaints.settle(&self.choices)?;
        self.refuse_taken(&before, &customer)?;
        if customer != before {
            customer.updated_at = now;
        }
        let answer = self.written(200, &customer);
        self.shelf.replace(at, customer, self.delay(), now);
        Ok(answer)
    }

    pub(super) fn delete_by(&mut self, id: &str, now: Moment) -> Result<Answer, Answer> {
        let answer = match self.choices.delete {
            Delete::NotAllowed => return Err(not_allowed("GET, HEAD, PUT", &self.choices)),
            Delete::NotFound => return Err(not_found(&self.choices)),
            Delete::Works => Answer::json(200, &json!({"data": []})),
            Delete::NoContent => Answer::empty(204),
        };
        let at = self.writable(id)?;
        let mut customer = self.shelf.records[at].current.clone();
        customer.deleted = true;
        self.shelf.replace(at, customer, self.delay(), now);
        Ok(answer)
    }

    /// Writes go to the truth, not to what a replica shows; who was anonymized stays so.
    pub(super) fn writable(&self, id: &str) -> Result<usize, Answer> {
        let missing = || not_found(&self.choices);
        let at = self.shelf.position(id, &self.choices).ok_or_else(missing)?;
        let customer = &self.shelf.records[at].current;
        if customer.deleted {
            let gone = self.choices.deleted_answer == DeletedAnswer::Gone;
            return Err(if gone { refuse(410, "Gone", &self.choices) } else { missing() });
        }
        if customer.anonymized {
            return Err(refuse(422, "Cliente anonimizado não pode ser alterado", &self.choices));
        }
        Ok(at)
    }

    fn written(&self, status: u16, customer: &Customer) -> Answer {
        let record = self.record(customer);
        Answer::json(
            status,
            &match self.choices.write_data {
                WriteData::Object => json!({"data": record}),
                WriteData::Array => json!({"data": [record]}),
            },
        )
    }

    fn name_key(&self) -> &'static str {
        if self.choices.name_write == NameWrite::Parts { "first_name" } else { "name" }
    }

    /// What a PUT lacks. Nobody can be asked for what the store itself has not got, but for a document where
    /// that is demanded of all; and what is there can never be emptied.
    fn complain_of_missing(&self, before: &Customer, body: &Body<'_>, complaints: &mut Complaints) {
        let demanding = matches!(self.choices.put, Put::Demands | Put::DemandsDocument);
        let document = document_key(sent_kind(body.fields).unwrap_or(before.kind));
        let strict = self.choices.put == Put::DemandsDocument;
        let has = |text: Option<&str>| text.is_some_and(|text| !text.trim().is_empty());
        for (field, known) in [
            (self.name_key(), has(before.name().as_deref())),
            ("email", has(before.email.as_deref())),
            ("type", true),
            (document, strict || has(before.document())),
        ] {
            let sent = body.fields.contains_key(field);
            if known && body.is_blank(field) && (sent || demanding) {
                complaints.required(field);
            }
        }
    }

    fn write_fields(
        &self,
        customer: &mut Customer,
        body: &Body<'_>,
        replacing: bool,
        complaints: &mut Complaints,
    ) {
        match body.fields.get("type") {
            None | Some(Value::Null) => {}
            Some(_) => match sent_kind(body.fields) {
                Some(kind) => customer.kind = kind,
                None => complaints.add("type", "O campo type selecionado é inválido."),
            },
        }
        self.write_name(customer, body, complaints);
        self.write_email(customer, body, complaints);
        for kind in [Kind::Natural, Kind::Legal] {
            self.write_document(kind, customer, body, replacing, complaints);
        }
        body.text("razao_social", complaints).write(&mut customer.razao_social, replacing);
        body.text("state_registration", complaints).write(&mut customer.state_registration, replacing);
        body.text("notes", complaints).write(&mut customer.notes, replacing);
        body.day("birthday", complaints).write(&mut customer.birthday, replacing);
        match body.phone(complaints) {
            Sent::Value(number) if self.choices.stored_form == StoredForm::Tidied => {
                customer.phone = Some(body::national(&number));
            }
            sent => sent.write(&mut customer.phone, replacing),
        }
        match body.number("cluster_id", complaints) {
            Sent::Value(id) if !self.shelf.clusters.iter().any(|cluster| cluster.id == id) => {
                complaints.add("cluster_id", "O campo cluster_id selecionado é inválido.");
            }
            sent => sent.write(&mut customer.cluster, replacing),
        }
        for (field, slot) in [
            ("active", &mut customer.active),
            ("newsletter", &mut customer.newsletter),
            ("whatsapp", &mut customer.whatsapp),
        ] {
            if let Some(value) = body.truth(field, complaints) {
                *slot = value;
            }
        }
    }

    /// A whole name and its parts can both be sent; the whole one wins where it says something new.
    fn write_name(&self, customer: &mut Customer, body: &Body<'_>, complaints: &mut Complaints) {
        let before = customer.name();
        if self.choices.name_write != NameWrite::Name {
            body.text("first_name", complaints).write(&mut customer.first_name, false);
            body.text("last_name", complaints).write(&mut customer.last_name, false);
        }
        if self.choices.name_write != NameWrite::Parts
            && let Sent::Value(name) = body.text("name", complaints)
            && before.as_ref() != Some(&name)
        {
            customer.set_name(Some(name));
        }
    }

    fn write_email(&self, customer: &mut Customer, body: &Body<'_>, complaints: &mut Complaints) {
        if let Sent::Value(email) = body.text("email", complaints)
            && customer.email.as_ref() != Some(&email)
        {
            if !looks_like_email(email.trim()) {
                complaints.not_a("um endereço de e-mail válido", "email");
            }
            customer.email = Some(email);
        }
    }

    fn write_document(
        &self,
        kind: Kind,
        customer: &mut Customer,
        body: &Body<'_>,
        replacing: bool,
        complaints: &mut Complaints,
    ) {
        let field = document_key(kind);
        let slot = match kind {
            Kind::Natural => &mut customer.cpf,
            Kind::Legal => &mut customer.cnpj,
        };
        let text = match body.text(field, complaints) {
            Sent::Value(text) => text,
            sent => return sent.write(slot, replacing),
        };
        let plain: String = text.chars().filter(char::is_ascii_alphanumeric).collect();
        if slot.as_ref() == Some(&text) {
            return;
        }
        let punctuated = self.choices.document_punctuation == DocumentPunctuation::Refused && plain != text;
        let wrong = self.choices.document_check == DocumentCheck::Checked
            && !match kind {
                Kind::Natural => is_cpf(&plain),
                Kind::Legal => is_cnpj(&plain),
            };
        if punctuated || wrong {
            complaints.not_a(&format!("um {} válido", field.to_uppercase()), field);
        }
        *slot = Some(plain);
    }

    /// Which of the fields that changed hold what somebody else has.
    fn taken(&self, before: &Customer, after: &Customer) -> Vec<&'static str> {
        let same = |own: &Option<String>, other: &Option<String>| {
            let (own, other) = (own.as_deref().unwrap_or_default(), other.as_deref().unwrap_or_default());
            !own.trim().is_empty() && own.trim().eq_ignore_ascii_case(other.trim())
        };
        let parts: [Part; 3] = [
            ("email", |customer| &customer.email),
            ("cpf", |customer| &customer.cpf),
            ("cnpj", |customer| &customer.cnpj),
        ];
        let taken = parts.into_iter().filter(|(_, part)| {
            part(before) != part(after)
                && self.shelf.is_taken(after.id, |other| same(part(after), part(other)))
        });
        taken.map(|(field, _)| field).collect()
    }

    fn complain_of_taken(&self, before: &Customer, after: &Customer, complaints: &mut Complaints) {
        for field in self.taken(before, after) {
            let complain = match field {
                "email" => self.choices.email_taken == EmailTaken::Unprocessable,
                _ => self.choices.document_taken == DocumentTaken::Unprocessable,
            };
            if complain {
                complaints.add(field, &format!("O campo {field} já está sendo utilizado."));
            }
        }
    }

    fn refuse_taken(&self, before: &Customer, after: &Customer) -> Result<(), Answer> {
        let conflict = self.taken(before, after).into_iter().any(|field| match field {
            "email" => self.choices.email_taken == EmailTaken::Conflict,
            _ => self.choices.document_taken == DocumentTaken::Conflict,
        });
        if conflict { Err(refuse(409, "Cliente já cadastrado", &self.choices)) } else { Ok(()) }
    }
}

/// A field that nobody else may have, and where it is kept.
type Part = (&'static str, fn(&Customer) -> &Option<String>);

pub(super) fn sent_kind(fields: &Map<String, Value>) -> Option<Kind> {
    match fields.get("type")?.as_str()? {
        "f" => Some(Kind::Natural),
        "j" => Some(Kind::Legal),
        _ => None,
    }
}

fn document_key(kind: Kind) -> &'static str {
    match kind {
        Kind::Natural => "cpf",
        Kind::Legal => "cnpj",
    }
}
