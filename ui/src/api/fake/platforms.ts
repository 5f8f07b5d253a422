import type { AddressAccessDto, FieldAccess, OwnFieldDto, PlatformDto } from "../generated/types";

/** What each platform can do, as its connector declares it: `docs/platforms/README.md` shows the same. */
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

function access(write: string[], read: string[], sent: string[] = []): Letters {
  const of = (field: string): FieldAccess =>
    write.includes(field) ? "write" : read.includes(field) ? "read" : sent.includes(field) ? "write_only" : "absent";
  return Object.fromEntries(ALL_FIELDS.map((field) => [field, of(field)]));
}

function own(key: string, kind: OwnFieldDto["kind"], more: Partial<OwnFieldDto> = {}): OwnFieldDto {
  return { key, access: "read", kind, choices: [], ...more };
}

const required = (field: string, longest: number | null = null) => ({ field, required: true, longest });

const READ: AddressAccessDto = { show: true, add: false, edit: false, remove: false, absent_parts: [] };

const NOTHING_ELSE = {
  single_name: false,
  default_url: null,
  own_fields: [],
  rules: [],
  phone_international: false,
  roles: [],
  segments: [],
  has_groups: false,
  addresses: READ,
  extra: "absent",
  has_custom_fields: false,
  creation: null,
  deletion: "no",
  sets_customer_password: false,
  has_store_csv: false,
  has_analytics: false,
  account: null,
  sign_in_per_customer: false,
  filters: [],
  has_change_feed: false,
  has_orders: false,
} satisfies Partial<PlatformDto>;

const IN_ALL_WEB: PlatformDto = {
  ...NOTHING_ELSE,
  key: "inallweb",
  title: "In All Web",
  inputs: ["url", "email", "password", "token"],
  fields: access(
    ["first_name", "last_name", "phone", "role", "is_active"],
    ["email", "note", "segment", "email_verified"],
  ),
  roles: ["sysadmin", "admin", "manager", "staff", "customer"],
  segments: ["vip", "regular", "inactive", "new"],
  has_store_csv: true,
  has_analytics: true,
  account: {
    fields: ["first_name", "last_name", "phone", "email"],
    password: true,
    preferences: true,
    data_export: true,
    deletion: true,
  },
  filters: ["search", "segment"],
  has_orders: true,
};

const UAPPI: PlatformDto = {
  ...NOTHING_ELSE,
  key: "uappi",
  title: "Uappi",
  inputs: ["url", "token"],
  fields: access(
    ["first_name", "last_name", "email", "phone"],
    ["company", "document", "is_active", "accepts_marketing", "birthday"],
  ),
  own_fields: [
    own("is_corporate", "flag", { access: "write" }),
    own("gender", "choice", { access: "write", choices: ["male", "female", "undefined"] }),
    own("nationality", "text"),
    own("wallet", "money"),
    own("points", "number"),
    own("cancelled_orders", "number"),
    own("sales_channel", "text"),
    own("trade_policy", "text"),
    own("dealer_group", "text"),
    own("origin", "text"),
    own("deleted", "flag"),
    own("promotional_sms", "flag"),
    own("order_email", "flag"),
    own("order_sms", "flag"),
  ],
  rules: [
    required("email", 255),
    required("first_name", 255),
    { field: "last_name", required: false, longest: 255 },
    required("phone"),
  ],
  phone_international: true,
  account: {
    fields: ["email", "first_name", "last_name", "phone", "extra.gender", "extra.is_corporate"],
    password: true,
    preferences: false,
    data_export: false,
    deletion: false,
  },
  sign_in_per_customer: true,
  has_orders: true,
};

const TIENDANEGOCIO: PlatformDto = {
  ...NOTHING_ELSE,
  key: "tiendanegocio",
  title: "Tiendanegocio",
  inputs: ["token"],
  default_url: "https://developers.tiendanegocio.com/v1",
  fields: access(["first_name", "last_name", "email", "phone", "document", "note"], ["accepts_marketing"], ["company"]),
  rules: [required("email")],
  creation: {
    fields: ["first_name", "last_name", "email", "phone", "document", "company", "note"],
    required: ["email"],
    addresses: false,
    invite: false,
    password: true,
  },
  deletion: "yes",
  sets_customer_password: true,
  filters: ["search", "ids", "since_id", "created", "updated"],
  has_change_feed: true,
};

const YAMPI: PlatformDto = {
  ...NOTHING_ELSE,
  key: "yampi",
  title: "Yampi",
  inputs: ["alias", "token", "secret_key"],
  default_url: "https://api.dooki.com.br/v2",
  fields: access(
    [
      "first_name",
      "last_name",
      "company",
      "email",
      "phone",
      "document",
      "note",
      "is_active",
      "accepts_marketing",
      "birthday",
    ],
    ["groups"],
  ),
  own_fields: [
    own("type", "choice", { choices: ["f", "j"] }),
    own("state_registration", "text", { access: "write" }),
    own("whatsapp", "flag", { access: "write" }),
    own("generic_name", "text"),
    own("utm_source", "text"),
    own("utm_campaign", "text"),
    own("social_driver", "text"),
    own("last_order_value", "money"),
    own("purchased_brands", "text"),
    own("purchased_categories", "text"),
    own("brands", "text"),
    own("categories", "text"),
    own("city", "text"),
    own("uf", "text"),
  ],
  rules: [required("first_name"), required("email"), required("document")],
  has_groups: true,
  addresses: { show: true, add: true, edit: true, remove: false, absent_parts: ["country", "phone"] },
  creation: {
    fields: ["first_name", "last_name", "email", "phone", "document", "birthday", "note", "company"],
    required: ["first_name", "email", "document"],
    addresses: false,
    invite: false,
    password: false,
  },
  filters: ["search", "group", "created"],
  has_orders: true,
};

const TIENDANUBE: PlatformDto = {
  ...NOTHING_ELSE,
  key: "tiendanube",
  title: "Tiendanube / Nuvemshop",
  inputs: ["url", "store_id", "token", "auth_header"],
  default_url: "https://api.tiendanube.com/v1",
  single_name: true,
  fields: access(["first_name", "email", "phone", "document", "note"], ["company", "is_active", "accepts_marketing"]),
  rules: [required("name"), required("email")],
  addresses: { show: true, add: true, edit: true, remove: true, absent_parts: [] },
  extra: "write",
  has_custom_fields: true,
  creation: {
    fields: ["name", "email", "phone", "document", "note"],
    required: ["name", "email"],
    addresses: true,
    invite: true,
    password: true,
  },
  deletion: "without_orders",
  filters: ["search", "ids", "since_id", "created", "updated"],
  has_change_feed: true,
  has_orders: true,
};

export const PLATFORMS: PlatformDto[] = [IN_ALL_WEB, UAPPI, TIENDANEGOCIO, YAMPI, TIENDANUBE];

export function platformOf(key: string): PlatformDto {
  const found = PLATFORMS.find((platform) => platform.key === key);
  if (!found) throw new Error(`no platform ${key}`);
  return found;
}
