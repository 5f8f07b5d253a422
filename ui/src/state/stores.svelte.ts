import type { Backend } from "../api/backend";
import { toApiError } from "../api/errors";
import type {
  AddStore,
  ApiError,
  PlatformDto,
  SignIn,
  StoreDto,
  StoreSyncDto,
  SyncProgressDto,
} from "../api/generated/types";

/** The connected stores, their platforms, and where a running sync is. */
export class Stores {
  platforms = $state.raw<PlatformDto[]>([]);
  all = $state.raw<StoreDto[]>([]);
  loaded = $state(false);
  trouble = $state.raw<ApiError | null>(null);
  progress = $state.raw<ReadonlyMap<number, SyncProgressDto>>(new Map());
  /** The last result a store had in this session, by its name. */
  results = $state.raw<ReadonlyMap<string, StoreSyncDto>>(new Map());

  readonly customers = $derived(this.all.reduce((sum, store) => sum + store.customers, 0));
  readonly waiting = $derived(this.all.reduce((sum, store) => sum + store.edits_waiting, 0));
  readonly toDecide = $derived(this.all.reduce((sum, store) => sum + store.conflicts + store.parked, 0));
  readonly syncing = $derived(this.all.some((store) => store.syncing) || this.progress.size > 0);
  /** A store is being read: somebody else's changes may come in. */
  readonly reading = $derived([...this.progress.values()].some((progress) => progress.phase !== "push"));
  readonly firstPass = $derived(this.all.filter((store) => store.state === "first_pass"));
  /** Moment of the oldest complete pass; null while any store was never read whole. */
  readonly inStepAt = $derived.by(() => {
    const moments = this.all.map((store) => store.in_step_at);
    if (moments.length === 0 || moments.includes(null)) return null;
    return moments.reduce((one, other) => ((one as string) < (other as string) ? one : other));
  });

  private generation = 0;

  constructor(private readonly backend: Backend) {}

  async load(): Promise<void> {
    const generation = ++this.generation;
    try {
      const [platforms, stores] = await Promise.all([
        this.platforms.length > 0 ? this.platforms : this.backend.call("platforms", {}),
        this.backend.call("stores", {}),
      ]);
      if (generation !== this.generation) return;
      this.platforms = platforms;
      this.all = stores;
      this.trouble = null;
      this.loaded = true;
    } catch (thrown) {
      if (generation === this.generation) this.trouble = toApiError(thrown);
    }
  }

  platform(key: string): PlatformDto | undefined {
    return this.platforms.find((platform) => platform.key === key);
  }

  /** The platform of a store that is known by its name. */
  platformOfStore(name: string): PlatformDto | undefined {
    const store = this.all.find((each) => each.name === name);
    return store && this.platform(store.platform);
  }

  byId(id: number | null): StoreDto | undefined {
    return this.all.find((store) => store.id === id);
  }

  /** Rejects with an `ApiError` for the form that asked. */
  async add(given: AddStore): Promise<StoreDto> {
    const store = await this.backend.call("store_add", given);
    await this.load();
    return store;
  }

  async addSample(): Promise<void> {
    await this.backend.call("store_add_sample", {});
    await this.load();
  }

  async signIn(given: SignIn): Promise<void> {
    await this.backend.call("store_sign_in", given);
    await this.load();
  }

  /** One more customer's token, where each opens one customer. */
  async addSignIn(storeId: number, secret: string): Promise<void> {
    await this.backend.call("store_add_sign_in", { store_id: storeId, secret });
    await this.load();
  }

  async check(storeId: number): Promise<StoreDto> {
    const store = await this.backend.call("store_check", { store_id: storeId });
    await this.load();
    return store;
  }

  async remove(storeId: number, confirmation: string): Promise<void> {
    await this.backend.call("store_remove", { store_id: storeId, confirmation });
    await this.load();
  }

  /** Returns at once: progress and result come as events. A failure to start is told by `trouble`. */
  async sync(storeIds: number[] = [], full = false): Promise<void> {
    try {
      this.trouble = null;
      await this.backend.call("sync_start", { store_ids: storeIds, full });
    } catch (thrown) {
      const error = toApiError(thrown);
      if (error.code !== "cancelled") this.trouble = error;
    }
    await this.load();
  }

  async cancelSync(): Promise<void> {
    await this.backend.call("sync_cancel", {}).catch((thrown: unknown) => (this.trouble = toApiError(thrown)));
  }

  onProgress(progress: SyncProgressDto): void {
    this.progress = new Map(this.progress).set(progress.store_id, progress);
  }

  onEnded(result: StoreSyncDto): void {
    const store = this.all.find((each) => each.name === result.name);
    const running = new Map(this.progress);
    if (store) running.delete(store.id);
    else running.clear();
    this.progress = running;
    this.results = new Map(this.results).set(result.name, result);
  }
}
