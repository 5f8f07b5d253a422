import { afterEach, expect, it } from "vitest";

import { stillness } from "./steady";

afterEach(() => document.body.replaceChildren());

/** A body that scrolls, with a button at `top` of its content that has the focus. */
function page(top: number) {
  const body = document.createElement("div");
  const section = document.createElement("section");
  const button = document.createElement("button");
  section.append(button);
  body.append(section);
  document.body.append(body);
  const content = { top };
  let scrolled = 0;
  Object.defineProperty(body, "scrollTop", { get: () => scrolled, set: (to: number) => (scrolled = to) });
  button.getBoundingClientRect = () => ({ top: content.top - scrolled }) as DOMRect;
  button.focus();
  return { body, button, content };
}

/** Settles when the test says so. */
function settling() {
  let settle: (() => void)[] = [];
  return {
    settled: () => new Promise<void>((resolve) => settle.push(resolve)),
    async settle() {
      for (const each of settle) each();
      settle = [];
      await new Promise((resolve) => setTimeout(resolve));
    },
  };
}

it("brings what has the focus back to its place", async () => {
  const { body, button, content } = page(600);
  const changes = settling();
  const hold = stillness(changes.settled);
  hold(body);
  content.top += 268;
  await changes.settle();
  expect(button.getBoundingClientRect().top).toBe(600);
});

it("holds the first place when a second change comes before the first was made good", async () => {
  const { body, button, content } = page(600);
  const changes = settling();
  const hold = stillness(changes.settled);
  hold(body);
  content.top += 268;
  hold(body);
  content.top += 20;
  await changes.settle();
  expect(button.getBoundingClientRect().top).toBe(600);

  hold(body);
  content.top += 40;
  await changes.settle();
  expect(button.getBoundingClientRect().top, "and holds again afterwards").toBe(600);
});
