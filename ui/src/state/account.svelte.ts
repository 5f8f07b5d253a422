import type { Backend } from "../api/backend";
import { toApiError } from "../api/errors";
import type { AccountDto, ApiError, FieldChange, PreferencesDto } from "../api/generated/types";

export type AccountPart = "profile" | "password" | "preferences" | "deletion";

/** The signed-in person's own account at one store. It lives at the store only: nothing of it works offline. */
export class Account {
  shown = $state.raw<AccountDto | null>(null);
  trouble = $state.raw<ApiError | null>(null);
  refusal = $state.raw<{ part: AccountPart; error: ApiError } | null>(null);
  busy = $state<AccountPart | null>(null);

  constructor(
    private readonly backend: Backend,
    readonly storeId: number,
  ) {}

  async load(): Promise<void> {
    this.trouble = null;
    try {
      this.shown = await this.backend.call("account_show", { store_id: this.storeId });
    } catch (thrown) {
      this.trouble = toApiError(thrown);
    }
  }

  saveProfile(changes: FieldChange[]): Promise<boolean> {
    return this.attempt("profile", async () => {
      this.shown = await this.backend.call("account_edit", { store_id: this.storeId, changes });
    });
  }

  changePassword(old: string, next: string): Promise<boolean> {
    return this.attempt("password", () =>
      this.backend.call("account_password", { store_id: this.storeId, old, new: next }),
    );
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
