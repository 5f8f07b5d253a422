//! What goes wrong between a desk and a store. Which error a broken answer becomes is proven with the real connectors; here the
//! engine meets the errors.

use std::time::Duration;

use clientela_connectors::ConnectorError;

use crate::world::World;

/// The fate of a question.
pub(crate) enum Read {
    Fine,
    Fails(ConnectorError),
    /// The machine dies with the question on its way.
    Death,
    /// The person ends the sync.
    Cancelled,
}

/// The fate of a change.
pub(crate) enum Write {
    Fine,
    NeverArrives(ConnectorError),
    ArrivesAndFails(ConnectorError),
    DeathBefore,
    DeathAfter,
    CancelledAfter,
}

/// What goes wrong with questions.
const READS: [&str; 14] = [
    "no connection to read",
    "a server's fault to a read",
    "a page for people",
    "an answer cut off",
    "an endless answer",
    "a redirect",
    "a 403 to a read",
    "a 404 to everything",
    "a 429 to a read",
    "a 402",
    "a dead sign-in",
    "death in a read",
    "a sync cancelled",
    "another store answers",
];

/// What goes wrong with changes.
const WRITES: [&str; 15] = [
    "no connection to write",
    "a 429 to a write",
    "a redirected write",
    "a 403 to a write",
    "a 422 without reason",
    "a dead sign-in at a write",
    "a write lost on the way",
    "a write whose answer is lost",
    "a server's fault before a write",
    "a server's fault after a write",
    "an unreadable answer to a write",
    "an endless answer to a write",
    "death before a write arrives",
    "death after a write arrived",
    "a write cancelled",
];

pub(crate) fn of_read(world: &mut World, shop: usize) -> Read {
    if world.shops[shop].signed_out {
        return Read::Fails(sign_in());
    }
    let weather = world.scene.weather;
    if world.is_calm || !world.tape.chance(weather) {
        return Read::Fine;
    }
    let mut kind = world.tape.pick(&READS);
    match may_be_elsewhere(world, shop) {
        // Few stores are large enough for it.
        true if world.tape.chance(20) => kind = "another store answers",
        false if kind == "another store answers" => return Read::Fine,
        _ => {}
    }
    world.fault(kind);
    let detail = || "not a customer".to_owned();
    Read::Fails(match kind {
        "no connection to read" => ConnectorError::Unreachable { cause: "none".to_owned() },
        "a server's fault to a read" => ConnectorError::ServerFault { status: 503 },
        "a page for people" | "an answer cut off" => ConnectorError::Unreadable { detail: detail() },
        "an endless answer" => ConnectorError::TooLarge { limit: 1 },
        "a redirect" => ConnectorError::Redirected { status: 302 },
        "a 403 to a read" => ConnectorError::Forbidden { message: "no".to_owned() },
        "a 404 to everything" => ConnectorError::WrongAddress,
        "a 429 to a read" => ConnectorError::RateLimited { retry_after: Some(Duration::from_secs(30)) },
        "a 402" => ConnectorError::Unpaid { message: "pay".to_owned() },
        "a dead sign-in" => {
            world.shops[shop].signed_out = true;
            sign_in()
        }
        "death in a read" => return Read::Death,
        "a sync cancelled" => return Read::Cancelled,
        _ => {
            // A store that is restored or misrouted, for minutes or for hours.
            let longest = world.tape.pick(&[5, 30, 300]);
            let minutes = 1 + world.tape.below(longest);
            let until = world.now + Duration::from_secs(60 * u64::from(minutes));
            world.shops[shop].send_elsewhere(until);
            return Read::Fine;
        }
    })
}

/// Where a desk knows fewer customers than the mass guard lets go, nobody can tell another store from a deletion; nor where it happens
/// again and again.
fn may_be_elsewhere(world: &World, shop: usize) -> bool {
    let mut desks = 0..world.scene.desks;
    let is_large = |desk| world.ledger.shown.get(&(desk, shop)).is_some_and(|shown| shown.live > 23);
    desks.all(is_large) && !world.faults.contains_key("another store answers")
}

pub(crate) fn of_write(world: &mut World, shop: usize) -> Write {
    if world.shops[shop].signed_out {
        return Write::NeverArrives(sign_in());
    }
    // There are fewer of them than questions.
    let weather = world.scene.weather * 2;
    if world.is_calm || !world.tape.chance(weather) {
        return Write::Fine;
    }
    let kind = world.tape.pick(&WRITES);
    world.fault(kind);
    let cause = || "silence".to_owned();
    let words = || "no".to_owned();
    match kind {
        "no connection to write" => Write::NeverArrives(ConnectorError::Unreachable { cause: cause() }),
        "a 429 to a write" => Write::NeverArrives(ConnectorError::RateLimited { retry_after: None }),
        "a redirected write" => Write::NeverArrives(ConnectorError::Redirected { status: 307 }),
        "a 403 to a write" => Write::NeverArrives(ConnectorError::Forbidden { message: words() }),
        "a 422 without reason" => {
            Write::NeverArrives(ConnectorError::Refused { status: 422, message: words(), fields: Vec::new() })
        }
        "a dead sign-in at a write" => {
            world.shops[shop].signed_out = true;
            Write::NeverArrives(sign_in())
        }
        "a write lost on the way" => Write::NeverArrives(ConnectorError::OutcomeUnknown { cause: cause() }),
        "a write whose answer is lost" => {
            Write::ArrivesAndFails(ConnectorError::OutcomeUnknown { cause: cause() })
        }
        "a server's fault before a write" => Write::NeverArrives(ConnectorError::ServerFault { status: 500 }),
        "a server's fault after a write" => {
            Write::ArrivesAndFails(ConnectorError::ServerFault { status: 502 })
        }
        "an unreadable answer to a write" => {
            Write::ArrivesAndFails(ConnectorError::Unreadable { detail: words() })
        }
        "an endless answer to a write" => Write::ArrivesAndFails(ConnectorError::TooLarge { limit: 1 }),
        "death before a write arrives" => Write::DeathBefore,
        "death after a write arrived" => Write::DeathAfter,
        _ => Write::CancelledAfter,
    }
}

fn sign_in() -> ConnectorError {
    ConnectorError::SignIn { message: "who are you".to_owned() }
}
