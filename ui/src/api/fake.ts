import type { Backend } from "./backend";
import type { Commands } from "./generated/commands";
import type { AppEvent } from "./generated/types";
import { Accounts } from "./fake/accounts";
import { ask } from "./fake/asking";
import { addPeople, count, openBook, refuse, type Book } from "./fake/book";
import * as creating from "./fake/creating";
import * as customers from "./fake/customers";
import { figures } from "./fake/figures";
import { health, mend, rebuild } from "./fake/health";
import { choices, openView, type View, windowOf } from "./fake/listing";
import * as passes from "./fake/passes";
import { PLATFORMS } from "./fake/platforms";
import { USUAL, type Scenario } from "./fake/scenario";

export { scenarioFromAddress, USUAL, type Scenario } from "./fake/scenario";

type Handlers = { [K in keyof Commands]: (request: Commands[K][0]) => Commands[K][1] | Promise<Commands[K][1]> };

/** Commands that ask a store: they take longer. */
const REMOTE = new Set<keyof Commands>([
  "store_add",
  "store_check",
  "store_sign_in",
  "store_add_sign_in",
  "store_ask",
  "customer_refresh",
  "customer_role",
  "customer_create",
  "customer_delete",
  "customer_password",
  "account_show",
  "account_edit",
  "account_password",
  "account_preferences",
]);

/** What meets a page that cannot be read, where the page's address wants one: `?book=torn`. */
/** As much of a list as is known at once, and how long the rest takes. */
const BEGINNING = 1_000;
const FIRST_ROWS = 50;
const COUNTING_TAKES = 250;

const TORN = new Set<keyof Commands>(["stores", "list_open"]);

/** A backend in memory, for a plain browser and for tests. It behaves like the real one, and forgets all at reload. */
export function createFake(scenario: Scenario = USUAL): Backend {
  const listeners = new Set<(event: AppEvent) => void>();
  const book = openBook(scenario, (event) => {
    for (const listener of listeners) listener(event);
  });
  const handlers = handlersOf(book);
  if (scenario.kind === "first-pass") passes.resumeFirstPasses(book);
  return {
    async call(name, request) {
      const { local, remote } = scenario.latency;
      await new Promise((resolve) => window.setTimeout(resolve, REMOTE.has(name) ? remote : local));
      if (scenario.book === "torn" && TORN.has(name)) throw refuse("file_damaged", "a page cannot be read");
      // As over the bridge: nobody shares an object with the other side.
      return structuredClone(await handlers[name](structuredClone(request)));
    },
    listen(onEvent) {
      listeners.add(onEvent);
      return () => listeners.delete(onEvent);
    },
  };
}

