/** A short notice that something is done. Never for errors: those stay where they belong until they are dealt with. */
export interface Notice {
  id: number;
  text: string;
  detail: string | null;
  action: { label: string; testid: string; run: () => void } | null;
}

const SHORT = 4000;
/** With something to click on, people get more time. */
const LONG = 12_000;

export class Notices {
  shown = $state.raw<Notice[]>([]);
  private next = 1;
  private timers = new Map<number, number>();

  tell(text: string, more: Partial<Pick<Notice, "detail" | "action">> = {}): void {
    const notice: Notice = { id: this.next++, text, detail: more.detail ?? null, action: more.action ?? null };
    this.shown = [...this.shown.slice(-2), notice];
    this.resume(notice.id);
  }

  dismiss(id: number): void {
    this.hold(id);
    this.shown = this.shown.filter((notice) => notice.id !== id);
  }

  /** While the pointer or the focus is on it, a notice stays. */
  hold(id: number): void {
    window.clearTimeout(this.timers.get(id));
    this.timers.delete(id);
  }

  resume(id: number): void {
    this.hold(id);
    const time = this.shown.find((notice) => notice.id === id)?.action ? LONG : SHORT;
    this.timers.set(
      id,
      window.setTimeout(() => this.dismiss(id), time),
    );
  }
}
