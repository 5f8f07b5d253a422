import type { Backend } from "./backend";
import type { Commands } from "./generated/commands";
import type { AccountDto, AppEvent } from "./generated/types";
import { count, openBook, refuse, type Book } from "./fake/book";
import * as customers from "./fake/customers";
import { figures } from "./fake/figures";
import { choices, openView, type View } from "./fake/listing";
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
  "customer_refresh",
  "customer_role",
  "account_show",
  "account_edit",
  "account_password",
  "account_preferences",
]);

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
  const account: AccountDto = {
    id: "7",
    email: "lucia@exemplo.com",
    first_name: "Lúcia",
    last_name: "Figueiredo",
    phone: "+5581998761234",
    is_active: true,
    email_verified: true,
    created_at: "2024-03-11T12:00:00Z",
    preferences: { order_updates: true, promotions: false, newsletter: true },
  };
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
      return { view: id, total: view.total };
    },
    list_rows: ({ view, offset, limit }) => {
      const found = views.get(view);
      if (!found) throw refuse("view_gone", "opened too long ago");
      const rows = Array.from({ length: limit }, (_, place) => found.row(offset + place)).filter(
        (row) => row !== undefined,
      );
      return { offset, rows };
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
    customer_create: () => {
      throw refuse("unsupported", "not in the fake");
    },
    customer_delete: () => ({}),
    customer_erase: () => ({}),
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
    conflict_resolve: ({ edit, decision }) => {
      customers.resolve(book, edit, decision);
      return {};
    },
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
    account_show: ({ store_id }) => {
      reach(store_id);
      return account;
    },
    account_edit: ({ changes }) =>
      Object.assign(account, Object.fromEntries(changes.map((each) => [each.field, each.value]))),
    account_password: ({ store_id, old }) => {
      if (old === "wrong")
        throw refuse("store_refused", "Current password is incorrect", { store: storeOf(store_id).name });
      return {};
    },
    account_preferences: ({ preferences }) => (account.preferences = preferences),
    account_delete: ({ store_id, confirmation }) => {
      confirm(confirmation, account.email);
      remove(store_id);
      count(book);
      return {};
    },
  };
}
