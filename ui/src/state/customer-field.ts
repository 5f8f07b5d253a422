import type { CustomerDto, FieldAccess, OwnFieldDto, PlatformDto } from "../api/generated/types";

/** Fields that a form can show, in its order. `name` stands for both names where the platform has one. */
const FORM_ORDER = [
  "first_name",
  "last_name",
  "company",
  "email",
  "phone",
  "document",
  "birthday",
  "is_active",
  "accepts_marketing",
];

const SWITCHES = new Set(["is_active", "accepts_marketing", "email_verified"]);
const EXTRA = "extra.";

/** How a field is typed. */
export type FieldKind = "line" | "long" | "email" | "phone" | "date" | "number" | "flag" | "choice";

/** The platform's own field behind `extra.KEY`; undefined for plain fields and for keys that the store made up. */
export function ownField(platform: PlatformDto, field: string): OwnFieldDto | undefined {
  return field.startsWith(EXTRA) ? platform.own_fields.find((own) => own.key === field.slice(EXTRA.length)) : undefined;
}

export function fieldKind(platform: PlatformDto, field: string): FieldKind {
  const own = ownField(platform, field);
  if (own) return own.kind === "text" ? "line" : own.kind === "money" ? "number" : own.kind;
  if (SWITCHES.has(field)) return "flag";
  if (field === "note") return "long";
  if (field === "birthday") return "date";
  return field === "email" || field === "phone" ? field : "line";
}

/** The text of a field as an edit would send it: what is absent is empty. */
export function fieldValue(customer: CustomerDto, field: string): string {
  if (field === "name") return customer.first_name ?? "";
  if (field === "document") return customer.documents[0]?.number ?? "";
  if (field.startsWith(EXTRA)) return customer.extra[field.slice(EXTRA.length)] ?? "";
  const value = (customer as unknown as Record<string, unknown>)[field];
  return value === null || value === undefined ? "" : String(value);
}

export function fieldAccess(platform: PlatformDto, field: string): FieldAccess {
  if (field === "name") return platform.fields["name"] ?? platform.fields["first_name"] ?? "absent";
  if (field.startsWith(EXTRA)) return ownField(platform, field)?.access ?? platform.extra;
  return platform.fields[field] ?? "absent";
}

export function isWritable(platform: PlatformDto, field: string): boolean {
  const access = fieldAccess(platform, field);
  return access === "write" || access === "write_only";
}

/** The fields of the form of a customer of this platform: the writable ones, the platform's own after the plain ones. */
export function formFields(platform: PlatformDto, customer: CustomerDto): string[] {
  const named = platform.single_name ? ["name", ...FORM_ORDER.slice(2)] : FORM_ORDER;
  const own = platform.own_fields.map((each) => EXTRA + each.key);
  const madeUp = Object.keys(customer.extra)
    .map((key) => EXTRA + key)
    .filter((field) => !own.includes(field));
  return [...named, ...own, ...madeUp].filter((field) => isWritable(platform, field));
}

/** Why nothing of a customer can be changed, whatever the platform can do; null where it can. */
export function closedBecause(customer: CustomerDto): "gone" | "masked" | "anonymized" | null {
  if (customer.state === "gone") return "gone";
  if (customer.anonymized) return "anonymized";
  return customer.masked ? "masked" : null;
}

/** A name for a customer that may have none. */
export function customerName(customer: CustomerDto): string {
  const name = [customer.first_name, customer.last_name].filter((part) => part !== null && part !== "").join(" ");
  return name || customer.company || customer.email || "";
}
