/** The bedrooms and sleepers, found by what they are and not by what they are called. */

import assert from "node:assert/strict";
import { test } from "node:test";

import {
  findBedroomOf,
  findBedrooms,
  findSleepers,
  getAvailableState,
  selectDevice,
} from "../../custom_components/rls_bedtime/www/data/devices.js";

/** @param {string} entity_id @param {string} device_id @param {string} translation_key */
const createEntity = (entity_id, device_id, translation_key, platform = "rls_bedtime") => ({
  entity_id,
  device_id,
  translation_key,
  platform,
});

const entities = [
  createEntity("button.a", "zoe", "log_episode"),
  createEntity("sensor.b", "zoe", "last_episode"),
  createEntity("button.c", "alex", "log_episode"),
  createEntity("switch.d", "room", "bedtime_mode"),
  createEntity("switch.e", "else", "bedtime_mode", "other"),
  createEntity("switch.f", "gone", "bedtime_mode"),
];
const hass = {
  states: { "sensor.b": { state: "unknown", attributes: {}, last_changed: "1", last_updated: "1" } },
  entities: Object.fromEntries(entities.map((entity) => [entity.entity_id, entity])),
  devices: {
    zoe: { id: "zoe", name: "Zoe", primary_config_entry: "1" },
    alex: { id: "alex", name: "x", name_by_user: "Alex", config_entries: ["2"] },
    room: { id: "room", name: "Bedroom", primary_config_entry: "1" },
    else: { id: "else", name: "Other", primary_config_entry: "1" },
  },
};

test("sleepers and bedrooms are found by translation key, sorted by name, and linked by config entry", () => {
  assert.deepEqual(findSleepers(hass).map(({ name }) => name), ["Alex", "Zoe"]);
  assert.deepEqual(findBedrooms(hass).map(({ id }) => id), ["room"]);
  assert.deepEqual(findSleepers(hass).map((sleeper) => findBedroomOf(hass, sleeper)?.id), [undefined, "room"]);
});

test("a card is for the configured device, or for the only one", () => {
  assert.equal(selectDevice(findSleepers(hass), "zoe")?.name, "Zoe");
  assert.equal(selectDevice(findSleepers(hass), "gone"), undefined);
  assert.equal(selectDevice(findSleepers(hass), undefined), undefined);
  assert.equal(selectDevice(findBedrooms(hass), undefined)?.id, "room");
});

test("an unknown state and a missing entity have no available state", () => {
  const zoe = selectDevice(findSleepers(hass), "zoe");
  assert.equal(getAvailableState(hass, zoe, "last_episode"), undefined);
  assert.equal(getAvailableState(hass, zoe, "no_such"), undefined);
});
