//! The tokens of one shop, and whose each of them is, as far as answers have told.

use std::sync::{Mutex, MutexGuard, PoisonError};

use clientela_domain::RemoteId;
use secrecy::{ExposeSecret, SecretString};

use crate::StoreCredentials;

pub(super) struct SignIns {
    tokens: Vec<SecretString>,
    standing: Mutex<Vec<Standing>>,
}

#[derive(Clone, Default)]
struct Standing {
    /// Whom it opens. Learned from answers only.
    owner: Option<RemoteId>,
    /// The store did not take it when it was last used.
    refused: bool,
}

impl SignIns {
    /// The first token, then the further ones. A token that was given twice counts once, and a blank one only where there is no
    /// other.
    pub(super) fn new(credentials: StoreCredentials) -> Self {
        let mut tokens: Vec<SecretString> = Vec::new();
        for token in std::iter::once(credentials.secret).chain(credentials.more_secrets) {
            let text = token.expose_secret().trim();
            let known = tokens.iter().any(|known| known.expose_secret().trim() == text);
            if tokens.is_empty() || !(known || text.is_empty()) {
                tokens.push(token);
            }
        }
        let standing = Mutex::new(vec![Standing::default(); tokens.len()]);
        Self { tokens, standing }
    }

    /// At least one.
    pub(super) fn len(&self) -> usize {
        self.tokens.len()
    }

    pub(super) fn token(&self, place: usize) -> Option<&SecretString> {
        self.tokens.get(place)
    }

    pub(super) fn owner(&self, place: usize) -> Option<RemoteId> {
        self.lock().get(place).and_then(|standing| standing.owner.clone())
    }

    /// The sign-in that opens this customer, if it is known.
    pub(super) fn of(&self, id: &RemoteId) -> Option<usize> {
        self.lock().iter().position(|standing| standing.owner.as_ref() == Some(id))
    }

    /// The sign-ins of which nobody knows yet whom they open.
    pub(super) fn unknown(&self) -> Vec<usize> {
        let standing = self.lock();
        (0..standing.len()).filter(|place| standing[*place].owner.is_none()).collect()
    }

    /// Whether the store took none of them.
    pub(super) fn all_refused(&self) -> bool {
        self.lock().iter().all(|standing| standing.refused)
    }

    pub(super) fn opened(&self, place: usize, owner: &RemoteId) {
        if let Some(standing) = self.lock().get_mut(place) {
            *standing = Standing { owner: Some(owner.clone()), refused: false };
        }
    }

    pub(super) fn refused(&self, place: usize) {
        if let Some(standing) = self.lock().get_mut(place) {
            standing.refused = true;
        }
    }

    /// It is taken, although the answer names nobody.
    pub(super) fn taken(&self, place: usize) {
        if let Some(standing) = self.lock().get_mut(place) {
            standing.refused = false;
        }
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Standing>> {
        self.standing.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(tokens: &[&str]) -> SignIns {
        let mut tokens = tokens.iter().map(|token| SecretString::from(*token));
        SignIns::new(StoreCredentials {
            email: None,
            secret: tokens.next().unwrap_or_default(),
            second_secret: None,
            more_secrets: tokens.collect(),
        })
    }

    #[test]
    fn a_token_counts_once_and_a_blank_one_not_at_all() {
        assert_eq!(of(&["a", " a\n", "b", "", " ", "b"]).len(), 2);
        assert_eq!(of(&[""]).len(), 1);
    }

    #[test]
    fn whose_a_sign_in_is_stays_known_while_it_is_refused() {
        let (sign_ins, id) = (of(&["a", "b"]), RemoteId::new("7"));
        sign_ins.opened(1, &id);
        sign_ins.refused(1);
        assert_eq!((sign_ins.of(&id), sign_ins.unknown(), sign_ins.all_refused()), (Some(1), vec![0], false));
        sign_ins.refused(0);
        assert!(sign_ins.all_refused());
        sign_ins.opened(1, &id);
        assert!(!sign_ins.all_refused());
    }
}
