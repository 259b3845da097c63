/** The data of the trends card: what is requested, and what is kept. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { TrendsStore } from "../../custom_components/rls_bedtime/www/data/trends-store.js";

/** @param {number | null} days */
const createResponse = (days) => ({
  tonight: "2026-11-24",
  first_night: "2026-09-01",
  nights: [["2026-11-23", 2, 7]],
  summary: { days },
  months: [{ days: 24 }, { days: 31 }],
  practices: [],
  changes: [],
  change_names: ["Iron"],
  conditions: [["2026-11-23", 18.4, 45, null, 370, null]],
});

/** @param {string} message @param {string} code */
const createError = (message, code) => Object.assign(new Error(message), { code });

test("a period is one request, with its summary, the months and the practices", async () => {
  const store = new TrendsStore(async (days) => createResponse(days));
  await store.load("quarter");
  assert.deepEqual(store.trends, {
    tonight: "2026-11-24",
    firstNight: "2026-09-01",
    knownFrom: "2026-09-01",
    recorded: [["2026-11-23", 2, 7]],
    summary: { days: 91 },
    months: [{ days: 24 }, { days: 31 }],
    practices: [],
    changes: [],
    changeNames: ["Iron"],
    conditions: new Map([["2026-11-23", ["2026-11-23", 18.4, 45, null, 370, null]]]),
  });
  await store.load("everything");
  assert.deepEqual(store.trends?.summary, { days: null });
  assert.equal(store.trends?.knownFrom, null);
});

test("an empty diary begins tonight", async () => {
  const store = new TrendsStore(async (days) => ({ ...createResponse(days), first_night: null }));
  await store.load("everything");
  assert.equal(store.trends?.firstNight, "2026-11-24");
});

test("a late response does not replace a newer one", async () => {
  /** @type {(() => void)[]} */
  const pending = [];
  const store = new TrendsStore(async (days) => {
    if (days === 91) await new Promise((resolve) => pending.push(() => resolve(null)));
    return createResponse(days);
  });
  const first = store.load("quarter");
  await store.load("everything");
  pending[0]();
  await first;
  assert.deepEqual(store.trends?.summary, { days: null });
});

test("an error is reported, and the loaded data stays", async () => {
  let isDown = false;
  const store = new TrendsStore(async (days) => {
    if (isDown) throw createError("Out of order", "home_assistant_error");
    return createResponse(days);
  });
  await store.load("quarter");
  isDown = true;
  await store.load("year");
  assert.deepEqual([store.error, store.trends?.summary], ["Out of order", { days: 91 }]);
  isDown = false;
  await store.load("year");
  assert.equal(store.error, null);
});

test("nothing is kept of a diary that the user may no longer read", async () => {
  let isAllowed = true;
  const store = new TrendsStore(async (days) => {
    if (!isAllowed) throw createError("You may not read this.", "unauthorized");
    return createResponse(days);
  });
  await store.load("quarter");
  isAllowed = false;
  await store.load("quarter");
  assert.deepEqual([store.trends, store.isPrivate, store.error], [null, true, null]);
  isAllowed = true;
  await store.load("quarter");
  assert.deepEqual([store.trends?.tonight, store.isPrivate], ["2026-11-24", false]);
});
