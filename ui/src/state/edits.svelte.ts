import type { Backend } from "../api/backend";
import { toApiError } from "../api/errors";
import type { ApiError, Decision, EditDto } from "../api/generated/types";

/** Edits on their way: those that wait for the store, and those that wait for a person. */
export class Edits {
  all = $state.raw<EditDto[]>([]);
  loaded = $state(false);
  trouble = $state.raw<ApiError | null>(null);
  /** Why a decision about one edit was not taken. */
  refusals = $state.raw<ReadonlyMap<number, ApiError>>(new Map());
  busy = $state.raw<ReadonlySet<number>>(new Set());

  readonly conflicts = $derived(this.all.filter((edit) => edit.state === "conflict"));
  readonly refused = $derived(this.all.filter((edit) => edit.state === "parked"));
  readonly waiting = $derived(this.all.filter((edit) => edit.state === "pending" || edit.state === "sending"));

  private generation = 0;

  constructor(private readonly backend: Backend) {}

  async load(): Promise<void> {
    const generation = ++this.generation;
    try {
      const edits = await this.backend.call("edits", {});
      if (generation !== this.generation) return;
      this.all = edits;
      this.trouble = null;
      this.loaded = true;
    } catch (thrown) {
      if (generation === this.generation) this.trouble = toApiError(thrown);
    }
  }

  /** `edit`: as the person was shown it. */
  resolve(edit: EditDto, decision: Decision): Promise<boolean> {
    const seen = { mine: edit.mine, theirs: edit.theirs };
    return this.attempt(edit.id, () => this.backend.call("conflict_resolve", { edit: edit.id, decision, seen }));
  }

  retry(edit: number): Promise<boolean> {
    return this.attempt(edit, () => this.backend.call("edit_retry", { edit }));
  }

  discard(edit: number): Promise<boolean> {
    return this.attempt(edit, () => this.backend.call("edit_discard", { edit }));
  }

  private async attempt(edit: number, run: () => Promise<unknown>): Promise<boolean> {
    this.busy = new Set(this.busy).add(edit);
    const refusals = new Map(this.refusals);
    refusals.delete(edit);
    try {
      await run();
      await this.load();
      return true;
    } catch (thrown) {
      const error = toApiError(thrown);
      refusals.set(edit, error);
      if (error.code === "question_changed") await this.load();
      return false;
    } finally {
      this.refusals = refusals;
      const busy = new Set(this.busy);
      busy.delete(edit);
      this.busy = busy;
    }
  }
}
