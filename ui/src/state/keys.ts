/** Commands that keys can give. Screens say what a command means while they are shown; the frame knows the keys. */
export type KeyCommand = "search" | "export" | "new" | "save" | "sync" | "previous" | "next" | "settings" | "keys";

export class Keys {
  private readonly meanings = new Map<KeyCommand, () => void>();

  /** Returns the function that takes the meaning back. */
  mean(command: KeyCommand, run: () => void): () => void {
    this.meanings.set(command, run);
    return () => {
      if (this.meanings.get(command) === run) this.meanings.delete(command);
    };
  }

  /** Whether the command meant something here. */
  run(command: KeyCommand): boolean {
    const meaning = this.meanings.get(command);
    meaning?.();
    return meaning !== undefined;
  }
}

/** The command of a key, or null. Plain characters are none while somebody types. */
export function commandOf(event: KeyboardEvent): KeyCommand | null {
  const control = event.ctrlKey || event.metaKey;
  const typing = isTyping(event.target);
  if (event.altKey) return null;
  if (event.key === "F5") return "sync";
  if (control && !event.shiftKey) {
    switch (event.key) {
      case "e":
        return "export";
      case "n":
        return "new";
      case "f":
        return "search";
      case "s":
        return "save";
      case ",":
        return "settings";
      // In a text these move by words.
      case "ArrowLeft":
        return typing ? null : "previous";
      case "ArrowRight":
        return typing ? null : "next";
    }
    return null;
  }
  if (typing || control) return null;
  if (event.key === "/") return "search";
  // In a dialog or a menu a letter is the dialog's or the menu's.
  if (event.key === "n") return isFloating(event.target) ? null : "new";
  return event.key === "?" ? "keys" : null;
}

function isFloating(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest("[role=dialog], [role=menu], [role=listbox]") !== null;
}

function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  return target.isContentEditable || target.matches("input:not([type=checkbox]):not([type=radio]), textarea, select");
}
