import { m } from "../paraglide/messages.js";
import { number } from "./format";

/** A number that is known, or of which only so much is known yet. */
export const atLeast = (count: number, more: boolean) => (more ? `${number(count)}+` : number(count));

/** Counted things: the number in the language's digits, the word in its plural. `more`: there are more, and they are being counted. */
const counted =
  (message: (inputs: { count: number; shown: string }) => string) =>
  (count: number, more = false) =>
    message({ count, shown: atLeast(count, more) });

export const customersCount = counted(m.count_customers);
export const storesCount = counted(m.count_stores);
export const editsWaiting = counted(m.count_edits_waiting);
export const toDecideCount = counted(m.count_to_decide);
export const ordersCount = counted(m.count_orders);
export const piecesCount = counted(m.count_pieces);
export const rowsCount = counted(m.count_rows);
export const signInsCount = counted(m.count_sign_ins);
export const foundCount = counted(m.count_found);
export const newCount = counted(m.count_new);
export const skippedCount = counted(m.count_skipped);
export const storesRebuilt = counted(m.rebuilt_stores);
export const editsRebuilt = counted(m.rebuilt_edits);
export const notesRebuilt = counted(m.rebuilt_notes);
