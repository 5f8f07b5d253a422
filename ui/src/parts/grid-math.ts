/**
 * A list can be taller than what a web view lets an element be (about 33 million pixels; positions lose whole pixels
 * before that). Then the element is shorter than its content, and the scrollbar moves over it in proportion.
 *
 * content: pixels of all rows. track: height of the element that stands for them. `contentTop`: how far into the
 * content the first visible pixel lies.
 */
export const TRACK_LIMIT = 12_000_000;

export interface Track {
  content: number;
  track: number;
  viewport: number;
}

export function trackOf(count: number, rowHeight: number, viewport: number, limit = TRACK_LIMIT): Track {
  const content = count * rowHeight;
  return { content, track: Math.min(content, limit), viewport };
}

export function isScaled(track: Track): boolean {
  return track.content > track.track;
}

export function clampTop(track: Track, contentTop: number): number {
  return Math.min(Math.max(0, contentTop), Math.max(0, track.content - track.viewport));
}

/** Where in the content a position of the scrollbar is. */
export function contentTopAt(track: Track, scrollTop: number): number {
  if (!isScaled(track)) return clampTop(track, scrollTop);
  const way = track.track - track.viewport;
  return way <= 0 ? 0 : clampTop(track, (scrollTop / way) * (track.content - track.viewport));
}

/** Where the scrollbar stands for a place in the content. */
export function scrollTopAt(track: Track, contentTop: number): number {
  const top = clampTop(track, contentTop);
  if (!isScaled(track)) return top;
  return (top / (track.content - track.viewport)) * (track.track - track.viewport);
}

/** Rows to render: the visible ones and some around them. `last` is included; -1 when there is none. */
export function rowsInSight(
  track: Track,
  contentTop: number,
  rowHeight: number,
  around: number,
): { first: number; last: number } {
  const count = Math.round(track.content / rowHeight);
  if (count === 0 || track.viewport <= 0) return { first: 0, last: -1 };
  const first = Math.floor(contentTop / rowHeight) - around;
  const last = Math.ceil((contentTop + track.viewport) / rowHeight) - 1 + around;
  return { first: Math.max(0, first), last: Math.min(count - 1, last) };
}

/** The place that shows a row whole, moving as little as possible. */
export function topThatShows(track: Track, contentTop: number, rowHeight: number, row: number): number {
  const start = row * rowHeight;
  if (start < contentTop) return clampTop(track, start);
  if (start + rowHeight > contentTop + track.viewport) return clampTop(track, start + rowHeight - track.viewport);
  return contentTop;
}

/** The next row for a key of the list, or null when the key means nothing to it. */
export function rowForKey(key: string, active: number, count: number, page: number): number | null {
  if (count === 0) return null;
  const within = (row: number) => Math.min(Math.max(0, row), count - 1);
  switch (key) {
    case "ArrowDown":
    case "j":
      return within(active + 1);
    case "ArrowUp":
    case "k":
      return active < 0 ? 0 : within(active - 1);
    case "PageDown":
      return within(active + page);
    case "PageUp":
      return within(active - page);
    case "Home":
      return 0;
    case "End":
      return count - 1;
    default:
      return null;
  }
}
