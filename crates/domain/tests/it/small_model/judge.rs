//! What must hold after every event.

use clientela_domain::reconcile::MOST_TRIES;

use super::events::Event;
use super::planner::Setting;
use super::state::{Kind, Slot, State, Value};

pub(crate) const LOST: &str =
    "an edit is lost: it does not wait, is not with the person and never stood at the store";
pub(crate) const ENDED: &str = "an edit that was typed during a push is ended by it";
pub(crate) const UNSEEN: &str = "somebody else's value is overwritten that was never read";
pub(crate) const UNASKED: &str = "somebody else's value is overwritten that the person does not know of";
pub(crate) const UNWANTED: &str = "a text leaves that nobody waits for";
pub(crate) const INVENTED: &str = "a text leaves that nobody wrote";
pub(crate) const BLIND: &str = "it is written after an unknown outcome, and nothing was read between";
pub(crate) const TOO_OFTEN: &str = "an edit is sent too often";

/// After every event: each accepted edit is in one place, and nothing is tried for ever.
pub(crate) fn after(before: &State, event: Event, next: &State, kind: Kind) -> Result<(), &'static str> {
    for (slot, earlier) in next.slots.iter().zip(&before.slots) {
        let is_answer = matches!(event, Event::Answered | Event::SaysYes);
        let was_typed_on = earlier.item.is_some_and(|item| item.is_older && !item.is_stale);
        let is_shown = earlier.owed.is_none_or(|owed| kind.contains(slot.mirror, owed));
        if is_answer && was_typed_on && slot.edit.is_none() && !is_shown {
            return Err(ENDED);
        }
        if let Some(owed) = slot.owed
            && !slot.held
            && !slot.edit.is_some_and(|edit| kind.contains(edit.mine, owed))
        {
            return Err(LOST);
        }
        if u32::from(slot.sends) > MOST_TRIES {
            return Err(TOO_OFTEN);
        }
    }
    Ok(())
}

/// What leaves is what the person wants, in the words in which they typed it or joined with what the store had.
pub(crate) fn marked(state: &State, setting: &Setting) -> Result<(), &'static str> {
    for slot in &state.slots {
        let Some(item) = slot.item else { continue };
        if state.unknown {
            return Err(BLIND);
        }
        // A line that stood there and was taken out by somebody else is not put in again.
        if slot.held && setting.kind == Kind::Note {
            continue;
        }
        let Some(owed) = slot.owed.filter(|owed| setting.kind.contains(item.text, *owed)) else {
            return Err(UNWANTED);
        };
        if item.text != owed && item.text.has_theirs() && !slot.seen.has_theirs() {
            return Err(INVENTED);
        }
    }
    Ok(())
}

/// The store takes a text of ours over what it has.
pub(crate) fn written(slot: &mut Slot, text: Value, setting: &Setting) -> Result<(), &'static str> {
    let over = slot.store;
    let is_edit = slot.item.is_some();
    // Ours are told apart from somebody else's by themselves.
    let is_foreign = over == Value::Base || over.has_theirs();
    let keeps_both = setting.kind == Kind::Note && over.has_theirs() == text.has_theirs();
    if over != text && is_foreign && !slot.window {
        if slot.unread {
            return Err(UNSEEN);
        }
        if is_edit && !knows_of(slot.known, over, setting.kind) && !keeps_both {
            return Err(UNASKED);
        }
    }
    if over != text {
        (slot.unread, slot.window) = (false, false);
    }
    slot.store = text;
    // What stood there does not stand there any more when an older text of ours comes over it.
    slot.held &= slot.item.is_none_or(|item| !item.is_older);
    slot.held |= slot.owed.is_some_and(|owed| setting.kind.contains(text, owed));
    if is_edit {
        // What anybody writes after this is news to the person, even where it is what stood there before. A store that does not
        // tell when a record was changed cannot show the difference.
        if setting.tells_dates {
            let typed = [slot.item.map(|item| item.text), slot.owed];
            slot.known = typed.into_iter().flatten().fold(text.bit(), |known, value| known | value.bit());
        }
    }
    Ok(())
}

/// Whether the person had this value before them. Of a note, it is the other person's line that counts.
fn knows_of(known: u8, over: Value, kind: Kind) -> bool {
    let alike = |value: &Value| match kind {
        Kind::Name => *value == over,
        Kind::Note => value.has_theirs() == over.has_theirs(),
    };
    Value::ALL.iter().filter(|value| alike(value)).any(|value| known & value.bit() != 0)
}

/// Whether this write comes over what somebody else wrote since the read before it: the one gap that cannot be closed.
pub(crate) fn is_in_the_window(before: &State, after: &State) -> bool {
    let over = |(before, after): (&Slot, &Slot)| before.window && before.store != after.store;
    before.slots.iter().zip(&after.slots).any(over)
}
