import type { FieldAccess, PlatformDto } from "../generated/types";

type Letters = { [field: string]: FieldAccess };

const ALL_FIELDS = [
  "first_name",
  "last_name",
  "company",
  "email",
  "phone",
  "document",
  "note",
  "role",
  "segment",
  "groups",
  "is_active",
  "email_verified",
  "accepts_marketing",
  "birthday",
];

function access(write: string[], read: string[]): Letters {
  return Object.fromEntries(
    ALL_FIELDS.map((field) => [field, write.includes(field) ? "write" : read.includes(field) ? "read" : "absent"]),
  );
}

const NOTHING_ELSE = {
  single_name: false,
  default_url: null,
  roles: [],
  segments: [],
  addresses_writable: false,
  extra_writable: false,
  can_create: false,
  can_delete: false,
  has_store_csv: false,
  has_analytics: false,
  has_account: false,
  has_change_feed: false,
  has_orders: false,
} satisfies Partial<PlatformDto>;

export const PLATFORMS: PlatformDto[] = [
  {
    ...NOTHING_ELSE,
    key: "inallweb",
    title: "In All Web",
    inputs: ["url", "email", "password", "token"],
    fields: access(
      ["first_name", "last_name", "phone", "is_active"],
      ["email", "note", "role", "segment", "email_verified"],
    ),
    roles: ["customer", "staff", "manager", "admin"],
    segments: ["vip", "regular", "inactive", "new"],
    has_store_csv: true,
    has_analytics: true,
    has_account: true,
    has_orders: true,
  },
  {
    ...NOTHING_ELSE,
    key: "uappi",
    title: "Uappi",
    inputs: ["url", "token"],
    fields: access(
      ["first_name", "last_name", "company", "email", "phone"],
      ["document", "is_active", "birthday", "accepts_marketing"],
    ),
    has_account: true,
  },
  {
    ...NOTHING_ELSE,
    key: "tiendanegocio",
    title: "Tiendanegocio",
    inputs: ["token"],
    default_url: "https://developers.tiendanegocio.com/v1",
    fields: access(["first_name", "last_name", "email", "phone", "document", "note", "accepts_marketing"], []),
    addresses_writable: true,
    can_create: true,
    can_delete: true,
    has_change_feed: true,
  },
  {
    ...NOTHING_ELSE,
    key: "yampi",
    title: "Yampi",
    inputs: ["alias", "token", "secret_key"],
    default_url: "https://api.dooki.com.br/v2",
    single_name: true,
    fields: access(["first_name", "company", "email", "phone", "document", "is_active", "birthday"], ["groups"]),
    addresses_writable: true,
    can_create: true,
  },
  {
    ...NOTHING_ELSE,
    key: "tiendanube",
    title: "Tiendanube / Nuvemshop",
    inputs: ["url", "store_id", "token", "auth_header"],
    default_url: "https://api.tiendanube.com/v1",
    single_name: true,
    fields: access(["first_name", "email", "phone", "document", "note", "accepts_marketing"], ["is_active"]),
    addresses_writable: true,
    extra_writable: true,
    can_create: true,
    can_delete: true,
    has_change_feed: true,
  },
];

export function platformOf(key: string): PlatformDto {
  const found = PLATFORMS.find((platform) => platform.key === key);
  if (!found) throw new Error(`no platform ${key}`);
  return found;
}
