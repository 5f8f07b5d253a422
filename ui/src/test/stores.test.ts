import { screen, waitFor, within } from "@testing-library/svelte";
import { afterEach, describe, expect, it } from "vitest";

import type { Desk } from "../state/desk.svelte";
import { customerOf, fake, openWindow, rows, STORES } from "./desk";

let desk: Desk | null = null;

async function open(changes: Parameters<typeof fake>[0] = { kind: "all-platforms" }) {
  const window = await openWindow(fake(changes));
  desk = window.desk;
  return window.user;
}

afterEach(() => {
  desk?.stop();
  desk = null;
});

type User = Awaited<ReturnType<typeof open>>;

async function storeMenu(user: User, platform: keyof typeof STORES, item: string) {
  await user.click(await screen.findByTestId("rail-stores"));
  await user.click(within(await screen.findByTestId(`store-${STORES[platform]}`)).getByTestId("store-menu"));
  await user.click(await screen.findByTestId(item));
}

describe("connecting", () => {
  it.each([
    ["inallweb", ["url", "email", "password"], null],
    ["uappi", ["url", "token"], ""],
    ["tiendanegocio", ["token", "url"], "https://developers.tiendanegocio.com/v1"],
    ["yampi", ["alias", "token", "secret_key", "url"], "https://api.dooki.com.br/v2"],
    ["tiendanube", ["store_id", "token", "url"], "https://api.tiendanube.com/v1"],
  ])("%s asks for what it needs, and says where to find it", async (platform, inputs, url) => {
    const user = await open({ kind: "empty" });
    await user.click(screen.getByTestId("connect-store"));
    await user.click(await screen.findByTestId(`platform-${platform}`));
    await screen.findByTestId("connect-name");
    const shown = [...screen.getByTestId("connect-dialog").querySelectorAll("input.input")].map((input) =>
      (input as HTMLElement).dataset["testid"]?.replace("connect-", ""),
    );
    expect(shown).toEqual(["name", ...inputs]);
    if (url !== null) expect((screen.getByTestId("connect-url") as HTMLInputElement).value).toBe(url);
    for (const input of inputs.filter((each) => ["token", "secret_key"].includes(each))) {
      const secret = screen.getByTestId(`connect-${input}`) as HTMLInputElement;
      expect(secret.type).toBe("password");
      expect(secret.getAttribute("aria-describedby")).toBeTruthy();
    }
  });

  it("forgets a token with the form that was closed", async () => {
    const user = await open({ kind: "empty" });
    await user.click(screen.getByTestId("connect-store"));
    await user.click(await screen.findByTestId("platform-uappi"));
    await user.type(await screen.findByTestId("connect-token"), "segredo");
    await user.keyboard("{Escape}");
    await waitFor(() => expect(screen.queryByTestId("connect-dialog")).toBeNull());
    await user.click(screen.getByTestId("connect-store"));
    await user.click(await screen.findByTestId("platform-uappi"));
    expect(((await screen.findByTestId("connect-token")) as HTMLInputElement).value).toBe("");
  });
});

describe("a store where each token is one customer's", () => {
  it("counts them and takes one more", async () => {
    const user = await open();
    await user.click(await screen.findByTestId("rail-stores"));
    const card = await screen.findByTestId(`store-${STORES.uappi}`);
    expect(within(card).getByTestId("store-sign-ins").textContent).toBe("3 customers' tokens");
    await user.click(within(card).getByTestId("store-add-token"));
    await user.click(await screen.findByTestId("add-token-submit"));
    expect(screen.getByText("Paste the token first.")).toBeTruthy();
    await user.type(screen.getByTestId("add-token-secret"), "wrong");
    await user.click(screen.getByTestId("add-token-submit"));
    expect((await screen.findByTestId("add-token-error")).textContent).toContain("does not accept the sign-in");
    await user.type(screen.getByTestId("add-token-secret"), "-no-more");
    await user.click(screen.getByTestId("add-token-submit"));
    await waitFor(() => expect(screen.queryByTestId("add-token-dialog")).toBeNull());
    await waitFor(() => expect(within(card).getByTestId("store-sign-ins").textContent).toBe("4 customers' tokens"));
  });

  it("lets choose whose account it is, with the fields of that platform alone", async () => {
    const user = await open();
    await storeMenu(user, "uappi", "store-account");
    await screen.findByTestId("account-email");
    expect(screen.getByTestId("account-extra.gender")).toBeTruthy();
    for (const part of ["account-preferences-save", "account-data", "account-delete"]) {
      expect(screen.queryByTestId(part)).toBeNull();
    }
    await user.click(screen.getByTestId("account-whose"));
    await user.click(await screen.findByTestId(`account-whose-${customerOf("uappi", 2)}`));
    await desk?.customer.open(customerOf("uappi", 2));
    const email = desk?.customer.page?.customer.email ?? "";
    await waitFor(() => expect((screen.getByTestId("account-email") as HTMLInputElement).value).toBe(email));
    const first = screen.getByTestId("account-first_name");
    await user.clear(first);
    await user.type(first, "Rosângela");
    await user.click(screen.getByTestId("account-save"));
    expect(await screen.findByText("Profile saved")).toBeTruthy();
    await desk?.customer.reload();
    expect(desk?.customer.page?.customer.first_name).toBe("Rosângela");
  });

  it("shows an account behind asterisks and lets nobody send them back", async () => {
    const user = await open();
    await storeMenu(user, "uappi", "store-account");
    await screen.findByTestId("account-email");
    await user.click(screen.getByTestId("account-whose"));
    await user.click(await screen.findByTestId(`account-whose-${customerOf("uappi", 1)}`));
    await screen.findByTestId("account-masked");
    expect(screen.queryByTestId("account-email")).toBeNull();
  });

  it("is reached from the customer", async () => {
    const user = await open();
    desk?.openCustomer(customerOf("uappi", 2));
    await screen.findByTestId("panel-name");
    await user.click(screen.getByTestId("panel-menu"));
    await user.click(await screen.findByTestId("customer-account"));
    await screen.findByTestId("account-email");
    expect(desk?.place.accountCustomer).toBe(customerOf("uappi", 2));
  });
});

