import type { Backend } from "../api/backend";
import { toApiError } from "../api/errors";
import type { ApiError, AppEvent } from "../api/generated/types";
import { Account, Owners } from "./account.svelte";
import { Asking } from "./asking.svelte";
import { Book } from "./book.svelte";
import { OpenCustomer } from "./customer.svelte";
import { Edits } from "./edits.svelte";
import { Exporting } from "./exporting.svelte";
import { Figures } from "./figures.svelte";
import { Keys } from "./keys";
import { CustomerList } from "./list.svelte";
import { NewCustomer } from "./new-customer.svelte";
import { Notices } from "./notices.svelte";
import { Place } from "./place.svelte";
import { Settings } from "./settings.svelte";
import { Stores } from "./stores.svelte";

const LOOK_AGAIN_PAUSE = 600;
/** A large book takes longer to look at; most of the time is left to whoever works. */
const PAUSE_FOR_WORK = 10;
const LONGEST_PAUSE = 10_000;

/** Everything one window knows. Built once with its backend and handed down; events make its parts look again. */
export class Desk {
  phase = $state<"starting" | "problem" | "open">("starting");
  problem = $state.raw<ApiError | null>(null);
  /** The book is open, and something met a part of it that cannot be read. */
  damage = $state.raw<ApiError | null>(null);
  /** Moves every half minute, for texts like "5 min ago". */
  now = $state(Date.now());

  readonly book: Book;
  readonly settings: Settings;
  readonly stores: Stores;
  readonly list: CustomerList;
  readonly customer: OpenCustomer;
  readonly newCustomer: NewCustomer;
  readonly asking: Asking;
  readonly edits: Edits;
  readonly exporting: Exporting;
  readonly figures: Figures;
  readonly notices = new Notices();
  readonly place = new Place();
  readonly keys = new Keys();

  private lookingAgain: number | null = null;
  private lookAgainPause = LOOK_AGAIN_PAUSE;
  private changedMeanwhile = false;
  /** Something that a pass of a store wrote is among what changed. */
  private othersChanged = false;
  private readonly stopListening: () => void;
  private readonly ticking: number;

  private readonly backend: Backend;

  constructor(given: Backend) {
    const backend = this.watching(given);
    this.backend = backend;
    this.book = new Book(backend);
    this.settings = new Settings(backend);
    this.stores = new Stores(backend);
    this.list = new CustomerList(backend);
    this.customer = new OpenCustomer(backend);
    this.newCustomer = new NewCustomer(backend, this.stores);
    this.asking = new Asking(backend);
    this.edits = new Edits(backend);
    this.exporting = new Exporting(backend, this.settings);
    this.figures = new Figures(backend);
    this.stopListening = backend.listen((event) => this.hear(event));
    this.ticking = window.setInterval(() => (this.now = Date.now()), 30_000);
  }

  async start(): Promise<void> {
    try {
      const start = await this.backend.call("start", {});
      this.settings.take(start.settings, start.system_language, start.version);
      this.problem = start.problem;
    } catch (thrown) {
      this.problem = toApiError(thrown);
    }
    if (this.problem) {
      this.phase = "problem";
      return;
    }
    this.list.sort = this.settings.current.sort ?? "name";
    // All at once: the first rows must not wait for anything else.
    const rows = this.list.open("anew");
    await this.stores.load();
    this.phase = "open";
    await Promise.all([rows, this.list.loadChoices(), this.edits.load()]);
  }

  /** Makes a new book in place of one that cannot be used, and goes on with it. */
  async rebuildBook(mayLose: boolean): Promise<void> {
    const told = this.damage;
    if (await this.book.rebuild(mayLose)) {
      await this.start();
      // What was told of the old book holds until the new one is read.
      if (this.damage === told) this.damage = null;
      return;
    }
    // In the middle of work nothing is taken away from the screen: the words are where the button was.
    if (this.phase === "problem") this.problem = this.book.trouble;
    else this.damage = this.book.trouble;
  }

  /** Damage can be met by anything that reads; it is told in one place. */
  private watching(given: Backend): Backend {
    const look = (error: ApiError | null) => {
      if (error?.code === "file_damaged" && this.phase !== "problem") this.damage = error;
    };
    return {
      call: async (name, request) => {
        try {
          return await given.call(name, request);
        } catch (thrown) {
          look(toApiError(thrown));
          throw thrown;
        }
      },
      listen: (onEvent) =>
        given.listen((event) => {
          if (event.kind === "sync_ended") look(event.result.error);
          onEvent(event);
        }),
    };
  }

  stop(): void {
    this.stopListening();
    window.clearInterval(this.ticking);
    if (this.lookingAgain !== null) window.clearTimeout(this.lookingAgain);
    this.settings.stop();
  }

  accountAt(storeId: number, customer: number | null = null): Account {
    return new Account(this.backend, storeId, customer);
  }

  ownersAt(storeId: number): Owners {
    return new Owners(this.backend, storeId);
  }

  openCustomer(id: number): void {
    this.list.activeId = id;
    this.place.go("customers");
    void this.customer.open(id);
  }

  /** Passes tell every page they wrote; counts and rows follow together, at most this often, one after the other. */
  private lookAgainSoon(): void {
    if (this.lookingAgain !== null) {
      this.changedMeanwhile = true;
      return;
    }
    this.lookingAgain = window.setTimeout(
      async () => {
        const others = this.othersChanged;
        this.changedMeanwhile = this.othersChanged = false;
        const began = performance.now();
        await Promise.all([this.list.follow(others), this.list.loadChoices(), this.stores.load()]);
        const pause = (performance.now() - began) * PAUSE_FOR_WORK;
        this.lookAgainPause = Math.min(LONGEST_PAUSE, Math.max(LOOK_AGAIN_PAUSE, pause));
        this.lookingAgain = null;
        if (this.changedMeanwhile) this.lookAgainSoon();
      },
      this.othersChanged ? this.lookAgainPause : LOOK_AGAIN_PAUSE,
    );
  }

  private hear(event: AppEvent): void {
    this.now = Date.now();
    switch (event.kind) {
      case "customers_changed":
        this.othersChanged ||=
          this.stores.reading && (this.list.storeId === null || event.store_ids.includes(this.list.storeId));
        this.lookAgainSoon();
        if (this.customer.page && event.store_ids.includes(this.customer.page.store_id)) void this.customer.reload();
        return;
      case "list_counted":
        this.list.counted(event.view, event.total);
        return;
      case "list_uncounted":
        this.list.uncounted(event.view, event.error);
        return;
      case "export_progress":
        this.exporting.hear(event.done, event.total);
        return;
      case "stores_changed":
        void this.stores.load();
        return;
      case "edits_changed":
        void this.edits.load();
        void this.stores.load();
        void this.customer.reload();
        return;
      case "sync_progress":
        this.stores.onProgress(event.progress);
        return;
      case "sync_ended":
        this.stores.onEnded(event.result);
        void this.stores.load();
        return;
    }
  }
}
