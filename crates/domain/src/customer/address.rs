//! A customer's address.

use serde::{Deserialize, Serialize};

use crate::normalise::document::bare;
use crate::normalise::text::same_text;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AddressKind {
    #[default]
    Shipping,
    Billing,
}

/// An address in parts. `None` stands for both of a store's spellings of nothing, null and empty text.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Address {
    /// The store's id; [`Address::BILLING`] where a platform keeps one billing address without id; `new-…` until the
    /// store gave one.
    pub key: String,
    pub kind: AddressKind,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub is_default: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recipient: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub street: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub number: Option<String>,
    /// Floor, flat, "apto 101".
    #[serde(skip_serializing_if = "Option::is_none")]
    pub complement: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub district: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub city: Option<String>,
    /// State or province, as the store writes it: a name or a code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub postal_code: Option<String>,
    /// ISO 3166 alpha-2.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub country: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
}

impl Address {
    /// Key of the billing address on platforms that keep one without an id.
    pub const BILLING: &'static str = "billing";
    /// Beginning of the key of an address that the store has not seen yet.
    pub const NEW_PREFIX: &'static str = "new-";

    /// Whether the store has given this address an id.
    pub fn is_new(&self) -> bool {
        self.key.starts_with(Self::NEW_PREFIX)
    }

    /// The parts that staff write, by name, for comparing, merging and showing.
    pub fn parts(&self) -> [(&'static str, &Option<String>); 10] {
        [
            ("recipient", &self.recipient),
            ("street", &self.street),
            ("number", &self.number),
            ("complement", &self.complement),
            ("district", &self.district),
            ("city", &self.city),
            ("region", &self.region),
            ("postal_code", &self.postal_code),
            ("country", &self.country),
            ("phone", &self.phone),
        ]
    }

    /// The same parts, to be written.
    pub fn parts_mut(&mut self) -> [(&'static str, &mut Option<String>); 10] {
        [
            ("recipient", &mut self.recipient),
            ("street", &mut self.street),
            ("number", &mut self.number),
            ("complement", &mut self.complement),
            ("district", &mut self.district),
            ("city", &mut self.city),
            ("region", &mut self.region),
            ("postal_code", &mut self.postal_code),
            ("country", &mut self.country),
            ("phone", &mut self.phone),
        ]
    }

    /// Whether both say the same place. The default mark is the store's business and does not count, and neither does how a
    /// store writes postal codes and the codes of regions and countries.
    pub fn same_place(&self, other: &Address) -> bool {
        self.parts().iter().zip(other.parts()).all(|((part, ours), (_, theirs))| {
            let (ours, theirs) = (ours.as_deref().unwrap_or_default(), theirs.as_deref().unwrap_or_default());
            same_text(ours, theirs)
                || match *part {
                    "postal_code" => bare(ours) == bare(theirs),
                    "region" | "country" => ours.trim().to_lowercase() == theirs.trim().to_lowercase(),
                    _ => false,
                }
        })
    }

    /// The address in one line with all that it has, for lists, timelines and questions: two that differ look different.
    pub fn one_line(&self) -> String {
        let join = |parts: &[&Option<String>], separator: &str| {
            parts
                .iter()
                .filter_map(|part| part.as_deref())
                .filter(|part| !part.is_empty())
                .collect::<Vec<_>>()
                .join(separator)
        };
        let street = join(&[&self.street, &self.number, &self.complement], " ");
        let rest = join(&[&self.district, &self.city, &self.region, &self.postal_code, &self.country], ", ");
        join(&[&self.recipient, &Some(street), &Some(rest), &self.phone], ", ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_the_same_in_every_spelling_of_its_codes() {
        let place = |postal: &str, region: &str, city: &str| Address {
            postal_code: Some(postal.to_owned()),
            region: Some(region.to_owned()),
            city: Some(city.to_owned()),
            ..Address::default()
        };
        let typed = place("01310-100", "sp", "São Paulo");
        assert!(typed.same_place(&place("01310100", "SP", "São Paulo ")));
        for other in [
            place("01310-101", "sp", "São Paulo"),
            place("01310-100", "rj", "São Paulo"),
            place("01310-100", "sp", "Santos"),
            place("", "sp", "São Paulo"),
        ] {
            assert!(!typed.same_place(&other));
        }
    }
}
