import { afterEach, describe, expect, it } from "vitest";

import { clock, day, moment, money, number, phone, whatsappLink } from "./format";
import { speak } from "./language.svelte";

const plainSpaces = (text: string) => text.replace(/\s/g, " ");

afterEach(() => speak("en"));

describe("money", () => {
  it("follows the language, and names the currency", () => {
    speak("pt-BR");
    expect(plainSpaces(money("2500.5", "BRL"))).toBe("R$ 2.500,50");
    expect(plainSpaces(money("2500.50", "ARS"))).toBe("ARS 2.500,50");
    speak("es-AR");
    expect(plainSpaces(money("2500.50", "ARS"))).toBe("$ 2.500,50");
  });

  it("loses no digit", () => {
    speak("pt-BR");
    expect(plainSpaces(money("12345678901234567890.12", "BRL"))).toBe("R$ 12.345.678.901.234.567.890,12");
    expect(plainSpaces(money("0.125", "BRL"))).toBe("R$ 0,125");
    expect(plainSpaces(money("-0.50", "BRL"))).toBe("-R$ 0,50");
  });

  it("is a plain number without a currency, and shows what it cannot read", () => {
    speak("pt-BR");
    expect(money("10", null)).toBe("10,00");
    expect(money("1e5", "BRL")).toBe("1e5");
    expect(money(null, "BRL")).toBe("");
    expect(money("5", "R$")).toBe("5,00");
  });
});

describe("moments", () => {
  const now = Date.parse("2026-11-21T15:00:00Z");

  it("are relative for a day, then dates", () => {
    expect(moment("2026-11-21T14:59:40Z", now)).toBe("just now");
    speak("pt-BR");
    expect(moment("2026-11-21T14:55:00Z", now)).toMatch(/^há 5 min/);
    expect(moment("2026-11-21T12:00:00Z", now)).toBe("há 3 h");
    expect(moment("2026-11-19T12:00:00Z", now)).toContain("2026");
  });

  it("are shown as they came when they are no moments", () => {
    expect(moment("yesterday", now)).toBe("yesterday");
    expect(moment(null, now)).toBe("");
  });

  it("tell the time of today, and the date of other days", () => {
    speak("es-AR");
    expect(clock(new Date(now).toISOString(), now)).toMatch(/^\d{2}:\d{2}$/);
    expect(clock("2026-11-19T12:00:00Z", now)).toMatch(/19.*\d{2}:\d{2}/);
  });
});

it("takes a date without a time in no zone", () => {
  speak("pt-BR");
  expect(day("1990-01-01")).toContain("1990");
  expect(day("1990-01-01")).toMatch(/^1 /);
});

it("groups phones of Brazil and Argentina and leaves others alone", () => {
  expect(phone("+5581988881234")).toBe("+55 81 98888-1234");
  expect(phone("+5491144445555")).toBe("+54 9 11 4444-5555");
  expect(phone("+5493514445555")).toBe("+54 9 351 444-5555");
  expect(phone("11 9****-**34")).toBe("11 9****-**34");
  expect(whatsappLink("+5581988881234")).toBe("https://wa.me/5581988881234");
  expect(whatsappLink("988881234")).toBeNull();
});

it("writes numbers in the language", () => {
  speak("pt-BR");
  expect(number(1_234_567)).toBe("1.234.567");
});
