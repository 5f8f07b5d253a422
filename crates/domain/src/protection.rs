//! What keeps edits and customers safe, by name: the simulator takes one away at a time and has to notice.
//!
//! Only the simulator's own build can take any away. In every other one all of them stand, and the compiler answers the question.

/// A rule that somebody's data depends on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Protection {
    /// Changes are asked for from a little before the last pass began.
    Overlap,
    /// The next pass begins where the last one began, not where it ended.
    Signpost,
    /// Where the next pass begins moves only when one has reached its end.
    CursorAtTheEnd,
    /// A page, the index and how far the pass has come are one transaction.
    WholePage,
    /// Records of a list that cannot be read are asked for by their ids.
    LookAgain,
    /// Those of them that cannot be read then either are asked for until they can.
    LeftOutIsKept,
    /// Who is listed twice has taken somebody's place: the list is read again.
    RepeatsAreGaps,
    /// A list that somebody is not on is a reason to ask, not to bury.
    SweepAsks,
    /// Who is not there is asked for again a while later.
    SecondQuestion,
    /// A store that has nobody of those who are known is not believed that somebody is gone.
    Witnesses,
    /// A great many who are missing at once are kept.
    MassGuard,
    /// An older version never wins.
    StaleGuard,
    /// Who was erased does not come back.
    Suppression,
    /// Asterisks never replace a clear value.
    MaskHidesNothing,
    /// Nobody shown with asterisks is written to.
    MaskIsNotSent,
    /// What an answer does not say is not empty.
    AbsentIsNotEmpty,
    /// The store is asked before it is written to.
    ReadFirst,
    /// An edit is marked before it leaves.
    MarkFirst,
    /// An answer ends only the text that it is the answer to.
    Generation,
    /// A third value is a person's to decide.
    ConflictStops,
    /// Texts are joined with both changes in them.
    MergeKeepsBoth,
    /// A change of ours that was taken back is not sent again.
    TakenBackAsks,
    /// A conflict waits for the person.
    ConflictStays,
    /// What the store made of a value is taken once and not fought.
    AlteredEnds,
    /// Nothing is tried for ever.
    TriesEnd,
    /// An edit begins where the person saw it begin.
    BaseAsSeen,
    /// An edit that may have arrived is turned round, not dropped.
    DiscardTurnsRound,
    /// Edits of who is gone are given to a person.
    GoneParksEdits,
    /// Who is shown again is back.
    Revive,
    /// A new address that the store shows has arrived.
    AddressArrives,
    /// What a person made of a new address while it was on its way is made of the one that arrived.
    AddressGoesOn,
    /// An address that may be a new one of ours, changed since, is asked about.
    UnknownAddressAsks,
    /// A text that was sent and typed on is nobody else's when the store shows it.
    EarlierTextIsOurs,
    /// Our own writes are not told as the store's.
    EchoByContent,
    /// A store that lets nobody in is not asked on.
    SignInStops,
}

impl Protection {
    /// All of them.
    pub const ALL: &'static [Protection] = &[
        Protection::Overlap,
        Protection::Signpost,
        Protection::CursorAtTheEnd,
        Protection::WholePage,
        Protection::LookAgain,
        Protection::LeftOutIsKept,
        Protection::RepeatsAreGaps,
        Protection::SweepAsks,
        Protection::SecondQuestion,
        Protection::Witnesses,
        Protection::MassGuard,
        Protection::StaleGuard,
        Protection::Suppression,
        Protection::MaskHidesNothing,
        Protection::MaskIsNotSent,
        Protection::AbsentIsNotEmpty,
        Protection::ReadFirst,
        Protection::MarkFirst,
        Protection::Generation,
        Protection::ConflictStops,
        Protection::MergeKeepsBoth,
        Protection::TakenBackAsks,
        Protection::ConflictStays,
        Protection::AlteredEnds,
        Protection::TriesEnd,
        Protection::BaseAsSeen,
        Protection::DiscardTurnsRound,
        Protection::GoneParksEdits,
        Protection::Revive,
        Protection::AddressArrives,
        Protection::AddressGoesOn,
        Protection::UnknownAddressAsks,
        Protection::EarlierTextIsOurs,
        Protection::EchoByContent,
        Protection::SignInStops,
    ];
}

/// Whether this one stands.
#[cfg(not(feature = "weakened"))]
pub const fn stands(_protection: Protection) -> bool {
    true
}

/// Whether this one stands.
#[cfg(feature = "weakened")]
pub fn stands(protection: Protection) -> bool {
    AWAY.get() != Some(protection)
}

/// Takes one away from everything that runs on this thread, or puts it back.
#[cfg(feature = "weakened")]
pub fn take_away(protection: Option<Protection>) {
    AWAY.set(protection);
}

#[cfg(feature = "weakened")]
thread_local! {
    static AWAY: std::cell::Cell<Option<Protection>> = const { std::cell::Cell::new(None) };
}
