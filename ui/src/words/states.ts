import type { CustomerState, EditState, StoreState } from "../api/generated/types";
import { m } from "../paraglide/messages.js";

/** Meanings that a mark can have; the colours and icons are the mark's own business. */
type Meaning = "waiting" | "sending" | "refused" | "conflict" | "done" | "gone";

/** Null where there is nothing to say: in step with the store. */
export const CUSTOMER_STATES: Record<CustomerState, { meaning: Meaning; word: () => string } | null> = {
  clean: null,
  edited: { meaning: "waiting", word: m.state_edited },
  sending: { meaning: "sending", word: m.state_sending },
  conflict: { meaning: "conflict", word: m.state_conflict },
  parked: { meaning: "refused", word: m.state_parked },
  gone: { meaning: "gone", word: m.state_gone },
};

export const EDIT_STATES: Record<EditState, { meaning: Meaning; word: () => string }> = {
  pending: { meaning: "waiting", word: m.state_edited },
  sending: { meaning: "sending", word: m.state_sending },
  conflict: { meaning: "conflict", word: m.state_conflict },
  parked: { meaning: "refused", word: m.state_parked },
};

export const STORE_STATES: Record<StoreState, { meaning: Meaning; word: () => string }> = {
  first_pass: { meaning: "sending", word: m.store_state_first_pass },
  ready: { meaning: "done", word: m.store_state_ready },
  sign_in_needed: { meaning: "waiting", word: m.store_state_sign_in_needed },
  offline: { meaning: "gone", word: m.store_state_offline },
  refused: { meaning: "refused", word: m.store_state_refused },
};

const PHASES: Record<string, () => string> = {
  push: m.phase_push,
  first_pass: m.phase_first_pass,
  changes: m.phase_changes,
  full_pass: m.phase_full_pass,
  details: m.phase_details,
  segments: m.phase_segments,
};

export function phaseWord(phase: string): string {
  return (PHASES[phase] ?? m.phase_changes)();
}

const SOURCES: Record<string, () => string> = {
  here: m.source_here,
  store: m.source_store,
  merged: m.source_merged,
  decided: m.source_decided,
  altered_by_store: m.source_altered_by_store,
  refused: m.source_refused,
  sent: m.source_sent,
  discarded: m.source_discarded,
};

export function sourceWord(source: string): string {
  return SOURCES[source]?.() ?? source;
}

const REASONS: Record<string, () => string> = {
  "": m.reason_none,
  refused: m.reason_none,
  gone: m.reason_gone,
  unwritable: m.reason_unwritable,
  anonymized: m.reason_anonymized,
  masked: m.reason_masked,
  forbidden: m.reason_forbidden,
  ignored: m.reason_ignored,
};

/** Why an edit was refused: a code of ours in words, else null for the store's own words. */
export function ownReason(reason: string | null): string | null {
  return REASONS[reason ?? ""]?.() ?? null;
}
