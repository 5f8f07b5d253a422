import type { Backend } from "./backend";
import { tauriBackend } from "./tauri";

/**
 * Chooses what stands behind the interface. The fake is loaded only where there is no desktop shell, and is left out
 * of the product: `vite build` without `--mode fake` drops the branch.
 */
export async function connectBackend(): Promise<Backend> {
  const inShell = "__TAURI_INTERNALS__" in window;
  if (!inShell && (import.meta.env.DEV || import.meta.env.MODE === "fake")) {
    const { createFake, scenarioFromAddress } = await import("./fake");
    return createFake(scenarioFromAddress(window.location.search));
  }
  return tauriBackend;
}
