import type {
  ApiError,
  AppEvent,
  Code,
  CustomerPageDto,
  EditDto,
  SettingsDto,
  StoreDto,
  TimelineEntryDto,
} from "../generated/types";
import { daysAgo, person, type Person } from "./people";
import { platformOf } from "./platforms";
import type { Scenario } from "./scenario";

/** Everything that the fake backend remembers. */
export interface Book {
  scenario: Scenario;
  people: Map<number, Person>;
  stores: StoreDto[];
  edits: EditDto[];
  journal: Map<number, CustomerPageDto["journal"]>;
  timeline: Map<number, TimelineEntryDto[]>;
  settings: SettingsDto;
  asked: Set<number>;
  nextId: number;
  emit: (event: AppEvent) => void;
}

export function refuse(code: Code, message: string, details: ApiError["details"] = {}): ApiError {
  return { code, message, details };
}

export function openBook(scenario: Scenario, emit: Book["emit"]): Book {
  const book: Book = {
    scenario,
    people: new Map(),
    stores: [],
    edits: [],
    journal: new Map(),
    timeline: new Map(),
    settings: {
      language: scenario.language,
      theme: scenario.theme,
      clerk: scenario.kind === "empty" ? null : "Lúcia",
      export_folder: null,
      export: { format: "csv", profile: "excel", columns: [], separator: null },
      panel_width: null,
      columns: [],
      sort: null,
    },
    asked: new Set(),
    nextId: 5000,
    emit,
  };
  if (scenario.kind !== "empty") fill(book);
  return book;
}

function fill(book: Book): void {
  const kind = book.scenario.kind;
  const first = addStore(book, {
    name: "Ateliê das Dores",
    platform: "inallweb",
    url: "https://atelie.store.inallweb.com",
  });
  first.email = "lucia@exemplo.com";
  const second = addStore(book, {
    name: "Tienda Palermo",
    platform: "tiendanube",
    url: "https://api.tiendanube.com/v1",
  });
  second.store_id = "148213";
  if (kind !== "no-customers") {
    // A first pass has only just begun; what it brings comes later (passes.ts).
    addPeople(book, first, kind === "first-pass" ? 60 : 180);
    addPeople(book, second, kind === "first-pass" ? 0 : 140);
    if (kind !== "first-pass") addStories(book);
  }
  if (kind === "all-platforms") addOtherPlatforms(book);
  if (kind === "offline") first.state = "offline";
  if (kind === "offline") first.in_step_at = daysAgo(0.13);
  if (kind === "offline") second.state = "offline";
  if (kind === "sign-in-needed") {
    second.state = "sign_in_needed";
    second.state_reason = "Invalid access token";
    second.in_step_at = daysAgo(2.2);
  }
  if (kind === "first-pass") {
    second.state = first.state = "first_pass";
    second.in_step_at = first.in_step_at = null;
    first.customers_at_store = 1200;
    second.customers_at_store = 480;
  }
  count(book);
}

/** The other three, with what only they have. */
function addOtherPlatforms(book: Book): void {
  const uappi = addStore(book, { name: "Feira da Serra", platform: "uappi", url: "https://feiradaserra.com.br" });
  uappi.sign_ins = 3;
  addPeople(book, uappi, 3);
  // Who is signed in here is known, and may do less.
  Object.assign(book.stores[0] ?? {}, {
    signed_in_role: "admin",
    grantable_roles: ["manager", "staff", "customer"],
  });
  const south = addStore(book, {
    name: "Almacén del Sur",
    platform: "tiendanegocio",
    url: "https://developers.tiendanegocio.com/v1",
  });
  addPeople(book, south, 60);
  const yampi = addStore(book, { name: "Maré Alta", platform: "yampi", url: "https://api.dooki.com.br/v2" });
  yampi.alias = "mare-alta";
  addPeople(book, yampi, 80);
  const masked = book.people.get(30_001);
  if (masked) {
    Object.assign(masked.customer, { masked: true, email: "m***@e***.com", phone: "11 9****-**34", phone_e164: null });
  }
  const anonymous = book.people.get(50_004);
  if (anonymous) {
    Object.assign(anonymous.customer, {
      anonymized: true,
      first_name: null,
      last_name: null,
      email: null,
      phone: null,
    });
  }
  addEdit(book, 50_006, "extra.state_registration", "parked", "110.042.490.114", null, "ignored");
}

