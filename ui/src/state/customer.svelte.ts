import { SvelteMap } from "svelte/reactivity";

import type { Backend } from "../api/backend";
import { toApiError } from "../api/errors";
import type { AddressDto, ApiError, CustomerPageDto, ErasedDto, FieldChange } from "../api/generated/types";
import { fieldValue } from "./customer-field";

/** What a person typed and has not saved. Kept a customer, in memory only: it is personal data. */
export interface Draft {
  /** Field name to its text now and the text that the person started from. */
  fields: Record<string, { from: string; to: string }>;
  journal: string;
  editing: boolean;
}

export type CustomerChange = "fields" | "role" | "address" | "journal" | "password" | "deletion" | "erasure";

const NO_DRAFT: Draft = { fields: {}, journal: "", editing: false };
/** Stores are asked only about customers at whom somebody looks for a moment. */
const ASK_AFTER = 350;

/** The customer that is open, and the drafts of all that were. */
export class OpenCustomer {
  id = $state<number | null>(null);
  page = $state.raw<CustomerPageDto | null>(null);
  /** Why the page could not be read. */
  trouble = $state.raw<ApiError | null>(null);
  /** Why the last change was not taken. */
  refusal = $state.raw<{ what: CustomerChange; error: ApiError } | null>(null);
  asking = $state(false);
  /** Why the store did not answer for this customer. */
  askTrouble = $state.raw<ApiError | null>(null);
  saving = $state(false);
  private drafts = new SvelteMap<number, Draft>();
  private generation = 0;
  private askTimer: number | null = null;

  constructor(private readonly backend: Backend) {}

  readonly draft = $derived((this.id !== null && this.drafts.get(this.id)) || NO_DRAFT);
  readonly unsaved = $derived(Object.values(this.draft.fields).some((field) => field.from !== field.to));

  hasDraft(id: number): boolean {
    const draft = this.drafts.get(id);
    return (
      draft !== undefined && (draft.journal !== "" || Object.values(draft.fields).some((each) => each.from !== each.to))
    );
  }

  async open(id: number): Promise<void> {
    if (this.id !== id) {
      this.refusal = this.askTrouble = null;
      this.asking = false;
    }
    this.id = id;
    await this.read(id);
    this.askStoreSoon(id);
  }

  close(): void {
    this.generation += 1;
    this.forgetAsking();
    this.id = this.page = this.trouble = this.refusal = this.askTrouble = null;
  }

  /** The copy changed: read the page again, keep everything that is typed. */
  async reload(): Promise<void> {
    if (this.id !== null) await this.read(this.id);
  }

  /** Asks the store about this customer now. */
  async ask(): Promise<void> {
    const id = this.id;
    if (id === null || this.asking) return;
    this.asking = true;
    try {
      const page = await this.backend.call("customer_refresh", { id });
      if (this.id === id) [this.page, this.askTrouble] = [page, null];
    } catch (thrown) {
      if (this.id === id) this.askTrouble = toApiError(thrown);
    } finally {
      if (this.id === id) this.asking = false;
    }
  }

  edit(): void {
    this.change((draft) => ({ ...draft, editing: true }));
  }

  type(field: string, text: string): void {
    const page = this.page;
    // While the next customer is being read, the page is still the old one's.
    if (!page || page.customer.id !== this.id) return;
    this.change((draft) => {
      const from = draft.fields[field]?.from ?? fieldValue(page.customer, field);
      return { ...draft, fields: { ...draft.fields, [field]: { from, to: text } } };
    });
  }

  typeJournal(text: string): void {
    this.change((draft) => ({ ...draft, journal: text }));
  }

  /** The text to show for a field: typed, else stored. */
  text(field: string): string {
    const typed = this.draft.fields[field];
    return typed ? typed.to : this.page ? fieldValue(this.page.customer, field) : "";
  }

  discard(): void {
    this.refusal = null;
    this.change((draft) => ({ ...NO_DRAFT, journal: draft.journal }));
  }

