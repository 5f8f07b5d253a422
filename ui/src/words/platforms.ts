import type { ConnectInput } from "../api/generated/types";
import { m } from "../paraglide/messages.js";

/** Where in the store's own administration the values of the connect form are found. */
export function platformHint(key: string): string | null {
  const hints: Record<string, () => string> = {
    inallweb: m.connect_hint_inallweb,
    uappi: m.connect_hint_uappi,
    tiendanegocio: m.connect_hint_tiendanegocio,
    yampi: m.connect_hint_yampi,
    tiendanube: m.connect_hint_tiendanube,
  };
  return hints[key]?.() ?? null;
}

export const INPUT_NAMES: Record<ConnectInput, () => string> = {
  url: m.connect_url,
  alias: m.connect_alias,
  store_id: m.connect_store_id,
  email: m.connect_email,
  password: m.connect_password,
  token: m.connect_token,
  secret_key: m.connect_secret_key,
  auth_header: m.connect_auth_header,
};

export const INPUT_HINTS: Partial<Record<ConnectInput, () => string>> = {
  url: m.connect_url_hint,
  alias: m.connect_alias_hint,
  store_id: m.connect_store_id_hint,
  auth_header: m.connect_auth_header_hint,
};
