import { fireEvent, screen, waitFor, within } from "@testing-library/svelte";
import { afterEach, describe, expect, it } from "vitest";

import type { Desk } from "../state/desk.svelte";
import { fake, openWindow, rows, wait } from "./desk";

let desk: Desk | null = null;

async function open(...given: Parameters<typeof openWindow>) {
  const window = await openWindow(...given);
  desk = window.desk;
  return window;
}

afterEach(() => {
  desk?.stop();
  desk = null;
});

async function openCustomer(user: Awaited<ReturnType<typeof open>>["user"], id: number) {
  desk?.openCustomer(id);
  await waitFor(() => expect(screen.getByTestId("panel-name").textContent).not.toBe(""));
  return user;
}

describe("the first run", () => {
  it("offers a store and a sample, and shows customers as they arrive", async () => {
    const { user } = await open(fake({ kind: "empty" }));
    expect(screen.getByTestId("connect-store")).toBeTruthy();
    await user.click(screen.getByTestId("try-sample"));
    await waitFor(() => expect(screen.getByTestId("status-bar").textContent).toContain("first reading"));
    await waitFor(async () => expect((await rows()).length).toBeGreaterThan(5), { timeout: 4000 });
    expect(screen.getAllByRole("progressbar").length).toBeGreaterThan(0);
  });

  it("says what is wrong with a connection, and stores nothing", async () => {
    const { user } = await open(fake({ kind: "empty" }));
    await user.click(screen.getByTestId("connect-store"));
    await user.click(await screen.findByTestId("platform-inallweb"));
    await user.type(await screen.findByTestId("connect-name"), "Loja SP");
    await user.type(screen.getByTestId("connect-url"), "https://loja.exemplo.com");
    await user.type(screen.getByTestId("connect-email"), "ana@exemplo.com");
    await user.click(screen.getByTestId("connect-submit"));
    expect(screen.getByText(/Fill in the empty field/)).toBeTruthy();
    await user.type(screen.getByTestId("connect-password"), "wrong");
    await user.click(screen.getByTestId("connect-submit"));
    expect((await screen.findByTestId("connect-error")).textContent).toContain("does not accept the sign-in");
    expect((screen.getByTestId("connect-url") as HTMLInputElement).value).toBe("https://loja.exemplo.com");
    await user.clear(screen.getByTestId("connect-password"));
    await user.type(screen.getByTestId("connect-password"), "right");
    await user.click(screen.getByTestId("connect-submit"));
    await waitFor(() => expect(screen.queryByTestId("connect-dialog")).toBeNull());
    await rows();
  });

  it.each(["key_missing", "folder_in_use", "file_damaged"] as const)(
    "explains %s and that nothing is lost",
    async (problem) => {
      await open(fake({ problem }));
      const text = screen.getByTestId("problem").textContent ?? "";
      expect(text).toContain("Nothing was deleted.");
      expect(text).toContain(problem);
      expect(screen.getByTestId("problem-retry")).toBeTruthy();
    },
  );
});

