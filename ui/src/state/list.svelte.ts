import { SvelteMap } from "svelte/reactivity";

import type { Backend } from "../api/backend";
import { toApiError } from "../api/errors";
import type { ApiError, CustomerRowDto, FilterChoices, ListQuery, ListView } from "../api/generated/types";
import { notePainted } from "./painted";

export const ROW_HEIGHT = 36;
/** As many as come with an opened list. */
const BLOCK = 50;
const KEPT_BLOCKS = 48;
const BLOCKS_AT_ONCE = 10;
/** How many blocks around its old place are searched for the row that must not move: near first, then farther. */
const SEARCHED_BLOCKS = [2, 12];

export type Filter = "role" | "segment" | "is_active";

/**
 * The list of customers: one query, and windows of rows read by position. The whole list is never held here.
 *
 * A new query replaces the rows only when its first rows are there, so typing never flashes an empty list; answers
 * to an older query are dropped.
 */
export class CustomerList {
  text = $state("");
  storeId = $state<number | null>(null);
  filters = $state.raw<Partial<Record<Filter, string>>>({});
  sort = $state("name");
  /** How found customers are sorted; empty: what fits best comes first. Every new search begins so. */
  foundSort = $state("");

  total = $state(0);
  /** There are more than `total`; how many is being found out. */
  counting = $state(false);
  loaded = $state(false);
  searching = $state(false);
  /** There are newer customers or another order; the rows stay where they are until the person wants to see it. */
  newer = $state(false);
  trouble = $state.raw<ApiError | null>(null);
  choices = $state.raw<FilterChoices>({ roles: [], segments: [], groups: [] });

  /** Scroll position in pixels of content; it outlives the grid that shows it. */
  top = $state(0);
  activeId = $state<number | null>(null);
  activeIndex = $state(-1);
  /** The row under the pointer: it must stay there when the list changes. */
  hovered: number | null = null;

  readonly narrowed = $derived(
    this.text.trim() !== "" ||
      this.storeId !== null ||
      Object.values(this.filters).some((value) => value !== undefined),
  );

  /** How the rows stand that are asked for now. */
  readonly order = $derived(this.text.trim() === "" ? this.sort : this.foundSort);

  private blocks = new SvelteMap<number, CustomerRowDto[]>();
  private view: number | null = null;
  private generation = 0;
  private wanted = { first: 0, last: 0 };
  private fetching = new Set<number>();
  /** Totals of lists that were counted before anybody here knew of them, and who waits for one. */
  private totals = new Map<number, number>();
  /** Lists whose end was not found, before anybody here knew of them. */
  private failed = new Map<number, ApiError>();
  /** The list ends where its end could not be found. */
  private cut = false;
  private opening = 0;
  private waiting: { view: number; tell: (total: number | null) => void } | null = null;

  constructor(private readonly backend: Backend) {}

  query(): ListQuery {
    const filters = Object.fromEntries(Object.entries(this.filters).filter(([, value]) => value !== undefined));
    return {
      text: this.text,
      store_id: this.storeId,
      filters: filters as ListQuery["filters"],
      sort: this.order,
      list: "customers",
    };
  }

  row(index: number): CustomerRowDto | undefined {
    return this.blocks.get(Math.floor(index / BLOCK))?.[index % BLOCK];
  }

  ask(changes: { text?: string; storeId?: number | null; sort?: string }): Promise<void> {
    if (changes.text !== undefined) {
      const before = this.text.trim();
      const after = changes.text.trim();
      // What is typed over another text is another search; letters more or less are the same one.
      if (before === "" || !(after.startsWith(before) || before.startsWith(after))) this.foundSort = "";
      this.text = changes.text;
    }
    if (changes.storeId !== undefined) this.storeId = changes.storeId;
    if (changes.sort !== undefined) {
      if (this.text.trim() === "") this.sort = changes.sort;
      else this.foundSort = changes.sort;
    }
    return this.open("anew");
  }

  filter(name: Filter, value: string | null): Promise<void> {
    this.filters = { ...this.filters, [name]: value ?? undefined };
    return this.open("anew");
  }

  clear(): Promise<void> {
    this.text = "";
    this.storeId = null;
    this.filters = {};
    return this.open("anew");
  }

  activate(index: number): CustomerRowDto | undefined {
    this.activeIndex = index;
    const row = this.row(index);
    this.activeId = row?.id ?? null;
    return row;
  }

  /** The grid tells which rows it shows; missing ones are fetched, the newest wish first. */
  show(first: number, last: number): void {
    this.wanted = { first, last };
    if (this.newer && this.top === 0) void this.open("quietly");
    else void this.fetchWanted();
  }

