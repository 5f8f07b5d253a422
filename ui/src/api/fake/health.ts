import type { HealthDto, ProblemDto, RebuiltDto } from "../generated/types";
import { refuse, type Book } from "./book";

const SEARCH: ProblemDto = { code: "search", remedy: "mend", message: "the search is incomplete", details: {} };

/** A book that is whole, or as the page's address wants it: `?book=search`. */
export function health(book: Book): HealthDto {
  const kind = book.scenario.book;
  const problems: ProblemDto[] = [];
  if (kind === "search") problems.push(SEARCH);
  if (kind === "pages") problems.push({ code: "pages", remedy: "rebuild", message: "page 7", details: {} });
  if (kind === "person") {
    const store = book.stores[0]?.name ?? "Loja";
    problems.push({ code: "credentials", remedy: "person", message: "no token", details: { store } });
    problems.push({ code: "clock", remedy: "person", message: "off", details: { store, seconds: "10860" } });
  }
  return { problems, mended: [], set_aside: [] };
}

export function mend(book: Book): HealthDto {
  const mended = health(book).problems.filter((problem) => problem.remedy === "mend");
  if (mended.length > 0) book.scenario.book = "whole";
  return { ...health(book), mended };
}

export function rebuild(book: Book, mayLose: boolean): RebuiltDto {
  if (book.scenario.book === "unreadable" && !mayLose) throw refuse("nothing_readable", "neither can be read");
  book.scenario.book = "whole";
  book.scenario.problem = null;
  const set_aside = ["/home/lucia/.local/share/clientela/clientela-set-aside-1.db"];
  return {
    was_needed: true,
    stores: book.stores.length,
    edits: book.edits.length,
    notes: 3,
    is_complete: !mayLose,
    set_aside,
  };
}
