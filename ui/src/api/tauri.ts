import { invoke } from "@tauri-apps/api/core";
import { listen } from "@tauri-apps/api/event";

import type { Backend } from "./backend";
import { toApiError } from "./errors";
import type { AppEvent } from "./generated/types";

const CHANNEL = "app-event";

/** The backend inside the desktop window. */
export const tauriBackend: Backend = {
  async call(name, request) {
    try {
      return await invoke(name, { request });
    } catch (thrown) {
      throw toApiError(thrown);
    }
  },

  listen(onEvent) {
    const stopping = listen<AppEvent>(CHANNEL, (event) => onEvent(event.payload));
    return () => void stopping.then((stop) => stop());
  },
};