  /**
   * Customers were changed. A list that stands at its start follows; where somebody has scrolled on, the rows in sight show what is known
   * of them now, and stay in their places. `others`: it was not this person alone who changed something.
   */
  async follow(others: boolean): Promise<void> {
    if (this.top === 0 || !this.loaded || this.searching || this.view === null || this.cut) return this.open("quietly");
    const view = this.view;
    const shown = blocksOf(this.wanted, this.total);
    try {
      const blocks = await this.read(view, shown);
      if (view !== this.view) return;
      // Somebody is not there any more, and whoever came after them would stand in a wrong place.
      if (shown.some((block) => (blocks.get(block)?.length ?? 0) < Math.min(BLOCK, this.total - block * BLOCK))) {
        return this.open("quietly");
      }
      // What came into sight meanwhile is as new.
      const inSight = new Set(blocksOf(this.wanted, this.total));
      for (const block of this.blocks.keys()) if (!blocks.has(block) && !inSight.has(block)) this.blocks.delete(block);
      for (const [block, rows] of blocks) this.blocks.set(block, rows);
      this.newer ||= others;
      this.trouble = null;
      void this.fetchWanted();
    } catch (thrown) {
      const error = toApiError(thrown);
      if (view !== this.view) return;
      if (error.code === "view_gone") return this.open("quietly");
      this.trouble = error;
    }
  }

  async loadChoices(): Promise<void> {
    try {
      this.choices = await this.backend.call("filter_choices", { store_id: this.storeId });
    } catch {
      // Without choices the filters still show what is chosen; the list itself tells the trouble.
    }
  }

  /** A list that was opened is known to its end. */
  counted(view: number, total: number): void {
    if (view === this.view) {
      this.total = total;
      this.counting = false;
      void this.fetchWanted();
      return;
    }
    this.totals.set(view, total);
    if (this.waiting?.view === view) this.waiting.tell(total);
  }

  /** A list that was opened will never be known to its end. */
  uncounted(view: number, error: ApiError): void {
    if (this.waiting?.view === view) {
      this.waiting.tell(null);
    } else if (view !== this.view) {
      this.failed.set(view, error);
      return;
    } else if (error.code === "cancelled") {
      // Ended by another question. Where that is not one of ours that is on its way, two have overtaken one another.
      if (this.opening === 0) void this.open("quietly");
      return;
    }
    this.endHere(error);
  }

  private endHere(error: ApiError): void {
    this.counting = false;
    this.cut = true;
    if (error.code !== "cancelled") this.trouble = error;
  }

  /** How many a list has that was just opened; null when another one is opened before that is known, or it never will be. */
  private whole(view: ListView): Promise<number | null> {
    const known = view.is_counting ? this.totals.get(view.view) : view.total;
    if (known !== undefined) return Promise.resolve(known);
    const error = this.failed.get(view.view);
    if (error) {
      this.trouble = error;
      return Promise.resolve(null);
    }
    return new Promise((tell) => (this.waiting = { view: view.view, tell }));
  }

  async open(how: "anew" | "quietly", again = false): Promise<void> {
    // A search that is on its way will see the change anyway, and must not lose its own start at the top.
    if (how === "quietly" && this.searching) return;
    const generation = ++this.generation;
    const quiet = how === "quietly" && this.loaded;
    const query = this.query();
    this.searching = !quiet;
    this.waiting?.tell(null);
    this.waiting = null;
    this.opening += 1;
    try {
      const opened = await this.backend.call("list_open", query);
      if (generation !== this.generation) return;
      // Somebody may look at rows far below the beginning: these stay until there are others.
      const total = quiet ? await this.whole(opened) : opened.total;
      if (total === null || generation !== this.generation) return;
      const anchor = quiet ? this.anchor() : null;
      const blocks = new Map([[0, opened.rows]]);
      if (quiet) await this.readMissing(blocks, opened.view, blocksOf(this.wanted, total));
      for (const distance of anchor === null ? [] : SEARCHED_BLOCKS) {
        if (anchor === null || this.find(anchor.id, blocks) !== null) break;
        const around = { first: anchor.index - distance * BLOCK, last: anchor.index + distance * BLOCK };
        await this.readMissing(blocks, opened.view, blocksOf(around, total));
      }
      if (generation !== this.generation) return;
      this.replace(opened.view, total, blocks, anchor, quiet);
      this.counting = opened.is_counting && !quiet;
      const counted = this.totals.get(opened.view);
      const failure = this.failed.get(opened.view);
      this.totals.clear();
      this.failed.clear();
      if (this.counting && failure?.code === "cancelled" && !again) return this.open("quietly", true);
      if (this.counting && failure) this.endHere(failure);
      if (this.counting && counted !== undefined) this.counted(opened.view, counted);
    } catch (thrown) {
      if (generation !== this.generation) return;
      const error = toApiError(thrown);
      // Two questions that overtook one another: the older one has ended this, the newest.
      if (error.code === "cancelled" && !again) {
        if (!quiet) this.searching = false;
        return this.open(how, true);
      }
      this.trouble = error;
      this.counting = false;
    } finally {
      this.opening -= 1;
      if (generation === this.generation) this.searching = false;
    }
    void this.fetchWanted();
  }

