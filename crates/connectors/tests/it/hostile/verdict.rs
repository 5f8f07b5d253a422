//! What may come of a false answer, told from what was sent and without looking at how it is read.

use clientela_connectors::{ConnectorError, Deleted, Fetched, Written};
use serde_json::Value;

use super::liar::{Asked, ENDLESS};
use super::replies::{Arrives, Reply};
use super::tape::{Exchange, Question, Tape, Told};

/// Longer than any honest error with fifty fields in it.
const LONGEST_ERROR: usize = 120_000;

/// One false answer and what it did.
pub(super) struct Case<'a> {
    pub(super) tape: &'a Tape,
    pub(super) target: &'a Exchange,
    pub(super) reply: &'a Reply,
    pub(super) asked: &'a [Asked],
    pub(super) outcome: &'a Result<Told, ConnectorError>,
}

/// What is wrong about a case; nothing is wrong where there is nothing.
pub(super) fn faults(case: &Case<'_>) -> Vec<String> {
    let mut faults = Vec::new();
    if case.asked.len() >= ENDLESS {
        faults.push("it does not end".to_owned());
    }
    if case.asked.iter().any(|asked| asked.target.contains("elsewhere")) {
        faults.push("it was led to another path".to_owned());
    }
    if let Err(error) = case.outcome {
        let shown = format!("{error:?} {error}");
        faults.extend(
            case.tape
                .secrets
                .iter()
                .filter(|secret| shown.contains(secret.as_str()))
                .map(|_| "a secret is in the error".to_owned()),
        );
        if shown.len() > LONGEST_ERROR {
            faults.push(format!("the error has {} bytes", shown.len()));
        }
    }
    faults.extend(whom(case));
    faults.extend(if case.target.is_write() { write(case) } else { read(case) });
    faults
}

/// An answer about somebody else is none.
fn whom(case: &Case<'_>) -> Option<String> {
    let wanted = &case.tape.fresh.remote_id;
    let shown = match case.outcome {
        Ok(Told::Fetched(Fetched::Found { record, .. }) | Told::Written(Written::Shown { record, .. })) => {
            &record.remote_id
        }
        _ => return None,
    };
    (shown != wanted).then(|| "somebody else is shown".to_owned())
}

/// Whether there is a JSON text that is sent as one.
fn is_json(reply: &Reply) -> bool {
    let Arrives::Whole(body) = &reply.arrives else { return false };
    let body = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body);
    reply.json && serde_json::from_slice::<Value>(body).is_ok()
}

fn is_empty(reply: &Reply) -> bool {
    matches!(&reply.arrives, Arrives::Whole(body) if body.iter().all(u8::is_ascii_whitespace))
}

fn write(case: &Case<'_>) -> Option<String> {
    let Case { tape, target, reply, asked, outcome } = case;
    let sent = asked.iter().filter(|asked| asked.method == target.method && asked.target == target.target);
    let sent = sent.count();
    let unknown = matches!(outcome, Err(ConnectorError::OutcomeUnknown { .. }));
    if unknown && sent > 1 {
        return Some(format!("sent {sent} times, and nobody knows what became of it"));
    }
    let wrong = |what: &str| Some(format!("{what}: {}", word(outcome)));
    // Where the library decides what arrived, only that it is no refusal.
    if reply.arrives == Arrives::Doubtful {
        return match outcome {
            Ok(_) | Err(ConnectorError::OutcomeUnknown { .. }) => None,
            Err(_) if reply.status >= 300 => None,
            Err(_) => wrong("no refusal was sent"),
        };
    }
    if reply.arrives == Arrives::Nothing {
        return if unknown { None } else { wrong("nothing arrived") };
    }
    match reply.status {
        200..=299 => match outcome {
            Err(ConnectorError::OutcomeUnknown { .. }) => None,
            Ok(_) if is_json(reply) || is_empty(reply) => None,
            Ok(_) if reads_nothing(tape.question) && is_whole_and_no_page(reply) => None,
            Ok(_) => wrong("it cannot be read"),
            // It says no with a yes in front.
            Err(ConnectorError::Refused { .. }) if tape.question == Question::ChangePassword => None,
            Err(ConnectorError::SignIn { .. }) if tape.platform == "tiendanube" && is_json(reply) => None,
            // What follows a change that was taken is a question.
            Err(_) if asked.len() > sent && asked.last().is_some_and(|asked| asked.method == "GET") => None,
            Err(_) => wrong("no refusal was sent"),
        },
        301 | 307 | 308 => match outcome {
            Err(ConnectorError::Redirected { .. }) => None,
            _ => wrong("a redirection that did nothing"),
        },
        407 | 511 => match outcome {
            Err(ConnectorError::Unreachable { .. }) => None,
            _ => wrong("the network was in the way"),
        },
        408 if unknown => None,
        // It was asked for again, as the store wished, and was refused as often.
        429 => match outcome {
            Err(ConnectorError::RateLimited { .. }) => None,
            _ => wrong("the store wants a pause"),
        },
        400..=499 if reply.status != 408 => match outcome {
            Err(ConnectorError::OutcomeUnknown { .. }) => wrong("a refusal is known"),
            Err(_) => None,
            Ok(_) if is_missing(case) => None,
            Ok(_) => wrong("it was refused"),
        },
        // 1xx, what asks to look elsewhere for the outcome, 5xx, and what is no status.
        _ if unknown => None,
        _ => wrong("nobody can know"),
    }
}

