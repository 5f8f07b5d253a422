import { screen, waitFor, within } from "@testing-library/svelte";
import { afterEach, describe, expect, it } from "vitest";

import type { Desk } from "../state/desk.svelte";
import { customerOf, fake, openWindow, rows } from "./desk";

let desk: Desk | null = null;

async function open(id: number) {
  const window = await openWindow(fake({ kind: "all-platforms" }));
  desk = window.desk;
  await rows();
  desk.openCustomer(id);
  await waitFor(() => expect(desk?.customer.page?.customer.id).toBe(id));
  await screen.findByTestId("panel-name");
  return window.user;
}

afterEach(() => {
  desk?.stop();
  desk = null;
});

async function menu(user: Awaited<ReturnType<typeof open>>, item: string) {
  await user.click(screen.getByTestId("panel-menu"));
  await user.click(await screen.findByTestId(item));
}

describe("fields that only one platform has", () => {
  it("are shown in words, and edited through the same form", async () => {
    const user = await open(customerOf("uappi", 0));
    const own = screen.getByTestId("own-fields");
    expect(own.textContent).toContain("Only at Uappi");
    expect(own.textContent).toContain("Gender");
    expect(own.textContent).not.toContain("is_corporate");
    await user.click(screen.getByTestId("edit-customer"));
    expect(screen.getByRole("switch", { name: /Company account/ })).toBeTruthy();
    await user.click(screen.getByTestId("field-extra.gender"));
    const now = desk?.customer.page?.customer.extra["gender"];
    const other = now === "female" ? "male" : "female";
    await user.click(await screen.findByTestId(`field-extra.gender-${other}`));
    await user.click(screen.getByTestId("save-edits"));
    await waitFor(() => expect(desk?.customer.page?.customer.pending).toEqual(["extra.gender"]));
    expect(screen.getByTestId("fact-extra.gender").textContent).toMatch(/Male|Female/);
    expect(screen.getByTestId("field-state-extra.gender")).toBeTruthy();
  });

  it("that are only read are not in the form", async () => {
    const user = await open(customerOf("yampi", 10));
    expect(screen.getByTestId("own-fields").textContent).toContain("Campaign (UTM)");
    await user.click(screen.getByTestId("edit-customer"));
    expect(screen.queryByTestId("field-extra.utm_campaign")).toBeNull();
    expect(screen.getByTestId("field-extra.state_registration")).toBeTruthy();
  });

  it("are named in refusals too", async () => {
    const user = await open(customerOf("yampi", 6));
    expect(screen.getByTestId("panel").textContent).toContain("State registration: Maré Alta refused the change");
    await user.click(screen.getByTestId("panel-decide"));
    expect(await screen.findByText(/kept its old value/)).toBeTruthy();
  });
});

it("shows what the store's apps keep beside the record, and groups as the store calls them", async () => {
  await open(customerOf("tiendanube"));
  const kept = Array.from({ length: 40 }, (_, index) => customerOf("tiendanube", index + 21));
  for (const id of kept) {
    await desk?.customer.open(id);
    if ((desk?.customer.page?.customer.custom_fields.length ?? 0) > 0) break;
  }
  expect((await screen.findByTestId("custom-fields")).textContent).toContain("fidelidad");
  for (let index = 0; index < 20; index += 1) {
    await desk?.customer.open(customerOf("yampi", index));
    if ((desk?.customer.page?.customer.groups.length ?? 0) > 0) break;
  }
  const groups = await screen.findByRole("list", { name: "Groups" });
  expect(within(groups).getAllByRole("listitem").length).toBeGreaterThan(1);
});

describe("rules in the edit form", () => {
  it("are told when a field was left, and never in the middle of a word", async () => {
    const user = await open(customerOf("uappi", 0));
    await user.click(screen.getByTestId("edit-customer"));
    const email = screen.getByTestId("field-email");
    await user.clear(email);
    await user.type(email, "ana");
    expect(email.getAttribute("aria-invalid")).toBeNull();
    await user.tab();
    expect(email.getAttribute("aria-invalid")).toBe("true");
    expect(screen.getByText("An e-mail has one @ and no spaces.")).toBeTruthy();
    await user.type(email, "@exemplo.com");
    expect(email.getAttribute("aria-invalid")).toBeNull();
  });

  it("stand beside the field when the core refuses", async () => {
    const user = await open(customerOf("uappi", 0));
    await user.click(screen.getByTestId("edit-customer"));
    const phone = screen.getByTestId("field-phone");
    await user.clear(phone);
    await user.type(phone, "1234");
    await user.click(screen.getByTestId("save-edits"));
    const error = await screen.findByTestId("save-error");
    expect(error.textContent).toContain("Put the country in front");
    expect(phone.getAttribute("aria-invalid")).toBe("true");
    expect((phone as HTMLInputElement).value).toBe("1234");
  });
});

it("says of a field that the store never shows that it is only sent", async () => {
  const user = await open(customerOf("tiendanegocio"));
  await user.click(screen.getByTestId("edit-customer"));
  expect(screen.getByText("Sent to Almacén del Sur, which does not show it back.")).toBeTruthy();
  await user.type(screen.getByTestId("field-company"), "Sur Textil");
  await user.click(screen.getByTestId("save-edits"));
  await waitFor(() => expect(desk?.customer.page?.customer.pending).toEqual(["company"]));
});

