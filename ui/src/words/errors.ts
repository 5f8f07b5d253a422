import type { ApiError, Code } from "../api/generated/types";
import { m } from "../paraglide/messages.js";
import { fieldName, roleName } from "./fields";
import { ruleWords } from "./rules";

export interface ErrorWords {
  /** quiet: offline and the like; warning: wants a person; harm: something went wrong. */
  tone: "quiet" | "warning" | "harm";
  /** What happened. */
  title: string;
  /** What is safe. */
  safe: string | null;
  /** What to do. */
  advice: string | null;
  /** Somebody else's words: what the store answered. */
  quote: string | null;
}

type Say = (error: ApiError) => Omit<ErrorWords, "quote"> & { quote?: string | null };

const store = (error: ApiError) => error.details["store"] ?? m.word_the_store();
const field = (error: ApiError) => fieldName(error.details["field"] ?? "");
const path = (error: ApiError) => error.details["path"] ?? "";

/** What the store said: in general, and of single fields. */
function said(error: ApiError): string {
  const general = error.details["reason"] || null;
  const fields = Object.entries(error.details)
    .filter(([key]) => key.startsWith("field."))
    .map(([key, text]) => `${fieldName(key.slice("field.".length))}: ${text}`);
  const all = [general, ...fields].filter((text) => text !== null);
  return all.length > 0 ? all.join(" · ") : error.message;
}

/** The whole file may be there under another name. */
const kept = (error: ApiError) =>
  error.details["kept"] ? m.safe_kept({ path: error.details["kept"] }) : m.safe_no_file();

const quiet = (title: string, safe: string | null, advice: string | null) => ({
  tone: "quiet" as const,
  title,
  safe,
  advice,
});
const warning = (title: string, safe: string | null, advice: string | null) => ({
  tone: "warning" as const,
  title,
  safe,
  advice,
});
const harm = (title: string, safe: string | null, advice: string | null) => ({
  tone: "harm" as const,
  title,
  safe,
  advice,
});

