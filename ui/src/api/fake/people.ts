import { ownFacts } from "./own-facts";
import { platformOf } from "./platforms";
import type { AddressDto, CustomerPageDto, DocumentDto, OrderDto } from "../generated/types";

/** One person of the fake book: the page without what the book itself adds (edits, timeline, journal). */
export type Person = Pick<CustomerPageDto, "customer" | "store_id" | "platform"> & { orders: OrderDto[] };

const FIRST = names(`
Ágata, Ana Luíza, Antônio, Beatriz, Benjamín, Caetano, Cecília, Davi, Débora, Emília, Estêvão,
Fátima, Florencia, Francisco, Gonçalo, Guadalupe, Heloísa, Ignacio, Inês, Isabela, Jerônimo, João,
Joaquín, José Aparecido, Lautaro, Letícia, Lourdes, Luísa, Maitê, María Belén, Maria das Dores,
Martín, Mônica, Nicolás, Otávio, Pâmela, Raúl, Renê, Rocío, Sebastião, Sofía, Taís, Thiago, Úrsula,
Valentín, Vitória, Wanderléia, Ximena, Yara, Zulmira
`);

const LAST = names(`
Agüero, Albuquerque, Araújo, Assunção, Ávila, Bittencourt, Cabral, Conceição, Cordeiro, D'Ávila,
da Silva, de Oliveira, do Nascimento, Echeverría, Falcão, Fernández, Figueiredo, Gomes de Sá,
González, Gutiérrez, Iglesias, Ibáñez, Lacerda, Magalhães, Mendonça, Muñoz, Núñez, Peçanha, Pérez,
Queiroz, Quiroga, Rodríguez, Sant'Anna, Simões, Souza, Teixeira, Vasconcelos, Viñas, Xavier, Zúñiga
`);

const PLACES: Array<[city: string, region: string, postal: string, area: string]> = [
  ["Recife", "PE", "50030-230", "81"],
  ["São Paulo", "SP", "01310-100", "11"],
  ["Florianópolis", "SC", "88010-400", "48"],
  ["Belo Horizonte", "MG", "30130-010", "31"],
  ["Goiânia", "GO", "74015-010", "62"],
  ["Maceió", "AL", "57020-000", "82"],
  ["São Luís", "MA", "65010-904", "98"],
  ["Santana do Livramento", "RS", "97573-010", "55"],
];

const ARGENTINE_PLACES: typeof PLACES = [
  ["Buenos Aires", "CABA", "C1043AAZ", "11"],
  ["Córdoba", "Córdoba", "X5000JLP", "351"],
  ["Rosario", "Santa Fe", "S2000CTF", "341"],
  ["San Miguel de Tucumán", "Tucumán", "T4000IHD", "381"],
  ["Neuquén", "Neuquén", "Q8300BMH", "299"],
];

/** How many of a platform's people live in Argentina. */
const ARGENTINE_SHARE: Record<string, number> = { tiendanube: 0.75, tiendanegocio: 1, uappi: 0, yampi: 0 };

const STREETS = [
  "Rua da Aurora",
  "Avenida Paulista",
  "Rua XV de Novembro",
  "Travessa das Flores",
  "Calle Defensa",
  "Avenida Corrientes",
  "Bulevar Oroño",
];
const PIECES = [
  "Vestido floral azul, tamanho M",
  "Prefere retirada na loja às sextas",
  "Pediu nota em nome da empresa",
  "Cliente desde a primeira loja; gosta de ser chamada de Dorinha",
  "Aceita troca por WhatsApp",
];

function names(list: string): string[] {
  return list
    .split(/[,\n]+/)
    .map((name) => name.trim())
    .filter((name) => name !== "");
}

