import type { CreateRequest, CustomerPageDto } from "../generated/types";
import { count, nameOf, refuse, type Book } from "./book";
import { pageOf, refuseBroken, show } from "./customers";
import { person, plain } from "./people";
import { platformOf } from "./platforms";

/** Making, deleting and erasing customers. */
export function create(book: Book, request: CreateRequest): CustomerPageDto {
  const store = book.stores.find((each) => each.id === request.store_id);
  if (!store) throw refuse("unknown_store", "no such store");
  const platform = platformOf(store.platform);
  const form = platform.creation;
  if (!form) throw refuse("unsupported", "cannot create", { store: store.name });
  for (const { field, value } of request.fields) refuseBroken(platform, field, value);
  const missing = form.required.find((field) => !request.fields.some((given) => given.field === field && given.value));
  if (missing) throw refuse("invalid_input", "it cannot be empty", { field: missing, rule: "required" });
  const text = (field: string) => request.fields.find((given) => given.field === field)?.value ?? null;
  // As when an answer is lost on the way.
  if (text("email")?.startsWith("lost@")) throw refuse("outcome_unknown", "no answer", { store: store.name });
  const twin = [...book.people.values()].find(
    (one) => one.store_id === store.id && one.customer.email !== null && one.customer.email === text("email"),
  );
  if (twin && !request.although_duplicate) {
    throw refuse("duplicate_customer", "already there", { store: store.name, customer: String(twin.customer.id) });
  }
  const id = book.nextId++;
  const made = person(id, store, id);
  Object.assign(made, { orders: [] });
  Object.assign(made.customer, {
    ...{ first_name: null, last_name: null, email: null, phone: null, phone_e164: null, note: null, company: null },
    ...{ documents: [], groups: [], extra: {}, custom_fields: [], orders_count: 0, total_spent: "0.00" },
    ...{ last_order_at: null, created_at: new Date().toISOString(), is_active: true },
    addresses: request.addresses.map((address, at) => ({ ...address, id: `${id}${at}`, is_default: at === 0 })),
  });
  for (const { field, value } of request.fields) {
    if (platform.fields[field] !== "write_only") show(made.customer, field, value);
  }
  book.people.set(id, made);
  told(book, store.id);
  return pageOf(book, id);
}

export function remove(book: Book, id: number, confirmation: string): void {
  const found = confirmed(book, id, confirmation);
  if (platformOf(found.platform).deletion === "without_orders" && found.orders.length > 0) {
    throw refuse("store_refused", "Customers with orders cannot be deleted", { store: found.customer.store });
  }
  found.customer.state = "gone";
  book.edits = book.edits.filter((edit) => edit.customer !== id);
  told(book, found.store_id);
}

export function erase(book: Book, id: number, confirmation: string): void {
  const found = confirmed(book, id, confirmation);
  book.people.delete(id);
  book.edits = book.edits.filter((edit) => edit.customer !== id);
  told(book, found.store_id);
}

function confirmed(book: Book, id: number, confirmation: string) {
  const found = book.people.get(id);
  if (!found) throw refuse("not_found", `no customer ${id}`);
  const wanted = found.customer.email || nameOf(found);
  if (plain(wanted) !== plain(confirmation)) throw refuse("confirmation_needed", "type the e-mail");
  return found;
}

function told(book: Book, store: number): void {
  count(book);
  book.emit({ kind: "stores_changed" });
  book.emit({ kind: "edits_changed" });
  book.emit({ kind: "customers_changed", store_ids: [store] });
}
