/**
 * Notes in the window's own timeline when what changed just now can be seen: after the next frame was drawn. The bench reads it
 * (`cargo xtask bench --window`); only the newest mark of a name is kept.
 */
export function notePainted(name: string): void {
  requestAnimationFrame(() =>
    setTimeout(() => {
      performance.clearMarks(name);
      performance.mark(name);
    }),
  );
}