/** Numbers that look random and are the same at every start, so that screenshots can be compared. */
export function sequence(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

export function plain(text: string): string {
  return text
    .normalize("NFD")
    .replace(/\p{Mn}/gu, "")
    .toLowerCase();
}

export function daysAgo(days: number): string {
  return new Date(Date.now() - days * 86_400_000).toISOString();
}

/** The person at a position: always the same one for the same position and store. */
export function person(id: number, store: { id: number; name: string; platform: string }, index: number): Person {
  const next = sequence(id * 7919 + store.id);
  const pick = <T>(values: readonly T[]): T => values[Math.floor(next() * values.length)] as T;
  const argentine = next() < (ARGENTINE_SHARE[store.platform] ?? 0.1);
  const { single_name: single, fields } = platformOf(store.platform);
  const first = FIRST[(index * 7) % FIRST.length] as string;
  const last = next() < 0.25 ? `${pick(LAST)} ${pick(LAST)}` : pick(LAST);
  const [city, region, postal, area] = pick(argentine ? ARGENTINE_PLACES : PLACES);
  const email =
    `${plain(first)}.${plain(last)}`.replace(/[^a-z.]/g, "") + `${Math.floor(next() * 90) + 10}@exemplo.com`;
  const digits = String(Math.floor(next() * 9_000_0000) + 10_000_000).padStart(8, "0");
  const phone = argentine ? `+549${area}${digits.slice(0, 10 - area.length)}` : `+55${area}9${digits}`;
  const orders = ordersOf(id, next, argentine ? "ARS" : "BRL");
  const spent = orders.reduce((sum, order) => sum + Math.round(Number(order.total) * 100), 0);
  const inAllWeb = store.platform === "inallweb";
  const role = inAllWeb
    ? index === 3
      ? "manager"
      : index === 9
        ? "staff"
        : index === 14
          ? "admin"
          : "customer"
    : null;
  const segment = inAllWeb
    ? orders.length > 5
      ? "vip"
      : orders.length > 1
        ? "regular"
        : orders.length
          ? "inactive"
          : "new"
    : null;
  return {
    store_id: store.id,
    platform: store.platform,
    orders,
    customer: {
      id,
      store: store.name,
      remote_id: String(40_000 + id),
      first_name: single ? `${first} ${last}` : first,
      last_name: single ? null : last,
      company: next() < 0.08 ? `Comércio ${pick(LAST)} Ltda.` : null,
      email: next() < 0.94 ? email : null,
      phone: next() < 0.9 ? phone : null,
      phone_e164: phone,
      documents: inAllWeb ? [] : [documentOf(next, argentine)],
      note: next() < 0.35 && fields["note"] !== "absent" ? pick(PIECES) : null,
      role,
      segment,
      groups: [],
      is_active: next() < 0.95,
      email_verified: inAllWeb ? next() < 0.7 : null,
      accepts_marketing: inAllWeb ? null : next() < 0.6,
      birthday: null,
      created_at: daysAgo(30 + Math.floor(next() * 1500)),
      updated_at: daysAgo(Math.floor(next() * 30)),
      total_spent: orders.length ? (spent / 100).toFixed(2) : "0.00",
      currency: argentine ? "ARS" : "BRL",
      orders_count: orders.length,
      last_order_at: orders[0]?.placed_at ?? null,
      addresses: next() < 0.85 ? [addressOf(next, id, city, region, postal, argentine)] : [],
      extra: {},
      custom_fields: [],
      masked: false,
      anonymized: false,
      pending: [],
      state: "clean",
      ...ownFacts(store.platform, next, orders[0]?.total ?? "0.00"),
    },
  };
}

function documentOf(next: () => number, argentine: boolean): DocumentDto {
  const digits = (count: number) => Array.from({ length: count }, () => Math.floor(next() * 10)).join("");
  if (argentine) {
    const number = `${Math.floor(next() * 30) + 15}${digits(6)}`;
    return { kind: "dni", number, formatted: number.replace(/(\d{2})(\d{3})(\d{3})/, "$1.$2.$3"), valid: null };
  }
  if (next() < 0.12) {
    const number = `12ABC${digits(3)}000199`;
    return { kind: "cnpj", number, formatted: `12.ABC.${number.slice(5, 8)}/0001-99`, valid: next() < 0.8 };
  }
  const number = digits(11);
  const formatted = number.replace(/(\d{3})(\d{3})(\d{3})(\d{2})/, "$1.$2.$3-$4");
  return { kind: "cpf", number, formatted, valid: next() < 0.9 };
}

function ordersOf(id: number, next: () => number, currency: string): OrderDto[] {
  const count = next() < 0.2 ? 0 : Math.floor(next() * next() * 16);
  return Array.from({ length: count }, (_, place) => ({
    id: `${id}-${place}`,
    number: String(9000 + id * 3 - place),
    placed_at: daysAgo(place * 43 + Math.floor(next() * 40)),
    status: place === 0 && next() < 0.3 ? "shipped" : next() < 0.08 ? "cancelled" : "paid",
    total: (next() * (currency === "ARS" ? 90_000 : 700) + 25).toFixed(2),
    currency,
    items: 1 + Math.floor(next() * 5),
  }));
}

function addressOf(
  next: () => number,
  id: number,
  city: string,
  region: string,
  postal: string,
  argentine: boolean,
): AddressDto {
  const streets = argentine ? STREETS.slice(4) : STREETS.slice(0, 4);
  return {
    id: String(id * 10 + 1),
    kind: "shipping",
    is_default: true,
    recipient: null,
    street: streets[Math.floor(next() * streets.length)] as string,
    number: String(Math.floor(next() * 2400) + 1),
    complement: next() < 0.4 ? "ap. 42" : null,
    district: argentine ? null : "Centro",
    city,
    region,
    postal_code: postal,
    country: argentine ? "AR" : "BR",
    phone: null,
    pending: false,
  };
}
