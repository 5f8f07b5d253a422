import type { OwnFieldDto, PlatformDto } from "../api/generated/types";
import { m } from "../paraglide/messages.js";
import { day, dayAndTime, decimal, money } from "./format";

/** What the fields are called that only one platform has. */
const NAMES: Record<string, () => string> = {
  is_corporate: m.own_is_corporate,
  gender: m.own_gender,
  nationality: m.own_nationality,
  wallet: m.own_wallet,
  points: m.own_points,
  cancelled_orders: m.own_cancelled_orders,
  sales_channel: m.own_sales_channel,
  trade_policy: m.own_trade_policy,
  dealer_group: m.own_dealer_group,
  origin: m.own_origin,
  deleted: m.own_deleted,
  promotional_sms: m.own_promotional_sms,
  order_email: m.own_order_email,
  order_sms: m.own_order_sms,
  type: m.own_type,
  state_registration: m.own_state_registration,
  whatsapp: m.own_whatsapp,
  generic_name: m.own_generic_name,
  utm_source: m.own_utm_source,
  utm_campaign: m.own_utm_campaign,
  social_driver: m.own_social_driver,
  last_order_value: m.own_last_order_value,
  purchased_brands: m.own_purchased_brands,
  purchased_categories: m.own_purchased_categories,
  brands: m.own_brands,
  categories: m.own_categories,
  city: m.field_city,
  uf: m.field_region,
};

const CHOICES: Record<string, Record<string, () => string>> = {
  gender: { male: m.gender_male, female: m.gender_female, undefined: m.gender_undefined },
  type: { f: m.type_person, j: m.type_company },
};

/** Whether an own field has words here; without them its key is shown as the platform writes it. */
export function isKnownOwnField(own: OwnFieldDto): boolean {
  return own.key in NAMES && own.choices.every((choice) => CHOICES[own.key]?.[choice] !== undefined);
}

/**
 * What a key is called. A shop's people make up keys too, and may have chosen the same word for something else: where the platform
 * is known, only its own fields get our words.
 */
export function ownFieldName(key: string, platform?: PlatformDto): string {
  const isOwn = platform === undefined || platform.own_fields.some((own) => own.key === key);
  return (isOwn && NAMES[key]?.()) || key;
}

export function ownChoices(own: OwnFieldDto): Array<{ value: string; label: string }> {
  return own.choices.map((value) => ({ value, label: choiceName(own.key, value) }));
}

/** The value of an own field as people read it. */
export function ownFieldText(own: OwnFieldDto, value: string, currency: string | null): string {
  switch (own.kind) {
    case "flag":
      return value === "true" ? m.value_yes() : value === "false" ? m.value_no() : value;
    case "choice":
      return choiceName(own.key, value);
    case "money":
      return money(value, currency);
    case "number":
      return decimal(value);
    case "date":
      return value.includes("T") ? dayAndTime(value) : day(value);
    case "text":
      return value;
  }
}

function choiceName(key: string, value: string): string {
  return CHOICES[key]?.[value]?.() ?? value;
}
