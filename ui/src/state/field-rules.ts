import type { PlatformDto } from "../api/generated/types";
import { fieldKind, ownField } from "./customer-field";

/**
 * The rules by which the core judges what is typed, for telling people while they type. The core has the last word: what is only
 * likely to be wrong is not said here.
 */
export type Rule =
  "required" | "too_long" | "choice" | "email" | "phone" | "phone_country" | "birthday" | "date" | "flag" | "number";

export interface Broken {
  rule: Rule;
  /** The greatest length. */
  limit: string | null;
}

const LONGEST_LINE = 1_000;
const LONGEST_NOTE = 100_000;
const LONGEST_EMAIL = 254;

/** The first rule that a text breaks, or null. Whether a new customer needs the field is the form's own business. */
export function broken(platform: PlatformDto, field: string, typed: string): Broken | null {
  const own = ownField(platform, field);
  const kind = fieldKind(platform, field);
  const text = typed.trim();
  const rule = platform.rules.find((each) => each.field === field);
  if (text === "") {
    const needed = own ? kind === "choice" || kind === "flag" : rule?.required;
    return needed ? { rule: "required", limit: null } : null;
  }
  const longest = rule?.longest ?? (kind === "long" ? LONGEST_NOTE : LONGEST_LINE);
  if ([...text].length > longest) return { rule: "too_long", limit: String(longest) };
  const found = ofKind(kind, text, own?.choices ?? [], platform.phone_international);
  return found && { rule: own && found === "birthday" ? "date" : found, limit: null };
}

/** Whether a field cannot be empty: for the mark beside its name. */
export function isRequired(platform: PlatformDto, field: string): boolean {
  return platform.rules.some((rule) => rule.field === field && rule.required);
}

function ofKind(
  kind: ReturnType<typeof fieldKind>,
  text: string,
  choices: string[],
  international: boolean,
): Rule | null {
  switch (kind) {
    case "email":
      return isEmail(text) ? null : "email";
    case "phone":
      return phoneRule(text, international);
    case "date":
      return isDay(text) ? null : "birthday";
    case "number":
      return /^[+-]?(\d+\.?\d*|\.\d+)$/.test(text) ? null : "number";
    case "flag":
      return text === "true" || text === "false" ? null : "flag";
    case "choice":
      return choices.includes(text) ? null : "choice";
    default:
      return null;
  }
}

function isEmail(text: string): boolean {
  const parts = text.split("@");
  return (
    parts.length === 2 &&
    parts.every((part) => part !== "") &&
    !/\s/.test(text) &&
    new TextEncoder().encode(text).length <= LONGEST_EMAIL
  );
}

/** A number without its country may still be completed by the core, which knows where the customer lives. */
function phoneRule(text: string, international: boolean): Rule | null {
  const digits = text.replace(/\D/g, "").length;
  if (digits === 0) return "phone";
  if (!international) return null;
  const most = text.startsWith("+") ? 15 : Number.POSITIVE_INFINITY;
  return digits < 7 || digits > most ? "phone_country" : null;
}

function isDay(text: string): boolean {
  const parts = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text);
  if (!parts) return false;
  const date = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text);
}
