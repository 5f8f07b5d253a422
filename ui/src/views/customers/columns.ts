import type { GridColumn } from "../../parts/Grid.svelte";
import { fieldName } from "../../words/fields";

type Shape = Omit<GridColumn, "key" | "title"> & {
  /** When the list is narrow, the usual columns with the highest number go first. */
  rank: number;
};

/** Every column that the list can show, in its usual order. */
const SHAPES: Record<string, Shape> = {
  name: { least: 180, grow: 2.4, sortable: true, rank: 0 },
  email: { least: 150, grow: 1.8, sortable: true, rank: 2 },
  phone: { least: 146, grow: 0.4, rank: 1 },
  document: { least: 134, grow: 0.3, rank: 5 },
  company: { least: 130, grow: 1, rank: 99 },
  city: { least: 104, grow: 0.7, sortable: true, rank: 6 },
  role: { least: 96, grow: 0.3, sortable: true, rank: 9 },
  segment: { least: 84, grow: 0.3, sortable: true, rank: 8 },
  orders_count: { least: 68, grow: 0, right: true, sortable: true, rank: 4 },
  total_spent: { least: 112, grow: 0.2, right: true, sortable: true, rank: 3 },
  last_order_at: { least: 92, grow: 0.1, right: true, sortable: true, rank: 7 },
  created_at: { least: 92, grow: 0.1, right: true, sortable: true, rank: 99 },
  store: { least: 112, grow: 0.5, rank: 10 },
};

const GAP = 16;
/** What the grid keeps free at both sides, and a scrollbar that takes room. */
const SIDES = 46 + 14;
const USUAL_RANK = 10;

export const ALL_COLUMNS = Object.keys(SHAPES);

/** The person's columns, or the usual ones that find room. The name is always there. */
export function columnsFor(chosen: string[], width: number, manyStores: boolean): GridColumn[] {
  const own = chosen.filter((key) => key in SHAPES);
  if (own.length > 0) return ordered(["name", ...own.filter((key) => key !== "name")]);
  const usual = ALL_COLUMNS.filter((key) => shape(key).rank <= USUAL_RANK && (key !== "store" || manyStores));
  const byRank = usual.toSorted((one, other) => shape(one).rank - shape(other).rank);
  let room = width - SIDES + GAP;
  const fitting = new Set<string>();
  for (const key of byRank) {
    room -= shape(key).least + GAP;
    if (room < 0 && key !== "name") break;
    fitting.add(key);
  }
  return ordered(usual.filter((key) => fitting.has(key)));
}

function ordered(keys: string[]): GridColumn[] {
  return keys.map((key) => {
    const { least, grow, right, sortable } = shape(key);
    return { key, title: fieldName(key), least, grow, right, sortable };
  });
}

function shape(key: string): Shape {
  return SHAPES[key] as Shape;
}