it("keeps all parts of the own account where the platform has them, and compares the two passwords", async () => {
  const user = await open();
  await storeMenu(user, "inallweb", "store-account");
  await screen.findByTestId("account-email");
  for (const part of ["account-preferences-save", "account-data", "account-delete"]) {
    expect(screen.getByTestId(part)).toBeTruthy();
  }
  await user.type(screen.getByTestId("account-password-old"), "antiga");
  await user.type(screen.getByTestId("account-password-new"), "nova senha");
  await user.type(screen.getByTestId("account-password-repeat"), "nova senah");
  await user.click(screen.getByTestId("account-password-save"));
  expect(screen.getByText("The two are not the same.")).toBeTruthy();
  await user.clear(screen.getByTestId("account-password-repeat"));
  await user.type(screen.getByTestId("account-password-repeat"), "nova senha");
  await user.click(screen.getByTestId("account-password-save"));
  expect(await screen.findByText("Password changed")).toBeTruthy();
  expect((screen.getByTestId("account-password-new") as HTMLInputElement).value).toBe("");
});

describe("asking a store", () => {
  it("finds somebody who is not here yet, from an empty search", async () => {
    const user = await open();
    await rows();
    await user.type(screen.getByTestId("search"), "quiteria");
    const look = await screen.findByTestId(`look-in-store-${STORES.yampi}`);
    expect(screen.queryByTestId(`look-in-store-${STORES.uappi}`)).toBeNull();
    await user.click(look);
    await waitFor(async () => expect((await rows())[0]?.textContent).toContain("Quitéria Novaes"));
    expect(screen.getByTestId("total").dataset["total"]).toBe("1");
  });

  it("goes on from the search with the keyboard, and says when a store knows nobody either", async () => {
    const user = await open();
    await rows();
    await user.type(screen.getByTestId("search"), "zzz");
    await screen.findByTestId("empty-no-match");
    await user.keyboard("{Enter}");
    expect((document.activeElement as HTMLElement).dataset["testid"]).toMatch(/^look-in-store-/);
    await user.keyboard("{Enter}");
    await waitFor(() => expect(screen.getByTestId("look-answers").textContent).toContain("does not know anybody"));
  });

  it("tells calmly that a store cannot be reached", async () => {
    const user = await open({ kind: "offline" });
    await rows();
    await user.type(screen.getByTestId("search"), "zzz");
    await user.click(await screen.findByTestId(`look-in-store-${STORES.tiendanube}`));
    await waitFor(() => expect(screen.getByTestId("look-answers").textContent).toContain("cannot be reached"));
    expect(screen.queryByRole("alert")).toBeNull();
  });

  it("offers only what the platform takes, counts, and opens whom it found", async () => {
    const user = await open();
    await storeMenu(user, "yampi", "store-ask");
    await screen.findByTestId("ask-search");
    expect(screen.getByTestId("ask-group")).toBeTruthy();
    for (const other of ["ask-ids", "ask-segment", "ask-updated_from"]) expect(screen.queryByTestId(other)).toBeNull();
    await user.type(screen.getByTestId("ask-search"), "quiteria");
    await user.click(screen.getByTestId("ask-submit"));
    const answer = await screen.findByTestId("ask-answer");
    expect(answer.textContent).toContain("1 customer found, 1 of them new here");
    await user.click(screen.getByTestId("ask-show"));
    await waitFor(() => expect(screen.getByTestId("panel-name").textContent).toBe("Quitéria Novaes"));
    expect(desk?.list.storeId).toBe(STORES.yampi);
  });

  it("has segments to choose where the platform has them", async () => {
    const user = await open();
    await storeMenu(user, "inallweb", "store-ask");
    await user.click(await screen.findByTestId("ask-segment"));
    await user.click(await screen.findByTestId("ask-segment-vip"));
    await user.click(screen.getByTestId("ask-submit"));
    expect((await screen.findByTestId("ask-answer")).textContent).toContain("customers found, 0 of them new here");
  });

  it("is not offered where there is no list", async () => {
    const user = await open();
    await user.click(await screen.findByTestId("rail-stores"));
    await user.click(within(await screen.findByTestId(`store-${STORES.uappi}`)).getByTestId("store-menu"));
    await screen.findByTestId("store-check");
    expect(screen.queryByTestId("store-ask")).toBeNull();
  });
});
