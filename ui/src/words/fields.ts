import type { PlatformDto } from "../api/generated/types";
import { m } from "../paraglide/messages.js";
import { phone } from "./format";
import { ownFieldName, ownFieldText } from "./own-fields";

const FIELDS: Record<string, () => string> = {
  name: m.field_name,
  first_name: m.field_first_name,
  last_name: m.field_last_name,
  company: m.field_company,
  email: m.field_email,
  phone: m.field_phone,
  document: m.field_document,
  note: m.field_note,
  role: m.field_role,
  segment: m.field_segment,
  groups: m.field_groups,
  is_active: m.field_is_active,
  email_verified: m.field_email_verified,
  accepts_marketing: m.field_accepts_marketing,
  birthday: m.field_birthday,
  city: m.field_city,
  state: m.field_region,
  store: m.field_store,
  orders_count: m.field_orders_count,
  total_spent: m.field_total_spent,
  last_order_at: m.field_last_order_at,
  created_at: m.field_created_at,
  updated_at: m.field_updated_at,
  address: m.field_address,
  addresses: m.field_addresses,
  street: m.address_street,
  number: m.address_number,
  complement: m.address_complement,
  district: m.address_district,
  region: m.field_region,
  postal_code: m.address_postal_code,
  country: m.address_country,
  currency: m.field_currency,
  phone_e164: m.field_phone_e164,
  document_kind: m.field_document_kind,
  id: m.field_id,
  remote_id: m.field_remote,
  extra: m.field_extra,
  sync_state: m.field_sync_state,
  url: m.connect_url,
  secret: m.connect_secret,
  journal: m.section_journal,
  password: m.connect_password,
  invite: m.create_invite,
};

/** What a field is called. Keys that a store's people made up keep their own name. */
export function fieldName(field: string, platform?: PlatformDto): string {
  const known = FIELDS[field];
  if (known) return known();
  if (field.startsWith("address")) return m.field_address();
  return field.startsWith(EXTRA) ? ownFieldName(field.slice(EXTRA.length), platform) : field;
}

const EXTRA = "extra.";
const SWITCHES = new Set(["is_active", "accepts_marketing", "email_verified"]);

/** What people read: words for switches and roles, groups for phones; any other text as it is. */
export function fieldText(field: string, value: string | null, platform?: PlatformDto): string | null {
  if (value === null) return null;
  const own = field.startsWith(EXTRA) && platform?.own_fields.find((each) => EXTRA + each.key === field);
  // Of which currency an amount is, only the customer's record tells.
  if (own && value !== "") return ownFieldText(own, value, null);
  if (SWITCHES.has(field)) return value === "true" ? m.value_yes() : m.value_no();
  if (field === "phone") return phone(value);
  return field === "role" ? roleName(value) : value;
}

export function filterText(filter: string, value: string): string {
  if (filter === "role") return roleName(value) ?? value;
  return filter === "segment" ? segmentName(value) : (fieldText(filter, value) ?? value);
}

const ROLES: Record<string, () => string> = {
  customer: m.role_customer,
  staff: m.role_staff,
  manager: m.role_manager,
  admin: m.role_admin,
  sysadmin: m.role_sysadmin,
};

/** Roles that every staff member knows get their word; others are shown as the store writes them. */
export function roleName(role: string | null): string | null {
  return role === null ? null : (ROLES[role.toLowerCase()]?.() ?? role);
}

const SEGMENTS: Record<string, () => string> = {
  vip: m.segment_vip,
  regular: m.segment_regular,
  inactive: m.segment_inactive,
  new: m.segment_new,
};

export function segmentName(segment: string): string {
  return SEGMENTS[segment.toLowerCase()]?.() ?? segment;
}

const ORDER_STATES: Record<string, () => string> = {
  paid: m.order_paid,
  pending: m.order_pending,
  shipped: m.order_shipped,
  delivered: m.order_delivered,
  cancelled: m.order_cancelled,
  canceled: m.order_cancelled,
  refunded: m.order_refunded,
  open: m.order_open,
  closed: m.order_closed,
};

export function orderState(status: string): string {
  return ORDER_STATES[status.toLowerCase()]?.() ?? status;
}

export function documentName(kind: string): string {
  return kind === "unknown" ? m.field_document() : kind.toUpperCase();
}
