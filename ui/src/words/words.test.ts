import { afterEach, describe, expect, it } from "vitest";

import en from "../../messages/en.json";
import es from "../../messages/es-AR.json";
import pt from "../../messages/pt-BR.json";
import type { Code } from "../api/generated/types";
import { customersCount } from "./counts";
import { errorLine, errorWords } from "./errors";
import { language, locales, speak } from "./language.svelte";
import { ownReason } from "./states";

type Messages = Record<string, unknown>;
const texts = (messages: Messages) =>
  Object.entries(messages).map(([key, value]) => [key, JSON.stringify(value)] as const);
const inputs = (text: string) => [...new Set(text.match(/\{[a-z]+\}/g) ?? [])].sort();

afterEach(() => speak("en"));

describe("the three languages", () => {
  it.each([
    ["pt-BR", pt],
    ["es-AR", es],
  ])("%s has every message, with the same values in it", (_name, messages) => {
    expect(Object.keys(messages).sort()).toEqual(Object.keys(en).sort());
    for (const [key, text] of texts(messages)) {
      expect([key, inputs(text)]).toEqual([key, inputs(JSON.stringify((en as Messages)[key]))]);
    }
  });

  it("do not boast, and do not blame", () => {
    for (const [, text] of [en, pt, es].flatMap((messages) => texts(messages))) {
      expect(text).not.toMatch(/successfully|com sucesso|con éxito|exitosamente|invalid|inválid|oops|!/i);
    }
  });

  it("address people as they are used to", () => {
    for (const [, text] of texts(es)) expect(text).not.toMatch(/\b(tú|puedes|quieres|usted|haz clic)\b/i);
    for (const [, text] of texts(pt)) expect(text).not.toMatch(/\b(tu|vosso)\b/i);
  });

  it("say small and large counts", () => {
    speak("pt-BR");
    expect(customersCount(1)).toBe("1 cliente");
    expect(customersCount(12_480)).toBe("12.480 clientes");
    expect(customersCount(1_000_000)).toBe("1.000.000 clientes");
  });

  it("fall back to the system's language, then to English", () => {
    speak(null, "es-AR");
    expect(language()).toBe("es-AR");
    speak("fr", "de");
    expect(language()).toBe("en");
  });
});

describe("the words for errors", () => {
  // A code that is added to the contract and not here does not compile.
  const every: Record<Code, true> = {
    invalid_input: true,
    unknown_platform: true,
    unknown_field: true,
    unwritable_field: true,
    unknown_role: true,
    role_not_yours: true,
    insecure_url: true,
    unknown_store: true,
    store_name_taken: true,
    not_found: true,
    unsupported: true,
    confirmation_needed: true,
    duplicate_customer: true,
    view_gone: true,
    question_changed: true,
    sign_in_needed: true,
    forbidden: true,
    unpaid: true,
    unreachable: true,
    rate_limited: true,
    store_refused: true,
    store_fault: true,
    store_unreadable: true,
    outcome_unknown: true,
    account_changed: true,
    folder_in_use: true,
    key_missing: true,
    key_wrong: true,
    keychain_unavailable: true,
    file_damaged: true,
    file_missing: true,
    nothing_readable: true,
    file_newer: true,
    disk_full: true,
    database: true,
    target_locked: true,
    target_denied: true,
    target_failed: true,
    cancelled: true,
    internal: true,
  };

  it.each(locales)("exist for every code in %s", (locale) => {
    speak(locale);
    for (const code of Object.keys(every) as Code[]) {
      const words = errorWords({ code, message: "technical words", details: { store: "Loja SP", field: "phone" } });
      expect(words.title.length).toBeGreaterThan(3);
      expect(words.title).not.toContain("undefined");
      // The technical sentence is for logs, unless it carries what the store said.
      if (!["forbidden", "store_refused", "internal"].includes(code)) {
        expect(errorLine({ code, message: "technical words", details: {} })).not.toContain("technical words");
      }
    }
  });

  it("show what the store said, and name the store", () => {
    const words = errorWords({ code: "store_refused", message: "Only a SysAdmin can", details: { store: "Loja SP" } });
    expect(words.quote).toBe("Only a SysAdmin can");
    expect(words.title).toContain("Loja SP");
  });

  it("show what the store said of single fields", () => {
    const details = { reason: "Unprocessable", "field.phone": "is too short" };
    const words = errorWords({ code: "store_refused", message: "422", details });
    expect(words.quote).toBe("Unprocessable · Phone: is too short");
  });

  it("tell a wrong address from a refusal, and hidden data from a field that is read only", () => {
    const at = (code: Code, details: Record<string, string>) => errorWords({ code, message: "", details }).title;
    expect(at("store_refused", { reason: "wrong_address" })).toBe("No store answers at this address");
    expect(at("unwritable_field", { field: "email" })).toContain("E-mail");
    expect(at("unwritable_field", { reason: "masked" })).toContain("hides");
  });

  it("say where a file is that could not take its place", () => {
    const details = { path: "/a.csv", kept: "/a.part" };
    expect(errorWords({ code: "target_locked", message: "", details }).safe).toContain("/a.part");
  });

  it("survive a code from a newer core", () => {
    const code = "quite_new" as Code;
    expect(errorWords({ code, message: "something", details: {} }).title).not.toBe("");
  });
});

it("keeps the store's reason for a refusal and words our own", () => {
  expect(ownReason("Phone number is not valid")).toBeNull();
  expect(ownReason("gone")).toContain("does not have");
  expect(ownReason(null)).toContain("no reason");
});
