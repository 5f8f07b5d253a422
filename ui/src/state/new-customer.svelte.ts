import type { Backend } from "../api/backend";
import { toApiError } from "../api/errors";
import type {
  AddressDto,
  ApiError,
  CreationDto,
  CustomerPageDto,
  FieldChange,
  PlatformDto,
  StoreDto,
} from "../api/generated/types";
import { customerName } from "./customer-field";
import { broken, type Broken } from "./field-rules";
import type { Stores } from "./stores.svelte";

/** A store where customers can be made, with the form that its platform asks for. */
export interface Workshop {
  store: StoreDto;
  platform: PlatformDto;
  form: CreationDto;
}

/** What is typed of a new customer. It stays typed until the store made the customer, or the person lets it go. */
export class NewCustomer {
  shown = $state(false);
  storeId = $state<number | null>(null);
  fields = $state.raw<Record<string, string>>({});
  address = $state.raw<AddressDto | null>(null);
  invite = $state(false);
  /** Null: none is given. */
  password = $state<string | null>(null);
  repeated = $state("");
  /** The person pressed the button once: from now on everything that is missing is said. */
  tried = $state(false);
  busy = $state(false);
  trouble = $state.raw<ApiError | null>(null);
  /** Who is there already with this e-mail or document; null where the copy does not know. */
  twin = $state.raw<{ id: number; name: string } | null>(null);

  readonly workshops = $derived.by(() =>
    this.stores.all.flatMap((store): Workshop[] => {
      const platform = this.stores.platform(store.platform);
      return platform?.creation ? [{ store, platform, form: platform.creation }] : [];
    }),
  );
  readonly workshop = $derived(
    this.workshops.find((each) => each.store.id === this.storeId) ?? this.workshops[0] ?? null,
  );
  readonly typed = $derived(
    Object.values(this.fields).some((text) => text !== "") || this.address !== null || this.password !== null,
  );

  constructor(
    private readonly backend: Backend,
    private readonly stores: Stores,
  ) {}

  open(storeId: number | null): void {
    if (this.workshops.length === 0) return;
    if (storeId !== null && this.workshops.some((each) => each.store.id === storeId)) this.storeId = storeId;
    this.shown = true;
  }

  /** What was typed stays, but for the password. */
  close(): void {
    this.shown = false;
    this.forgetPassword();
  }

  clear(): void {
    this.fields = {};
    this.address = null;
    this.invite = this.tried = false;
    this.trouble = this.twin = null;
    this.forgetPassword();
  }

  type(field: string, text: string): void {
    this.fields = { ...this.fields, [field]: text };
    // Somebody else is meant now.
    if (field === "email" || field === "document") this.forgetTwin();
  }

  /** The names go along to a store that keeps them the other way. */
  choose(storeId: number): void {
    const before = this.workshop;
    this.storeId = storeId;
    const after = this.workshop;
    this.trouble = this.twin = null;
    if (!before || !after || before.platform.single_name === after.platform.single_name) return;
    const { name = "", first_name = "", last_name = "", ...others } = this.fields;
    const [first = "", ...rest] = name.trim().split(/\s+/);
    this.fields = after.platform.single_name
      ? { ...others, name: `${first_name} ${last_name}`.trim() }
      : { ...others, first_name: first, last_name: rest.join(" ") };
  }

  /** What is wrong with a field, as the core would find. */
  brokenRule(field: string): Broken | null {
    const workshop = this.workshop;
    if (!workshop) return null;
    const text = this.fields[field] ?? "";
    if (text.trim() !== "") return broken(workshop.platform, field, text);
    return workshop.form.required.includes(field) ? { rule: "required", limit: null } : null;
  }

  get passwordDiffers(): boolean {
    return this.password !== null && this.password !== this.repeated;
  }

  /** The customer as the store made it; null when it did not, with the reason in `trouble`. */
  async create(although: boolean): Promise<CustomerPageDto | null> {
    const workshop = this.workshop;
    if (!workshop || this.busy) return null;
    this.tried = true;
    this.trouble = this.twin = null;
    const password = workshop.form.password ? this.password : null;
    const bad = workshop.form.fields.some((field) => this.brokenRule(field) !== null);
    if (bad || (password !== null && (password === "" || this.passwordDiffers))) return null;
    this.busy = true;
    try {
      const page = await this.backend.call("customer_create", {
        store_id: workshop.store.id,
        fields: this.changes(workshop.form),
        addresses: workshop.form.addresses && this.address ? [this.address] : [],
        invite: workshop.form.invite && this.invite,
        password,
        although_duplicate: although,
      });
      this.clear();
      this.shown = false;
      return page;
    } catch (thrown) {
      this.trouble = toApiError(thrown);
      await this.meetTwin(this.trouble);
      return null;
    } finally {
      this.busy = false;
    }
  }

  private changes(form: CreationDto): FieldChange[] {
    return form.fields
      .map((field) => ({ field, value: (this.fields[field] ?? "").trim(), seen: null }))
      .filter((change) => change.value !== "");
  }

  private async meetTwin(error: ApiError): Promise<void> {
    const id = Number(error.details["customer"]);
    if (error.code !== "duplicate_customer" || !Number.isInteger(id)) return;
    try {
      const page = await this.backend.call("customer_page", { id });
      this.twin = { id, name: customerName(page.customer) };
    } catch {
      // The store knows somebody whom the copy does not show: the trouble alone says so.
    }
  }

  private forgetTwin(): void {
    if (this.trouble?.code === "duplicate_customer") this.trouble = null;
    this.twin = null;
  }

  private forgetPassword(): void {
    this.password = null;
    this.repeated = "";
  }
}
