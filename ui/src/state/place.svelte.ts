/** Where the person is. Screens that know no other screen ask to go there. */
export type Screen = "customers" | "decide" | "analytics" | "stores" | "settings" | "account";

export class Place {
  screen = $state<Screen>("customers");
  /** The store of the account screen. */
  accountStore = $state<number | null>(null);
  /** Whose account there, where somebody was chosen already. */
  accountCustomer = $state<number | null>(null);
  /** The edit that "To decide" should bring into sight. */
  wantedEdit = $state<number | null>(null);
  connecting = $state(false);
  keysShown = $state(false);

  go(screen: Screen): void {
    this.screen = screen;
  }

  account(storeId: number, customer: number | null = null): void {
    this.accountStore = storeId;
    this.accountCustomer = customer;
    this.screen = "account";
  }

  decide(edit: number | null): void {
    this.wantedEdit = edit;
    this.screen = "decide";
  }

  connect(): void {
    this.connecting = true;
  }
}