export function addStore(book: Book, given: Pick<StoreDto, "name" | "platform" | "url">): StoreDto {
  const store: StoreDto = {
    id: book.stores.length + 1,
    ...given,
    alias: null,
    store_id: null,
    email: null,
    state: "ready",
    state_reason: null,
    customers: 0,
    customers_at_store: null,
    edits_waiting: 0,
    conflicts: 0,
    parked: 0,
    in_step_at: daysAgo(0.002),
    syncing: false,
    sample: false,
    sign_ins: 1,
    // As if nobody knew: the store decides.
    signed_in_role: null,
    grantable_roles: platformOf(given.platform).roles,
  };
  book.stores.push(store);
  return store;
}

export function addPeople(book: Book, store: StoreDto, count: number): void {
  const already = [...book.people.values()].filter((one) => one.store_id === store.id).length;
  for (let index = already; index < already + count; index += 1) {
    const id = store.id * 10_000 + index;
    book.people.set(id, person(id, store, index));
  }
}

/** Some customers to whom something happened: every state of the interface occurs at least once. */
function addStories(book: Book): void {
  const maria = [...book.people.values()].find((one) => one.store_id === 1 && one.orders.length > 8);
  if (maria) {
    Object.assign(maria.customer, {
      first_name: "Maria das Dores",
      last_name: "Albuquerque de Vasconcelos e Conceição do Nascimento",
      email: "maria.das.dores.albuquerque.de.vasconcelos.e.conceicao.do.nascimento@correio-eletronico.exemplo.com.br",
      note: "Prefere retirada na loja às sextas. Pediu nota em nome da empresa.",
      segment: "vip",
    });
    addJournal(book, maria.customer.id, "Lúcia", "Ligou para trocar o vestido; separado no caixa 2.", 0.2);
    addJournal(book, maria.customer.id, "Rafael", "Quer ser avisada quando chegar a coleção de inverno.", 12);
    addTimeline(book, maria.customer.id, "store", "phone", "+5581988887777", maria.customer.phone, 3);
    addTimeline(book, maria.customer.id, "here", "last_name", "Albuquerque", maria.customer.last_name, 3.1);
    addTimeline(book, maria.customer.id, "altered_by_store", "first_name", "MARIA DAS DORES", "Maria das Dores", 3);
  }
  const emoji = book.people.get(20_003);
  if (emoji) emoji.customer.first_name = "🌸 Sofía Ñandú 🌸";
  const crowded = book.people.get(20_007);
  if (crowded) {
    crowded.customer.note = "Prefiere que la llamen después de las 18. ".repeat(120).slice(0, 5000);
    crowded.customer.email = `${"muy.larga.".repeat(24).slice(0, 239)}@ejemplo.com.ar`;
    const [home] = crowded.customer.addresses;
    if (home) {
      crowded.customer.addresses = Array.from({ length: 40 }, (_, place) => ({
        ...home,
        id: `${home.id}-${place}`,
        number: String(100 + place),
        is_default: place === 0,
      }));
    }
  }
  const arabic = book.people.get(20_005);
  if (arabic) arabic.customer.first_name = "ليلى حداد";
  addEdit(book, 10_004, "phone", "pending", "+5581999990000", null);
  addEdit(book, 20_008, "email", "conflict", "nuevo.correo@ejemplo.com.ar", "otro.correo@ejemplo.com.ar");
  const before = "Prefiere retirar en el local los viernes por la tarde.";
  const edited = book.people.get(20_011);
  if (edited) edited.customer.note = before;
  addEdit(
    book,
    20_011,
    "note",
    "conflict",
    "Prefiere retirar en el local los sábados por la mañana. Pide factura A.",
    "Prefiere envío a domicilio los viernes por la tarde.",
  );
  addEdit(
    book,
    20_023,
    "address.new-1",
    "conflict",
    "Bolívar 1042, Rosario, Santa Fe, 2000",
    "Bolívar 1042 piso 3, Rosario, Santa Fe, 2000",
  );
  addEdit(book, 10_012, "phone", "parked", "+55 81 9999", null, "Phone number is not valid for BR");
  addEdit(book, 20_016, "document", "sending", "30123456", null);
  const gone = book.people.get(20_019);
  if (gone) gone.customer.state = "gone";
}

