import type { StoreAnswerDto, StoreDto, StoreQuestion } from "../generated/types";
import { count, nameOf, refuse, type Book } from "./book";
import { person, plain, type Person } from "./people";
import { platformOf } from "./platforms";

/** Somebody who registered at a store a minute ago: no pass has brought her here yet. */
function newcomer(store: StoreDto): Person {
  const id = store.id * 10_000 + 9_999;
  const made = person(id, store, id);
  const single = platformOf(store.platform).single_name;
  Object.assign(made.customer, {
    first_name: single ? "Quitéria Novaes" : "Quitéria",
    last_name: single ? null : "Novaes",
    email: "quiteria.novaes@exemplo.com",
  });
  return made;
}

/** Asks a store for some of its customers. */
export function ask(book: Book, store: StoreDto, question: StoreQuestion): StoreAnswerDto {
  const platform = platformOf(store.platform);
  if (platform.filters.length === 0) throw refuse("unsupported", "no list", { platform: platform.title });
  if (question.segment !== null && !platform.filters.includes("segment")) {
    throw refuse("unsupported", "not by segment", { field: "segment", platform: platform.title });
  }
  const late = newcomer(store);
  const wanted = plain(question.search ?? "");
  const at = [...book.people.values()].filter((one) => one.store_id === store.id);
  const everybody = at.some((one) => one.customer.id === late.customer.id) ? at : [...at, late];
  const found = everybody.filter((one) => {
    const { customer } = one;
    return (
      plain([nameOf(one), customer.email].join(" ")).includes(wanted) &&
      (question.ids.length === 0 || question.ids.includes(customer.remote_id)) &&
      (question.segment === null || customer.segment === question.segment) &&
      (question.group === null || customer.groups.includes(question.group)) &&
      (question.created_from === null || (customer.created_at ?? "") >= question.created_from)
    );
  });
  const most = question.limit ?? 200;
  const shown = found.slice(-most);
  const fresh = shown.filter((one) => !book.people.has(one.customer.id));
  for (const one of fresh) book.people.set(one.customer.id, one);
  count(book);
  book.emit({ kind: "customers_changed", store_ids: [store.id] });
  return {
    customers: shown.map((one) => one.customer.id),
    new: fresh.length,
    skipped: 0,
    more: found.length > most,
  };
}
