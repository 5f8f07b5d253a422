import { createContext } from "svelte";

import type { Desk } from "./desk.svelte";

/** The one `Desk` of a window, handed down by the context and never reached as a global. */
export const [useDesk, provideDesk] = createContext<Desk>();
