//! What a status means: the one place that turns a refusal into a [`ConnectorError`].

use crate::ConnectorError;
use crate::http::{Nature, Refusal};

/// The error behind a status that is not a success. Total: every number has a meaning, so that no status of a store, a
/// proxy or a captive network can fall through.
pub fn classify(status: u16, refusal: Refusal, nature: Nature) -> ConnectorError {
    let Refusal { message, fields } = refusal;
    match status {
        // The three that say: not here. The others may also say that it was done and where to look at it (RFC 9110 §15.4), which
        // many servers mean by a 302 too.
        300..=399 if nature == Nature::Read || matches!(status, 301 | 307 | 308) => {
            ConnectorError::Redirected { status }
        }
        300..=399 => {
            ConnectorError::OutcomeUnknown { cause: format!("the store points elsewhere ({status})") }
        }
        401 => ConnectorError::SignIn { message },
        402 => ConnectorError::Unpaid { message },
        403 => ConnectorError::Forbidden { message },
        404 | 410 => ConnectorError::WrongAddress,
        // Both come from something between us and the store, so the store has seen nothing.
        407 => ConnectorError::Unreachable { cause: "the proxy asks for a sign-in".to_owned() },
        511 => ConnectorError::Unreachable { cause: "the network asks for a sign-in".to_owned() },
        408 => lost("the store gave up waiting (408)", nature),
        429 => ConnectorError::RateLimited { retry_after: None },
        400..=499 => ConnectorError::Refused { status, message, fields },
        500..=599 => match nature {
            Nature::Read => ConnectorError::ServerFault { status },
            Nature::Write => {
                ConnectorError::OutcomeUnknown { cause: format!("the store has trouble ({status})") }
            }
        },
        _ => match nature {
            Nature::Read => ConnectorError::Unreadable { detail: format!("status {status}") },
            Nature::Write => ConnectorError::OutcomeUnknown { cause: format!("status {status}") },
        },
    }
}

/// No answer in time: harmless for a question, an open end for a change.
pub(super) fn lost(cause: &str, nature: Nature) -> ConnectorError {
    let cause = cause.to_owned();
    match nature {
        Nature::Read => ConnectorError::Unreachable { cause },
        Nature::Write => ConnectorError::OutcomeUnknown { cause },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One word for the error, so that the table below can be read.
    fn word(error: &ConnectorError) -> &'static str {
        match error {
            ConnectorError::SignIn { .. } => "sign-in",
            ConnectorError::Forbidden { .. } => "forbidden",
            ConnectorError::Unpaid { .. } => "unpaid",
            ConnectorError::WrongAddress => "wrong address",
            ConnectorError::Refused { .. } => "refused",
            ConnectorError::RateLimited { .. } => "pause",
            ConnectorError::Unreachable { .. } => "unreachable",
            ConnectorError::OutcomeUnknown { .. } => "unknown",
            ConnectorError::ServerFault { .. } => "fault",
            ConnectorError::Redirected { .. } => "redirected",
            ConnectorError::Unreadable { .. } => "unreadable",
            _ => "other",
        }
    }

    /// What each status means for a question and for a change.
    fn expected(status: u16) -> (&'static str, &'static str) {
        match status {
            0..=299 | 600.. => ("unreadable", "unknown"),
            301 | 307 | 308 => ("redirected", "redirected"),
            300..=399 => ("redirected", "unknown"),
            401 => ("sign-in", "sign-in"),
            402 => ("unpaid", "unpaid"),
            403 => ("forbidden", "forbidden"),
            404 | 410 => ("wrong address", "wrong address"),
            407 | 511 => ("unreachable", "unreachable"),
            408 => ("unreachable", "unknown"),
            429 => ("pause", "pause"),
            400 | 405 | 406 | 409 | 411..=428 | 430..=499 => ("refused", "refused"),
            500..=510 | 512..=599 => ("fault", "unknown"),
        }
    }

    #[test]
    fn every_status_has_its_meaning() {
        for status in 0..=999 {
            let of = |nature| word(&classify(status, Refusal::default(), nature));
            assert_eq!((of(Nature::Read), of(Nature::Write)), expected(status), "{status}");
        }
    }

    #[test]
    fn a_refusal_keeps_the_words_of_the_store() {
        let refusal = Refusal { message: "taken".to_owned(), fields: Vec::new() };
        let error = classify(422, refusal, Nature::Write);
        assert_eq!(
            error,
            ConnectorError::Refused { status: 422, message: "taken".to_owned(), fields: Vec::new() }
        );
    }
}