describe("a customer that cannot be changed", () => {
  it.each([
    [30_001, "closed-masked", /send the asterisks back/],
    [50_004, "closed-anonymized", /made this customer anonymous/],
  ])("%i says why, and offers no editing", async (id, banner, words) => {
    await open(id);
    expect(screen.getByTestId(banner).textContent).toMatch(words);
    for (const control of ["edit-customer", "note-input", "address-add", "address-edit"]) {
      expect(screen.queryByTestId(control)).toBeNull();
    }
  });
});

describe("roles", () => {
  it("that the signed-in person cannot give are told before anything is sent", async () => {
    const user = await open(customerOf("inallweb", 30));
    await user.click(screen.getByTestId("role-select"));
    await user.click(await screen.findByTestId("role-select-sysadmin"));
    expect((await screen.findByTestId("role-withheld")).textContent).toContain("cannot give the role SysAdmin");
    expect(screen.queryByTestId("role-apply")).toBeNull();
    await user.click(screen.getByTestId("role-select"));
    await user.click(await screen.findByTestId("role-select-manager"));
    expect(await screen.findByTestId("role-apply")).toBeTruthy();
  });

  it("of whoever may give none are told before anybody chooses", async () => {
    await open(customerOf("inallweb", 30));
    if (desk) {
      desk.stores.all = desk.stores.all.map((store) => ({ ...store, signed_in_role: "manager", grantable_roles: [] }));
    }
    await waitFor(() => expect(screen.getByTestId("role-hint").textContent).toContain("Manager"));
    expect(screen.getByTestId("role-hint").textContent).toContain("you cannot change roles");
  });
});

describe("addresses", () => {
  it("can be added and changed but not removed where the platform has no way to", async () => {
    await open(customerOf("yampi", 11));
    expect(screen.getByTestId("address-add")).toBeTruthy();
    expect(screen.queryByTestId("address-take-away")).toBeNull();
    expect(screen.getByText(/no way for other programs to remove an address/)).toBeTruthy();
  });

  it("can be removed until they were sent", async () => {
    const user = await open(customerOf("yampi", 11));
    await user.click(screen.getByTestId("address-add"));
    await user.type(await screen.findByTestId("address-street"), "Rua Nova");
    await user.click(screen.getByTestId("address-save"));
    await waitFor(() => expect(screen.getByText("Rua Nova")).toBeTruthy());
    expect(screen.getAllByTestId("address-take-away")).toHaveLength(1);
  });
});

describe("the menu of a customer", () => {
  it("deletes at the store after the e-mail was typed, and keeps the last copy", async () => {
    const user = await open(customerOf("tiendanegocio"));
    const email = desk?.customer.page?.customer.email ?? "";
    await menu(user, "delete-customer");
    const typed = await screen.findByTestId("delete-customer-typed");
    await user.type(typed, "something else");
    await user.click(screen.getByTestId("delete-customer-submit"));
    expect(screen.getByText("This is not what has to be typed.")).toBeTruthy();
    await user.clear(typed);
    await user.type(typed, email);
    await user.click(screen.getByTestId("delete-customer-submit"));
    await waitFor(() => expect(screen.getByTestId("state-badge").dataset["state"]).toBe("gone"));
    expect(screen.getByTestId("closed-gone")).toBeTruthy();
  });

  it("says before that a customer with orders is not deleted", async () => {
    const user = await open(customerOf("tiendanube"));
    await menu(user, "delete-customer");
    expect(await screen.findByText(/refuses this for customers with orders/)).toBeTruthy();
  });

  it("erases from this machine and closes the page", async () => {
    const user = await open(customerOf("yampi", 12));
    const { email, first_name, last_name } = desk?.customer.page?.customer ?? {};
    await menu(user, "erase-customer");
    expect(screen.getByText(/Nothing changes at Maré Alta/)).toBeTruthy();
    await user.type(screen.getByTestId("erase-customer-typed"), email ?? `${first_name} ${last_name}`);
    await user.click(screen.getByTestId("erase-customer-submit"));
    await waitFor(() => expect(screen.queryByTestId("panel")).toBeNull());
    expect(screen.getByText("Customer erased")).toBeTruthy();
  });

  it("sends a password once, typed twice, and forgets it", async () => {
    const user = await open(customerOf("tiendanegocio"));
    await menu(user, "customer-password");
    await user.type(await screen.findByTestId("password-new"), "short");
    await user.click(screen.getByTestId("password-submit"));
    expect(screen.getByText("The two are not the same.")).toBeTruthy();
    await user.type(screen.getByTestId("password-repeat"), "short");
    await user.click(screen.getByTestId("password-submit"));
    expect((await screen.findByTestId("password-error")).textContent).toContain("Password is too short");
    await user.type(screen.getByTestId("password-new"), "er");
    await user.type(screen.getByTestId("password-repeat"), "er");
    await user.click(screen.getByTestId("password-submit"));
    await waitFor(() => expect(screen.queryByTestId("password-dialog")).toBeNull());
    await menu(user, "customer-password");
    expect(((await screen.findByTestId("password-new")) as HTMLInputElement).value).toBe("");
    await user.keyboard("{Escape}");
    await waitFor(() => expect(document.activeElement).toBe(screen.getByTestId("panel-menu")));
  });

  it("names what the platform has no way to do", async () => {
    const user = await open(customerOf("uappi", 0));
    await user.click(screen.getByTestId("panel-menu"));
    expect(await screen.findByText(/Uappi does not let other programs delete customers/)).toBeTruthy();
    expect(screen.queryByTestId("delete-customer")).toBeNull();
    expect(screen.queryByTestId("customer-password")).toBeNull();
  });
});
