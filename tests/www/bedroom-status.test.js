/** How far the night is, what comes next, and what did not go as it should. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { nightOf } from "../../custom_components/rls_bedtime/www/data/bedroom-status.js";

const AT = (/** @type {string} */ time) => Date.parse(`2026-11-24T${time}:00Z`);
const member = {
  id: "room",
  name: "Bedroom",
  entry: "1",
  entities: Object.fromEntries(
    ["phase", "next_bedtime", "ends_at", "wind_down", "problem"].map((kind) => [kind, `x.${kind}`]),
  ),
};

/** @param {Record<string, string>} states @param {Record<string, string[]>} [attributes] of the problem */
function night(states, attributes = {}, now = "22:00", since = "21:45") {
  const last_changed = new Date(AT(since)).toISOString();
  const house = {
    entities: {},
    devices: {},
    states: Object.fromEntries(
      Object.entries({ problem: "off", ...states }).map(([kind, state]) => [
        `x.${kind}`,
        { state, attributes: kind === "problem" ? attributes : {}, last_changed, last_updated: last_changed },
      ]),
    ),
  };
  return nightOf(house, member, AT(now));
}

const BEDTIME = "2026-11-24T22:30:00+00:00";

test("by day it says when the lights begin to fade", () => {
  const found = night({ phase: "off", next_bedtime: BEDTIME, wind_down: "45.0" });
  assert.deepEqual(found?.next, { key: "begins", at: AT("21:45") });
  assert.deepEqual([found?.isOn, found?.progress, found?.canExtend], [false, null, true]);
});

test("a bedroom that does not start by itself is started by hand, and there is nothing to put off", () => {
  const found = night({ phase: "off", next_bedtime: "unknown" });
  assert.deepEqual(found?.next, { key: "by_hand", at: null });
  assert.equal(found?.canExtend, false);
});

test("a wind-down goes from its beginning to bedtime", () => {
  const found = night({ phase: "wind_down", next_bedtime: BEDTIME, ends_at: "2026-11-25T07:00:00Z" });
  assert.deepEqual(found?.next, { key: "bedtime_at", at: AT("22:30") });
  assert.equal(found?.progress, 15 / 45);
});

test("a night goes from bedtime to its end, and never beyond", () => {
  const states = { phase: "bedtime", ends_at: "2026-11-24T23:45:00Z" };
  assert.equal(night(states, {}, "22:45")?.progress, 0.5);
  assert.equal(night(states, {}, "23:59")?.progress, 1);
  assert.equal(night(states, {}, "21:00")?.progress, 0);
});

test("what failed comes before what was taken back", () => {
  const found = night({ phase: "bedtime" }, { released: ["light.a"], failed: ["light.b"], unreachable: [] });
  assert.deepEqual(found?.troubles, [
    { entity_id: "light.b", outcome: "failed" },
    { entity_id: "light.a", outcome: "released" },
  ]);
});

test("of a bedroom that is not loaded nothing is known", () => {
  assert.equal(night({ phase: "unavailable" }), null);
});
