//! What can go wrong between us and a store, told apart by what has to happen next.

use std::time::Duration;

/// A store's complaint about one field, in its own words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldRefusal {
    /// The platform's name of the field.
    pub field: String,
    pub message: String,
}

/// Never holds a token, a body or a personal value of ours; `message` is the store's own text, cut to 500 characters. Stores name
/// people in their texts, so printing an error leaves `message` out: it goes to the person, never to a log.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum ConnectorError {
    /// 401: stop asking this store until somebody signs in again.
    #[error("the store does not accept the sign-in")]
    SignIn { message: String },
    /// 403: this account may not do that.
    #[error("the store does not allow this to the signed-in account")]
    Forbidden { message: String },
    /// 402: the store or the app is not paid for.
    #[error("the store is not paid for")]
    Unpaid { message: String },
    /// 404 where the address itself must be wrong (not a missing customer).
    #[error("there is no such store at this address")]
    WrongAddress,
    /// 400, 409, 415, 422: the store understood and said no. The same request will be refused again.
    #[error("the store refused it (status {status})")]
    Refused { status: u16, message: String, fields: Vec<FieldRefusal> },
    /// 429 after all waiting.
    #[error("the store asks for a pause")]
    RateLimited { retry_after: Option<Duration> },
    /// No connection, or none in time. Nothing was sent, or only reading was asked for.
    #[error("the store cannot be reached")]
    Unreachable { cause: String },
    /// A write went out and no answer came: it may have arrived.
    #[error("the store did not answer a change; it may have arrived")]
    OutcomeUnknown { cause: String },
    /// 5xx to a read, after all retries.
    #[error("the store has trouble of its own (status {status})")]
    ServerFault { status: u16 },
    /// The store sent us elsewhere. Credentials never follow.
    #[error("the store redirects to another address")]
    Redirected { status: u16 },
    /// The answer is larger than any honest one.
    #[error("the answer is larger than {limit} bytes")]
    TooLarge { limit: usize },
    /// Not what the platform answers: HTML, cut off, another shape.
    #[error("the store's answer cannot be read: {detail}")]
    Unreadable { detail: String },
    /// A value that this platform cannot take; nothing was sent. `message` is for developers, the field is for people.
    #[error("{field} cannot be written there: {message}")]
    Unwritable { field: String, message: String },
    #[error("the platform cannot do this")]
    Unsupported,
    /// `http` to an address that is not this machine, a bad scheme, a missing part of the address.
    #[error("the address cannot be used: {detail}")]
    BadAddress { detail: String },
}