fn reads_nothing(question: Question) -> bool {
    matches!(
        question,
        Question::Delete | Question::DeleteProfile | Question::ShopPassword | Question::ChangePassword
    )
}

/// Whatever it says, it is not a page that a network shows to people.
fn is_whole_and_no_page(reply: &Reply) -> bool {
    reply.json && matches!(reply.arrives, Arrives::Whole(_))
}

fn is_missing(case: &Case<'_>) -> bool {
    let says_so = matches!(case.reply.status, 404 | 410) && (is_empty(case.reply) || case.reply.json);
    let is_told = match case.outcome {
        Ok(Told::Written(Written::Missing) | Told::Deleted(Deleted::Missing)) => true,
        Ok(Told::Done) => case.tape.question == Question::DeleteProfile,
        _ => false,
    };
    says_so && is_told
}

fn read(case: &Case<'_>) -> Option<String> {
    let Case { tape, reply, outcome, asked, .. } = case;
    let wrong = |what: &str| Some(format!("{what}: {}", word(outcome)));
    let changed =
        asked.iter().any(|asked| !matches!(asked.method.as_str(), "GET") && !asked.target.contains("/auth/"));
    if matches!(outcome, Err(ConnectorError::OutcomeUnknown { .. })) && !changed {
        return wrong("nothing was to be changed");
    }
    if is_optional(case.target) || reply.arrives == Arrives::Doubtful {
        return None;
    }
    if let Ok(Told::Fetched(Fetched::Missing { .. })) = outcome {
        let blank = is_empty(reply) || is_json(reply);
        let says_so = match reply.status {
            200..=299 | 404 | 410 => blank || (reply.json && reply.status >= 400),
            _ => false,
        };
        return if says_so { None } else { wrong("nobody said that the customer is gone") };
    }
    match (reply.status, outcome) {
        // A file is whatever comes.
        (200..=299, Ok(Told::File(_))) if matches!(reply.arrives, Arrives::Whole(_)) => None,
        (200..=299, Ok(_)) if is_json(reply) || is_empty(reply) => None,
        (_, Ok(_)) if matches!(reply.arrives, Arrives::Whole(_)) && is_known_refusal(tape, case) => None,
        (_, Ok(_)) => wrong("there was no answer"),
        (300..=399, Err(ConnectorError::Redirected { .. })) => None,
        (300..=399, Err(_)) => wrong("it is a redirection"),
        (_, Err(_)) => None,
    }
}

/// Questions whose answer can be done without, wherever it fails.
fn is_optional(target: &Exchange) -> bool {
    ["/preferences", "/custom-fields", "/metafields"].iter().any(|part| target.path().contains(part))
}

/// Refusals of a part after which the rest stands: no orders for this token, no clusters, no page behind the last one, a choice of
/// fields that the shop does not know.
fn is_known_refusal(tape: &Tape, case: &Case<'_>) -> bool {
    let Case { target, reply, .. } = case;
    // A store that does not say who is signed in cannot be held to it.
    let of_oneself = tape.question == Question::GiveRole && target.path().ends_with("/me");
    let of_a_part =
        of_oneself || ["/orders", "/clusters", "/addresses"].iter().any(|part| target.path().contains(part));
    match reply.status {
        403 => of_a_part || (tape.platform == "inallweb" && tape.question == Question::Identify),
        // No page is so far behind, or nobody is found; what is no store cannot say that.
        404 | 405 | 410 => of_a_part || reply.json || is_empty(reply),
        400 | 415 | 422 => true,
        status => of_oneself && (400..500).contains(&status),
    }
}

fn word(outcome: &Result<Told, ConnectorError>) -> String {
    let mut text = format!("{outcome:?}");
    if text.len() > 300 {
        let end = (0..=300).rev().find(|end| text.is_char_boundary(*end)).unwrap_or(0);
        text.truncate(end);
    }
    text
}