export function addEdit(
  book: Book,
  id: number,
  field: string,
  state: EditDto["state"],
  mine: string | null,
  theirs: string | null,
  reason: string | null = null,
): void {
  const found = book.people.get(id);
  if (!found) return;
  book.edits = book.edits.filter((edit) => edit.customer !== id || edit.field !== field);
  book.edits.push({
    id: book.nextId++,
    customer: id,
    customer_name: nameOf(found),
    store: found.customer.store,
    field,
    base: valueOf(found, field),
    mine,
    theirs,
    state,
    reason,
    saved_at: daysAgo(0.05),
  });
}

export function addJournal(book: Book, id: number, author: string, text: string, days = 0): void {
  const entries = book.journal.get(id) ?? [];
  entries.unshift({ id: book.nextId++, author, text, written_at: daysAgo(days) });
  book.journal.set(
    id,
    entries.sort((one, other) => other.written_at.localeCompare(one.written_at)),
  );
}

export function addTimeline(
  book: Book,
  id: number,
  source: string,
  field: string,
  before: string | null,
  after: string | null,
  days = 0,
): void {
  const entries = book.timeline.get(id) ?? [];
  entries.unshift({ id: book.nextId++, at: daysAgo(days), source, field, before, after });
  book.timeline.set(id, entries);
}

export function nameOf({ customer }: Person): string {
  return [customer.first_name, customer.last_name].filter(Boolean).join(" ");
}

export function valueOf({ customer }: Person, field: string): string | null {
  if (field === "document") return customer.documents[0]?.number ?? null;
  if (field === "name") return customer.first_name;
  if (field.startsWith("extra.")) return customer.extra[field.slice(6)] ?? null;
  const value = (customer as unknown as Record<string, unknown>)[field];
  return value === null || value === undefined ? null : String(value);
}

/** Where a customer stands, from its edits: the most urgent one decides. */
export function stateOf(book: Book, found: Person): CustomerPageDto["customer"]["state"] {
  if (found.customer.state === "gone") return "gone";
  const states = book.edits.filter((edit) => edit.customer === found.customer.id).map((edit) => edit.state);
  if (states.includes("conflict")) return "conflict";
  if (states.includes("parked")) return "parked";
  if (states.includes("sending")) return "sending";
  return states.includes("pending") ? "edited" : "clean";
}

/** Brings the figures of the stores up to date. */
export function count(book: Book): void {
  for (const store of book.stores) {
    const mine = book.edits.filter((edit) => edit.store === store.name);
    if (book.scenario.kind !== "huge") {
      store.customers = [...book.people.values()].filter((one) => one.store_id === store.id).length;
    } else {
      store.customers = store.id === 1 ? 600_000 : 400_000;
    }
    if (store.state !== "first_pass") store.customers_at_store = store.customers;
    store.edits_waiting = mine.filter((edit) => edit.state === "pending" || edit.state === "sending").length;
    store.conflicts = mine.filter((edit) => edit.state === "conflict").length;
    store.parked = mine.filter((edit) => edit.state === "parked").length;
  }
}
