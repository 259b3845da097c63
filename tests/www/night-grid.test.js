/** The calendar grid of nights: weeks, severities, periods and keyboard navigation. */

import assert from "node:assert/strict";
import { test } from "node:test";

import {
  addDays,
  buildWeeks,
  countNights,
  createNightCell,
  fitWeeks,
  getNightForKey,
  getPeriodDays,
} from "../../custom_components/rls_bedtime/www/data/night-grid.js";

/** @import { Week } from "../../custom_components/rls_bedtime/www/data/night-grid.js" */

const SUNDAY = 0;
const MONDAY = 1;
const TONIGHT = "2026-11-24"; // a Tuesday

/** @param {Week[]} weeks */
const getNights = (weeks) => weeks.flatMap(({ days }) => days.flatMap((cell) => cell?.night ?? []));

test("a night without a record is unrecorded, which is neither clear nor zero", () => {
  assert.deepEqual(createNightCell(TONIGHT, undefined), { night: TONIGHT, kind: "unrecorded", episodes: 0, worst: null, severityLevel: 0 });
  assert.equal(createNightCell(TONIGHT, [TONIGHT, 0, null]).kind, "clear");
  assert.deepEqual(createNightCell(TONIGHT, [TONIGHT, 2, null]), { night: TONIGHT, kind: "affected", episodes: 2, worst: null, severityLevel: 0 });
});

test("severities are mild from 1, moderate from 4 and severe from 7", () => {
  const getLevel = (/** @type {number} */ worst) => createNightCell(TONIGHT, [TONIGHT, 1, worst]).severityLevel;
  assert.deepEqual([0, 1, 3, 4, 6, 7, 10].map(getLevel), [0, 1, 1, 2, 2, 3, 3]);
});

/** Return the weeks since a night of which it is known what was recorded. @param {string} first */
const buildWeeksSince = (first) => buildWeeks([[first, 0, null]], first, TONIGHT, MONDAY, 1);

test("the weeks contain every night once, in order, from the first to tonight", () => {
  for (const firstDay of [SUNDAY, MONDAY, 6]) {
    const weeks = buildWeeks([["2026-09-30", 0, null]], "2026-09-30", TONIGHT, firstDay, 1);
    const all = getNights(weeks);
    assert.equal(all[0], "2026-09-30");
    assert.equal(all.at(-1), TONIGHT);
    assert.equal(all.length, 56);
    assert.deepEqual(all, [...new Set(all)].sort());
    for (const { start, days } of weeks) {
      assert.equal(new Date(start).getUTCDay(), firstDay);
      assert.equal(days.length, 7);
    }
  }
});

test("the weeks begin with that of the first recorded night, and are as many as fit", () => {
  const describe = (/** @type {string | null} */ knownFrom, /** @type {number} */ minWeeks) => {
    const weeks = buildWeeks([["2026-11-11", 1, 3]], knownFrom, TONIGHT, MONDAY, minWeeks);
    return [weeks.length, getNights(weeks)[0]];
  };
  assert.deepEqual(describe(null, 1), [3, "2026-11-09"]);
  assert.deepEqual(describe(null, 8), [8, "2026-10-05"]);
  assert.deepEqual(describe("2025-11-25", 8), [8, "2026-10-05"]);
});

test("nights of which it is not known what was recorded are not shown as if nothing was", () => {
  const weeks = buildWeeks([["2026-11-11", 1, 3]], "2026-11-04", TONIGHT, MONDAY, 8);
  assert.equal(weeks.length, 4);
  assert.deepEqual(weeks[0].days.slice(0, 3).map((cell) => cell?.night), [undefined, undefined, "2026-11-04"]);
});

test("an empty diary shows the weeks that fit, with nothing recorded", () => {
  const cells = buildWeeks([], null, TONIGHT, MONDAY, 2).flatMap(({ days }) => days.flatMap((cell) => cell?.kind ?? []));
  assert.deepEqual(cells, Array(9).fill("unrecorded"));
});

test("columns fill the width, none narrower than the smallest, and at least one", () => {
  assert.deepEqual(fitWeeks(316, 36, 4), { count: 8, size: 36 });
  assert.deepEqual(fitWeeks(330, 36, 4), { count: 8, size: 37.75 });
  for (let width = 40; width < 1500; width += 7) {
    const { count, size } = fitWeeks(width, 36, 4);
    const used = count * (size + 4) - 4;
    assert.ok(size >= 36 && used <= width && width - used < count / 32, String(width));
  }
  assert.equal(fitWeeks(10, 36, 4).count, 1);
});

test("a month is labeled where it starts, and the first column if the label fits", () => {
  const getMonths = (/** @type {string} */ first) => buildWeeksSince(first).map(({ month }) => month);
  assert.deepEqual(getMonths("2026-10-12"), ["2026-10-12", null, "2026-11-01", null, null, null, null]);
  assert.deepEqual(getMonths("2026-10-22"), [null, "2026-11-01", null, null, null, null]);
});

test("the year is labeled next to January, in a column of its own", () => {
  const weeks = buildWeeks([["2025-12-25", 1, null]], null, "2026-02-03", MONDAY, 1);
  assert.deepEqual(weeks.map(({ month, year }) => month ?? year), [
    null,
    "2026-01-01",
    "2026-01-05",
    null,
    null,
    "2026-02-01",
    null,
  ]);
});

test("a night after tonight, logged by a wrong clock, is shown as well", () => {
  assert.equal(getNights(buildWeeks([["2026-12-02", 1, 3]], "2026-11-01", TONIGHT, MONDAY, 1)).at(-1), "2026-12-02");
});

test("a period has a number of nights, or is everything", () => {
  assert.deepEqual(["quarter", "year", "everything"].map(getPeriodDays), [91, 365, null]);
});

test("nights are counted with both ends, over a change of the clocks, and none before the first", () => {
  assert.equal(countNights("2026-10-24", "2026-10-26"), 3);
  assert.equal(countNights(TONIGHT, TONIGHT), 1);
  assert.equal(countNights("2026-11-26", TONIGHT), 0);
});

test("adding days respects leap years and ignores clock changes", () => {
  assert.equal(addDays("2028-02-28", 1), "2028-02-29");
  assert.equal(addDays("2026-03-28", 2), "2026-03-30");
  assert.equal(addDays("2026-01-01", -1), "2025-12-31");
});

test("arrow keys move within a week and between weeks, in reading direction", () => {
  const press = (/** @type {string} */ key, isRtl = false) => getNightForKey("2026-11-10", key, "2026-11-05", TONIGHT, isRtl);
  assert.equal(press("ArrowDown"), "2026-11-11");
  assert.equal(press("ArrowUp"), "2026-11-09");
  assert.equal(press("ArrowRight"), "2026-11-17");
  assert.equal(press("ArrowRight", true), null);
  assert.equal(press("ArrowLeft"), null);
  assert.equal(press("ArrowLeft", true), "2026-11-17");
  assert.equal(press("Home"), "2026-11-05");
  assert.equal(press("End"), TONIGHT);
  assert.equal(press("a"), null);
});