/** One line a code. A code without words does not compile. */
const WORDS: Record<Code, Say> = {
  invalid_input: (e) =>
    e.details["field"]
      ? warning(
          m.error_invalid_field({ field: field(e) }),
          m.safe_typed(),
          ruleWords(e.details["rule"], e.details["limit"]) ?? m.advice_correct(),
        )
      : warning(m.error_invalid_input(), m.safe_typed(), m.advice_correct()),
  unknown_platform: () => harm(m.error_unknown_platform(), null, m.advice_update()),
  unknown_field: (e) => harm(m.error_unknown_field({ field: field(e) }), m.safe_typed(), m.advice_update()),
  unwritable_field: (e) =>
    e.details["field"]
      ? warning(m.error_unwritable_field({ field: field(e) }), m.safe_typed(), m.advice_in_admin())
      : warning(m.error_unwritable_customer(), m.safe_typed(), m.advice_in_admin()),
  unknown_role: (e) =>
    warning(m.error_unknown_role({ role: e.details["role"] ?? "" }), m.safe_role(), m.advice_in_admin()),
  role_not_yours: (e) =>
    warning(m.role_withheld({ role: roleName(e.details["role"] ?? null) ?? "" }), m.safe_role(), m.advice_forbidden()),
  insecure_url: () => warning(m.error_insecure_url(), m.safe_nothing_sent(), m.advice_https()),
  unknown_store: () => warning(m.error_unknown_store(), null, m.advice_reopen_stores()),
  store_name_taken: () => warning(m.error_store_name_taken(), null, m.advice_other_name()),
  not_found: () => warning(m.error_not_found(), null, m.advice_not_found()),
  unsupported: (e) => warning(m.error_unsupported({ store: store(e) }), null, m.advice_in_admin()),
  confirmation_needed: () => warning(m.error_confirmation(), m.safe_nothing_deleted(), m.advice_confirmation()),
  duplicate_customer: () => warning(m.error_duplicate(), m.safe_typed(), m.advice_duplicate()),
  question_changed: () => warning(m.error_question_changed(), null, m.advice_look_again()),
  view_gone: () => quiet(m.error_view_gone(), null, m.advice_try_again()),

  sign_in_needed: (e) => warning(m.error_sign_in({ store: store(e) }), m.safe_copy(), m.advice_sign_in()),
  forbidden: (e) => ({
    ...warning(m.error_forbidden({ store: store(e) }), m.safe_copy(), m.advice_forbidden()),
    quote: said(e),
  }),
  unpaid: (e) => warning(m.error_unpaid({ store: store(e) }), m.safe_copy(), m.advice_unpaid()),
  unreachable: (e) => quiet(m.error_unreachable({ store: store(e) }), m.safe_copy(), m.advice_unreachable()),
  rate_limited: (e) => quiet(m.error_rate_limited({ store: store(e) }), m.safe_copy(), m.advice_rate_limited()),
  store_refused: (e) =>
    e.details["reason"] === "wrong_address"
      ? warning(m.error_wrong_address(), m.safe_nothing_sent(), m.advice_address())
      : { ...warning(m.error_store_refused({ store: store(e) }), m.safe_typed(), m.advice_refused()), quote: said(e) },
  store_fault: (e) => quiet(m.error_store_fault({ store: store(e) }), m.safe_copy(), m.advice_later()),
  store_unreadable: (e) => harm(m.error_store_unreadable({ store: store(e) }), m.safe_copy(), m.advice_address()),
  outcome_unknown: (e) =>
    warning(m.error_outcome_unknown({ store: store(e) }), m.safe_typed(), m.advice_outcome_unknown()),
  account_changed: (e) =>
    harm(m.error_account_changed({ store: store(e) }), m.safe_nothing_mixed(), m.advice_account_changed()),

  folder_in_use: () => warning(m.error_folder_in_use(), m.safe_book(), m.advice_folder_in_use()),
  key_missing: () => harm(m.error_key_missing(), m.safe_book_locked(), m.advice_key_missing()),
  key_wrong: () => harm(m.error_key_wrong(), m.safe_book_locked(), m.advice_key_wrong()),
  keychain_unavailable: () => warning(m.error_keychain(), m.safe_book(), m.advice_keychain()),
  file_damaged: () => harm(m.error_file_damaged(), m.safe_file_damaged(), m.advice_file_damaged()),
  file_missing: () => harm(m.error_file_missing(), m.safe_file_missing(), m.advice_file_missing()),
  nothing_readable: () => harm(m.error_nothing_readable(), m.safe_nothing_readable(), m.advice_nothing_readable()),
  file_newer: () => warning(m.error_file_newer(), m.safe_book(), m.advice_update()),
  disk_full: () => harm(m.error_disk_full(), m.safe_book(), m.advice_disk_full()),
  database: () => harm(m.error_database(), m.safe_book(), m.advice_restart()),

  target_locked: (e) => warning(m.error_target_locked({ path: path(e) }), kept(e), m.advice_target_locked()),
  target_denied: (e) => warning(m.error_target_denied({ path: path(e) }), kept(e), m.advice_other_folder()),
  target_failed: (e) => harm(m.error_target_failed({ path: path(e) }), kept(e), m.advice_other_folder()),

  cancelled: () => quiet(m.error_cancelled(), null, null),
  internal: (e) => ({ ...harm(m.error_internal(), m.safe_book(), m.advice_internal()), quote: e.message }),
};

export function errorWords(error: ApiError): ErrorWords {
  // A newer core may know codes that this window does not.
  const say = WORDS[error.code] ?? WORDS.internal;
  return { quote: null, ...say(error) };
}

/** For a place with room for one sentence or two: what happened, and what to do. */
export function errorLine(error: ApiError): string {
  const words = errorWords(error);
  const title = /[.?…]$/.test(words.title) ? words.title : `${words.title}.`;
  return [title, words.quote && `“${words.quote}”`, words.advice].filter(Boolean).join(" ");
}
