/** The status of a bedroom: what a glance tells, the timeline, and the devices. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { getBedroomStatus } from "../../custom_components/rls_bedtime/www/data/bedroom-status.js";

/** @import { BedroomReport, BedroomStatus } from "../../custom_components/rls_bedtime/www/data/bedroom-status.js" */

/** @param {string} time of the evening of 24 November, or of the next day if it is before noon */
const at = (time) => Date.parse(`2026-11-${time >= "12" ? 24 : 25}T${time}:00Z`);
const iso = (/** @type {string} */ time) => new Date(at(time)).toISOString();
const bedroom = {
  id: "room",
  name: "Bedroom",
  configEntryId: "1",
  entities: Object.fromEntries(
    ["phase", "next_bedtime", "ends_at", "wind_down", "problem", "relief_walk"].map((key) => [key, `x.${key}`]),
  ),
};

/** A report of the night from 21:45 to 7:00. @param {Partial<BedroomReport>} [changes] @returns {BedroomReport} */
const report = (changes = {}) => ({
  phase: "bedtime",
  fades_at: iso("21:45"),
  bedtime_at: iso("22:30"),
  ends_at: iso("07:00"),
  usual_bedtime: iso("22:30"),
  usual_end: iso("07:00"),
  applied: {},
  restores: {},
  problems: [],
  ...changes,
});

/**
 * @param {string} now
 * @param {BedroomReport | null} reported
 * @param {Record<string, string>} [states]
 * @param {Record<string, string[]>} [attributes] of the problem sensor
 */
function getStatus(now, reported, states = {}, attributes = {}) {
  const all = { phase: reported?.phase ?? "off", problem: "off", ...states };
  const hass = {
    entities: {},
    devices: {},
    states: Object.fromEntries(
      Object.entries(all).map(([key, state]) => [
        `x.${key}`,
        { state, attributes: ["problem", "relief_walk"].includes(key) ? attributes : {}, last_changed: "", last_updated: "" },
      ]),
    ),
  };
  return /** @type {BedroomStatus} */ (getBedroomStatus(hass, bedroom, reported, at(now)));
}

// --- the headline -----------------------------------------------------------------------------------------------------

for (const [now, key, time] of [
  ["19:44", "off", "19:44"],
  ["19:45", "fades_in", "21:45"],
  ["21:44", "fades_in", "21:45"],
]) {
  test(`by day at ${now} the headline is ${key}`, () => {
    assert.deepEqual(getStatus(now, report({ phase: "off" })).headline, { key, at: at(time) });
  });
}

test("without a wind-down, bedtime itself is counted down to", () => {
  const status = getStatus("21:30", report({ phase: "off", fades_at: iso("22:30") }));
  assert.deepEqual(status.headline, { key: "bedtime_in", at: at("22:30") });
});

test("during the wind-down, bedtime is counted down to", () => {
  assert.deepEqual(getStatus("21:52", report({ phase: "wind_down" })).headline, { key: "fading_bedtime_in", at: at("22:30") });
});

for (const [now, key] of [
  ["23:00", "bedtime_until"],
  ["05:59", "bedtime_until"],
  ["06:00", "bedtime_ends_in"],
]) {
  test(`during bedtime at ${now} the headline is ${key}`, () => {
    assert.deepEqual(getStatus(now, report()).headline, { key, at: at("07:00") });
  });
}

test("a night whose end is not known yet is just bedtime", () => {
  const status = getStatus("23:00", report({ ends_at: null, usual_end: null }));
  assert.equal(status.headline.key, "bedtime");
  assert.equal(status.timeline, null);
});

test("with nothing automatic there is no countdown, and nothing to delay", () => {
  const times = { fades_at: null, bedtime_at: null, ends_at: null, usual_bedtime: null, usual_end: null };
  const status = getStatus("21:00", report({ phase: "off", ...times }));
  assert.deepEqual([status.headline.key, status.canExtend, status.updateAt], ["off", false, null]);
});

// --- times ------------------------------------------------------------------------------------------------------------

test("usual times are given only where tonight differs by a minute", () => {
  const usual = { usual_bedtime: iso("22:00"), usual_end: new Date(at("07:00") + 59_000).toISOString() };
  const { times } = getStatus("22:10", report({ phase: "wind_down", ...usual }));
  assert.deepEqual([times.bedtime, times.usualBedtime, times.usualEnd], [at("22:30"), at("22:00"), null]);
});

