//! Ids in order: a test that runs twice names everything twice the same.

use std::sync::atomic::{AtomicU64, Ordering};

use clientela_domain::{Address, RemoteId};

/// Gives 1, 2, 3 and so on.
#[derive(Debug, Default)]
pub struct Sequence(AtomicU64);

impl Sequence {
    /// Begins with 1.
    pub const fn new() -> Self {
        Self(AtomicU64::new(0))
    }

    /// The next number.
    pub fn number(&self) -> u64 {
        self.0.fetch_add(1, Ordering::Relaxed) + 1
    }

    /// The next number as a store's id of a customer.
    pub fn remote_id(&self) -> RemoteId {
        RemoteId::new(self.number().to_string())
    }

    /// The next number as the key of an address that no store has seen.
    pub fn new_address_key(&self) -> String {
        format!("{}{}", Address::NEW_PREFIX, self.number())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_come_in_order() {
        let ids = Sequence::new();
        assert_eq!(ids.number(), 1);
        assert_eq!(ids.remote_id(), RemoteId::new("2"));
        assert_eq!(ids.new_address_key(), "new-3");
    }
}
