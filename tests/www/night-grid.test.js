/** The calendar grid of nights: weeks, severities, periods and keyboard navigation. */

import assert from "node:assert/strict";
import { test } from "node:test";

import {
  addDays,
  buildWeeks,
  countNights,
  createNightCell,
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

test("the weeks contain every night once, in order, from the first to tonight", () => {
  for (const firstDay of [SUNDAY, MONDAY, 6]) {
    const weeks = buildWeeks([], "2026-09-30", TONIGHT, firstDay);
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

test("a month is labeled where it starts, but not next to another label", () => {
  const getMonths = (/** @type {string} */ first) => buildWeeks([], first, TONIGHT, MONDAY).map(({ month }) => month);
  assert.deepEqual(getMonths("2026-10-12"), ["2026-10-12", null, "2026-11-01", null, null, null, null]);
  assert.deepEqual(getMonths("2026-10-22"), [null, "2026-11-01", null, null, null, null]);
});

test("a night after tonight, logged by a wrong clock, is shown as well", () => {
  assert.equal(getNights(buildWeeks([["2026-12-02", 1, 3]], "2026-11-01", TONIGHT, MONDAY)).at(-1), "2026-12-02");
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
