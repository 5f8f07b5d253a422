import type { CustomerDto } from "../generated/types";

type Facts = Partial<Pick<CustomerDto, "extra" | "custom_fields" | "groups" | "birthday" | "company">>;
type Pick1 = <T>(values: readonly T[]) => T;

/** What only one platform tells of a person. */
export function ownFacts(platform: string, next: () => number, spent: string): Facts {
  const pick: Pick1 = (values) => values[Math.floor(next() * values.length)] as (typeof values)[number];
  switch (platform) {
    case "uappi":
      return {
        birthday: "1986-05-14",
        extra: {
          is_corporate: String(next() < 0.2),
          gender: pick(["male", "female", "undefined"]),
          nationality: "BR",
          wallet: (next() * 90).toFixed(2),
          points: String(Math.floor(next() * 4000)),
          cancelled_orders: "1",
          sales_channel: "2",
          origin: pick(["site", "app"]),
          deleted: "false",
          promotional_sms: String(next() < 0.5),
          order_email: "true",
          order_sms: "false",
        },
      };
    case "yampi": {
      const company = next() < 0.15;
      return {
        birthday: "1991-11-02",
        company: company ? "Aurora Comércio de Tecidos Ltda." : null,
        groups:
          next() < 0.5 ? [pick(["Clientes VIP", "Recompra em 30 dias", "Carrinho abandonado"]), "Newsletter"] : [],
        extra: {
          type: company ? "j" : "f",
          ...(company ? { state_registration: "110042490114" } : {}),
          whatsapp: String(next() < 0.7),
          utm_source: pick(["instagram", "google"]),
          utm_campaign: "inverno-2026",
          last_order_value: spent,
          purchased_brands: "Maré, Alecrim",
          categories: "Vestidos, Acessórios",
          city: "Recife",
          uf: "PE",
        },
      };
    }
    case "tiendanube":
      return {
        extra: next() < 0.3 ? { tamanho: "M", vendedora: "Lúcia" } : {},
        custom_fields:
          next() < 0.4 ? [{ namespace: "fidelidad", name: "Puntos del programa de fidelidad", value: "1.240" }] : [],
      };
    default:
      return {};
  }
}
