import type { AnalyticsDto, AnalyticsFigures } from "../generated/types";
import { nameOf, type Book } from "./book";
import { platformOf } from "./platforms";

export function figures(book: Book, storeId: number | null): AnalyticsDto {
  const people = [...book.people.values()].filter((one) => storeId === null || one.store_id === storeId);
  const segments = new Map<string, number>();
  for (const { customer } of people) {
    if (customer.segment !== null) segments.set(customer.segment, (segments.get(customer.segment) ?? 0) + 1);
  }
  const richest = [...people].sort(
    (one, other) => Number(other.customer.total_spent) - Number(one.customer.total_spent),
  );
  const here: AnalyticsFigures = {
    total_customers: people.length,
    new_this_month: Math.round(people.length * 0.04),
    active_rate: people.length ? people.filter((one) => one.customer.is_active).length / people.length : null,
    segments: [...segments].map(([name, count]) => ({ name, count })).sort((one, other) => other.count - one.count),
    top_customers: richest.slice(0, 8).map((one) => ({
      id: one.customer.id,
      name: nameOf(one),
      total_spent: one.customer.total_spent,
      currency: one.customer.currency,
      orders_count: one.customer.orders_count,
    })),
  };
  const store = book.stores.find((each) => each.id === storeId);
  const asked = store !== undefined && platformOf(store.platform).has_analytics && book.scenario.kind !== "offline";
  return {
    here,
    store: asked
      ? {
          ...here,
          total_customers: here.total_customers + 2,
          active_rate: 0.91,
          top_customers: here.top_customers.slice(0, 5).map((top) => ({ ...top, currency: null })),
        }
      : null,
    store_said_at: asked ? new Date().toISOString() : null,
  };
}
