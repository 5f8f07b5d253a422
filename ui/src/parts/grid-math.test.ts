import { describe, expect, it } from "vitest";

import {
  clampTop,
  contentTopAt,
  isScaled,
  rowForKey,
  rowsInSight,
  scrollTopAt,
  topThatShows,
  trackOf,
  TRACK_LIMIT,
} from "./grid-math";

const ROW = 36;

describe("a list that fits", () => {
  const track = trackOf(1000, ROW, 720);

  it("scrolls pixel by pixel", () => {
    expect(isScaled(track)).toBe(false);
    expect(contentTopAt(track, 1234)).toBe(1234);
    expect(scrollTopAt(track, 1234)).toBe(1234);
  });

  it("shows the visible rows and some around them", () => {
    expect(rowsInSight(track, 0, ROW, 0)).toEqual({ first: 0, last: 19 });
    expect(rowsInSight(track, 18, ROW, 0)).toEqual({ first: 0, last: 20 });
    expect(rowsInSight(track, 3600, ROW, 8)).toEqual({ first: 92, last: 127 });
  });

  it("stops at both ends", () => {
    expect(clampTop(track, -50)).toBe(0);
    expect(clampTop(track, 1e9)).toBe(36_000 - 720);
    expect(rowsInSight(track, 36_000 - 720, ROW, 8).last).toBe(999);
  });
});

describe("a list of a million", () => {
  const track = trackOf(1_000_000, ROW, 720);

  it("is lower than its content and never higher than the limit", () => {
    expect(isScaled(track)).toBe(true);
    expect(track.track).toBe(TRACK_LIMIT);
  });

  it("reaches the first and the last row", () => {
    expect(contentTopAt(track, 0)).toBe(0);
    const end = contentTopAt(track, track.track - track.viewport);
    expect(end).toBe(track.content - track.viewport);
    expect(rowsInSight(track, end, ROW, 0).last).toBe(999_999);
  });

  it("goes there and back to the same place", () => {
    for (const top of [0, 1, 35.5, 17_999_999, 35_000_000]) {
      expect(contentTopAt(track, scrollTopAt(track, top))).toBeCloseTo(top, 3);
    }
  });

  it("renders few rows wherever it stands", () => {
    const { first, last } = rowsInSight(track, 20_000_000, ROW, 8);
    expect(last - first).toBeLessThan(60);
  });
});

it("has no rows when nothing is there or nothing is visible", () => {
  expect(rowsInSight(trackOf(0, ROW, 720), 0, ROW, 8).last).toBe(-1);
  expect(rowsInSight(trackOf(10, ROW, 0), 0, ROW, 8).last).toBe(-1);
});

it("shows a row by moving as little as possible", () => {
  const track = trackOf(1000, ROW, 720);
  expect(topThatShows(track, 360, ROW, 12)).toBe(360);
  expect(topThatShows(track, 360, ROW, 5)).toBe(180);
  expect(topThatShows(track, 0, ROW, 20)).toBe(36);
});

it("walks with the keys of a list", () => {
  expect(rowForKey("ArrowDown", -1, 10, 5)).toBe(0);
  expect(rowForKey("j", 3, 10, 5)).toBe(4);
  expect(rowForKey("k", 3, 10, 5)).toBe(2);
  expect(rowForKey("PageDown", 7, 10, 5)).toBe(9);
  expect(rowForKey("End", 0, 10, 5)).toBe(9);
  expect(rowForKey("x", 0, 10, 5)).toBeNull();
  expect(rowForKey("ArrowDown", 0, 0, 5)).toBeNull();
});
