//! `clientela customers`, `customer` and `journal`.

use clientela_app::App;
use clientela_app::command::{
    AddressRef, AddressRequest, ConfirmedCustomer, CreateRequest, CustomerPassword, CustomerRef, EditRequest,
    JournalRequest, RoleRequest,
};
use clientela_app::dto::customer::{AddressDto, CustomerDto, CustomerPageDto};
use clientela_app::error::{ApiError, ApiResult, Code};
use clientela_app::{customers, export, new_customer};
use serde_json::json;

use super::{named, query};
use crate::arguments::{AddressCommand, CustomerCommand, QueryArguments};
use crate::exit::{self, Exit};
use crate::input;
use crate::output::{Output, table};

/// A list that is only looked at need not be longer.
const ROWS_FOR_PEOPLE: usize = 50;

pub(super) async fn list(
    app: &App,
    arguments: QueryArguments,
    offset: usize,
    limit: Option<usize>,
    output: Output,
) -> ApiResult<Exit> {
    let limit = limit.unwrap_or(if output.json { usize::MAX } else { ROWS_FOR_PEOPLE });
    let query = query(app, arguments).await?;
    let (total, rows) = export::customers(app, &query, offset, limit).await?;
    output.answer(&json!({ "total": total, "rows": rows }), || {
        let cells: Vec<Vec<String>> = rows.iter().map(row).collect();
        let mut lines = table(&["id", "name", "e-mail", "phone", "document", "state"], &cells);
        lines.push(format!("{} of {total}", rows.len()));
        lines
    });
    Ok(exit::DONE)
}

pub(super) async fn run(app: &App, command: CustomerCommand, output: Output) -> ApiResult<Exit> {
    let page = match command {
        CustomerCommand::Show { id } => show(app, id).await?,
        CustomerCommand::Edit { id, changes } => {
            customers::save_edits(app, EditRequest { id, changes: input::changes(&changes)? }).await?
        }
        CustomerCommand::Role { id, role } => {
            customers::change_role(app, RoleRequest { id, role, seen: None }).await?
        }
        CustomerCommand::Create { store, fields, address, invite, password, although_duplicate } => {
            let store_id = named(app, &store).await?.id;
            let fields = input::changes(&fields)?;
            let mut parts = AddressDto::default();
            set_parts(&mut parts, &address)?;
            let addresses = if address.is_empty() { Vec::new() } else { vec![parts] };
            let password = if password { Some(input::secret("password")?) } else { None };
            let request = CreateRequest { store_id, fields, addresses, invite, password, although_duplicate };
            new_customer::create(app, request).await?
        }
        CustomerCommand::Password { id } => {
            let new = input::secret("new password")?;
            customers::set_password(app, CustomerPassword { id, new }).await?;
            output.answer(&json!({ "changed": id }), || {
                vec![format!("the password of customer {id} was changed")]
            });
            return Ok(exit::DONE);
        }
        CustomerCommand::Delete { id, yes } => {
            let confirmation = confirmation(app, id, yes).await?;
            customers::delete(app, ConfirmedCustomer { id, confirmation }).await?;
            output.answer(&json!({ "deleted": id }), || {
                vec![format!("customer {id} was deleted at the store")]
            });
            return Ok(exit::DONE);
        }
        CustomerCommand::Erase { id, yes } => {
            let confirmation = confirmation(app, id, yes).await?;
            let erased = customers::erase(app, ConfirmedCustomer { id, confirmation }).await?;
            output.answer(&json!({ "erased": id, "set_aside": erased.set_aside }), || {
                let mut lines = vec![format!("customer {id} was erased from this machine")];
                if !erased.set_aside.is_empty() {
                    lines.push(
                        "old files of the book may still have the customer; `clientela doctor --remove-old` removes them"
                            .to_owned(),
                    );
                }
                lines
            });
            return Ok(exit::DONE);
        }
        CustomerCommand::Address { id, command } => address(app, id, command).await?,
    };
    output.answer(&page.customer, || lines(&page));
    Ok(exit::DONE)
}

pub(super) async fn journal(app: &App, id: i64, add: Option<String>, output: Output) -> ApiResult<Exit> {
    let page = match add {
        Some(text) => customers::add_journal_entry(app, JournalRequest { id, text }).await?,
        None => customers::page(app, CustomerRef { id }).await?,
    };
    output.answer(&json!({ "journal": page.journal }), || {
        let line = |entry: &clientela_app::dto::customer::JournalEntryDto| {
            format!("{}  {}  {}", entry.written_at, entry.author, entry.text)
        };
        page.journal.iter().map(line).collect()
    });
    Ok(exit::DONE)
}