describe("the list", () => {
  it("is a grid that tells its true size and renders only a window of it", async () => {
    await open(fake({ kind: "huge" }));
    const shown = await rows();
    expect(shown.length).toBeLessThan(60);
    const size = () => screen.getByRole("grid").getAttribute("aria-rowcount");
    expect(size()).toBe("-1");
    expect(screen.getByTestId("total").textContent).toContain("1,000+");
    await waitFor(() => expect(size()).toBe("1000001"));
    expect(screen.getByTestId("total").dataset["total"]).toBe("1000000");
    expect(shown[0]?.dataset["id"]).toBeTruthy();
  });

  it("searches while somebody types, without accents", async () => {
    const { user } = await open();
    await rows();
    await user.type(screen.getByTestId("search"), "vasconcelos e conceicao");
    await waitFor(() => expect(screen.getByTestId("total").dataset["total"]).toBe("1"));
    expect(screen.getByTestId("total").textContent).toContain("1 of 320");
  });

  it("says that nobody matches, and clears in one step", async () => {
    const { user } = await open();
    await rows();
    await user.type(screen.getByTestId("search"), "zzz");
    const empty = await screen.findByTestId("empty-no-match");
    expect(empty.textContent).toContain("zzz");
    await user.click(within(empty).getByTestId("clear-search"));
    await rows();
  });

  it("is walked with the keyboard, opens with Enter and closes with Esc", async () => {
    await open();
    await rows();
    const grid = screen.getByRole("grid");
    grid.focus();
    for (const key of ["ArrowDown", "j", "k"]) await fireEvent.keyDown(grid, { key });
    expect(grid.getAttribute("aria-activedescendant")).toMatch(/-0$/);
    await fireEvent.keyDown(grid, { key: "Enter" });
    const panel = await screen.findByTestId("panel");
    await waitFor(() => expect(screen.getByTestId("panel-name")).toBeTruthy());
    await fireEvent.keyDown(screen.getByTestId("panel-name"), { key: "Escape" });
    await waitFor(() => expect(panel.isConnected).toBe(false));
    expect(desk?.list.activeIndex).toBe(0);
  });

  it("sorts by a column from the keyboard, and says so", async () => {
    await open();
    await rows();
    const grid = screen.getByRole("grid");
    grid.focus();
    await fireEvent.keyDown(grid, { key: "ArrowUp" });
    await fireEvent.keyDown(grid, { key: "Enter" });
    await waitFor(() => expect(screen.getAllByRole("columnheader")[0]?.getAttribute("aria-sort")).toBe("descending"));
    expect(desk?.settings.current.sort).toBe("-name");
  });

  it("reaches the search with / and with Ctrl+F, but not while somebody types", async () => {
    const { user } = await open();
    await rows();
    await user.keyboard("/");
    const search = screen.getByTestId("search") as HTMLInputElement;
    expect(document.activeElement).toBe(search);
    await user.keyboard("a/b");
    expect(search.value).toBe("a/b");
  });
});

describe("a customer", () => {
  it("is edited, saved here at once, and then sent", async () => {
    const { user } = await open();
    await openCustomer(user, 20_030);
    await user.click(await screen.findByTestId("edit-customer"));
    const phone = screen.getByTestId("field-phone");
    await user.clear(phone);
    await user.type(phone, "+5491155550000");
    await user.click(screen.getByTestId("save-edits"));
    await waitFor(() => expect(screen.getByTestId("state-badge").dataset["state"]).toBe("edited"));
    expect(screen.queryByTestId("save-edits")).toBeNull();
    await waitFor(() => expect(screen.getByTestId("state-badge").dataset["state"]).toBe("clean"), { timeout: 3000 });
  });

  it("saves with Ctrl+S and keeps what is typed on Esc", async () => {
    const { user } = await open();
    await openCustomer(user, 20_030);
    await user.type(await screen.findByTestId("note-input"), "Gosta de azul");
    await user.keyboard("{Escape}");
    await waitFor(() => expect(screen.queryByTestId("panel")).toBeNull());
    await openCustomer(user, 20_030);
    expect((screen.getByTestId("note-input") as HTMLTextAreaElement).value).toContain("Gosta de azul");
    await user.keyboard("{Control>}s{/Control}");
    await waitFor(() => expect(screen.queryByTestId("save-edits")).toBeNull());
  });

  it("has a journal with its reason where the note cannot be written", async () => {
    const { user } = await open();
    await openCustomer(user, 10_030);
    expect(screen.queryByTestId("note-input")).toBeNull();
    expect(screen.getByText(/does not let other programs write its note/)).toBeTruthy();
    await user.type(screen.getByTestId("journal-input"), "Ligou para trocar");
    await user.click(screen.getByTestId("journal-add"));
    await waitFor(() => expect(screen.getAllByTestId("journal-entry")[0]?.textContent).toContain("Ligou para trocar"));
    expect(screen.getAllByTestId("journal-entry")[0]?.textContent).toContain("Lúcia");
  });

  it("gets another role only after a question that names both, and shows a refusal in the store's words", async () => {
    const { user } = await open();
    await openCustomer(user, 10_030);
    await user.click(screen.getByTestId("role-select"));
    await user.click(await screen.findByTestId("role-select-admin"));
    const question = await screen.findByText(/from Customer to Admin/);
    expect(question.textContent).toContain(screen.getByTestId("panel-name").textContent);
    await user.click(screen.getByTestId("role-apply"));
    const error = await screen.findByTestId("role-error");
    expect(error.textContent).toContain("Only a SysAdmin can assign the admin role");
    expect(error.textContent).toContain("The role stays as it was.");
  });

  it("leaves nothing of itself in the browser's storage", async () => {
    const { user } = await open();
    await openCustomer(user, 20_030);
    await user.type(await screen.findByTestId("note-input"), "segredo");
    expect(localStorage.length).toBe(0);
    expect(sessionStorage.length).toBe(0);
  });
});

