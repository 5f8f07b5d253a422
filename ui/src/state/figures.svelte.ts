import type { Backend } from "../api/backend";
import { toApiError } from "../api/errors";
import type { AnalyticsDto, ApiError } from "../api/generated/types";

/** Figures over the customers of one store or of all. */
export class Figures {
  storeId = $state<number | null>(null);
  shown = $state.raw<AnalyticsDto | null>(null);
  trouble = $state.raw<ApiError | null>(null);
  loading = $state(false);
  private generation = 0;

  constructor(private readonly backend: Backend) {}

  async load(storeId: number | null = this.storeId): Promise<void> {
    const generation = ++this.generation;
    if (storeId !== this.storeId) this.shown = null;
    this.storeId = storeId;
    this.loading = true;
    try {
      const figures = await this.backend.call("analytics", { store_id: storeId });
      if (generation === this.generation) [this.shown, this.trouble] = [figures, null];
    } catch (thrown) {
      if (generation === this.generation) this.trouble = toApiError(thrown);
    } finally {
      if (generation === this.generation) this.loading = false;
    }
  }
}
