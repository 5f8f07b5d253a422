import { screen, waitFor } from "@testing-library/svelte";
import { afterEach, describe, expect, it } from "vitest";

import type { Desk } from "../state/desk.svelte";
import { customerOf, fake, openWindow, rows, STORES } from "./desk";

let desk: Desk | null = null;

async function open(changes: Parameters<typeof fake>[0] = { kind: "all-platforms" }) {
  const window = await openWindow(fake(changes));
  desk = window.desk;
  await rows();
  return window;
}

afterEach(() => {
  desk?.stop();
  desk = null;
});

const value = (id: string) => (screen.getByTestId(id) as HTMLInputElement).value;

async function choose(user: Awaited<ReturnType<typeof open>>["user"], platform: keyof typeof STORES) {
  await user.click(screen.getByTestId("new-customer"));
  await user.click(await screen.findByTestId("create-store"));
  await user.click(await screen.findByTestId(`create-store-${STORES[platform]}`));
}

describe("a new customer", () => {
  it("is asked for by N, not while somebody types, and Esc gives the focus back", async () => {
    const { user } = await open();
    screen.getByTestId("search").focus();
    await user.keyboard("n");
    expect(screen.queryByTestId("create-dialog")).toBeNull();
    screen.getByTestId("new-customer").focus();
    await user.keyboard("n");
    await screen.findByTestId("create-dialog");
    await user.keyboard("{Escape}");
    await waitFor(() => expect(screen.queryByTestId("create-dialog")).toBeNull());
    await waitFor(() => expect(document.activeElement).toBe(screen.getByTestId("new-customer")));
  });

  it("cannot be made where no store takes one, and the button says why", async () => {
    const { user } = await open({ kind: "usual" });
    await desk?.stores.remove(STORES.tiendanube, "Tienda Palermo");
    const button = screen.getByTestId("new-customer");
    await waitFor(() => expect(button.getAttribute("aria-disabled")).toBe("true"));
    expect(button.getAttribute("aria-describedby")).toBeTruthy();
    await user.click(button);
    expect(screen.queryByTestId("create-dialog")).toBeNull();
  });

  it("has the form of the chosen store, in its order, and keeps what is typed", async () => {
    const { user } = await open();
    await choose(user, "tiendanegocio");
    await waitFor(() => expect(screen.queryByTestId("create-company")).toBeTruthy());
    const fields = [...screen.getByTestId("create-dialog").querySelectorAll("input, textarea")]
      .map((each) => (each as HTMLElement).dataset["testid"])
      .filter((id) => id !== "create-password");
    expect(fields).toEqual([
      "create-first_name",
      "create-last_name",
      "create-email",
      "create-phone",
      "create-document",
      "create-company",
      "create-note",
    ]);
    await user.type(screen.getByTestId("create-first_name"), "Rosa");
    await user.type(screen.getByTestId("create-last_name"), "Sant'Anna");
    await user.click(screen.getByTestId("create-store"));
    await user.click(await screen.findByTestId(`create-store-${STORES.tiendanube}`));
    await waitFor(() => expect(value("create-name")).toBe("Rosa Sant'Anna"));
    expect(screen.getByTestId("create-invite")).toBeTruthy();
    await user.click(screen.getByTestId("create-address"));
    expect(await screen.findByTestId("address-street")).toBeTruthy();
  });

  it("says all that is missing at once, and goes to the first of it", async () => {
    const { user } = await open();
    await choose(user, "yampi");
    await waitFor(() => expect(screen.queryByTestId("create-birthday")).toBeTruthy());
    await user.click(screen.getByTestId("create-submit"));
    await waitFor(() => expect(screen.getAllByText("This cannot be empty.")).toHaveLength(3));
    expect(document.activeElement).toBe(screen.getByTestId("create-first_name"));
    await user.type(screen.getByTestId("create-email"), "rosa");
    expect(screen.getByText("An e-mail has one @ and no spaces.")).toBeTruthy();
  });

  it("is created and opened", async () => {
    const { user } = await open();
    await choose(user, "tiendanegocio");
    await user.type(await screen.findByTestId("create-company"), "Sur Textil");
    await user.type(screen.getByTestId("create-first_name"), "Rosa");
    await user.type(screen.getByTestId("create-email"), "rosa@exemplo.com");
    await user.click(screen.getByTestId("create-password"));
    await user.type(screen.getByTestId("create-password-new"), "uma senha longa");
    await user.click(screen.getByTestId("create-submit"));
    expect(await screen.findByText("The two are not the same.")).toBeTruthy();
    await user.type(screen.getByTestId("create-password-repeat"), "uma senha longa");
    await user.click(screen.getByTestId("create-submit"));
    await waitFor(() => expect(screen.getByTestId("panel-name").textContent).toBe("Rosa"));
    expect(screen.getByText("Customer created")).toBeTruthy();
    expect(desk?.newCustomer.typed).toBe(false);
    expect(desk?.newCustomer.password).toBeNull();
  });

  it("that is there already is told, opened, or made all the same", async () => {
    const { user } = await open();
    const id = customerOf("tiendanegocio", 0);
    const there = await desk?.asking.ask(STORES.tiendanegocio, { search: "" });
    expect(there?.said.customers).toContain(id);
    await desk?.customer.open(id);
    const twin = desk?.customer.page?.customer;
    const email = twin?.email ?? "";
    expect(email).toContain("@");
    desk?.customer.close();

    await choose(user, "tiendanegocio");
    await user.type(await screen.findByTestId("create-email"), email);
    await user.type(screen.getByTestId("create-first_name"), "Outra");
    await user.click(screen.getByTestId("create-submit"));
    const told = await screen.findByTestId("create-duplicate");
    await waitFor(() => expect(screen.getByTestId("create-duplicate").textContent).toContain(twin?.first_name ?? "?"));
    expect(told.textContent).toContain("What you typed is still here.");
    expect(value("create-first_name")).toBe("Outra");

    await user.click(screen.getByTestId("create-open-twin"));
    await waitFor(() => expect(desk?.customer.id).toBe(id));
    await user.click(screen.getByTestId("new-customer"));
    expect(((await screen.findByTestId("create-first_name")) as HTMLInputElement).value).toBe("Outra");
    await user.click(screen.getByTestId("create-submit"));
    await user.click(await screen.findByTestId("create-although"));
    await waitFor(() => expect(screen.getByTestId("panel-name").textContent).toBe("Outra"));
  });

  it("whose answer was lost is to be looked for first; the password is not kept with the rest", async () => {
    const { user } = await open();
    await choose(user, "tiendanegocio");
    await user.type(await screen.findByTestId("create-email"), "lost@exemplo.com");
    await user.click(screen.getByTestId("create-submit"));
    expect((await screen.findByTestId("create-error")).textContent).toContain("Look first");
    await user.click(screen.getByTestId("create-look"));
    expect(await screen.findByText(/shows nobody for this/)).toBeTruthy();
    await user.click(screen.getByTestId("create-password"));
    await user.type(screen.getByTestId("create-password-new"), "segredo");
    await user.keyboard("{Escape}");
    await waitFor(() => expect(screen.queryByTestId("create-dialog")).toBeNull());
    await user.click(screen.getByTestId("new-customer"));
    await waitFor(() => expect(value("create-email")).toBe("lost@exemplo.com"));
    expect(screen.queryByTestId("create-password-new")).toBeNull();
    await user.click(screen.getByTestId("create-clear"));
    expect(value("create-email")).toBe("");
  });
});