/// Fetches what the store tells per customer only; when it cannot be reached, the copy is the answer.
async fn show(app: &App, id: i64) -> ApiResult<CustomerPageDto> {
    match customers::refresh(app, CustomerRef { id }).await {
        Ok(page) => Ok(page),
        Err(error) if error.code == Code::NotFound => Err(error),
        Err(_) => customers::page(app, CustomerRef { id }).await,
    }
}

async fn address(app: &App, id: i64, command: Option<AddressCommand>) -> ApiResult<CustomerPageDto> {
    match command {
        None | Some(AddressCommand::List) => customers::page(app, CustomerRef { id }).await,
        Some(AddressCommand::Add { parts }) => {
            let mut address = AddressDto::default();
            set_parts(&mut address, &parts)?;
            customers::save_address(app, AddressRequest { id, address, seen: None }).await
        }
        Some(AddressCommand::Edit { address, parts }) => {
            let page = customers::page(app, CustomerRef { id }).await?;
            let known = page.customer.addresses.into_iter().find(|known| known.id == address);
            let mut address = known.ok_or_else(|| {
                ApiError::new(Code::NotFound, "the customer has no such address").with("address", address)
            })?;
            set_parts(&mut address, &parts)?;
            customers::save_address(app, AddressRequest { id, address, seen: None }).await
        }
        Some(AddressCommand::Remove { address }) => {
            customers::remove_address(app, AddressRef { id, address_id: address, seen: None }).await
        }
    }
}

fn set_parts(address: &mut AddressDto, parts: &[String]) -> ApiResult<()> {
    for part in input::changes(parts)? {
        let place = match part.field.as_str() {
            "recipient" => &mut address.recipient,
            "street" => &mut address.street,
            "number" => &mut address.number,
            "complement" => &mut address.complement,
            "district" => &mut address.district,
            "city" => &mut address.city,
            "region" => &mut address.region,
            "postal_code" => &mut address.postal_code,
            "country" => &mut address.country,
            "phone" => &mut address.phone,
            other => {
                let message = format!("{other:?} is not a part of an address");
                return Err(ApiError::new(Code::UnknownField, message).with("field", other));
            }
        };
        *place = part.value;
    }
    Ok(())
}

/// The word that has to be typed: the e-mail, else the name, else the store's number.
async fn confirmation(app: &App, id: i64, yes: bool) -> ApiResult<String> {
    let customer = customers::page(app, CustomerRef { id }).await?.customer;
    if !yes {
        return input::confirmation(
            "type the customer's e-mail (or name, or the store's number, if there is none)",
        );
    }
    let name = [customer.first_name, customer.last_name].into_iter().flatten().collect::<Vec<_>>().join(" ");
    let words = [customer.email.unwrap_or_default(), name, customer.remote_id];
    Ok(words.into_iter().find(|word| !word.trim().is_empty()).unwrap_or_default())
}

fn row(customer: &CustomerDto) -> Vec<String> {
    let name = [&customer.first_name, &customer.last_name].into_iter().flatten().cloned().collect::<Vec<_>>();
    vec![
        customer.id.to_string(),
        name.join(" "),
        customer.email.clone().unwrap_or_default(),
        customer.phone_e164.clone().or_else(|| customer.phone.clone()).unwrap_or_default(),
        customer.documents.first().map(|main| main.formatted.clone()).unwrap_or_default(),
        serde_json::to_value(customer.state)
            .ok()
            .and_then(|s| s.as_str().map(str::to_owned))
            .unwrap_or_default(),
    ]
}

/// Every fact that is there, a line each.
fn lines(page: &CustomerPageDto) -> Vec<String> {
    let Ok(serde_json::Value::Object(facts)) = serde_json::to_value(&page.customer) else {
        return Vec::new();
    };
    let is_there = |value: &serde_json::Value| match value {
        serde_json::Value::Null => false,
        serde_json::Value::Array(list) => !list.is_empty(),
        serde_json::Value::Object(map) => !map.is_empty(),
        _ => true,
    };
    facts
        .iter()
        .filter(|(_, value)| is_there(value))
        .map(|(name, value)| match value.as_str() {
            Some(text) => format!("{name:<18} {text}"),
            None => format!("{name:<18} {value}"),
        })
        .collect()
}
