import type { Commands } from "./generated/commands";
import type { AppEvent } from "./generated/types";

/** What stands behind the interface: the Tauri shell, or the fake one in a plain browser. */
export interface Backend {
  /** Rejects with an `ApiError` and with nothing else. */
  call<K extends keyof Commands>(name: K, request: Commands[K][0]): Promise<Commands[K][1]>;
  /** Returns the function that stops listening. */
  listen(onEvent: (event: AppEvent) => void): () => void;
}
