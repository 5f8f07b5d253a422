import type { Code } from "../generated/types";

/** What the fake world is like. Read from the page's address: `?fake=first-pass&lang=es-AR&theme=dark`. */
export interface Scenario {
  kind:
    | "usual"
    | "all-platforms"
    | "empty"
    | "first-pass"
    | "offline"
    | "sign-in-needed"
    | "no-match"
    | "huge"
    | "no-customers";
  problem: Code | null;
  /** What a look at the book finds. */
  book: "whole" | "search" | "pages" | "person" | "torn" | "unreadable";
  language: string | null;
  theme: string | null;
  /** Milliseconds that an answer takes; `remote` where the store is asked. */
  latency: { local: number; remote: number };
}

export const USUAL: Scenario = {
  kind: "usual",
  problem: null,
  book: "whole",
  language: null,
  theme: null,
  latency: { local: 4, remote: 350 },
};

export function scenarioFromAddress(search: string): Scenario {
  const asked = new URLSearchParams(search);
  return {
    ...USUAL,
    kind: (asked.get("fake") as Scenario["kind"] | null) ?? "usual",
    problem: asked.get("problem") as Code | null,
    book: (asked.get("book") as Scenario["book"] | null) ?? "whole",
    language: asked.get("lang"),
    theme: asked.get("theme"),
  };
}
