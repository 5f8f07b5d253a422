import { describe, expect, it } from "vitest";

import type { Backend } from "../api/backend";
import type { ApiError, CustomerRowDto } from "../api/generated/types";
import { CustomerList, ROW_HEIGHT } from "./list.svelte";

/** A backend whose answers to `list_open` come when the test says so. */
function slowBackend() {
  const waiting: Array<{
    text: string;
    sort: string;
    answer: (total: number, isCounting?: boolean) => void;
    fail: (code: string) => void;
  }> = [];
  let ids: number[] = Array.from({ length: 1000 }, (_, place) => place);
  let gone = false;
  const asked: number[] = [];
  const backend = {
    call(name: string, request: { text?: string; sort?: string; offset?: number; limit?: number; view?: number }) {
      if (name === "list_open") {
        return new Promise((resolve, reject) =>
          waiting.push({
            text: request.text ?? "",
            sort: request.sort ?? "",
            answer: (total, isCounting = false) =>
              resolve({
                view: waiting.length,
                total,
                is_counting: isCounting,
                rows: rowsOf(ids.slice(0, Math.min(50, total))),
              }),
            fail: (code) => reject({ code, message: "", details: {} }),
          }),
        );
      }
      if (gone) {
        gone = false;
        return Promise.reject({ code: "view_gone", message: "", details: {} });
      }
      asked.push(request.offset ?? 0);
      const wanted = ids.slice(request.offset, (request.offset ?? 0) + (request.limit ?? 0));
      return Promise.resolve({ offset: request.offset, rows: rowsOf(wanted) });
    },
    listen: () => () => undefined,
  } as unknown as Backend;
  return {
    list: new CustomerList(backend),
    waiting,
    asked,
    setIds: (next: number[]) => (ids = next),
    dropView: () => (gone = true),
  };
}

const rowsOf = (ids: number[]) => ids.map((id) => ({ id }) as CustomerRowDto);
const settle = () => new Promise((resolve) => setTimeout(resolve, 0));

async function opened() {
  const world = slowBackend();
  const opening = world.list.open("anew");
  world.waiting[0]?.answer(1000);
  await opening;
  return world;
}

describe("typing", () => {
  it("shows the answer to the last keystroke, in whatever order answers come", async () => {
    const { list, waiting } = await opened();
    void list.ask({ text: "m" });
    void list.ask({ text: "ma" });
    waiting[2]?.answer(7);
    await settle();
    expect(list.total).toBe(7);
    waiting[1]?.answer(99);
    await settle();
    expect(list.total).toBe(7);
  });

  it("keeps the old rows until the new ones are there", async () => {
    const { list, waiting } = await opened();
    void list.ask({ text: "x" });
    expect(list.row(0)?.id).toBe(0);
    expect(list.searching).toBe(true);
    waiting[1]?.answer(3);
    await settle();
    expect(list.searching).toBe(false);
    expect(list.total).toBe(3);
  });

  it("starts at the top", async () => {
    const { list, waiting } = await opened();
    list.top = 5000;
    void list.ask({ text: "x" });
    waiting[1]?.answer(3);
    await settle();
    expect(list.top).toBe(0);
  });
});

describe("what is found", () => {
  it("begins with what fits best, and is sorted otherwise for this search alone", async () => {
    const { list, waiting } = await opened();
    list.sort = "-created_at";
    void list.ask({ text: "m" });
    void list.ask({ sort: "name" });
    void list.ask({ text: "ma" });
    void list.ask({ text: "" });
    void list.ask({ text: "x" });
    expect(waiting.slice(1).map((asked) => asked.sort)).toEqual(["", "name", "name", "-created_at", ""]);
    expect(list.sort).toBe("-created_at");
  });

  it("begins anew with a text that is typed over another", async () => {
    const { list, waiting } = await opened();
    void list.ask({ text: "maria" });
    void list.ask({ sort: "name" });
    void list.ask({ text: "mar" });
    void list.ask({ text: "joao" });
    expect(waiting.slice(1).map((asked) => asked.sort)).toEqual(["", "name", "name", ""]);
  });
});