test("the button that delays is there from two hours before the start until the end", () => {
  const of = (/** @type {string} */ now, /** @type {string} */ phase) => getStatus(now, report({ phase })).canExtend;
  assert.deepEqual(
    [of("19:44", "off"), of("19:45", "off"), of("22:00", "wind_down"), of("03:00", "bedtime")],
    [false, true, true, true],
  );
});

test("the present moment moves over the wind-down, then over bedtime", () => {
  const of = (/** @type {string} */ now) => {
    const { timeline } = getStatus(now, report({ phase: at(now) < at("22:30") ? "wind_down" : "bedtime" }));
    return Math.round(100 * (timeline?.position ?? NaN));
  };
  assert.deepEqual(["21:40", "21:45", "22:00", "22:30", "02:45", "07:00", "07:10"].map(of), [0, 0, 11, 33, 67, 100, 100]);
});

test("a night that began with bedtime has no part for the wind-down", () => {
  const { timeline } = getStatus("02:45", report({ fades_at: iso("22:30") }));
  assert.deepEqual([timeline?.bedtimePosition, timeline?.position], [0, 0.5]);
});

test("by day there is no timeline", () => {
  assert.equal(getStatus("21:30", report({ phase: "off" })).timeline, null);
});

test("the card is updated each minute while it counts, and else once an hour until it does", () => {
  const of = (/** @type {string} */ now, /** @type {string} */ phase) => getStatus(now, report({ phase })).updateAt;
  assert.equal(getStatus("22:00", report({ phase: "wind_down" })).updateAt, at("22:01"));
  assert.deepEqual([of("14:20", "off"), of("19:10", "off"), of("20:00", "off")], [at("15:00"), at("19:45"), at("20:01")]);
});

// --- devices ----------------------------------------------------------------------------------------------------------

test("devices are counted by kind in a fixed order", () => {
  const counts = { phones: 1, lights: 3, screens: 0, climate: 1 };
  const { applied, restores } = getStatus("23:00", report({ applied: counts, restores: { covers: 2 } }));
  assert.deepEqual(applied, [
    ["lights", 3],
    ["climate", 1],
    ["phones", 1],
  ]);
  assert.deepEqual(restores, [["covers", 2]]);
});

test("what failed is kept apart from what somebody has taken over", () => {
  const [blind, lamp, tv] = [
    { entity_id: "cover.blind", outcome: "unreachable", by: null },
    { entity_id: "light.lamp", outcome: "released", by: "person" },
    { entity_id: "media_player.tv", outcome: "failed", by: null },
  ];
  const status = getStatus("23:00", report({ problems: [blind, lamp, tv] }));
  assert.deepEqual([status.faults, status.released], [[blind, tv], [lamp]]);
});

// --- without a report -------------------------------------------------------------------------------------------------

test("a user who may not follow the bedroom sees what its entities say", () => {
  const night = { phase: "bedtime", ends_at: iso("07:00") };
  const status = getStatus("23:00", null, night, { released: ["light.a"], failed: ["light.b"], unreachable: [] });
  assert.deepEqual(status.headline, { key: "bedtime_until", at: at("07:00") });
  assert.deepEqual(status.faults, [{ entity_id: "light.b", outcome: "failed", by: null }]);
  assert.deepEqual(status.released, [{ entity_id: "light.a", outcome: "released", by: null }]);
  const day = getStatus("21:00", null, { phase: "off", next_bedtime: iso("22:30"), wind_down: "45.0" });
  assert.deepEqual(day.headline, { key: "fades_in", at: at("21:45") });
});

test("a report of the wind-down holds until the one of bedtime arrives, but not beyond the end", () => {
  const late = report({ phase: "wind_down", applied: { lights: 2 } });
  const bedtime = getStatus("22:30", late, { phase: "bedtime" });
  assert.deepEqual([bedtime.headline.key, bedtime.applied], ["bedtime_until", [["lights", 2]]]);
  assert.deepEqual(getStatus("22:30", late, { phase: "off", next_bedtime: "unknown" }).applied, []);
});

test("a bedroom whose phase is unavailable has no status", () => {
  assert.equal(getStatus("22:00", report(), { phase: "unavailable" }), null);
});

test("without a report, what the relief could not reach is no fault of bedtime mode", () => {
  const attributes = { unreachable: ["light.hallway"], failed: ["light.lamp"] };
  const entities = (/** @type {Record<string, string>} */ states) =>
    getStatus("23:00", null, { phase: "bedtime", problem: "on", ...states }, attributes).faults.map(({ entity_id }) => entity_id);
  assert.deepEqual(entities({}), ["light.lamp", "light.hallway"]);
  assert.deepEqual(entities({ relief_walk: "on" }), ["light.lamp"]);
});
