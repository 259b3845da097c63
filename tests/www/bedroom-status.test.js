/** The status of a bedroom: phase, next event, progress and problems. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { getBedroomStatus } from "../../custom_components/rls_bedtime/www/data/bedroom-status.js";

const AT = (/** @type {string} */ time) => Date.parse(`2026-11-24T${time}:00Z`);
const bedroom = {
  id: "room",
  name: "Bedroom",
  configEntryId: "1",
  entities: Object.fromEntries(
    ["phase", "next_bedtime", "ends_at", "wind_down", "problem"].map((key) => [key, `x.${key}`]),
  ),
};

/** @param {Record<string, string>} states @param {Record<string, string[]>} [attributes] of the problem sensor */
function getStatus(states, attributes = {}, now = "22:00", phaseStart = "21:45") {
  const last_changed = new Date(AT(phaseStart)).toISOString();
  const hass = {
    entities: {},
    devices: {},
    states: Object.fromEntries(
      Object.entries({ problem: "off", ...states }).map(([key, state]) => [
        `x.${key}`,
        { state, attributes: key === "problem" ? attributes : {}, last_changed, last_updated: last_changed },
      ]),
    ),
  };
  return getBedroomStatus(hass, bedroom, AT(now));
}

const BEDTIME = "2026-11-24T22:30:00+00:00";

test("by day, the next event is the start of the wind-down", () => {
  const status = getStatus({ phase: "off", next_bedtime: BEDTIME, wind_down: "45.0" });
  assert.deepEqual(status?.nextEvent, { key: "begins", at: AT("21:45") });
  assert.deepEqual([status?.isOn, status?.progress, status?.canExtend], [false, null, true]);
});

test("without automatic bedtime, no event is scheduled and bedtime cannot be extended", () => {
  const status = getStatus({ phase: "off", next_bedtime: "unknown" });
  assert.deepEqual(status?.nextEvent, { key: "by_hand", at: null });
  assert.equal(status?.canExtend, false);
});

test("the progress of the wind-down ends at bedtime", () => {
  const status = getStatus({ phase: "wind_down", next_bedtime: BEDTIME, ends_at: "2026-11-25T07:00:00Z" });
  assert.deepEqual(status?.nextEvent, { key: "bedtime_at", at: AT("22:30") });
  assert.equal(status?.progress, 15 / 45);
});

test("the progress of bedtime stays between 0 and 1", () => {
  const states = { phase: "bedtime", ends_at: "2026-11-24T23:45:00Z" };
  assert.equal(getStatus(states, {}, "22:45")?.progress, 0.5);
  assert.equal(getStatus(states, {}, "23:59")?.progress, 1);
  assert.equal(getStatus(states, {}, "21:00")?.progress, 0);
});

test("failures are listed before released devices", () => {
  const status = getStatus({ phase: "bedtime" }, { released: ["light.a"], failed: ["light.b"], unreachable: [] });
  assert.deepEqual(status?.problems, [
    { entity_id: "light.b", outcome: "failed" },
    { entity_id: "light.a", outcome: "released" },
  ]);
});

test("a bedroom whose phase is unavailable has no status", () => {
  assert.equal(getStatus({ phase: "unavailable" }), null);
});