describe("a list that is still being counted", () => {
  it("shows its beginning, and then how many there are", async () => {
    const { list, waiting } = slowBackend();
    const opening = list.open("anew");
    waiting[0]?.answer(1000, true);
    await opening;
    expect([list.total, list.counting]).toEqual([1000, true]);
    list.counted(99, 5);
    expect(list.total).toBe(1000);
    list.counted(1, 70_000);
    expect([list.total, list.counting]).toEqual([70_000, false]);
  });

  it("may be counted before its first rows are there", async () => {
    const { list, waiting } = slowBackend();
    const opening = list.open("anew");
    list.counted(1, 70_000);
    waiting[0]?.answer(1000, true);
    await opening;
    expect([list.total, list.counting]).toEqual([70_000, false]);
  });

  it("does not take the place of rows far below its beginning", async () => {
    const { list, waiting, setIds } = slowBackend();
    setIds(Array.from({ length: 9000 }, (_, place) => place));
    const first = list.open("anew");
    waiting[0]?.answer(9000);
    await first;
    list.show(8000, 8020);
    await settle();
    const opening = list.open("quietly");
    waiting[1]?.answer(1000, true);
    await settle();
    expect(list.total).toBe(9000);
    expect(list.row(8010)?.id).toBe(8010);
    list.counted(2, 9001);
    await opening;
    expect([list.total, list.counting]).toEqual([9001, false]);
    expect(list.row(8010)?.id).toBe(8010);
  });

  it("says so when its end cannot be found, and goes on following", async () => {
    const { list, waiting } = slowBackend();
    const opening = list.open("anew");
    waiting[0]?.answer(1000, true);
    await opening;
    const error: ApiError = { code: "database", message: "", details: {} };
    list.uncounted(1, error);
    expect([list.total, list.counting, list.trouble]).toEqual([1000, false, error]);

    const quiet = list.open("quietly");
    waiting[1]?.answer(1000, true);
    await settle();
    list.uncounted(2, error);
    await quiet;
    const next = list.open("quietly");
    waiting[2]?.answer(1001);
    await next;
    expect([list.total, list.trouble]).toEqual([1001, null]);
  });

  it("is not troubled when the next keystroke ends its counting", async () => {
    const { list, waiting } = slowBackend();
    const opening = list.open("anew");
    waiting[0]?.answer(1000, true);
    await opening;
    const asking = list.ask({ text: "m" });
    list.uncounted(1, { code: "cancelled", message: "", details: {} });
    expect([list.counting, list.trouble, waiting.length]).toEqual([true, null, 2]);
    waiting[1]?.answer(3);
    await asking;
    expect([list.total, list.counting, list.trouble]).toEqual([3, false, null]);
  });

  it("may fail before its first rows are there", async () => {
    const { list, waiting } = slowBackend();
    const error: ApiError = { code: "database", message: "", details: {} };
    const opening = list.open("anew");
    list.uncounted(1, error);
    waiting[0]?.answer(1000, true);
    await opening;
    expect([list.counting, list.trouble]).toEqual([false, error]);

    const quiet = list.open("quietly");
    list.uncounted(2, error);
    waiting[1]?.answer(1000, true);
    await quiet;
    expect(list.trouble).toEqual(error);
  });

  it("is asked for once more when an older question has ended it", async () => {
    const { list, waiting } = await opened();
    const asking = list.ask({ text: "x" });
    waiting[1]?.fail("cancelled");
    await settle();
    waiting[2]?.answer(3);
    await asking;
    expect([list.total, list.searching, list.trouble]).toEqual([3, false, null]);
  });

  it("lets go of who waits for its end when another is opened", async () => {
    const { list, waiting } = await opened();
    const quiet = list.open("quietly");
    waiting[1]?.answer(1000, true);
    await settle();
    const anew = list.ask({ text: "x" });
    await quiet;
    waiting[2]?.answer(3);
    await anew;
    expect(list.total).toBe(3);
  });
});

describe("a live change", () => {
  it("leaves the row under the pointer where it is", async () => {
    const { list, waiting, setIds } = await opened();
    list.top = 200 * ROW_HEIGHT;
    list.show(190, 230);
    await settle();
    list.hovered = 210;
    const id = list.row(210)?.id;
    setIds([-3, -2, -1, ...Array.from({ length: 1000 }, (_, place) => place)]);
    const opening = list.open("quietly");
    waiting[1]?.answer(1003);
    await opening;
    expect(list.row(213)?.id).toBe(id);
    expect(list.top).toBe(203 * ROW_HEIGHT);
  });

  it("follows the active customer", async () => {
    const { list, waiting, setIds } = await opened();
    list.activate(4);
    setIds([...Array.from({ length: 1000 }, (_, place) => place)].slice(2));
    const opening = list.open("quietly");
    waiting[1]?.answer(998);
    await opening;
    expect(list.activeId).toBe(4);
    expect(list.activeIndex).toBe(2);
  });

  it("does not scroll a list that stands at its start", async () => {
    const { list, waiting, setIds } = await opened();
    setIds([-1, 0, 1, 2]);
    const opening = list.open("quietly");
    waiting[1]?.answer(4);
    await opening;
    expect(list.top).toBe(0);
    expect(list.row(0)?.id).toBe(-1);
  });
});

