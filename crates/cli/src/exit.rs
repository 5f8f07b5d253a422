//! Exit codes, for scripts. They are a promise: docs and tests name them.

use std::process::ExitCode;

use clientela_app::error::Code;

/// An exit code with a meaning.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Exit(u8);

pub(crate) const DONE: Exit = Exit(0);
pub(crate) const FAILED: Exit = Exit(1);
pub(crate) const USAGE: Exit = Exit(2);
/// Done, and edits wait for a person (in conflict or refused).
pub(crate) const WAITING: Exit = Exit(3);
pub(crate) const SIGN_IN: Exit = Exit(4);
pub(crate) const UNREACHABLE: Exit = Exit(5);
pub(crate) const FOLDER_IN_USE: Exit = Exit(6);
pub(crate) const KEY: Exit = Exit(7);

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        ExitCode::from(exit.0)
    }
}

/// The exit code of an error.
pub(crate) fn of(code: Code) -> Exit {
    match code {
        Code::InvalidInput
        | Code::UnknownPlatform
        | Code::UnknownField
        | Code::UnwritableField
        | Code::UnknownRole
        | Code::InsecureUrl
        | Code::UnknownStore
        | Code::StoreNameTaken
        | Code::NotFound
        | Code::Unsupported
        | Code::ConfirmationNeeded
        | Code::DuplicateCustomer
        | Code::QuestionChanged
        | Code::ViewGone => USAGE,
        Code::SignInNeeded | Code::AccountChanged => SIGN_IN,
        Code::Unreachable | Code::RateLimited | Code::StoreFault | Code::OutcomeUnknown => UNREACHABLE,
        Code::FolderInUse => FOLDER_IN_USE,
        Code::KeyMissing | Code::KeyWrong | Code::KeychainUnavailable => KEY,
        Code::Forbidden
        | Code::RoleNotYours
        | Code::Unpaid
        | Code::StoreRefused
        | Code::StoreUnreadable
        | Code::FileDamaged
        | Code::FileMissing
        | Code::NothingReadable
        | Code::FileNewer
        | Code::DiskFull
        | Code::Database
        | Code::TargetLocked
        | Code::TargetDenied
        | Code::TargetFailed
        | Code::Cancelled
        | Code::Internal => FAILED,
    }
}
