/**
 * Keeps what somebody works at in its place while an answer of the store changes the page: whoever is about to press a button
 * must not press what slid under the pointer meanwhile. WebKit has no scroll anchoring of its own.
 */

/**
 * Holds one page still. It is told before each change of the page, and `settled` comes when the changes are in the page.
 * At the very top, with nobody at work in it, nothing is held: what appears above is what people came to read.
 */
export function stillness(settled: () => Promise<void>): (body: HTMLElement) => void {
  let holding = false;
  return (body) => {
    // A change that follows before the last one was made good goes with it: measured now, the place that
    // the last one moved the anchor to would be held.
    if (holding) return;
    const restore = remember(body);
    holding = true;
    void settled().then(() => {
      holding = false;
      restore();
    });
  };
}

/** Remembers where the anchor is; what it returns brings the anchor back to there, as far as the body can scroll. */
function remember(body: HTMLElement): () => void {
  const anchor = anchorOf(body);
  if (anchor === null) return () => {};
  const top = anchor.getBoundingClientRect().top;
  return () => {
    const moved = anchor.isConnected ? anchor.getBoundingClientRect().top - top : 0;
    // Scrolling by nothing would still end a scroll that is under way.
    if (Math.abs(moved) >= 1) body.scrollTop += moved;
  };
}

/** What is typed into, else what the pointer is over, else what has the focus, else the first section in sight. */
function anchorOf(body: HTMLElement): Element | null {
  const pointed = [...body.children].find((section) => section.matches(":hover"));
  const focused = document.activeElement;
  if (focused?.matches("input, textarea") && body.contains(focused)) return focused;
  if (pointed) return deepestHovered(pointed);
  if (focused && focused !== body && body.contains(focused)) return focused;
  if (body.scrollTop === 0) return null;
  const edge = body.getBoundingClientRect().top;
  return [...body.children].find((section) => section.getBoundingClientRect().bottom > edge) ?? null;
}

/** A section can grow inside itself, above the pointer. */
function deepestHovered(section: Element): Element {
  const inner = [...section.children].find((child) => child.matches(":hover"));
  return inner ? deepestHovered(inner) : section;
}
