/** Relief at night: what runs in a bedroom, and when to ask whether it helped. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { NO_DETAILS } from "../../custom_components/rls_bedtime/www/data/episode-details.js";
import { getReliefs, isEpisodeOngoing, isReliefOver } from "../../custom_components/rls_bedtime/www/data/relief.js";

const NOW = Date.parse("2026-11-24T03:12:00Z");
const HOUR = 3_600_000;
const entities = { relief_walk: "switch.way", relief_device: "switch.massager", episode_ongoing: "binary_sensor.ongoing" };
const bedroom = { id: "room", name: "Bedroom", configEntryId: "1", entities };

/** @param {string} state @param {any} [attributes] @param {number} [changed] */
const createState = (state, attributes = {}, changed = NOW) => ({
  state,
  attributes: { until: null, unreachable: [], relief: "walking", ...attributes },
  last_changed: new Date(changed).toISOString(),
  last_updated: "",
});

/** @param {Record<string, any>} states */
const createHass = (states) => ({ states, entities: {}, devices: {} });

/** @param {Record<string, any>} states */
const readReliefs = (states) => getReliefs(createHass(states), bedroom);

/** @param {any} details */
const createEpisode = (details, startedAt = NOW) => ({ startedAt, details: { ...NO_DETAILS, ...details } });

test("a bedroom has the relief whose switch is there and available", () => {
  assert.deepEqual(readReliefs({}), []);
  assert.deepEqual(readReliefs({ "switch.way": createState("unavailable") }), []);
  assert.deepEqual(getReliefs(createHass({ "switch.way": createState("off") }), undefined), []);
  const states = { "switch.way": createState("off"), "switch.massager": createState("off", { relief: "warmth" }) };
  assert.deepEqual(
    readReliefs(states).map(({ aid, measure }) => [aid, measure]),
    [
      ["walk", "walking"],
      ["device", "warmth"],
    ],
  );
});

test("what runs says until when, and what could not be turned on", () => {
  const until = new Date(NOW + HOUR).toISOString();
  const [walk] = readReliefs({ "switch.way": createState("on", { until, unreachable: ["light.hall"] }) });
  assert.deepEqual([walk.isOn, walk.until, walk.endedAt, walk.unreachable], [true, NOW + HOUR, null, ["light.hall"]]);
  const [ended] = readReliefs({ "switch.way": createState("off") });
  assert.deepEqual([ended.isOn, ended.until, ended.endedAt], [false, null, NOW]);
});

test("it is asked whether relief helped once it is over, not before", () => {
  const walking = createEpisode({ relief: ["walking"] }, NOW - HOUR);
  assert.equal(isReliefOver(readReliefs({ "switch.way": createState("on") }), walking), false);
  assert.equal(isReliefOver(readReliefs({ "switch.way": createState("off") }), walking), true);
});

test("it is asked about relief that was given during the episode, and about no other", () => {
  const reliefs = readReliefs({ "switch.way": createState("off") });
  assert.equal(isReliefOver(reliefs, createEpisode({ relief: ["cold"] }, NOW - HOUR)), false);
  assert.equal(isReliefOver(reliefs, createEpisode({}, NOW - HOUR)), false);
  assert.equal(isReliefOver(reliefs, createEpisode({ relief: ["walking"] }, NOW + HOUR)), false);
});

test("it is not asked while the massager of the same episode still runs", () => {
  const states = { "switch.way": createState("off"), "switch.massager": createState("on", { relief: "massage" }) };
  const episode = createEpisode({ relief: ["walking", "massage"] }, NOW - HOUR);
  assert.equal(isReliefOver(readReliefs(states), episode), false);
  assert.equal(isReliefOver(readReliefs(states), createEpisode({ relief: ["walking"] }, NOW - HOUR)), true);
});

test("an episode is ongoing until it has ended, for four hours at most", () => {
  const hass = createHass({});
  const isOngoing = (/** @type {number} */ startedAt, /** @type {number | null} */ endedAt) =>
    isEpisodeOngoing(hass, bedroom, { startedAt, endedAt }, NOW);
  assert.equal(isOngoing(NOW - HOUR, null), true);
  assert.equal(isOngoing(NOW - HOUR, NOW), false);
  assert.equal(isOngoing(NOW - 4 * HOUR, null), false);
});

test("without a known episode, the sensor tells whether one is ongoing", () => {
  assert.equal(isEpisodeOngoing(createHass({ "binary_sensor.ongoing": createState("on") }), bedroom, undefined, NOW), true);
  assert.equal(isEpisodeOngoing(createHass({}), bedroom, undefined, NOW), false);
});
