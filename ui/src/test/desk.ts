import { render, screen, waitFor } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";

import type { Backend } from "../api/backend";
import { createFake, USUAL, type Scenario } from "../api/fake";
import App from "../App.svelte";
import { Desk } from "../state/desk.svelte";

/** A quick fake: nothing takes time, so that tests do not. */
export function fake(changes: Partial<Scenario> = {}): Backend {
  return createFake({ ...USUAL, language: "en", latency: { local: 0, remote: 5 }, ...changes });
}

/** The whole window on a fake backend, started. */
export async function openWindow(backend: Backend = fake()) {
  const desk = new Desk(backend);
  render(App, { desk });
  await desk.start();
  return { desk, user: userEvent.setup() };
}

export async function rows(): Promise<HTMLElement[]> {
  return waitFor(() => {
    const found = screen.getAllByTestId("row");
    if (found.length === 0) throw new Error("no rows yet");
    return found;
  });
}

export function wait(milliseconds: number): Promise<void> {
  return new Promise((resolve) => window.setTimeout(resolve, milliseconds));
}

/** The five stores of the fake, one a platform, by the order in which they are connected. */
export const STORES = { inallweb: 1, tiendanube: 2, uappi: 3, tiendanegocio: 4, yampi: 5 } as const;

/** Somebody of one of them about whom nothing is odd. */
export function customerOf(platform: keyof typeof STORES, index = 20): number {
  return STORES[platform] * 10_000 + index;
}
