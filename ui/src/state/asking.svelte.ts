import type { Backend } from "../api/backend";
import { toApiError } from "../api/errors";
import type { ApiError, StoreAnswerDto, StoreQuestion } from "../api/generated/types";
import { customerName } from "./customer-field";

/** What a store can be asked for, beside which store it is. */
export type Question = Omit<StoreQuestion, "store_id">;

/** What a store answered, and to what. */
export interface Answer {
  question: Question;
  said: StoreAnswerDto;
  /** The first few whom it showed. */
  people: Array<{ id: number; name: string }>;
}

const NOTHING_ASKED: Question = {
  search: null,
  ids: [],
  since_id: null,
  created_from: null,
  created_to: null,
  updated_from: null,
  updated_to: null,
  segment: null,
  group: null,
  limit: null,
};
const FEW = 6;

/** Asking stores themselves for some of their customers: for who came in a minute ago, or is not found here. */
export class Asking {
  busy = $state.raw<ReadonlySet<number>>(new Set());
  answers = $state.raw<ReadonlyMap<number, Answer>>(new Map());
  troubles = $state.raw<ReadonlyMap<number, ApiError>>(new Map());

  constructor(private readonly backend: Backend) {}

  async ask(storeId: number, asked: Partial<Question>): Promise<Answer | null> {
    if (this.busy.has(storeId)) return null;
    this.busy = new Set(this.busy).add(storeId);
    this.forget(storeId);
    const question = { ...NOTHING_ASKED, ...asked };
    try {
      const said = await this.backend.call("store_ask", { store_id: storeId, ...question });
      const answer = { question, said, people: await this.names(said.customers.slice(0, FEW)) };
      this.answers = new Map(this.answers).set(storeId, answer);
      return answer;
    } catch (thrown) {
      this.troubles = new Map(this.troubles).set(storeId, toApiError(thrown));
      return null;
    } finally {
      const busy = new Set(this.busy);
      busy.delete(storeId);
      this.busy = busy;
    }
  }

  /** What was answered to this search, if it was the last that the store was asked. */
  toSearch(storeId: number, search: string): Answer | null {
    const answer = this.answers.get(storeId);
    return answer?.question.search === search ? answer : null;
  }

  forget(storeId: number): void {
    const [answers, troubles] = [new Map(this.answers), new Map(this.troubles)];
    answers.delete(storeId);
    troubles.delete(storeId);
    [this.answers, this.troubles] = [answers, troubles];
  }

  private async names(ids: number[]): Promise<Answer["people"]> {
    const pages = await Promise.allSettled(ids.map((id) => this.backend.call("customer_page", { id })));
    return pages.flatMap((page) =>
      page.status === "fulfilled" ? [{ id: page.value.customer.id, name: customerName(page.value.customer) }] : [],
    );
  }
}
