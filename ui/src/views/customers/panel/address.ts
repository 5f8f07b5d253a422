import type { AddressDto } from "../../../api/generated/types";
import { country } from "../../../words/format";

export const EMPTY_ADDRESS: AddressDto = {
  id: "",
  kind: "shipping",
  is_default: false,
  recipient: null,
  street: null,
  number: null,
  complement: null,
  district: null,
  city: null,
  region: null,
  postal_code: null,
  country: null,
  phone: null,
  pending: false,
};

/** The lines as they stand on a parcel. */
export function addressLines(address: AddressDto): string[] {
  const join = (parts: Array<string | null>, between: string) => parts.filter(Boolean).join(between);
  return [
    address.recipient ?? "",
    join([address.street, join([address.number, address.complement], " – ")], ", "),
    join([address.district, join([address.city, address.region], " – ")], ", "),
    join([address.postal_code, address.country === null ? null : country(address.country)], " · "),
    address.phone ?? "",
  ].filter((line) => line !== "");
}

export const ADDRESS_FIELDS = [
  "recipient",
  "street",
  "number",
  "complement",
  "district",
  "city",
  "region",
  "postal_code",
  "country",
  "phone",
] as const satisfies ReadonlyArray<keyof AddressDto>;
