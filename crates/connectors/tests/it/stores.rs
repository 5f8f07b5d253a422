//! What every platform is asked in the same way.

use std::collections::BTreeMap;

use clientela_connectors::{
    Connector, ConnectorError, Fetched, ListRequest, Urgency, Written, platform, platforms,
};
use clientela_domain::capability::Rate;
use clientela_domain::{CustomerRecord, Field, FieldValue, RemoteId};

/// Reads the whole list and counts the pages.
pub(crate) async fn read_all(
    connector: &dyn Connector,
    mut request: ListRequest,
) -> Result<(BTreeMap<String, CustomerRecord>, usize), ConnectorError> {
    let mut found = BTreeMap::new();
    let mut pages = 0;
    loop {
        let page = connector.list(&request, Urgency::Sweep).await?;
        pages += 1;
        assert!(pages < 10_000, "the list does not end");
        assert_eq!(page.rejected, []);
        found.extend(page.records.into_iter().map(|record| (record.remote_id.as_str().to_owned(), record)));
        match page.next {
            Some(next) => request.position = Some(next),
            None => return Ok((found, pages)),
        }
    }
}

pub(crate) async fn fetched(connector: &dyn Connector, id: &RemoteId) -> CustomerRecord {
    match connector.fetch(id, Urgency::Opened).await.unwrap() {
        Fetched::Found { record, .. } => *record,
        Fetched::Missing { .. } => panic!("{id} is missing"),
    }
}

pub(crate) fn shown(written: Written) -> CustomerRecord {
    match written {
        Written::Shown { record, .. } => *record,
        other => panic!("{other:?}"),
    }
}

pub(crate) fn text(text: &str) -> FieldValue {
    FieldValue::Text(text.to_owned())
}

#[test]
fn every_platform_is_in_the_list_under_its_own_key() {
    let keys: Vec<&str> = platforms().iter().map(|entry| entry.capabilities.platform).collect();
    let mut once = keys.clone();
    once.sort_unstable();
    once.dedup();
    assert_eq!(once.len(), keys.len());
    for key in ["inallweb", "tiendanegocio", "tiendanube"] {
        assert_eq!(platform(key).map(|entry| entry.capabilities.platform), Some(key));
    }
    assert!(platform("medusa").is_none());
}

#[test]
fn no_capability_lists_a_field_twice_or_writes_what_has_a_key() {
    for entry in platforms() {
        let mut fields: Vec<&Field> = entry.capabilities.fields.iter().map(|(field, _)| field).collect();
        let all = fields.len();
        fields.sort();
        fields.dedup();
        assert_eq!(fields.len(), all, "{}", entry.capabilities.platform);
        assert!(fields.iter().all(|field| Field::PLAIN.contains(field)));
        let passes = match entry.capabilities.rate {
            Rate::Bucket { burst, per_second } => burst >= 1 && per_second > 0.0,
            Rate::PerMinute(allowances) => {
                !allowances.is_empty() && allowances.iter().all(|one| one.per_minute >= 1)
            }
        };
        assert!(passes, "{}", entry.capabilities.platform);
    }
}
