import { m } from "../paraglide/messages.js";

const NAMES = {
  recipient: m.address_recipient,
  street: m.address_street,
  number: m.address_number,
  complement: m.address_complement,
  district: m.address_district,
  city: m.field_city,
  region: m.field_region,
  postal_code: m.address_postal_code,
  country: m.address_country,
  phone: m.field_phone,
};

export function addressFieldName(field: keyof typeof NAMES): string {
  return NAMES[field]();
}
