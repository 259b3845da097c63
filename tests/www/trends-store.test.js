/** The data of the trends card: what is requested, and what is kept. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { TrendsStore } from "../../custom_components/rls_bedtime/www/data/trends-store.js";

/** @import { RecordedNight } from "../../custom_components/rls_bedtime/www/data/night-grid.js" */

/** @type {RecordedNight[]} */
const NIGHTS = [["2026-11-23", 2, 7], ["2026-08-01", 0, null], ["2022-01-09", 1, null]];

/** @param {Partial<import("../../custom_components/rls_bedtime/www/data/trends-store.js").TrendsApi>} [overrides] */
function createStore(overrides) {
  /** @type {any[]} */
  const requests = [];
  const api = {
    fetchNights: async (/** @type {string | null} */ from) => {
      requests.push(from);
      return { tonight: "2026-11-24", nights: NIGHTS.filter(([night]) => from === null || from <= night) };
    },
    callAction: async (/** @type {string} */ _action, /** @type {any} */ data) => {
      requests.push(data);
      return { range: data };
    },
    ...overrides,
  };
  return { requests, store: new TrendsStore(api) };
}

test("a period is loaded with its summary and those of the current and previous month", async () => {
  const { store } = createStore();
  await store.load("quarter");
  assert.deepEqual(store.nights, { recorded: NIGHTS.slice(0, 1), firstNight: "2026-09-01", tonight: "2026-11-24" });
  assert.deepEqual(store.summary?.range, { from: "2026-09-01", to: "2026-11-24" });
  assert.deepEqual(store.monthSummaries?.map(({ range }) => range.from), ["2026-11-01", "2026-10-01"]);
  assert.equal(store.error, null);
});

test("the period without a start begins with the first recorded night", async () => {
  const { store } = createStore();
  await store.load("everything");
  assert.equal(store.nights?.firstNight, null);
  assert.equal(store.summary?.range.from, "2022-01-09");
});

test("once tonight is known, only the nights of the period are requested", async () => {
  const { store, requests } = createStore();
  await store.load("year");
  requests.length = 0;
  await store.load("year");
  assert.equal(requests[0], "2025-12-01");
});

test("a late response does not replace a newer one", async () => {
  /** @type {(() => void)[]} */
  const pending = [];
  const { store } = createStore({
    fetchNights: async (from) => {
      if (pending.length === 0) await new Promise((resolve) => pending.push(() => resolve(null)));
      return { tonight: "2026-11-24", nights: from === null ? NIGHTS : NIGHTS.slice(0, 1) };
    },
  });
  const first = store.load("quarter");
  await store.load("everything");
  pending[0]();
  await first;
  assert.equal(store.nights?.firstNight, null);
});

test("an error is reported, and the loaded data stays", async () => {
  let isDown = false;
  const { store } = createStore({
    callAction: async (_action, data) => {
      if (isDown) throw new Error("Out of order");
      return { range: data };
    },
  });
  await store.load("quarter");
  isDown = true;
  await store.load("year");
  assert.equal(store.error, "Out of order");
  assert.equal(store.summary?.range.from, "2026-09-01");
  isDown = false;
  await store.load("year");
  assert.equal(store.error, null);
});