  private replace(
    view: number,
    total: number,
    blocks: Map<number, CustomerRowDto[]>,
    anchor: { id: number; index: number } | null,
    quiet: boolean,
  ): void {
    this.view = view;
    this.total = total;
    this.fetching.clear();
    this.blocks.clear();
    for (const [block, rows] of blocks) this.blocks.set(block, rows);
    this.loaded = true;
    this.newer = this.cut = false;
    this.trouble = null;
    if (!quiet) {
      this.top = 0;
      notePainted("rows");
    }
    const moved = anchor === null ? null : this.find(anchor.id, blocks);
    if (anchor !== null && moved !== null) {
      this.top = Math.max(0, this.top + (moved - anchor.index) * ROW_HEIGHT);
      // The pointer did not move, so it is on the same row: at another place of the list now.
      if (this.hovered === anchor.index) this.hovered = moved;
    }
    if (this.activeId !== null) {
      const active = this.find(this.activeId, blocks);
      this.activeIndex = active ?? (quiet ? Math.min(this.activeIndex, total - 1) : -1);
    } else {
      this.activeIndex = -1;
    }
  }

  /** The row that must stay where it is: the one under the pointer, else the active one in sight, else the topmost. */
  private anchor(): { id: number; index: number } | null {
    const first = Math.ceil(this.top / ROW_HEIGHT);
    const inSight = this.activeIndex >= first && this.activeIndex <= this.wanted.last;
    const index = this.hovered ?? (inSight ? this.activeIndex : this.top > 0 ? first : null);
    const id = index === null ? undefined : this.row(index)?.id;
    return index === null || id === undefined ? null : { id, index };
  }

  private find(id: number, blocks: Map<number, CustomerRowDto[]>): number | null {
    for (const [block, rows] of blocks) {
      const place = rows.findIndex((row) => row.id === id);
      if (place >= 0) return block * BLOCK + place;
    }
    return null;
  }

  /** Blocks that stand side by side come in one answer. */
  private async read(view: number, wanted: number[]): Promise<Map<number, CustomerRowDto[]>> {
    const answers = await Promise.all(
      runsOf(wanted).map(async (run) => {
        const [first = 0] = run;
        const request = { view, offset: first * BLOCK, limit: run.length * BLOCK };
        const { rows } = await this.backend.call("list_rows", request);
        return run.map((block) => [block, rows.slice((block - first) * BLOCK, (block - first + 1) * BLOCK)] as const);
      }),
    );
    return new Map(answers.flat());
  }

  private async readMissing(blocks: Map<number, CustomerRowDto[]>, view: number, wanted: number[]): Promise<void> {
    const missing = wanted.filter((block) => !blocks.has(block));
    for (const [block, rows] of await this.read(view, missing)) blocks.set(block, rows);
  }

  private async fetchWanted(): Promise<void> {
    const view = this.view;
    if (view === null || this.fetching.size > 1) return;
    const missing = blocksOf(this.wanted, this.total).filter(
      (block) => !this.blocks.has(block) && !this.fetching.has(block),
    );
    if (missing.length === 0) return;
    for (const block of missing) this.fetching.add(block);
    try {
      const blocks = await this.read(view, missing);
      if (view !== this.view) return;
      for (const [block, rows] of blocks) this.blocks.set(block, rows);
      this.forget();
    } catch (thrown) {
      const error = toApiError(thrown);
      if (view !== this.view) return;
      // Views are few; ours was dropped for newer ones. Opening it again brings the same rows.
      if (error.code === "view_gone") void this.open("quietly");
      else this.trouble = error;
      return;
    } finally {
      for (const block of missing) this.fetching.delete(block);
    }
    // While these came, the person may have scrolled on.
    await this.fetchWanted();
  }

  private forget(): void {
    const middle = Math.floor((this.wanted.first + this.wanted.last) / 2 / BLOCK);
    const farthestFirst = [...this.blocks.keys()].sort(
      (one, other) => Math.abs(other - middle) - Math.abs(one - middle),
    );
    for (const block of farthestFirst.slice(0, Math.max(0, this.blocks.size - KEPT_BLOCKS))) this.blocks.delete(block);
  }
}

function blocksOf(around: { first: number; last: number }, total: number): number[] {
  const first = Math.max(0, Math.floor(around.first / BLOCK));
  const last = Math.min(Math.ceil(total / BLOCK) - 1, Math.floor(around.last / BLOCK));
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, place) => first + place);
}

/** What stands side by side, together, but not more than the program gives at once. */
function runsOf(blocks: number[]): number[][] {
  const runs: number[][] = [];
  for (const block of blocks) {
    const run = runs.at(-1);
    if (run !== undefined && run.at(-1) === block - 1 && run.length < BLOCKS_AT_ONCE) run.push(block);
    else runs.push([block]);
  }
  return runs;
}