function handlersOf(book: Book): Handlers {
  const views = new Map<number, View>();
  const accounts = new Accounts(book);
  const storeOf = (id: number) => {
    const found = book.stores.find((store) => store.id === id);
    if (!found) throw refuse("unknown_store", `no store ${id}`);
    return found;
  };
  const reach = (id: number) => {
    const store = storeOf(id);
    if (book.scenario.kind === "offline") throw refuse("unreachable", "could not be reached", { store: store.name });
    return store;
  };
  const confirm = (typed: string, wanted: string | null) => {
    if (typed !== wanted) throw refuse("confirmation_needed", "type it to confirm", { wanted: wanted ?? "" });
  };
  const file = (name: string) => `/home/lucia/Documentos/${name}-${new Date().toISOString().slice(0, 10)}`;
  const remove = (id: number) => {
    book.stores = book.stores.filter((store) => store.id !== id);
    for (const [key, one] of book.people) if (one.store_id === id) book.people.delete(key);
    book.edits = book.edits.filter((edit) => book.people.has(edit.customer));
    for (const kind of ["stores_changed", "edits_changed"] as const) book.emit({ kind });
    book.emit({ kind: "customers_changed", store_ids: [id] });
  };
  return {
    start: () => ({
      version: "0.1.0",
      system_language: navigator.language.startsWith("es")
        ? "es-AR"
        : navigator.language.startsWith("pt")
          ? "pt-BR"
          : "en",
      problem: book.scenario.problem
        ? refuse(book.scenario.problem, "see the code", { path: "/home/lucia/.local/share/clientela" })
        : null,
      settings: book.settings,
    }),
    settings_save: (settings) => {
      book.settings = settings;
      return {};
    },
    book_check: () => health(book),
    book_mend: () => mend(book),
    book_remove_old: () => ({}),
    book_rebuild: ({ may_lose }) => rebuild(book, may_lose),
    platforms: () => PLATFORMS,
    stores: () => book.stores,
    store_add: (given) => passes.connect(book, given),
    store_add_sample: () => passes.addSamples(book),
    store_check: ({ store_id }) => reach(store_id),
    store_sign_in: ({ store_id, secret }) => {
      const store = reach(store_id);
      if (secret === "wrong") throw refuse("sign_in_needed", "Invalid credentials", { store: store.name });
      store.state = "ready";
      book.emit({ kind: "stores_changed" });
      return store;
    },
    store_add_sign_in: ({ store_id, secret }) => {
      const store = reach(store_id);
      if (secret === "wrong") throw refuse("sign_in_needed", "Invalid token", { store: store.name });
      store.sign_ins += 1;
      addPeople(book, store, 1);
      count(book);
      book.emit({ kind: "stores_changed" });
      book.emit({ kind: "customers_changed", store_ids: [store_id] });
      return store;
    },
    store_ask: (question) => ask(book, reach(question.store_id), question),
    store_remove: ({ store_id, confirmation }) => {
      confirm(confirmation, storeOf(store_id).name);
      remove(store_id);
      return {};
    },
    sync_start: ({ store_ids }) => {
      passes.sync(book, store_ids);
      return { stores: [] };
    },
    sync_cancel: () => ({}),
    list_open: (query) => {
      const view = openView(book, query);
      const id = book.nextId++;
      views.set(id, view);
      for (const old of [...views.keys()].slice(0, -5)) views.delete(old);
      const rows = windowOf(view, 0, FIRST_ROWS);
      if (view.total <= BEGINNING) return { view: id, total: view.total, is_counting: false, rows };
      window.setTimeout(() => book.emit({ kind: "list_counted", view: id, total: view.total }), COUNTING_TAKES);
      return { view: id, total: BEGINNING, is_counting: true, rows };
    },
    list_rows: ({ view, offset, limit }) => {
      const found = views.get(view);
      if (!found) throw refuse("view_gone", "opened too long ago");
      return { offset, rows: windowOf(found, offset, limit) };
    },
    filter_choices: ({ store_id }) => choices(book, store_id),
    customer_page: ({ id }) => customers.pageOf(book, id),
    customer_refresh: ({ id }) => {
      reach(customers.pageOf(book, id).store_id);
      book.asked.add(id);
      return customers.pageOf(book, id);
    },
    customer_edit: ({ id, changes }) => {
      const page = customers.editCustomer(book, id, changes);
      for (const kind of ["edits_changed", "stores_changed"] as const) book.emit({ kind });
      book.emit({ kind: "customers_changed", store_ids: [page.store_id] });
      return page;
    },
    customer_role: ({ id, role }) => customers.changeRole(book, id, role),
    customer_create: (request) => {
      reach(request.store_id);
      return creating.create(book, request);
    },
    customer_delete: ({ id, confirmation }) => {
      reach(customers.pageOf(book, id).store_id);
      creating.remove(book, id, confirmation);
      return {};
    },
    customer_erase: ({ id, confirmation }) => {
      creating.erase(book, id, confirmation);
      return { set_aside: [] };
    },
    customer_password: ({ id, new: next }) => {
      const store = reach(customers.pageOf(book, id).store_id);
      if (next === "short") throw refuse("store_refused", "Password is too short", { store: store.name });
      return {};
    },
    address_save: ({ id, address }) => customers.saveAddress(book, id, address),
    address_remove: ({ id, address_id }) => customers.removeAddress(book, id, address_id),
    journal_add: ({ id, text }) => customers.writeJournal(book, id, text),
    edits: () => book.edits,
    edit_retry: ({ edit }) => {
      customers.retryEdit(book, edit);
      return {};
    },
    edit_discard: ({ edit }) => {
      customers.discardEdit(book, edit);
      return {};
    },
    conflict_resolve: ({ edit, decision, seen }) => {
      customers.resolve(book, edit, decision, seen);
      return {};
    },
    export_cancel: () => ({}),
    export_quick: ({ query, options }) => {
      if (options.separator === "|")
        throw refuse("target_locked", "open in another program", { path: file("clientes") });
      return { path: `${file("clientes")}.${options.format}`, rows: openView(book, query).total };
    },
    export_as: ({ query, options }) => ({
      path: `${file("clientes")}.${options.format}`,
      rows: openView(book, query).total,
    }),
    store_csv_as: ({ store_id }) => ({
      path: `${file(storeOf(store_id).name)}.csv`,
      rows: storeOf(store_id).customers,
    }),
    account_data_as: () => ({ path: `${file("minha-conta")}.json`, rows: 1 }),
    open_folder: () => ({}),
    analytics: ({ store_id }) => figures(book, store_id),
    account_show: ({ store_id, customer }) => {
      reach(store_id);
      return accounts.show(store_id, customer);
    },
    account_edit: ({ store_id, customer, changes }) => accounts.edit(store_id, customer, changes),
    account_password: ({ store_id, old }) => {
      accounts.password(storeOf(store_id).name, old);
      return {};
    },
    account_preferences: ({ preferences }) => accounts.preferences(preferences),
    account_delete: ({ store_id, confirmation }) => {
      confirm(confirmation, accounts.email);
      // The copy stays; nobody can sign in any more.
      storeOf(store_id).state = "sign_in_needed";
      book.emit({ kind: "stores_changed" });
      return {};
    },
  };
}
