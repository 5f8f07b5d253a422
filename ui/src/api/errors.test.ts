import { expect, it } from "vitest";

import { toApiError } from "./errors";

it("passes an error of the app on", () => {
  const error = { code: "key_missing", message: "no key", details: { path: "/x" } };
  expect(toApiError(error)).toEqual(error);
});

it("adds the details that an old core leaves out", () => {
  expect(toApiError({ code: "busy", message: "runs" })).toEqual({ code: "busy", message: "runs", details: {} });
});

it.each([
  ["command list_open not found", "command list_open not found"],
  [new Error("missing permission"), "missing permission"],
  [undefined, "unknown failure"],
  [{ code: 3 }, "unknown failure"],
])("turns %o into an internal error", (thrown, message) => {
  expect(toApiError(thrown)).toEqual({ code: "internal", message, details: {} });
});
