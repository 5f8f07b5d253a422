//! What a history begins with: who is there, what kind of stores they have, and how bad the weather is.

use clientela_connectors::platform;
use clientela_domain::capability::{Capabilities, ChangeFeed};

use crate::tape::Tape;

/// The five characters.
pub(crate) const PLATFORMS: [&str; 5] = ["tiendanube", "tiendanegocio", "yampi", "inallweb", "uappi"];

/// Everything that a history begins with.
#[derive(Debug, Clone)]
pub(crate) struct Scene {
    pub(crate) shops: Vec<Manners>,
    pub(crate) desks: usize,
    /// Top-level steps before everything calms down.
    pub(crate) steps: u32,
    /// Requests of a hundred that go wrong.
    pub(crate) weather: u32,
    /// Commits of a thousand at which a desk dies or its disk is full.
    pub(crate) mishaps: u32,
    /// Requests of a hundred during which somebody does something.
    pub(crate) bustle: u32,
}

/// How a store behaves, where it could behave in another way.
#[derive(Debug, Clone)]
pub(crate) struct Manners {
    pub(crate) able: &'static Capabilities,
    pub(crate) customers: u32,
    pub(crate) page: u32,
    pub(crate) order: Order,
    /// `updated_since` finds what was changed at exactly that second.
    pub(crate) inclusive: bool,
    pub(crate) total: Total,
    /// Lists leave out notes and addresses.
    pub(crate) thin_lists: bool,
    /// A record is listed on two pages now and then.
    pub(crate) repeats: bool,
    pub(crate) dated: Dated,
    /// Answers tell the store's time.
    pub(crate) tells_time: bool,
    /// Reads may be answered by a copy that is up to a minute behind.
    pub(crate) lags: bool,
    pub(crate) replaces: bool,
    pub(crate) answers: WriteAnswer,
    pub(crate) spelling: Spelling,
    /// Changes of notes are taken with a yes and forgotten.
    pub(crate) ignores_notes: bool,
    pub(crate) deleted: DeletedAnswer,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Order {
    ById,
    NewestFirst,
    Unstable,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Total {
    Told,
    Untold,
    Wrong,
}

/// What moves `updated_at`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Dated {
    EveryChange,
    /// Changes of addresses and notes do not.
    NotAddresses,
    /// Records have no such date.
    Never,
}

/// What a store says to a write that it took.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum WriteAnswer {
    Whole,
    Part,
    Nothing,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Spelling {
    AsSent,
    /// Outer space, case of e-mails, punctuation of numbers.
    Normal,
    /// Names are cut off: what comes back is not what was sent.
    Cut,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum DeletedAnswer {
    Missing,
    Forbidden,
}

impl Scene {
    /// Draws one.
    pub(crate) fn draw(tape: &mut Tape) -> Self {
        let crowded = tape.chance(6);
        let shops = 1 + usize::from(tape.chance(15));
        let shops = (0..shops).map(|_| Manners::draw(tape, crowded)).collect();
        Self {
            shops,
            desks: 1 + usize::from(tape.chance(40)),
            steps: 20 + tape.below(41),
            weather: tape.pick(&[0, 4, 10, 25]),
            mishaps: tape.pick(&[0, 0, 4, 20]),
            bustle: tape.pick(&[0, 10, 30]),
        }
    }
}

impl Manners {
    fn draw(tape: &mut Tape, crowded: bool) -> Self {
        let able = platform(tape.pick(&PLATFORMS)).map(|entry| entry.capabilities);
        let able = able.unwrap_or_else(|| unreachable!("the list names platforms that are there"));
        let by_id = able.change_feed == ChangeFeed::UpdatedSince;
        Self {
            able,
            customers: if crowded { 26 + tape.below(8) } else { 1 + tape.below(7) },
            page: if crowded { 10 } else { 1 + tape.below(4) },
            order: if by_id {
                Order::ById
            } else {
                tape.pick(&[Order::ById, Order::NewestFirst, Order::Unstable])
            },
            inclusive: !tape.chance(30),
            total: tape.pick(&[Total::Told, Total::Untold, Total::Wrong]),
            thin_lists: tape.chance(25),
            repeats: tape.chance(20),
            dated: match by_id {
                true => tape.pick(&[Dated::EveryChange, Dated::EveryChange, Dated::NotAddresses]),
                false => tape.pick(&[Dated::EveryChange, Dated::Never]),
            },
            tells_time: !tape.chance(10),
            lags: tape.chance(30),
            replaces: tape.chance(40),
            answers: tape.pick(&[WriteAnswer::Whole, WriteAnswer::Part, WriteAnswer::Nothing]),
            spelling: tape.pick(&[Spelling::AsSent, Spelling::Normal, Spelling::Cut]),
            ignores_notes: tape.chance(8),
            deleted: if tape.chance(12) { DeletedAnswer::Forbidden } else { DeletedAnswer::Missing },
        }
    }
}
