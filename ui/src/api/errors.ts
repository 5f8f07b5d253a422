import type { ApiError } from "./generated/types";

/**
 * Turns whatever was thrown into an `ApiError`. Commands reject with one; Tauri itself rejects with free text
 * (unknown command, missing permission, an argument that cannot be read), and our own code throws `Error`s.
 */
export function toApiError(thrown: unknown): ApiError {
  if (isApiError(thrown)) {
    return { code: thrown.code, message: thrown.message, details: thrown.details ?? {} };
  }
  if (thrown instanceof Error) {
    return { code: "internal", message: thrown.message, details: {} };
  }
  return { code: "internal", message: typeof thrown === "string" ? thrown : "unknown failure", details: {} };
}

function isApiError(thrown: unknown): thrown is Omit<ApiError, "details"> & { details?: ApiError["details"] } {
  if (typeof thrown !== "object" || thrown === null) return false;
  const candidate = thrown as Record<string, unknown>;
  return typeof candidate["code"] === "string" && typeof candidate["message"] === "string";
}