describe("a change while somebody has scrolled on", () => {
  it("shows what is known of the rows in sight, leaves them in their places, and says that there is more", async () => {
    const { list, waiting, asked } = await opened();
    list.top = 200 * ROW_HEIGHT;
    list.show(200, 230);
    await settle();
    asked.length = 0;
    await list.follow(true);
    expect(waiting.length).toBe(1);
    expect(asked).toEqual([200]);
    expect(list.row(210)?.id).toBe(210);
    expect([list.newer, list.top]).toEqual([true, 200 * ROW_HEIGHT]);
  });

  it("by this person alone offers nothing newer", async () => {
    const { list, asked } = await opened();
    list.top = 200 * ROW_HEIGHT;
    list.show(200, 230);
    await settle();
    asked.length = 0;
    await list.follow(false);
    expect(asked).toEqual([200]);
    expect(list.newer).toBe(false);
  });

  it("leaves no gap where somebody scrolls on meanwhile", async () => {
    const { list } = await opened();
    list.top = 200 * ROW_HEIGHT;
    list.show(200, 230);
    await settle();
    const following = list.follow(true);
    list.show(400, 430);
    await following;
    await settle();
    expect([list.row(210)?.id, list.row(410)?.id]).toEqual([210, 410]);
  });

  it("is seen at the start of the list", async () => {
    const { list, waiting } = await opened();
    list.top = 200 * ROW_HEIGHT;
    list.show(200, 230);
    await settle();
    await list.follow(true);
    list.top = 0;
    list.show(0, 30);
    waiting[1]?.answer(1001);
    await settle();
    expect([list.newer, list.total]).toEqual([false, 1001]);
  });

  it("is seen at once where the list stands at its start", async () => {
    const { list, waiting } = await opened();
    const following = list.follow(true);
    waiting[1]?.answer(1001);
    await following;
    expect([list.newer, list.total]).toEqual([false, 1001]);
  });

  it("opens the list anew when somebody in sight is not there any more", async () => {
    const { list, waiting, setIds } = await opened();
    list.top = 960 * ROW_HEIGHT;
    list.show(960, 990);
    await settle();
    setIds(Array.from({ length: 999 }, (_, place) => place));
    const following = list.follow(true);
    await settle();
    waiting[1]?.answer(999);
    await following;
    expect([list.newer, list.total]).toEqual([false, 999]);
  });
});

describe("windows of rows", () => {
  it("at the beginning come with the list", async () => {
    const { list, asked } = await opened();
    expect([list.row(0)?.id, list.row(49)?.id, list.row(50)]).toEqual([0, 49, undefined]);
    expect(asked).toEqual([]);
  });

  it("come in one answer where they stand side by side", async () => {
    const { list, asked } = await opened();
    list.show(640, 760);
    await settle();
    expect(asked).toEqual([600]);
    expect([list.row(640)?.id, list.row(760)?.id]).toEqual([640, 760]);
  });

  it("are fetched where they are shown, and nowhere else", async () => {
    const { list, asked } = await opened();
    asked.length = 0;
    list.show(640, 660);
    await settle();
    expect(asked).toEqual([600]);
    expect(list.row(650)?.id).toBe(650);
  });

  it("come again when the view was dropped", async () => {
    const { list, waiting, dropView } = await opened();
    dropView();
    list.show(500, 520);
    await settle();
    waiting[1]?.answer(1000);
    await settle();
    await settle();
    expect(list.row(510)?.id).toBe(510);
    expect(list.trouble).toBeNull();
  });
});

it("tells why it could not be opened", async () => {
  const { list, waiting } = slowBackend();
  const opening = list.open("anew");
  waiting[0]?.fail("database");
  await opening;
  expect(list.trouble?.code).toBe("database");
});
