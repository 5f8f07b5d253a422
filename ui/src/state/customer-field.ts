import type { CustomerDto, FieldAccess, PlatformDto } from "../api/generated/types";

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

export function isSwitch(field: string): boolean {
  return SWITCHES.has(field);
}

/** The text of a field as an edit would send it: what is absent is empty. */
export function fieldValue(customer: CustomerDto, field: string): string {
  if (field === "name") return customer.first_name ?? "";
  if (field === "document") return customer.documents[0]?.number ?? "";
  if (field.startsWith("extra.")) return customer.extra[field.slice("extra.".length)] ?? "";
  const value = (customer as unknown as Record<string, unknown>)[field];
  return value === null || value === undefined ? "" : String(value);
}

export function fieldAccess(platform: PlatformDto, field: string): FieldAccess {
  if (field === "name") return platform.fields["name"] ?? platform.fields["first_name"] ?? "absent";
  if (field.startsWith("extra.")) return platform.extra_writable ? "write" : "read";
  return platform.fields[field] ?? "absent";
}

/** The fields of the form of a customer of this platform: the writable ones, and e-mail even when it is only read. */
export function formFields(platform: PlatformDto, customer: CustomerDto): string[] {
  const named = platform.single_name ? ["name", ...FORM_ORDER.slice(2)] : FORM_ORDER;
  const own = platform.extra_writable ? Object.keys(customer.extra).map((key) => `extra.${key}`) : [];
  return [...named.filter((field) => fieldAccess(platform, field) === "write"), ...own];
}

/** A name for a customer that may have none. */
export function customerName(customer: CustomerDto): string {
  const name = [customer.first_name, customer.last_name].filter((part) => part !== null && part !== "").join(" ");
  return name || customer.company || customer.email || "";
}
