import type { ApiError } from "../api/generated/types";
import { m } from "../paraglide/messages.js";

/** What a text has to be like, by the rule that it breaks. `limit` is the greatest length. */
const RULES: Record<string, (limit: string) => string> = {
  required: m.rule_required,
  too_long: (limit) => m.rule_too_long({ limit }),
  choice: m.rule_choice,
  email: m.rule_email,
  phone: m.rule_phone,
  phone_country: m.rule_phone_country,
  birthday: m.rule_day,
  date: m.rule_day,
  flag: m.rule_flag,
  number: m.rule_number,
};

export function ruleWords(rule: string | undefined, limit: string | null | undefined): string | null {
  return rule === undefined ? null : (RULES[rule]?.(limit ?? "") ?? null);
}

/** What an error says of one field of a form, to stand beside it; null when it is about something else. */
export function fieldTrouble(error: ApiError | null, field: string): string | null {
  if (!error) return null;
  const said = [field, ...(field === "name" ? ["first_name"] : [])]
    .map((name) => error.details[`field.${name}`])
    .find((text) => text !== undefined);
  if (said !== undefined) return m.field_store_says({ text: said });
  if (error.details["field"] !== field) return null;
  return ruleWords(error.details["rule"], error.details["limit"]) ?? m.edit_field_refused();
}
