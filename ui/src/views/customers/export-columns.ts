/** Columns that a file can have, in the order of a file with all of them. */
export const EXPORT_COLUMNS = [
  "id",
  "store",
  "remote_id",
  "first_name",
  "last_name",
  "company",
  "email",
  "phone",
  "phone_e164",
  "document",
  "document_kind",
  "note",
  "role",
  "segment",
  "groups",
  "is_active",
  "email_verified",
  "accepts_marketing",
  "birthday",
  "created_at",
  "updated_at",
  "total_spent",
  "currency",
  "orders_count",
  "last_order_at",
  "street",
  "number",
  "complement",
  "district",
  "city",
  "region",
  "postal_code",
  "country",
  "addresses",
  "extra",
  "state",
];

/** What most people want to see in a spreadsheet. */
export const FEW_COLUMNS = [
  "first_name",
  "last_name",
  "email",
  "phone",
  "document",
  "city",
  "region",
  "orders_count",
  "total_spent",
  "last_order_at",
];

/** A file's `state` is where the record stands; in an address it would be the region. */
export function columnField(column: string): string {
  return column === "state" ? "sync_state" : column;
}