describe("to decide", () => {
  it("shows three values and settles a conflict with another text", async () => {
    const { user } = await open();
    await user.click(await screen.findByTestId("rail-decide"));
    const note = desk?.edits.conflicts.find((edit) => edit.field === "note");
    const card = await screen.findByTestId(`conflict-${note?.id}`);
    expect(card.querySelectorAll("mark").length).toBeGreaterThan(1);
    await user.click(within(card).getByTestId("conflict-edit"));
    const text = within(card).getByTestId("conflict-text") as HTMLTextAreaElement;
    expect(text.value).toBe(note?.mine);
    await user.clear(text);
    await user.type(text, "Retira los sábados");
    await user.click(within(card).getByTestId("conflict-save"));
    await waitFor(() => expect(screen.queryByTestId(`conflict-${note?.id}`)).toBeNull());
    expect(await screen.findByText("Conflict settled")).toBeTruthy();
  });

  it("asks whether a new address is the one that the store has, and keeps both", async () => {
    const { user } = await open();
    await user.click(await screen.findByTestId("rail-decide"));
    const asked = desk?.edits.conflicts.find((edit) => edit.field.startsWith("address"));
    const card = await screen.findByTestId(`conflict-${asked?.id}`);
    expect(within(card).getByTestId("conflict-question").textContent).toContain("or another one");
    await user.click(within(card).getByTestId("conflict-both"));
    await waitFor(() => expect(screen.queryByTestId(`conflict-${asked?.id}`)).toBeNull());
    // Only a new address can be one of two.
    expect(screen.queryByTestId("conflict-both")).toBeNull();
  });

  it("shows why an edit was refused, and lets it go again or away", async () => {
    const { user } = await open();
    await user.click(await screen.findByTestId("rail-decide"));
    expect(await screen.findByText(/Phone number is not valid for BR/)).toBeTruthy();
    await user.click(screen.getByTestId("edit-discard"));
    await waitFor(() => expect(screen.queryByTestId("edit-discard")).toBeNull());
  });
});

describe("an export", () => {
  it("takes one click and offers the folder", async () => {
    const { user } = await open();
    await rows();
    await user.click(screen.getByTestId("export-quick"));
    const toast = await screen.findByTestId("toast");
    expect(toast.textContent).toContain("320 rows");
    expect(within(toast).getByTestId("open-folder")).toBeTruthy();
    expect(desk?.settings.current.export_folder).toBe("/home/lucia/Documentos");
  });

  it("tells a failure in place, never as a notice", async () => {
    const { user } = await open();
    await rows();
    await desk?.settings.change({ export: { format: "csv", profile: "excel", columns: [], separator: "|" } });
    await user.keyboard("{Control>}e{/Control}");
    expect((await screen.findByTestId("list-trouble")).textContent).toContain("Another program has the file open");
    expect(screen.queryByTestId("toast")).toBeNull();
  });
});

