/** The calendar of nights: every night has its place, and none is more than is known of it. */

import assert from "node:assert/strict";
import { test } from "node:test";

import * as locale from "../../custom_components/rls_bedtime/www/frontend/locale.js";
import { firstOf, led, months, nightOf, plus, weeks } from "../../custom_components/rls_bedtime/www/data/night-grid.js";

/** @import { Recorded, Week } from "../../custom_components/rls_bedtime/www/data/night-grid.js" */

const SUNDAY = 0;
const MONDAY = 1;
const TONIGHT = "2026-11-24"; // a Tuesday

/** @param {Week[]} of */
const nights = (of) => of.flatMap(({ days }) => days.flatMap((each) => each?.night ?? []));

test("a night without a record is unrecorded, which is neither clear nor zero", () => {
  assert.deepEqual(nightOf(TONIGHT, undefined), { night: TONIGHT, kind: "unrecorded", episodes: 0, worst: null, weight: 0 });
  assert.equal(nightOf(TONIGHT, [TONIGHT, 0, null]).kind, "clear");
  assert.deepEqual(nightOf(TONIGHT, [TONIGHT, 2, null]), { night: TONIGHT, kind: "affected", episodes: 2, worst: null, weight: 0 });
});

test("a night weighs as the diary's words do", () => {
  const weight = (/** @type {number} */ worst) => nightOf(TONIGHT, [TONIGHT, 1, worst]).weight;
  assert.deepEqual([0, 1, 3, 4, 6, 7, 10].map(weight), [0, 1, 1, 2, 2, 3, 3]);
});

test("the weeks hold every night once, in order, from the first to tonight", () => {
  for (const firstDay of [SUNDAY, MONDAY, 6]) {
    const found = weeks([], "2026-09-30", TONIGHT, firstDay);
    const all = nights(found);
    assert.equal(all[0], "2026-09-30");
    assert.equal(all.at(-1), TONIGHT);
    assert.equal(all.length, 56);
    assert.deepEqual(all, [...new Set(all)].sort());
    for (const { starts, days } of found) {
      assert.equal(new Date(starts).getUTCDay(), firstDay);
      assert.equal(days.length, 7);
    }
  }
});

test("a month is named where it begins, and never beside another name", () => {
  const named = (/** @type {string} */ first) => weeks([], first, TONIGHT, MONDAY).map(({ month }) => month);
  assert.deepEqual(named("2026-10-12"), ["2026-10-12", null, "2026-11-01", null, null, null, null]);
  assert.deepEqual(named("2026-10-22"), [null, "2026-11-01", null, null, null, null]);
});

test("without a first night the calendar begins with the first record, or with this month", () => {
  /** @type {Recorded[]} */
  const recorded = [[TONIGHT, 1, 3], ["2024-02-28", 0, null]];
  assert.equal(nights(weeks(recorded, null, TONIGHT, MONDAY))[0], "2024-02-28");
  assert.equal(nights(weeks([], null, TONIGHT, MONDAY))[0], "2026-11-01");
});

test("what a clock far ahead has logged is drawn as well", () => {
  assert.equal(nights(weeks([["2026-12-02", 1, 3]], "2026-11-01", TONIGHT, MONDAY)).at(-1), "2026-12-02");
});

test("a period begins with a month", () => {
  assert.equal(firstOf(TONIGHT, "quarter"), "2026-09-01");
  assert.equal(firstOf(TONIGHT, "year"), "2025-12-01");
  assert.equal(firstOf(TONIGHT, "everything"), null);
  assert.equal(firstOf("2026-01-31", "quarter"), "2025-11-01");
});

test("this month is so far, and the last one whole", () => {
  assert.deepEqual(months("2026-03-31"), [
    { from: "2026-03-01", to: "2026-03-31" },
    { from: "2026-02-01", to: "2026-02-28" },
  ]);
  assert.deepEqual(months("2027-01-01")[1], { from: "2026-12-01", to: "2026-12-31" });
});

test("dates know leap years, and no clock change", () => {
  assert.equal(plus("2028-02-28", 1), "2028-02-29");
  assert.equal(plus("2026-03-28", 2), "2026-03-30");
  assert.equal(plus("2026-01-01", -1), "2025-12-31");
});

test("the arrows lead along a week and from week to week, the way that one reads", () => {
  const go = (/** @type {string} */ key, isRtl = false) => led("2026-11-10", key, "2026-11-05", TONIGHT, isRtl);
  assert.equal(go("ArrowDown"), "2026-11-11");
  assert.equal(go("ArrowUp"), "2026-11-09");
  assert.equal(go("ArrowRight"), "2026-11-17");
  assert.equal(go("ArrowRight", true), null);
  assert.equal(go("ArrowLeft"), null);
  assert.equal(go("ArrowLeft", true), "2026-11-17");
  assert.equal(go("Home"), "2026-11-05");
  assert.equal(go("End"), TONIGHT);
  assert.equal(go("a"), null);
});

test("a week begins where the user says, or their language", () => {
  const writing = (/** @type {string} */ language, /** @type {string | undefined} */ first_weekday) => ({
    locale: { language, first_weekday, number_format: "language", time_format: "language", time_zone: "local" },
    config: { time_zone: "UTC" },
  });
  assert.equal(locale.firstDay(writing("en-US", "language")), SUNDAY);
  assert.equal(locale.firstDay(writing("de", "language")), MONDAY);
  assert.equal(locale.firstDay(writing("de", "saturday")), 6);
  assert.equal(locale.firstDay(writing("de", undefined)), MONDAY);
  assert.equal(locale.hour({ ...writing("en-US", undefined) }, 15).replace(/\s/u, " "), "3 PM");
  assert.equal(locale.hour({ ...writing("fr", undefined) }, 3), "03 h");
});
