import { expect, it } from "vitest";

import { wordDiff } from "./word-diff";

const marked = (before: string, after: string) =>
  wordDiff(before, after)
    .map((piece) => (piece.changed ? `[${piece.text}]` : piece.text))
    .join("");

it("marks the words that are new", () => {
  expect(marked("Prefere sextas à tarde", "Prefere sábados à tarde")).toBe("Prefere [sábados] à tarde");
});

it("marks a run of new words as one", () => {
  expect(marked("Prefere sextas", "Prefere sextas. Pede nota fiscal")).toBe("Prefere [sextas. Pede nota fiscal]");
});

it("marks nothing in equal texts and nothing in an emptied one", () => {
  expect(marked("igual", "igual")).toBe("igual");
  expect(marked("texto", "")).toBe("");
});

it("marks everything where nothing was", () => {
  expect(marked("", "novo texto")).toBe("[novo texto]");
});

it("does not compare endless texts word by word", () => {
  const long = "palavra ".repeat(5000);
  expect(wordDiff(long, `${long}mais`)).toEqual([{ text: `${long}mais`, changed: true }]);
});

it("always gives back the whole text", () => {
  const after = "  duas  linhas\ncom espaços  ";
  expect(
    wordDiff("linhas outras", after)
      .map((piece) => piece.text)
      .join(""),
  ).toBe(after);
});
