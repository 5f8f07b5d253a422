import { readFileSync } from "node:fs";
import { join } from "node:path";

import { afterEach, describe, expect, it } from "vitest";

import { PLATFORMS, platformOf } from "../api/fake/platforms";
import { fieldName, fieldText } from "./fields";
import { locales, speak } from "./language.svelte";
import { isKnownOwnField, ownChoices, ownFieldName, ownFieldText } from "./own-fields";
import { ownReason } from "./states";

afterEach(() => speak("en"));

const every = PLATFORMS.flatMap((platform) => platform.own_fields.map((own) => ({ platform, own })));
const yampi = platformOf("yampi");
const uappi = platformOf("uappi");

describe("own fields", () => {
  it("all have words, and so have their choices", () => {
    expect(every.length).toBeGreaterThan(20);
    expect(every.filter(({ own }) => !isKnownOwnField(own)).map(({ own }) => own.key)).toEqual([]);
  });

  it("are the ones that the connectors declare", () => {
    const readme = readFileSync(join(process.cwd(), "../docs/platforms/README.md"), "utf8");
    const row = readme.split("\n").find((line) => line.startsWith("| own fields |"));
    expect(row).toBeDefined();
    const declared = [...(row ?? "").matchAll(/([a-z_]+) \((?:write|read|sent)\)/g)].map((found) => found[1]);
    expect(declared.filter((key) => !every.some(({ own }) => own.key === key))).toEqual([]);
  });

  it.each(locales)("are named differently from each other in %s", (locale) => {
    speak(locale);
    for (const platform of [uappi, yampi]) {
      const names = platform.own_fields.map((own) => ownFieldName(own.key, platform));
      expect(new Set(names).size).toBe(names.length);
    }
  });

  it("keep the shop's own keys as they are, even where another platform knows the word", () => {
    const tiendanube = platformOf("tiendanube");
    expect(fieldName("extra.type", tiendanube)).toBe("type");
    expect(fieldName("extra.type", yampi)).toBe("Person or company");
    expect(fieldName("extra.tamanho", tiendanube)).toBe("tamanho");
  });

  it("show their values as people read them", () => {
    const own = (key: string) => {
      const found = uappi.own_fields.find((each) => each.key === key);
      if (!found) throw new Error(key);
      return found;
    };
    speak("pt-BR");
    expect(ownFieldText(own("gender"), "female", null)).toBe("Feminino");
    expect(ownFieldText(own("gender"), "other", null)).toBe("other");
    expect(ownFieldText(own("is_corporate"), "true", null)).toBe("Sim");
    expect(ownFieldText(own("points"), "12345", null)).toBe("12.345");
    expect(ownFieldText(own("points"), "-0.5", null)).toBe("-0,5");
    expect(ownFieldText(own("wallet"), "12.5", "BRL").replace(/\s/g, " ")).toBe("R$ 12,50");
    expect(ownFieldText({ ...own("origin"), kind: "date" }, "2026-01-31", null)).toContain("2026");
    expect(fieldText("extra.gender", "male", uappi)).toBe("Masculino");
    expect(ownChoices(own("gender")).map((choice) => choice.value)).toEqual(["male", "female", "undefined"]);
  });
});

it("words every code by which an edit is parked", () => {
  for (const code of ["anonymized", "masked", "forbidden", "gone", "refused", "unwritable", "ignored"]) {
    expect(ownReason(code)).not.toBeNull();
  }
});
