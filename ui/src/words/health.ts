import type { ProblemDto, RebuiltDto } from "../api/generated/types";
import { m } from "../paraglide/messages.js";
import { editsRebuilt, notesRebuilt, storesRebuilt } from "./counts";
import { apart } from "./format";

/** What is wrong with the book, in a sentence. */
export function problemWords(problem: ProblemDto): string {
  const store = problem.details["store"] ?? m.word_the_store();
  switch (problem.code) {
    case "pages":
    case "references":
      return m.health_pages();
    case "index":
    case "search":
      return m.health_search();
    case "second_copy":
      return m.health_second_copy();
    case "credentials":
      return m.health_credentials({ store });
    case "keychain":
      return m.health_keychain();
    case "clock":
      return m.health_clock({ store, time: apart(Number(problem.details["seconds"] ?? 0)) });
  }
}

/** What a new book was given. */
export const rebuiltWords = (made: RebuiltDto): string =>
  [storesRebuilt(made.stores), editsRebuilt(made.edits), notesRebuilt(made.notes)].join(" ");
