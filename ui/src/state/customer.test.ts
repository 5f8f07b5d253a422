import { beforeEach, describe, expect, it } from "vitest";

import { fake, wait } from "../test/desk";
import { OpenCustomer } from "./customer.svelte";
import { Settings } from "./settings.svelte";

/** Of the fake's two stores: In All Web (note read only) and Tiendanube (note writable). */
const ELSEWHERE = 10_030;
const HERE = 20_030;

let open: OpenCustomer;

beforeEach(async () => {
  open = new OpenCustomer(fake());
  await open.open(HERE);
});

describe("what was typed", () => {
  it("is there again after another customer was open", async () => {
    open.type("note", "Gosta de azul");
    await open.open(ELSEWHERE);
    expect(open.unsaved).toBe(false);
    await open.open(HERE);
    expect(open.text("note")).toBe("Gosta de azul");
    expect(open.unsaved).toBe(true);
  });

  it("is there again after the panel was closed", async () => {
    open.type("phone", "+54 9 11 5555-0000");
    open.close();
    expect(open.hasDraft(HERE)).toBe(true);
    await open.open(HERE);
    expect(open.text("phone")).toBe("+54 9 11 5555-0000");
  });

  it("survives an update of the page", async () => {
    open.type("note", "meu texto");
    await open.reload();
    expect(open.text("note")).toBe("meu texto");
  });

  it("stays when it could not be saved, with the reason", async () => {
    open.edit();
    open.type("email", "without an at sign");
    expect(await open.save()).toBe(false);
    expect(open.text("email")).toBe("without an at sign");
    expect(open.refusal?.error.code).toBe("invalid_input");
  });

  it("is no change when it is typed back", () => {
    const before = open.text("phone");
    open.type("phone", "1");
    open.type("phone", before);
    expect(open.unsaved).toBe(false);
  });

  it("goes when it is discarded; a journal entry that is being written does not", () => {
    open.type("note", "x");
    open.typeJournal("ligou hoje");
    open.discard();
    expect(open.unsaved).toBe(false);
    expect(open.draft.journal).toBe("ligou hoje");
  });
});

it("saves what differs, and shows that it is not sent yet", async () => {
  open.edit();
  open.type("note", "Retira sexta");
  expect(await open.save()).toBe(true);
  expect(open.page?.customer.pending).toEqual(["note"]);
  expect(open.page?.customer.state).toBe("edited");
  expect(open.draft.editing).toBe(false);
});

it("empties a field with null", async () => {
  open.type("phone", "  ");
  await open.save();
  expect(open.page?.edits[0]?.mine).toBeNull();
});

it("does not show a page that comes late over the one that was opened since", async () => {
  const first = open.open(ELSEWHERE);
  const second = open.open(HERE);
  await Promise.all([first, second]);
  expect(open.page?.customer.id).toBe(HERE);
});

it("asks the store about a customer that somebody looks at", async () => {
  await open.open(ELSEWHERE);
  expect(open.page?.orders).toBeNull();
  await wait(600);
  expect(open.page?.orders).not.toBeNull();
});

it("keeps the role and tells the store's words when the store refuses", async () => {
  await open.open(ELSEWHERE);
  const before = open.page?.customer.role;
  expect(await open.changeRole("admin", "staff")).toBe(false);
  expect(open.page?.customer.role).toBe(before);
  expect(open.refusal).toMatchObject({ what: "role", error: { code: "store_refused" } });
});

it("writes settings in the order they were changed", async () => {
  const written: Array<string | null> = [];
  const settings = new Settings({
    call: (_name: string, request: { clerk: string | null }) =>
      // The first one is the slowest.
      wait(written.length === 0 ? 20 : 0).then(() => written.push(request.clerk)),
    listen: () => () => undefined,
  } as never);
  await Promise.all([settings.change({ clerk: "Ana" }), settings.change({ clerk: "Bia" })]);
  expect(written).toEqual(["Ana", "Bia"]);
  settings.stop();
});
