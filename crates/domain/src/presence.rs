//! Whether a store's answer told a fact at all.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A fact in a store's answer. Absent is not null: an answer that leaves a key out says nothing about it, and nothing
/// may be forgotten because of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Presence<T> {
    /// The answer did not say.
    #[default]
    Absent,
    /// The answer said: nothing.
    Null,
    Value(T),
}

impl<T> Presence<T> {
    /// The value, where there is one.
    pub fn value(&self) -> Option<&T> {
        match self {
            Presence::Value(value) => Some(value),
            Presence::Absent | Presence::Null => None,
        }
    }

    /// The value by itself, where there is one.
    pub fn into_value(self) -> Option<T> {
        match self {
            Presence::Value(value) => Some(value),
            Presence::Absent | Presence::Null => None,
        }
    }

    pub fn is_absent(&self) -> bool {
        matches!(self, Presence::Absent)
    }

    /// The same presence of a borrowed value.
    pub fn as_ref(&self) -> Presence<&T> {
        match self {
            Presence::Absent => Presence::Absent,
            Presence::Null => Presence::Null,
            Presence::Value(value) => Presence::Value(value),
        }
    }

    /// The same presence of a changed value.
    pub fn map<U>(self, change: impl FnOnce(T) -> U) -> Presence<U> {
        match self {
            Presence::Absent => Presence::Absent,
            Presence::Null => Presence::Null,
            Presence::Value(value) => Presence::Value(change(value)),
        }
    }
}

/// `None` is null: whoever has an `Option` in hand knows that the answer spoke.
impl<T> From<Option<T>> for Presence<T> {
    fn from(value: Option<T>) -> Self {
        value.map_or(Presence::Null, Presence::Value)
    }
}

/// Null and absent are both written as null: a field that must stay absent needs
/// `skip_serializing_if = "Presence::is_absent"` and `default`.
impl<T: Serialize> Serialize for Presence<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.value().serialize(serializer)
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Presence<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Option::<T>::deserialize(deserializer).map(Presence::from)
    }
}