describe("without internet", () => {
  it("works calmly: no alarm, edits are kept", async () => {
    const { user } = await open(fake({ kind: "offline" }));
    await rows();
    expect(screen.getByTestId("status-bar").textContent).toContain("Working offline");
    expect(screen.queryByRole("alert")).toBeNull();
    await openCustomer(user, 20_030);
    await user.type(await screen.findByTestId("note-input"), "x");
    await user.click(screen.getByTestId("save-edits"));
    await waitFor(() => expect(screen.getByTestId("status-bar").textContent).toContain("3 edits waiting"));
    await wait(100);
    expect(screen.getByTestId("state-badge").dataset["state"]).toBe("edited");
  });
});

it("removes a store only after its name was typed", async () => {
  const { user } = await open();
  await user.click(await screen.findByTestId("rail-stores"));
  await user.click(within(await screen.findByTestId("store-2")).getByTestId("store-menu"));
  await user.click(await screen.findByTestId("store-remove"));
  const name = await screen.findByTestId("remove-typed");
  await user.type(name, "Tienda");
  await user.click(screen.getByTestId("remove-submit"));
  expect(screen.getByText("This is not the name of the store.")).toBeTruthy();
  await user.type(name, " Palermo");
  await user.click(screen.getByTestId("remove-submit"));
  await waitFor(() => expect(desk?.stores.all.length).toBe(1));
});

it("changes the language of everything at once", async () => {
  await open();
  await rows();
  await desk?.settings.change({ language: "pt-BR" });
  await waitFor(() => expect(screen.getByTestId("rail-customers").textContent).toContain("Clientes"));
  expect(document.documentElement.lang).toBe("pt-BR");
});

describe("the book itself", () => {
  it.each(["file_damaged", "file_missing"] as const)("that is %s is mended in one click", async (problem) => {
    const { user } = await open(fake({ problem }));
    await user.click(screen.getByTestId("problem-mend"));
    await rows();
  });

  it("that nobody can read is begun empty only on a person's word", async () => {
    const { user } = await open(fake({ problem: "file_damaged", book: "unreadable" }));
    await user.click(screen.getByTestId("problem-mend"));
    await waitFor(() => expect(screen.getByTestId("problem").dataset["code"]).toBe("nothing_readable"));
    expect(screen.queryByTestId("problem-mend")).toBeNull();
    await user.click(screen.getByTestId("problem-begin-empty"));
    await rows();
  });

  it("that is met damaged in the middle of work says so once, and is mended there", async () => {
    const { user } = await open(fake({ book: "torn" }));
    const told = await screen.findByTestId("damage");
    expect(screen.queryByTestId("list-trouble")).toBeNull();
    expect(screen.getByTestId("status-bar").textContent).not.toContain("damaged");
    await user.click(within(told).getByTestId("damage-mend"));
    await waitFor(() => expect(screen.queryByTestId("damage")).toBeNull());
    await rows();
  });

  it("is checked and mended in the settings", async () => {
    const { user } = await open(fake({ book: "search" }));
    await rows();
    await user.click(screen.getByTestId("rail-settings"));
    await user.click(await screen.findByTestId("book-check"));
    expect((await screen.findByTestId("book-problem")).textContent).toContain("search");
    await user.click(screen.getByTestId("book-mend"));
    expect((await screen.findByTestId("book-whole")).textContent).toContain("Mended");
  });

  it("leaves to people what only people can do", async () => {
    const { user } = await open(fake({ book: "person" }));
    await rows();
    await user.click(screen.getByTestId("rail-settings"));
    await user.click(await screen.findByTestId("book-check"));
    expect((await screen.findAllByTestId("book-problem")).map((one) => one.textContent).join(" ")).toContain("3 hours");
    expect(screen.queryByTestId("book-mend")).toBeNull();
  });

  it("has old files beside it until a person removes them", async () => {
    const { user } = await open(fake({ book: "pages" }));
    await rows();
    await user.click(screen.getByTestId("rail-settings"));
    await user.click(await screen.findByTestId("book-check"));
    await user.click(await screen.findByTestId("book-mend"));
    await user.click(await screen.findByTestId("book-remove-old"));
    await user.click(await screen.findByTestId("book-remove-old-submit"));
    await waitFor(() => expect(screen.queryByTestId("book-remove-old")).toBeNull());
    expect(screen.queryByText(/set-aside/)).toBeNull();
  });
});
