import type { AddStore, StoreDto, StoreSyncDto } from "../generated/types";
import { addPeople, addStore, count, refuse, type Book } from "./book";
import { platformOf } from "./platforms";

const FIRST_PASS_TOTAL = 480;
const STEP = 40;

/** Connecting stores, and passes over their lists. */
export function connect(book: Book, given: AddStore): StoreDto {
  const platform = platformOf(given.platform);
  const details = { store: given.name, url: given.url ?? "" };
  if (book.stores.some((store) => store.name === given.name)) throw refuse("store_name_taken", "name taken", details);
  if (given.url?.startsWith("http://")) throw refuse("insecure_url", "plain http", details);
  if (given.secret === "wrong") throw refuse("sign_in_needed", "Invalid credentials", details);
  if (book.scenario.kind === "offline") throw refuse("unreachable", "could not be reached", details);
  const store = addStore(book, {
    name: given.name,
    platform: given.platform,
    url: given.url ?? platform.default_url ?? "",
  });
  store.email = given.email;
  store.store_id = given.store_id;
  store.alias = given.alias;
  // One token, one customer.
  if (platform.sign_in_per_customer) store.customers_at_store = 1;
  beginFirstPass(book, store);
  return structuredClone(store);
}

export function addSamples(book: Book): StoreDto[] {
  const added = [
    addStore(book, { name: "Ateliê Exemplo", platform: "inallweb", url: "http://127.0.0.1:4600" }),
    addStore(book, { name: "Tienda de Ejemplo", platform: "tiendanube", url: "http://127.0.0.1:4600/v1" }),
  ];
  for (const store of added) {
    store.sample = true;
    beginFirstPass(book, store);
  }
  return structuredClone(added);
}

export function resumeFirstPasses(book: Book): void {
  for (const store of book.stores.filter((each) => each.state === "first_pass")) beginFirstPass(book, store);
}

function beginFirstPass(book: Book, store: StoreDto): void {
  store.state = "first_pass";
  store.in_step_at = null;
  store.syncing = true;
  store.customers_at_store ??= FIRST_PASS_TOTAL;
  const total = store.customers_at_store;
  book.emit({ kind: "stores_changed" });
  const timer = window.setInterval(() => {
    addPeople(book, store, Math.min(STEP, total - store.customers));
    count(book);
    const progress = { store_id: store.id, phase: "first_pass", done: store.customers, total };
    book.emit({ kind: "sync_progress", progress });
    book.emit({ kind: "customers_changed", store_ids: [store.id] });
    if (store.customers < total) return;
    window.clearInterval(timer);
    finish(book, store, { seen: total, new: total });
  }, 600);
}

export function sync(book: Book, storeIds: number[]): void {
  const chosen = book.stores.filter((store) => storeIds.length === 0 || storeIds.includes(store.id));
  for (const store of chosen.filter((each) => !each.syncing)) {
    store.syncing = true;
    let done = 0;
    const timer = window.setInterval(() => {
      done = Math.min(store.customers, done + Math.ceil(store.customers / 6));
      const progress = { store_id: store.id, phase: "changes", done, total: store.customers };
      if (book.scenario.kind !== "offline") book.emit({ kind: "sync_progress", progress });
      if (done < store.customers && book.scenario.kind !== "offline") return;
      window.clearInterval(timer);
      finish(book, store, { seen: store.customers });
    }, book.scenario.latency.remote);
  }
  book.emit({ kind: "stores_changed" });
}

function finish(book: Book, store: StoreDto, got: Partial<StoreSyncDto>): void {
  const reached = book.scenario.kind !== "offline";
  store.syncing = false;
  if (reached && store.state !== "sign_in_needed") {
    store.state = "ready";
    store.in_step_at = new Date().toISOString();
  }
  count(book);
  const error = reached ? null : refuse("unreachable", "could not be reached", { store: store.name });
  const nothing = {
    seen: 0,
    new: 0,
    changed: 0,
    gone: 0,
    pushed: 0,
    conflicts: 0,
    parked: 0,
    skipped: 0,
    held_back: 0,
  };
  const result = { ...nothing, name: store.name, requests: 12, seconds: 1.5, complete: reached, error, ...got };
  book.emit({ kind: "sync_ended", result });
  book.emit({ kind: "stores_changed" });
}
