/** What the trends card shows is what was asked for last, and the hub is asked for no more than that. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { Trends } from "../../custom_components/rls_bedtime/www/data/trends-store.js";

/** @import { Recorded } from "../../custom_components/rls_bedtime/www/data/night-grid.js" */

/** @type {Recorded[]} */
const NIGHTS = [["2026-11-23", 2, 7], ["2026-08-01", 0, null], ["2022-01-09", 1, null]];

/** @param {Partial<import("../../custom_components/rls_bedtime/www/data/trends-store.js").Around>} [instead] */
function around(instead) {
  /** @type {any[]} */
  const asked = [];
  const all = {
    askNights: async (/** @type {string | null} */ from) => {
      asked.push(from);
      return { tonight: "2026-11-24", nights: NIGHTS.filter(([night]) => from === null || from <= night) };
    },
    ask: async (/** @type {string} */ _action, /** @type {any} */ data) => {
      asked.push(data);
      return { of: data };
    },
    ...instead,
  };
  return { asked, trends: new Trends(all) };
}

test("a period is shown with its summary, and this month with the last", async () => {
  const { trends } = around();
  await trends.load("quarter");
  assert.deepEqual(trends.nights, { recorded: NIGHTS.slice(0, 1), first: "2026-09-01", tonight: "2026-11-24" });
  assert.deepEqual(trends.summary?.of, { from: "2026-09-01", to: "2026-11-24" });
  assert.deepEqual(trends.months?.map(({ of }) => of.from), ["2026-11-01", "2026-10-01"]);
  assert.equal(trends.problem, null);
});

test("everything begins with the first night that is recorded", async () => {
  const { trends } = around();
  await trends.load("everything");
  assert.equal(trends.nights?.first, null);
  assert.equal(trends.summary?.of.from, "2022-01-09");
});

test("once it is known what night it is, no more is asked for than is shown", async () => {
  const { trends, asked } = around();
  await trends.load("year");
  asked.length = 0;
  await trends.load("year");
  assert.equal(asked[0], "2025-12-01");
});

test("an answer that comes late does not replace a newer one", async () => {
  /** @type {(() => void)[]} */
  const late = [];
  const { trends } = around({
    askNights: async (from) => {
      if (late.length === 0) await new Promise((resolve) => late.push(() => resolve(null)));
      return { tonight: "2026-11-24", nights: from === null ? NIGHTS : NIGHTS.slice(0, 1) };
    },
  });
  const first = trends.load("quarter");
  await trends.load("everything");
  late[0]();
  await first;
  assert.equal(trends.nights?.first, null);
});

test("where the hub does not answer, it is said, and what was shown stays", async () => {
  let isDown = false;
  const { trends } = around({
    ask: async (_action, data) => {
      if (isDown) throw new Error("Out of order");
      return { of: data };
    },
  });
  await trends.load("quarter");
  isDown = true;
  await trends.load("year");
  assert.equal(trends.problem, "Out of order");
  assert.equal(trends.summary?.of.from, "2026-09-01");
  isDown = false;
  await trends.load("year");
  assert.equal(trends.problem, null);
});
