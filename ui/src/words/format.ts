import { m } from "../paraglide/messages.js";
import { language } from "./language.svelte";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Shops in both countries write 14:32. */
const TIME = { timeStyle: "short", hourCycle: "h23" } as const;

/** Making a formatter takes longer than using it a hundred times, and a list shows hundreds of values. */
const formatters = new Map<string, object>();

function formatter<Format extends object, Options>(
  kind: new (language: string, options: Options) => Format,
  options: Options,
): Format {
  const key = `${kind.name} ${language()} ${JSON.stringify(options)}`;
  const known = formatters.get(key) as Format | undefined;
  const format = known ?? new kind(language(), options);
  if (!known) formatters.set(key, format);
  return format;
}

const numbers = (options: Intl.NumberFormatOptions = {}) => formatter(Intl.NumberFormat, options);
const dates = (options: Intl.DateTimeFormatOptions) => formatter(Intl.DateTimeFormat, options);

export function number(value: number): string {
  return numbers().format(value);
}

/** A number from decimal text, with all its digits; what is no number stays as it is. */
export function decimal(text: string): string {
  const parts = /^(-?)(\d+)(?:\.(\d+))?$/.exec(text.trim());
  if (!parts) return text;
  const [, sign = "", whole = "", fraction = ""] = parts;
  const digits = Math.min(fraction.length, 20);
  const format = numbers({ minimumFractionDigits: digits, maximumFractionDigits: digits });
  const shown = format
    .formatToParts(BigInt(whole))
    .map((part) => (part.type === "fraction" ? fraction.slice(0, digits) : part.value));
  return sign + shown.join("");
}

export function share(value: number): string {
  return numbers({ style: "percent", maximumFractionDigits: 0 }).format(value);
}

/**
 * Money from decimal text. The digits are taken from the text and not from a floating number, so nothing is rounded
 * away; only grouping, separator and symbol come from the language. Without a currency it is a plain number.
 */
export function money(text: string | null, currency: string | null): string {
  if (text === null) return "";
  const parts = /^(-?)(\d+)(?:\.(\d+))?$/.exec(text.trim());
  if (!parts) return text;
  const [, sign, whole, written = ""] = parts as unknown as [string, string, string, string | undefined];
  const format = moneyFormat(currency);
  const usual = format.resolvedOptions().minimumFractionDigits ?? 2;
  const fraction = written.padEnd(usual, "0");
  const amount = BigInt(sign + whole);
  const negativeZero = sign === "-" && amount === 0n;
  const shown = format
    .formatToParts(amount)
    .map((part) => (part.type === "fraction" ? fraction : part.value))
    .join("");
  return negativeZero ? `-${shown}` : shown;
}

function moneyFormat(currency: string | null): Intl.NumberFormat {
  const plain = { minimumFractionDigits: 2, maximumFractionDigits: 2 };
  if (currency === null || !/^[A-Za-z]{3}$/.test(currency)) return numbers(plain);
  return numbers({ ...plain, style: "currency", currency, currencyDisplay: "symbol" });
}

/** "5 min ago" for a day, then the date. */
export function moment(iso: string | null, now: number): string {
  const at = iso === null ? Number.NaN : Date.parse(iso);
  if (Number.isNaN(at)) return iso ?? "";
  const ago = now - at;
  if (ago < -MINUTE || ago >= DAY) return day(iso);
  if (ago < MINUTE) return m.time_just_now();
  const relative = formatter(Intl.RelativeTimeFormat, { numeric: "always", style: "short" });
  return ago < HOUR
    ? relative.format(-Math.floor(ago / MINUTE), "minute")
    : relative.format(-Math.floor(ago / HOUR), "hour");
}

/** How far two clocks are apart, in the largest unit that is not too large. */
export function apart(seconds: number): string {
  const off = Math.abs(seconds) * 1000;
  const [unit, size] = off < 2 * HOUR ? ["minute", MINUTE] : off < 2 * DAY ? ["hour", HOUR] : ["day", DAY];
  const format = numbers({ style: "unit", unit: String(unit), unitDisplay: "long" });
  return format.format(Math.round(off / Number(size)));
}

/** The date alone. Dates without a time are taken as they stand, in no zone. */
export function day(iso: string | null): string {
  const date = iso === null ? null : dateOf(iso);
  return date === null ? (iso ?? "") : dates({ dateStyle: "medium" }).format(date);
}

export function shortDay(iso: string | null): string {
  const date = iso === null ? null : dateOf(iso);
  if (date === null) return iso ?? "";
  // In English, digits alone leave open which one is the month.
  if (language() === "en") return day(iso);
  return dates({ day: "2-digit", month: "2-digit", year: "numeric" }).format(date);
}

export function dayAndTime(iso: string | null): string {
  const date = iso === null ? null : dateOf(iso);
  if (date === null) return iso ?? "";
  return dates({ dateStyle: "medium", ...TIME }).format(date);
}

/** The time alone while it is of today, else with its date: what "as of" needs. */
export function clock(iso: string, now: number): string {
  const date = dateOf(iso);
  if (date === null) return iso;
  const time = dates(TIME).format(date);
  if (date.toDateString() === new Date(now).toDateString()) return time;
  return `${dates({ day: "numeric", month: "short" }).format(date)}, ${time}`;
}

function dateOf(iso: string): Date | null {
  const plain = /^(\d{4})-(\d{2})-(\d{2})$/.exec(iso);
  const date = plain ? new Date(Number(plain[1]), Number(plain[2]) - 1, Number(plain[3])) : new Date(iso);
  return Number.isNaN(date.getTime()) ? null : date;
}

export function country(code: string | null): string {
  if (code === null || !/^[A-Za-z]{2}$/.test(code)) return code ?? "";
  return formatter(Intl.DisplayNames, { type: "region" }).of(code.toUpperCase()) ?? code;
}

/** Numbers of the two countries in the groups that people read; all others as they are. */
export function phone(text: string | null): string {
  if (text === null) return "";
  const digits = text.replace(/[\s().-]/g, "");
  const brazil = /^\+55(\d{2})(\d{4,5})(\d{4})$/.exec(digits);
  if (brazil) return `+55 ${brazil[1]} ${brazil[2]}-${brazil[3]}`;
  const buenosAires = /^\+54(9?)(11)(\d{4})(\d{4})$/.exec(digits);
  if (buenosAires) return `+54 ${buenosAires[1] ? "9 " : ""}11 ${buenosAires[3]}-${buenosAires[4]}`;
  const argentina = /^\+54(9?)(\d{3})(\d{3})(\d{4})$/.exec(digits);
  if (argentina) return `+54 ${argentina[1] ? "9 " : ""}${argentina[2]} ${argentina[3]}-${argentina[4]}`;
  return text;
}

/** A link that opens a chat with this number; null when it is no full international number. */
export function whatsappLink(e164: string | null): string | null {
  return e164 !== null && /^\+\d{8,15}$/.test(e164) ? `https://wa.me/${e164.slice(1)}` : null;
}
