import type { AddressDto, CustomerPageDto, Decision, FieldChange, PlatformDto, SeenQuestion } from "../generated/types";
import { addEdit, addJournal, addTimeline, count, refuse, stateOf, valueOf, type Book } from "./book";
import { daysAgo, person, type Person } from "./people";
import { platformOf } from "./platforms";

/** The customer page and every change of a customer. */
export function pageOf(book: Book, id: number): CustomerPageDto {
  const found = find(book, id);
  const { customer, orders } = found;
  const edits = book.edits.filter((edit) => edit.customer === id);
  const shown = structuredClone(customer);
  for (const edit of edits) show(shown, edit.field, edit.mine);
  const asked = book.asked.has(id);
  const platform = platformOf(found.platform);
  const average = orders.length ? (Number(customer.total_spent) / orders.length).toFixed(2) : null;
  return {
    customer: { ...shown, pending: edits.map((edit) => edit.field), state: stateOf(book, found) },
    store_id: found.store_id,
    platform: found.platform,
    average_order: average,
    first_order_at: orders.at(-1)?.placed_at ?? null,
    orders: platform.has_orders && asked ? orders : null,
    journal: book.journal.get(id) ?? [],
    timeline: book.timeline.get(id) ?? [],
    edits,
    seen_at: daysAgo(0.01),
    detail_seen_at: platform.has_orders && asked ? daysAgo(0) : null,
  };
}

export function editCustomer(book: Book, id: number, changes: FieldChange[]): CustomerPageDto {
  const found = find(book, id);
  const platform = platformOf(found.platform);
  if (found.customer.masked || found.customer.anonymized) {
    throw refuse("unwritable_field", "hidden", { reason: found.customer.masked ? "masked" : "anonymized" });
  }
  for (const { field, value } of changes) {
    const own = platform.own_fields.find((each) => `extra.${each.key}` === field);
    const access = own?.access ?? (field.startsWith("extra.") ? platform.extra : platform.fields[plainName(field)]);
    if (access !== "write" && access !== "write_only") {
      throw refuse("unwritable_field", `${field} cannot be written`, { field, platform: platform.title });
    }
    refuseBroken(platform, field, value);
    addTimeline(book, id, "here", field, valueOf(found, field), value);
    addEdit(book, id, field, "pending", value, null);
  }
  count(book);
  send(book);
  return pageOf(book, id);
}

function plainName(field: string): string {
  return field === "name" ? "first_name" : field;
}

/** The rules of a platform, as far as the fake needs them. */
export function refuseBroken(platform: PlatformDto, field: string, value: string | null): void {
  const text = value?.trim() ?? "";
  const rule = platform.rules.find((each) => each.field === field);
  const broken = (name: string, limit?: number | null) =>
    refuse("invalid_input", `${field}: ${name}`, { field, rule: name, ...(limit ? { limit: String(limit) } : {}) });
  if (text === "" && rule?.required) throw broken("required");
  if (rule?.longest && [...text].length > rule.longest) throw broken("too_long", rule.longest);
  if (text === "") return;
  if (field === "email" && !/^[^@\s]+@[^@\s]+$/.test(text)) throw broken("email");
  if (field === "phone" && !/\d/.test(text)) throw broken("phone");
  if (field === "phone" && platform.phone_international && text.replace(/\D/g, "").length < 7) {
    throw broken("phone_country");
  }
}

export function changeRole(book: Book, id: number, role: string): CustomerPageDto {
  const found = find(book, id);
  // As at In All Web: only one kind of user may give this role.
  if (role === "admin") {
    throw refuse("store_refused", "Only a SysAdmin can assign the admin role", { role, store: found.customer.store });
  }
  if (book.scenario.kind === "offline")
    throw refuse("unreachable", "no route to host", { store: found.customer.store });
  addTimeline(book, id, "here", "role", found.customer.role, role);
  found.customer.role = role;
  book.emit({ kind: "customers_changed", store_ids: [found.store_id] });
  return pageOf(book, id);
}

export function saveAddress(book: Book, id: number, address: AddressDto): CustomerPageDto {
  const { customer } = find(book, id);
  const saved = { ...address, id: address.id || `new-${book.nextId++}`, pending: true };
  const place = customer.addresses.findIndex((each) => each.id === saved.id);
  if (place < 0) customer.addresses.push(saved);
  else customer.addresses[place] = saved;
  window.setTimeout(() => {
    saved.pending = false;
    book.emit({ kind: "customers_changed", store_ids: [find(book, id).store_id] });
  }, 2500);
  return pageOf(book, id);
}