  /** Saves what was typed. It stays typed when it could not be saved. */
  async save(): Promise<boolean> {
    const id = this.id;
    if (id === null || this.saving) return false;
    const changes: FieldChange[] = Object.entries(this.draft.fields)
      .filter(([, each]) => each.from !== each.to)
      .map(([field, each]) => ({ field, value: each.to.trim() === "" ? null : each.to, seen: each.from }));
    if (changes.length === 0) {
      this.discard();
      return true;
    }
    const saved = await this.attempt("fields", () => this.backend.call("customer_edit", { id, changes }));
    if (saved) this.changeOf(id, (draft) => ({ ...NO_DRAFT, journal: draft.journal }));
    return saved;
  }

  /** `seen`: the role that the person was shown. */
  changeRole(role: string, seen: string): Promise<boolean> {
    const id = this.id;
    return id === null
      ? Promise.resolve(false)
      : this.attempt("role", () => this.backend.call("customer_role", { id, role, seen }));
  }

  saveAddress(address: AddressDto, seen: AddressDto | null): Promise<boolean> {
    const id = this.id;
    return id === null
      ? Promise.resolve(false)
      : this.attempt("address", () => this.backend.call("address_save", { id, address, seen }));
  }

  /** `seen`: the address as the person was shown it. */
  removeAddress(seen: AddressDto): Promise<boolean> {
    const id = this.id;
    return id === null
      ? Promise.resolve(false)
      : this.attempt("address", () => this.backend.call("address_remove", { id, address_id: seen.id, seen }));
  }

  async addJournal(): Promise<boolean> {
    const id = this.id;
    const text = this.draft.journal.trim();
    if (id === null || text === "") return false;
    const added = await this.attempt("journal", () => this.backend.call("journal_add", { id, text }));
    if (added) this.changeOf(id, (draft) => ({ ...draft, journal: "" }));
    return added;
  }

  /** A new password of the customer at the shop. Sent once, kept nowhere. */
  setPassword(id: number, next: string): Promise<boolean> {
    return this.attempt("password", () => this.backend.call("customer_password", { id, new: next }));
  }

  /** Deletes the customer at the store. What stays here is the last copy. */
  async delete(id: number, confirmation: string): Promise<boolean> {
    const done = await this.attempt("deletion", () => this.backend.call("customer_delete", { id, confirmation }));
    if (done) this.drafts.delete(id);
    if (done && this.id === id) await this.read(id);
    return done;
  }

  /** Removes everything of the customer from this machine. The store is not touched. */
  async erase(id: number, confirmation: string): Promise<ErasedDto | null> {
    const answers: ErasedDto[] = [];
    await this.attempt("erasure", async () => {
      const erased = await this.backend.call("customer_erase", { id, confirmation });
      answers.push(erased);
      return erased;
    });
    const [erased] = answers;
    if (!erased) return null;
    this.drafts.delete(id);
    if (this.id === id) this.close();
    return erased;
  }

  private async attempt(what: CustomerChange, run: () => Promise<CustomerPageDto | object>): Promise<boolean> {
    const id = this.id;
    this.saving = true;
    this.refusal = null;
    try {
      const page = await run();
      if (this.id === id && "customer" in page) this.page = page;
      return true;
    } catch (thrown) {
      if (this.id === id) this.refusal = { what, error: toApiError(thrown) };
      return false;
    } finally {
      this.saving = false;
    }
  }

  private async read(id: number): Promise<void> {
    const generation = ++this.generation;
    try {
      const page = await this.backend.call("customer_page", { id });
      if (generation !== this.generation) return;
      this.page = page;
      this.trouble = null;
    } catch (thrown) {
      if (generation !== this.generation) return;
      this.trouble = toApiError(thrown);
      this.page = null;
    }
  }

  private askStoreSoon(id: number): void {
    this.forgetAsking();
    this.askTimer = window.setTimeout(() => {
      if (this.id === id) void this.ask();
    }, ASK_AFTER);
  }

  private forgetAsking(): void {
    if (this.askTimer !== null) window.clearTimeout(this.askTimer);
    this.askTimer = null;
  }

  private change(next: (draft: Draft) => Draft): void {
    if (this.id !== null) this.changeOf(this.id, next);
  }

  private changeOf(id: number, next: (draft: Draft) => Draft): void {
    const draft = next(this.drafts.get(id) ?? NO_DRAFT);
    const empty = !draft.editing && draft.journal === "" && Object.keys(draft.fields).length === 0;
    if (empty) this.drafts.delete(id);
    else this.drafts.set(id, draft);
  }
}
