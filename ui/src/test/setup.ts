import { cleanup, configure } from "@testing-library/svelte";
import { afterEach, vi } from "vitest";

configure({
  asyncUtilTimeout: 10_000,
  // The whole page in every failure hides what failed.
  getElementError: (message) => new Error(message ?? "not found"),
});

// The test page has no layout: give every element the size of a small window, so that windowed rows are rendered.
for (const [name, pixels] of [
  ["clientHeight", 640],
  ["clientWidth", 1000],
] as const) {
  Object.defineProperty(HTMLElement.prototype, name, { configurable: true, get: () => pixels });
}

Object.defineProperty(navigator, "clipboard", {
  configurable: true,
  value: { writeText: vi.fn(() => Promise.resolve()) },
});

afterEach(() => {
  cleanup();
  document.body.innerHTML = "";
});
