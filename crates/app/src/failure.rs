//! The one mapping from what can go wrong inside to what an interface is told.

use clientela_connectors::ConnectorError;
use clientela_database::{DatabaseError, OpenError};
use clientela_domain::field::UnknownField;
use clientela_sync::SyncStop;

use crate::error::{ApiError, Code};
use crate::secrets::SecretError;

impl From<ConnectorError> for ApiError {
    fn from(error: ConnectorError) -> Self {
        let sentence = error.to_string();
        match error {
            ConnectorError::SignIn { message } => {
                ApiError::new(Code::SignInNeeded, sentence).with("reason", message)
            }
            ConnectorError::Forbidden { message } => {
                ApiError::new(Code::Forbidden, sentence).with("reason", message)
            }
            ConnectorError::Unpaid { message } => {
                ApiError::new(Code::Unpaid, sentence).with("reason", message)
            }
            ConnectorError::WrongAddress => {
                ApiError::new(Code::StoreRefused, sentence).with("reason", "wrong_address")
            }
            ConnectorError::Refused { status, message, fields } => {
                let mut refused = ApiError::new(Code::StoreRefused, sentence)
                    .with("status", status.to_string())
                    .with("reason", message);
                for field in fields {
                    refused = refused.with(&format!("field.{}", field.field), field.message);
                }
                refused
            }
            ConnectorError::RateLimited { retry_after } => {
                let limited = ApiError::new(Code::RateLimited, sentence);
                match retry_after {
                    Some(wait) => limited.with("seconds", wait.as_secs().to_string()),
                    None => limited,
                }
            }
            ConnectorError::Unreachable { cause } => {
                ApiError::new(Code::Unreachable, sentence).with("cause", cause)
            }
            ConnectorError::OutcomeUnknown { cause } => {
                ApiError::new(Code::OutcomeUnknown, sentence).with("cause", cause)
            }
            ConnectorError::ServerFault { status } => {
                ApiError::new(Code::StoreFault, sentence).with("status", status.to_string())
            }
            ConnectorError::Redirected { status } => {
                ApiError::new(Code::StoreUnreadable, sentence).with("status", status.to_string())
            }
            ConnectorError::TooLarge { .. } | ConnectorError::Unreadable { .. } => {
                ApiError::new(Code::StoreUnreadable, sentence)
            }
            ConnectorError::Unwritable { field, message } => {
                ApiError::new(Code::UnwritableField, sentence).with("field", field).with("reason", message)
            }
            ConnectorError::Unsupported => ApiError::new(Code::Unsupported, sentence),
            ConnectorError::BadAddress { detail } if detail.contains("http") => {
                ApiError::new(Code::InsecureUrl, sentence).with("reason", detail)
            }
            ConnectorError::BadAddress { detail } => {
                ApiError::new(Code::InvalidInput, sentence).with("reason", detail)
            }
        }
    }
}

impl From<DatabaseError> for ApiError {
    fn from(error: DatabaseError) -> Self {
        let code = match &error {
            DatabaseError::DiskFull => Code::DiskFull,
            DatabaseError::GivenUp => Code::Cancelled,
            DatabaseError::Damaged => Code::FileDamaged,
            DatabaseError::StoreNameTaken => Code::StoreNameTaken,
            DatabaseError::Unreadable { .. } | DatabaseError::Other(_) => Code::Database,
        };
        if code == Code::Database {
            // Texts of the database name tables and columns, never values; people are told only that it failed.
            tracing::error!(%error, "the database failed");
        }
        ApiError::new(code, error.to_string())
    }
}

impl From<OpenError> for ApiError {
    fn from(error: OpenError) -> Self {
        let sentence = error.to_string();
        match error {
            OpenError::FolderInUse => ApiError::new(Code::FolderInUse, sentence),
            OpenError::WrongKey => ApiError::new(Code::KeyWrong, sentence),
            OpenError::Damaged { path } | OpenError::NotEncrypted { path } => {
                ApiError::new(Code::FileDamaged, sentence).with("path", path.display().to_string())
            }
            OpenError::Missing { path } => {
                ApiError::new(Code::FileMissing, sentence).with("path", path.display().to_string())
            }
            OpenError::Newer => ApiError::new(Code::FileNewer, sentence),
            OpenError::NoCipher => ApiError::new(Code::Internal, sentence),
            OpenError::Folder(cause) => ApiError::new(Code::Database, format!("{sentence}: {cause}")),
            OpenError::Database(error) => error.into(),
        }
    }
}

impl From<SecretError> for ApiError {
    fn from(error: SecretError) -> Self {
        ApiError::new(Code::KeychainUnavailable, error.to_string())
    }
}

impl From<SyncStop> for ApiError {
    fn from(stop: SyncStop) -> Self {
        match stop {
            SyncStop::Store(error) => error.into(),
            SyncStop::Database(error) => error.into(),
            SyncStop::Cancelled => ApiError::new(Code::Cancelled, "it was cancelled"),
        }
    }
}

impl From<UnknownField> for ApiError {
    fn from(error: UnknownField) -> Self {
        let field = error.0.clone();
        ApiError::new(Code::UnknownField, error.to_string()).with("field", field)
    }
}
