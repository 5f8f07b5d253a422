import type { AccountDto, FieldChange, PreferencesDto } from "../generated/types";
import { refuse, type Book } from "./book";
import { refuseBroken, show } from "./customers";
import { platformOf } from "./platforms";

/** The accounts of those who sign in: one person at most stores, and every customer's own where each token is one customer's. */
export class Accounts {
  private readonly signedIn: AccountDto = {
    id: "7",
    email: "lucia@exemplo.com",
    first_name: "Lúcia",
    last_name: "Figueiredo",
    phone: "+5581998761234",
    is_active: true,
    email_verified: true,
    created_at: "2024-03-11T12:00:00Z",
    masked: false,
    extra: {},
    customer: null,
    preferences: { order_updates: true, promotions: false, newsletter: true },
  };

  constructor(private readonly book: Book) {}

  show(storeId: number, customer: number | null): AccountDto {
    const store = this.book.stores.find((each) => each.id === storeId);
    if (!store || !platformOf(store.platform).sign_in_per_customer) return this.signedIn;
    const { customer: who } = this.whose(storeId, customer);
    return {
      id: who.remote_id,
      email: who.email,
      first_name: who.first_name,
      last_name: who.last_name,
      phone: who.phone,
      is_active: who.is_active,
      email_verified: null,
      created_at: who.created_at,
      masked: who.masked,
      extra: who.extra,
      customer: who.id,
      preferences: null,
    };
  }

  edit(storeId: number, customer: number | null, changes: FieldChange[]): AccountDto {
    const store = this.book.stores.find((each) => each.id === storeId);
    const platform = platformOf(store?.platform ?? "inallweb");
    for (const { field, value } of changes) refuseBroken(platform, field, value);
    if (!platform.sign_in_per_customer) {
      return Object.assign(this.signedIn, Object.fromEntries(changes.map((each) => [each.field, each.value])));
    }
    const one = this.whose(storeId, customer);
    for (const { field, value } of changes) show(one.customer, field, value);
    this.book.emit({ kind: "customers_changed", store_ids: [storeId] });
    return this.show(storeId, customer);
  }

  password(store: string, old: string): void {
    if (old === "wrong") throw refuse("store_refused", "Current password is incorrect", { store });
  }

  preferences(preferences: PreferencesDto): PreferencesDto {
    return (this.signedIn.preferences = preferences);
  }

  get email(): string | null {
    return this.signedIn.email;
  }

  private whose(storeId: number, customer: number | null) {
    const people = [...this.book.people.values()].filter((one) => one.store_id === storeId);
    const found = customer === null ? people[0] : people.find((one) => one.customer.id === customer);
    if (!found) throw refuse("not_found", "no sign-in of its own");
    return found;
  }
}
