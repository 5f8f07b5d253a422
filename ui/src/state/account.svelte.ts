import type { Backend } from "../api/backend";
import { toApiError } from "../api/errors";
import type { AccountDto, ApiError, FieldChange, PreferencesDto } from "../api/generated/types";

export type AccountPart = "profile" | "password" | "preferences" | "deletion";

/** Somebody who has an account of one's own at a store. */
export interface Owner {
  customer: number;
  name: string;
}

/** More people than this have no sign-in of their own here. */
const MOST_OWNERS = 500;

/** Whose accounts a store opens: there every sign-in is one customer's. */
export class Owners {
  all = $state.raw<Owner[] | null>(null);
  trouble = $state.raw<ApiError | null>(null);

  constructor(
    private readonly backend: Backend,
    private readonly storeId: number,
  ) {}

  async load(): Promise<void> {
    this.trouble = null;
    try {
      const query = { text: "", store_id: this.storeId, filters: {}, sort: "name", list: "" };
      const { view } = await this.backend.call("list_open", query);
      const { rows } = await this.backend.call("list_rows", { view, offset: 0, limit: MOST_OWNERS });
      this.all = rows.map((row) => ({ customer: row.id, name: row.name || row.email || "" }));
    } catch (thrown) {
      this.trouble = toApiError(thrown);
    }
  }
}

/** The signed-in person's own account at one store. It lives at the store only: nothing of it works offline. */
export class Account {
  shown = $state.raw<AccountDto | null>(null);
  trouble = $state.raw<ApiError | null>(null);
  refusal = $state.raw<{ part: AccountPart; error: ApiError } | null>(null);
  busy = $state<AccountPart | null>(null);

  constructor(
    private readonly backend: Backend,
    readonly storeId: number,
    /** Whose, where every sign-in is one customer's. */
    readonly customer: number | null = null,
  ) {}

  private get whose() {
    return { store_id: this.storeId, customer: this.customer };
  }

  async load(): Promise<void> {
    this.trouble = null;
    try {
      this.shown = await this.backend.call("account_show", this.whose);
    } catch (thrown) {
      this.trouble = toApiError(thrown);
    }
  }

  saveProfile(changes: FieldChange[]): Promise<boolean> {
    return this.attempt("profile", async () => {
      this.shown = await this.backend.call("account_edit", { ...this.whose, changes });
    });
  }

  changePassword(old: string, next: string): Promise<boolean> {
    return this.attempt("password", () => this.backend.call("account_password", { ...this.whose, old, new: next }));
  }

  savePreferences(preferences: PreferencesDto): Promise<boolean> {
    return this.attempt("preferences", async () => {
      const saved = await this.backend.call("account_preferences", { store_id: this.storeId, preferences });
      if (this.shown) this.shown = { ...this.shown, preferences: saved };
    });
  }

  delete(confirmation: string): Promise<boolean> {
    return this.attempt("deletion", () =>
      this.backend.call("account_delete", { store_id: this.storeId, confirmation }),
    );
  }

  private async attempt(part: AccountPart, run: () => Promise<unknown>): Promise<boolean> {
    this.busy = part;
    this.refusal = null;
    try {
      await run();
      return true;
    } catch (thrown) {
      this.refusal = { part, error: toApiError(thrown) };
      return false;
    } finally {
      this.busy = null;
    }
  }
}