export function removeAddress(book: Book, id: number, addressId: string): CustomerPageDto {
  const { customer } = find(book, id);
  customer.addresses = customer.addresses.filter((address) => address.id !== addressId);
  return pageOf(book, id);
}

export function writeJournal(book: Book, id: number, text: string): CustomerPageDto {
  addJournal(book, id, book.settings.clerk ?? "—", text);
  book.emit({ kind: "customers_changed", store_ids: [find(book, id).store_id] });
  return pageOf(book, id);
}

export function retryEdit(book: Book, edit: number): void {
  const found = book.edits.find((each) => each.id === edit);
  if (!found) throw refuse("not_found", "no such edit");
  found.state = "pending";
  found.reason = null;
  changed(book, found.customer);
}

export function discardEdit(book: Book, edit: number): void {
  const found = book.edits.find((each) => each.id === edit);
  if (!found) throw refuse("not_found", "no such edit");
  book.edits = book.edits.filter((each) => each.id !== edit);
  addTimeline(book, found.customer, "discarded", found.field, found.mine, found.base);
  changed(book, found.customer);
}

export function resolve(book: Book, edit: number, decision: Decision, seen: SeenQuestion | null): void {
  const found = book.edits.find((each) => each.id === edit);
  if (!found) throw refuse("not_found", "no such edit");
  if (seen && (seen.mine !== found.mine || seen.theirs !== found.theirs))
    throw refuse("question_changed", "look again");
  const one = find(book, found.customer);
  show(one.customer, found.field, found.theirs);
  if (decision.kind === "theirs") {
    book.edits = book.edits.filter((each) => each.id !== edit);
  } else {
    found.state = "pending";
    found.base = decision.kind === "both" ? null : found.theirs;
    found.mine = decision.kind === "text" ? decision.value : found.mine;
    found.theirs = null;
    send(book);
  }
  addTimeline(book, found.customer, "decided", found.field, found.base, found.mine);
  changed(book, found.customer);
}

/** What waits goes out after a while, unless the stores cannot be reached. */
export function send(book: Book): void {
  if (book.scenario.kind === "offline") return;
  window.setTimeout(() => {
    for (const edit of book.edits.filter((each) => each.state === "pending")) {
      edit.state = "sending";
      changed(book, edit.customer);
      window.setTimeout(() => {
        if (edit.state !== "sending") return;
        const one = find(book, edit.customer);
        // What the store never shows is not known here afterwards either.
        if (platformOf(one.platform).fields[edit.field] !== "write_only") show(one.customer, edit.field, edit.mine);
        book.edits = book.edits.filter((each) => each.id !== edit.id);
        addTimeline(book, edit.customer, "sent", edit.field, edit.base, edit.mine);
        changed(book, edit.customer);
      }, book.scenario.latency.remote * 4);
    }
  }, book.scenario.latency.remote * 4);
}

function changed(book: Book, customer: number): void {
  count(book);
  book.emit({ kind: "edits_changed" });
  book.emit({ kind: "stores_changed" });
  book.emit({ kind: "customers_changed", store_ids: [find(book, customer).store_id] });
}

function find(book: Book, id: number): Person {
  const found = book.people.get(id);
  if (found) return found;
  const store = book.stores[0];
  if (book.scenario.kind === "huge" && store && id >= 1_000_000) {
    const made = person(id, store, id - 1_000_000);
    book.people.set(id, made);
    return made;
  }
  throw refuse("not_found", `no customer ${id}`);
}

export function show(customer: Person["customer"], field: string, value: string | null): void {
  // Addresses are saved whole, by a command of their own.
  if (field.startsWith("address")) return;
  if (field === "document") {
    const document = customer.documents[0] ?? { kind: "unknown", number: "", formatted: "", valid: null };
    customer.documents = value === null ? [] : [{ ...document, number: value, formatted: value }];
  } else if (field.startsWith("extra.")) {
    const key = field.slice(6);
    if (value === null)
      customer.extra = Object.fromEntries(Object.entries(customer.extra).filter(([each]) => each !== key));
    else customer.extra[key] = value;
  } else {
    const name = field === "name" ? "first_name" : field;
    const boolean = ["is_active", "accepts_marketing"].includes(name);
    Object.assign(customer, { [name]: boolean && value !== null ? value === "true" : value });
  }
}
