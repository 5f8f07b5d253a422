import type { Backend } from "../api/backend";
import { toApiError } from "../api/errors";
import type { ApiError, HealthDto, RebuiltDto } from "../api/generated/types";

/** How the book on this machine is, and mending it. */
export class Book {
  work = $state<"nothing" | "checking" | "mending">("nothing");
  health = $state.raw<HealthDto | null>(null);
  rebuilt = $state.raw<RebuiltDto | null>(null);
  trouble = $state.raw<ApiError | null>(null);

  constructor(private readonly backend: Backend) {}

  /** Nothing helps but a new book with everything that people typed. */
  get needsRebuilding(): boolean {
    return this.health?.problems.some((problem) => problem.remedy === "rebuild") ?? false;
  }

  get canBeMended(): boolean {
    return this.health?.problems.some((problem) => problem.remedy === "mend") ?? false;
  }

  async check(): Promise<void> {
    this.rebuilt = null;
    await this.during("checking", async () => {
      this.health = await this.backend.call("book_check", {});
    });
  }

  async mend(): Promise<void> {
    await this.during("mending", async () => {
      this.health = await this.backend.call("book_mend", {});
    });
  }

  /** Sets the book aside and makes a new one. `mayLose`: although nothing that was typed can be read. */
  async rebuild(mayLose: boolean): Promise<boolean> {
    this.rebuilt = null;
    await this.during("mending", async () => {
      this.rebuilt = await this.backend.call("book_rebuild", { may_lose: mayLose });
      this.health = null;
    });
    return this.rebuilt !== null;
  }

  /** Removes the old files beside the book, which a person has seen. */
  async removeOld(): Promise<void> {
    await this.during("mending", async () => {
      await this.backend.call("book_remove_old", {});
      if (this.health) this.health = { ...this.health, set_aside: [] };
      if (this.rebuilt) this.rebuilt = { ...this.rebuilt, set_aside: [] };
    });
  }

  private async during(work: "checking" | "mending", ask: () => Promise<void>): Promise<void> {
    this.work = work;
    this.trouble = null;
    try {
      await ask();
    } catch (thrown) {
      this.trouble = toApiError(thrown);
    } finally {
      this.work = "nothing";
    }
  }
}
