export interface Piece {
  text: string;
  changed: boolean;
}

/** Long texts are compared by words up to this many; beyond, the table would grow too large for a glance. */
const MOST_WORDS = 1500;

/** The words of `after`, with those marked that `before` does not have in this order. */
export function wordDiff(before: string, after: string): Piece[] {
  if (before === after) return after === "" ? [] : [{ text: after, changed: false }];
  const old = wordsOf(before);
  const now = wordsOf(after);
  if (old.length > MOST_WORDS || now.length > MOST_WORDS) return [{ text: after, changed: true }];
  const common = kept(old, now);
  return merge(now.map((text, place) => ({ text, changed: !common.has(place) })));
}

function wordsOf(text: string): string[] {
  return text.match(/\s+|[^\s]+/gu) ?? [];
}

/** Places of `now` that belong to the longest common sequence of both. */
function kept(old: string[], now: string[]): Set<number> {
  const width = now.length + 1;
  const lengths = new Uint16Array((old.length + 1) * width);
  const at = (row: number, column: number) => lengths[row * width + column] as number;
  for (let row = old.length - 1; row >= 0; row -= 1) {
    for (let column = now.length - 1; column >= 0; column -= 1) {
      lengths[row * width + column] =
        old[row] === now[column] ? at(row + 1, column + 1) + 1 : Math.max(at(row + 1, column), at(row, column + 1));
    }
  }
  const places = new Set<number>();
  for (let row = 0, column = 0; row < old.length && column < now.length;) {
    if (old[row] === now[column]) {
      places.add(column);
      row += 1;
      column += 1;
    } else if (at(row + 1, column) >= at(row, column + 1)) row += 1;
    else column += 1;
  }
  return places;
}

function merge(pieces: Piece[]): Piece[] {
  const merged: Piece[] = [];
  pieces.forEach((piece, place) => {
    const last = merged.at(-1);
    // A space between two changed words is part of the change.
    const bridging = piece.text.trim() === "" && last?.changed === true && pieces[place + 1]?.changed === true;
    const changed = piece.changed || bridging;
    if (last && last.changed === changed) last.text += piece.text;
    else merged.push({ text: piece.text, changed });
  });
  return merged;
}
