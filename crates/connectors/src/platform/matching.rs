//! Which of the customers that a store found are the one that was looked for. Stores search for parts of texts.

use clientela_domain::normalise::document::{self, bare};
use clientela_domain::{CustomerRecord, Document};

/// Whether this is the customer with exactly this e-mail or document. Empty ones match nobody.
pub(super) fn is_exactly(record: &CustomerRecord, email: Option<&str>, document: Option<&str>) -> bool {
    let same_email = |wanted: &str| {
        let own = record.email.value().map(|own| own.trim().to_lowercase());
        !wanted.trim().is_empty() && own.as_deref() == Some(wanted.trim().to_lowercase().as_str())
    };
    let same_document = |wanted: &str| {
        let own = record.documents.value().into_iter().flatten();
        !bare(wanted).is_empty() && own.into_iter().any(|own| bare(&own.number) == bare(wanted))
    };
    email.is_some_and(same_email) || document.is_some_and(same_document)
}

/// What to search for: the e-mail, and the document in every spelling in which a store may keep it.
pub(super) fn words(email: Option<&str>, document: Option<&str>) -> Vec<String> {
    let mut words: Vec<String> =
        email.map(str::trim).filter(|email| !email.is_empty()).map(str::to_owned).into_iter().collect();
    let document = document.map(str::trim).filter(|number| !bare(number).is_empty());
    words.extend(document.into_iter().flat_map(|number| {
        let shown = document::display(&Document::guess(number).kind, number);
        [number.to_owned(), bare(number), shown]
    }));
    words.sort();
    words.dedup();
    words
}

#[cfg(test)]
mod tests {
    use clientela_domain::{Presence, RemoteId};

    use super::*;

    #[test]
    fn parts_of_an_e_mail_or_a_document_match_nobody() {
        let mut record = CustomerRecord::new(RemoteId::new("7"));
        assert!(!is_exactly(&record, Some(""), Some("--")));
        record.email = Presence::Value("Ana@Correo.example ".to_owned());
        record.documents = Presence::Value(vec![Document::guess("12.345.678")]);
        for (email, document, same) in [
            (Some("ana@correo.example"), None, true),
            (Some("na@correo.example"), None, false),
            (None, Some("12345678"), true),
            (None, Some("1234567"), false),
            (Some("luis@correo.example"), Some("12 345 678"), true),
            (None, None, false),
        ] {
            assert_eq!(is_exactly(&record, email, document), same, "{email:?} {document:?}");
        }
    }

    #[test]
    fn a_document_is_searched_for_with_and_without_punctuation() {
        assert_eq!(words(Some(" "), Some("12345678")), ["12.345.678", "12345678"]);
        assert_eq!(words(Some("ana@x.example"), None), ["ana@x.example"]);
        assert_eq!(words(None, Some(" - ")), Vec::<String>::new());
    }
}
