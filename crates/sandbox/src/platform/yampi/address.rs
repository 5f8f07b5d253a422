//! Addresses, which have calls of their own.

use serde_json::{Map, Value, json};

use crate::clock::Moment;
use crate::platform::yampi::choices::{AddressRequired, Choices, Put};
use crate::platform::yampi::refusal::{Complaints, not_found};
use crate::platform::yampi::seed::digits;
use crate::platform::yampi::sent::{Body, Sent};
use crate::platform::yampi::shelf::Address;
use crate::platform::yampi::{Yampi, body};
use crate::server::{Answer, Call};

/// States of the country, and what stands for abroad.
const STATES: [&str; 28] = [
    "AC", "AL", "AM", "AP", "BA", "CE", "DF", "ES", "GO", "MA", "MG", "MS", "MT", "PA", "PB", "PE", "PI",
    "PR", "RJ", "RN", "RO", "RR", "RS", "SC", "SE", "SP", "TO", "EX",
];

impl Yampi {
    pub(super) fn addresses(&self, id: &str, now: Moment) -> Result<Answer, Answer> {
        let missing = || not_found(&self.choices);
        let at = self.shelf.position(id, &self.choices).ok_or_else(missing)?;
        let customer = self.shelf.records[at].listed(now).ok_or_else(missing)?;
        let addresses = customer
            .addresses
            .iter()
            .map(|address| body::address(address, customer.id, &self.shelf, &self.choices));
        Ok(Answer::json(200, &json!({"data": addresses.collect::<Vec<_>>()})))
    }

    pub(super) fn add_address(&mut self, id: &str, call: &Call, now: Moment) -> Result<Answer, Answer> {
        let fields = self.sent_object(call)?;
        let at = self.writable(id)?;
        let mut address = Address { created_at: now, updated_at: now, ..Address::default() };
        write(&mut address, &fields, true, false, &self.choices)?;
        address.id = self.shelf.next_address_id();
        let mut customer = self.shelf.records[at].current.clone();
        let answer = body::address(&address, customer.id, &self.shelf, &self.choices);
        customer.addresses.push(address);
        self.shelf.replace(at, customer, self.delay(), now);
        Ok(Answer::json(201, &json!({ "data": answer })))
    }

    pub(super) fn change_address(
        &mut self,
        id: &str,
        address: &str,
        call: &Call,
        now: Moment,
    ) -> Result<Answer, Answer> {
        let fields = self.sent_object(call)?;
        let at = self.writable(id)?;
        let mut customer = self.shelf.records[at].current.clone();
        let wanted: Option<i64> = address.parse().ok();
        let known = customer.addresses.iter_mut().find(|address| Some(address.id) == wanted);
        let address = known.ok_or_else(|| not_found(&self.choices))?;
        let before = address.clone();
        let demanding = matches!(self.choices.put, Put::Demands | Put::DemandsDocument);
        write(address, &fields, demanding, self.choices.put == Put::Replace, &self.choices)?;
        if *address != before {
            address.updated_at = now;
        }
        let answer = body::address(address, customer.id, &self.shelf, &self.choices);
        self.shelf.replace(at, customer, self.delay(), now);
        Ok(Answer::json(200, &json!({ "data": answer })))
    }
}

fn write(
    address: &mut Address,
    fields: &Map<String, Value>,
    demanding: bool,
    replacing: bool,
    choices: &Choices,
) -> Result<(), Answer> {
    let body = Body { fields, choices };
    let mut complaints = Complaints::default();
    for (name, slot) in address.texts_mut() {
        let field = if name == "zip_code" { body::postal_key(choices) } else { name };
        let required = match name {
            "receiver" => choices.address_required == AddressRequired::Receiver,
            "complement" => false,
            _ => true,
        };
        let emptied = fields.contains_key(field) || replacing || demanding;
        if required && emptied && body.is_blank(field) {
            complaints.required(field);
            continue;
        }
        match body.text(field, &mut complaints) {
            Sent::Value(text) if name == "zip_code" => *slot = Some(digits(&text)),
            Sent::Value(text) if name == "uf" && !STATES.contains(&text.as_str()) => {
                complaints.add(field, "O campo uf selecionado é inválido.");
            }
            sent => sent.write(slot, replacing),
        }
    }
    let abroad = address.uf.as_deref() == Some("EX");
    if address.zip_code.as_ref().is_some_and(|code| code.len() != 8) && !abroad {
        complaints.add(body::postal_key(choices), "O CEP deve conter 8 dígitos.");
    }
    complaints.settle(choices)
}
