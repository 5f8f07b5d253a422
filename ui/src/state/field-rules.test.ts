import { describe, expect, it } from "vitest";

import { PLATFORMS, platformOf } from "../api/fake/platforms";
import { fieldAccess, fieldKind, formFields } from "./customer-field";
import { broken, isRequired } from "./field-rules";
import { withheldRoles } from "./roles";

const uappi = platformOf("uappi");
const tiendanube = platformOf("tiendanube");
const yampi = platformOf("yampi");

describe("rules", () => {
  it.each([
    [uappi, "email", "ana", "email"],
    [uappi, "email", "ana @mail.com", "email"],
    [uappi, "email", "ana@mail@com", "email"],
    [uappi, "email", `${"a".repeat(250)}@a.br`, "email"],
    [uappi, "email", "ana@mail.com.br", null],
    [uappi, "email", " ", "required"],
    [uappi, "first_name", "á".repeat(256), "too_long"],
    [uappi, "first_name", "á".repeat(255), null],
    [uappi, "last_name", "", null],
    [uappi, "phone", "ligar", "phone"],
    [uappi, "phone", "12345", "phone_country"],
    [uappi, "phone", "+1234567890123456", "phone_country"],
    [uappi, "phone", "(11) 98765-4321", null],
    [uappi, "phone", "+55 11 98765-4321", null],
    [uappi, "extra.gender", "", "required"],
    [uappi, "extra.gender", "other", "choice"],
    [uappi, "extra.gender", "female", null],
    [uappi, "extra.is_corporate", "yes", "flag"],
    [uappi, "extra.wallet", "12,50", "number"],
    [uappi, "extra.wallet", "12.50", null],
    [yampi, "phone", "12345", null],
    [yampi, "birthday", "31/12/1990", "birthday"],
    [yampi, "birthday", "1990-02-30", "birthday"],
    [yampi, "birthday", "1990-12-31", null],
    [yampi, "document", "", "required"],
    [tiendanube, "name", "", "required"],
    [tiendanube, "note", "x".repeat(1001), null],
    [tiendanube, "extra.tamanho", "x".repeat(1001), "too_long"],
  ])("%o %s", (platform, field, text, rule) => {
    expect(broken(platform, field, text)?.rule ?? null).toBe(rule);
  });

  it("tell the greatest length, and count letters and not bytes", () => {
    expect(broken(uappi, "first_name", "🌸".repeat(256))).toEqual({ rule: "too_long", limit: "255" });
    expect(broken(uappi, "first_name", "🌸".repeat(255))).toBeNull();
  });

  it("mark what cannot be empty", () => {
    expect(isRequired(tiendanube, "name")).toBe(true);
    expect(isRequired(uappi, "last_name")).toBe(false);
  });
});

describe("the form of a platform", () => {
  const nobody = { extra: {} } as never;

  it("has its own fields behind the plain ones, and what is sent only", () => {
    expect(formFields(uappi, nobody)).toEqual([
      "first_name",
      "last_name",
      "email",
      "phone",
      "extra.is_corporate",
      "extra.gender",
    ]);
    expect(formFields(platformOf("tiendanegocio"), nobody)).toContain("company");
    expect(fieldAccess(platformOf("tiendanegocio"), "company")).toBe("write_only");
  });

  it("has the keys that the shop made up where they can be written, once", () => {
    const customer = { extra: { tamanho: "M" } } as never;
    expect(formFields(tiendanube, customer)).toContain("extra.tamanho");
    const own = { extra: { whatsapp: "true", type: "f" } } as never;
    expect(formFields(yampi, own).filter((field) => field === "extra.whatsapp")).toHaveLength(1);
    expect(formFields(yampi, own)).not.toContain("extra.type");
  });

  it("knows how every field of every platform is typed", () => {
    expect(fieldKind(uappi, "extra.gender")).toBe("choice");
    expect(fieldKind(yampi, "extra.last_order_value")).toBe("number");
    for (const platform of PLATFORMS) {
      for (const field of platform.creation?.fields ?? []) expect(fieldKind(platform, field)).toBeTruthy();
    }
  });
});

describe("roles that cannot be given", () => {
  const platform = platformOf("inallweb");
  const signedIn = (grantable_roles: string[]) => ({ grantable_roles }) as never;

  it("are those that the signed-in person does not give", () => {
    expect(withheldRoles(platform, signedIn(["manager", "staff", "customer"]))).toEqual(["sysadmin", "admin"]);
    expect(withheldRoles(platform, signedIn([]))).toEqual(platform.roles);
  });

  it("are none while nothing is known: the store decides", () => {
    expect(withheldRoles(platform, signedIn(platform.roles))).toEqual([]);
    expect(withheldRoles(platform, undefined)).toEqual([]);
  });
});
