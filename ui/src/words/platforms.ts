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

const INPUT_HINTS: Partial<Record<ConnectInput, () => string>> = {
  url: m.connect_url_hint,
  alias: m.connect_alias_hint,
  store_id: m.connect_store_id_hint,
  auth_header: m.connect_auth_header_hint,
};

/** Where one platform keeps what others keep elsewhere. */
const PLATFORM_INPUT_HINTS: Record<string, Partial<Record<ConnectInput, () => string>>> = {
  inallweb: { token: m.connect_inallweb_token_hint },
  uappi: { url: m.connect_uappi_url_hint, token: m.connect_uappi_token_hint },
  tiendanegocio: { token: m.connect_tiendanegocio_token_hint },
  yampi: {
    alias: m.connect_yampi_alias_hint,
    token: m.connect_yampi_token_hint,
    secret_key: m.connect_yampi_secret_key_hint,
  },
  tiendanube: { token: m.connect_tiendanube_token_hint },
};

/** Where the value of an input is found, or what it looks like. */
export function inputHint(platform: string, input: ConnectInput): string | null {
  return (PLATFORM_INPUT_HINTS[platform]?.[input] ?? INPUT_HINTS[input])?.() ?? null;
}
