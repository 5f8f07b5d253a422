import type { CustomerRowDto, FilterChoices, ListQuery } from "../generated/types";
import { nameOf, stateOf, valueOf, type Book } from "./book";
import { person, plain, type Person } from "./people";

/** An ordered list, opened once and read by position. */
export interface View {
  total: number;
  row(position: number): CustomerRowDto | undefined;
}

const HUGE = 1_000_000;

export function openView(book: Book, query: ListQuery): View {
  if (book.scenario.kind === "huge" && query.text === "" && query.store_id === null) return hugeView(book);
  const wanted = plain(query.text).split(/\s+/).filter(Boolean);
  const found = [...book.people.values()].filter(
    (one) =>
      (query.store_id === null || one.store_id === query.store_id) &&
      Object.entries(query.filters).every(([field, value]) => filterValue(one, field) === value) &&
      wanted.every((word) => haystack(one).includes(word)),
  );
  const direction = query.sort.startsWith("-") ? -1 : 1;
  const key = query.sort.replace(/^-/, "") || "name";
  const rows = found.map((one) => toRow(book, one)).sort((one, other) => direction * compare(one, other, key));
  return { total: rows.length, row: (position) => rows[position] };
}

export function windowOf(view: View, offset: number, limit: number): CustomerRowDto[] {
  return Array.from({ length: limit }, (_, place) => view.row(offset + place)).filter((row) => row !== undefined);
}

export function choices(book: Book, storeId: number | null): FilterChoices {
  const among = [...book.people.values()].filter((one) => storeId === null || one.store_id === storeId);
  return { roles: byFrequency(among, "role"), segments: byFrequency(among, "segment"), groups: [] };
}

function hugeView(book: Book): View {
  const store = book.stores[0];
  return {
    total: HUGE,
    row(position) {
      if (!store || position >= HUGE) return undefined;
      const one = person(1_000_000 + position, store, position);
      return { ...toRow(book, one), name: `${nameOf(one)} ${position + 1}` };
    },
  };
}

function toRow(book: Book, one: Person): CustomerRowDto {
  const { customer } = one;
  const shown = (field: string): string | null => {
    const edit = book.edits.find((each) => each.customer === customer.id && each.field === field);
    return edit ? edit.mine : valueOf(one, field);
  };
  return {
    id: customer.id,
    store_id: one.store_id,
    name: nameOf(one),
    company: customer.company,
    email: shown("email"),
    phone: shown("phone"),
    document: customer.documents[0]?.formatted ?? null,
    city: customer.addresses[0]?.city ?? null,
    role: customer.role,
    segment: customer.segment,
    orders_count: customer.orders_count,
    total_spent: customer.total_spent,
    currency: customer.currency,
    last_order_at: customer.last_order_at,
    created_at: customer.created_at,
    is_active: customer.is_active,
    has_note: customer.note !== null || book.journal.has(customer.id),
    state: stateOf(book, one),
  };
}

function haystack(one: Person): string {
  const { customer } = one;
  const document = customer.documents[0];
  const parts = [nameOf(one), customer.company, customer.email, customer.phone, customer.note];
  return plain([...parts, document?.number, document?.formatted].filter(Boolean).join(" "));
}

function filterValue(one: Person, field: string): string | null {
  if (field === "city") return one.customer.addresses[0]?.city ?? null;
  return valueOf(one, field);
}

function compare(one: CustomerRowDto, other: CustomerRowDto, key: string): number {
  const left = one[key as keyof CustomerRowDto];
  const right = other[key as keyof CustomerRowDto];
  if (left === null || right === null) return left === right ? 0 : left === null ? 1 : -1;
  if (key === "orders_count" || key === "total_spent") return Number(left) - Number(right);
  return String(left).localeCompare(String(right), "pt-BR");
}

function byFrequency(among: Person[], field: "role" | "segment"): string[] {
  const counts = new Map<string, number>();
  for (const { customer } of among) {
    const value = customer[field];
    if (value !== null) counts.set(value, (counts.get(value) ?? 0) + 1);
  }
  return [...counts].sort((one, other) => other[1] - one[1]).map(([value]) => value);
}
