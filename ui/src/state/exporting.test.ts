import { describe, expect, it } from "vitest";

import type { Backend } from "../api/backend";
import { Exporting } from "./exporting.svelte";
import type { Settings } from "./settings.svelte";

/** A backend that writes until it is told to end. */
function slowBackend() {
  const called: string[] = [];
  let end: (thrown: unknown) => void = () => undefined;
  const backend = {
    call(name: string) {
      called.push(name);
      if (name === "export_cancel") {
        end({ code: "cancelled", message: "", details: {} });
        return Promise.resolve({});
      }
      return new Promise((_, reject) => (end = reject));
    },
    listen: () => () => undefined,
  } as unknown as Backend;
  return { backend, called };
}

describe("an export", () => {
  it("tells how far it has come, and ends without a word of trouble when a person ends it", async () => {
    const { backend, called } = slowBackend();
    const settings = { current: { export: {} }, learn: () => undefined } as unknown as Settings;
    const exporting = new Exporting(backend, settings);
    exporting.hear(5, 10);
    expect(exporting.done, "nothing is being written").toBeNull();
    const written = exporting.quick({} as never);
    exporting.hear(5, 10);
    expect([exporting.running, exporting.done]).toEqual([true, 0.5]);
    exporting.cancel();
    expect(await written).toBeNull();
    expect([exporting.running, exporting.trouble]).toEqual([false, null]);
    expect(called).toEqual(["export_quick", "export_cancel"]);
  });
});
