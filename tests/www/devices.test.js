/** Bedrooms and sleepers are found by what they are, not by what they are called; times are the user's. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { bedroomOf, bedrooms, chosen, known, sleepers } from "../../custom_components/rls_bedtime/www/data/devices.js";
import * as locale from "../../custom_components/rls_bedtime/www/frontend/locale.js";
import { TapGuard } from "../../custom_components/rls_bedtime/www/components/tap-guard.js";

/** @param {string} entity_id @param {string} device_id @param {string} translation_key */
const entity = (entity_id, device_id, translation_key, platform = "rls_bedtime") => ({
  entity_id,
  device_id,
  translation_key,
  platform,
});

const all = [
  entity("button.a", "zoe", "log_episode"),
  entity("sensor.b", "zoe", "last_episode"),
  entity("button.c", "alex", "log_episode"),
  entity("switch.d", "room", "bedtime_mode"),
  entity("switch.e", "else", "bedtime_mode", "other"),
  entity("switch.f", "gone", "bedtime_mode"),
];
const house = {
  states: { "sensor.b": { state: "unknown", attributes: {}, last_changed: "1", last_updated: "1" } },
  entities: Object.fromEntries(all.map((each) => [each.entity_id, each])),
  devices: {
    zoe: { id: "zoe", name: "Zoe", primary_config_entry: "1" },
    alex: { id: "alex", name: "x", name_by_user: "Alex", config_entries: ["2"] },
    room: { id: "room", name: "Bedroom", primary_config_entry: "1" },
    else: { id: "else", name: "Other", primary_config_entry: "1" },
  },
};

test("sleepers and bedrooms are found, by name, and belong together", () => {
  assert.deepEqual(sleepers(house).map(({ name }) => name), ["Alex", "Zoe"]);
  assert.deepEqual(bedrooms(house).map(({ id }) => id), ["room"]);
  assert.deepEqual(sleepers(house).map((each) => bedroomOf(house, each)?.id), [undefined, "room"]);
});

test("a card is for the one that it names, or for the only one", () => {
  assert.equal(chosen(sleepers(house), "zoe")?.name, "Zoe");
  assert.equal(chosen(sleepers(house), "gone"), undefined);
  assert.equal(chosen(sleepers(house), undefined), undefined);
  assert.equal(chosen(bedrooms(house), undefined)?.id, "room");
});

test("what nobody knows is not known", () => {
  const zoe = chosen(sleepers(house), "zoe");
  assert.equal(known(house, zoe, "last_episode"), undefined);
  assert.equal(known(house, zoe, "no_such"), undefined);
});

/** @param {Partial<{language: string, number_format: string, time_format: string, time_zone: string}>} [given] */
const writing = (given) => ({
  locale: { language: "en", number_format: "language", time_format: "language", time_zone: "server", ...given },
  config: { time_zone: "America/Los_Angeles" },
});
const AT = Date.parse("2026-11-24T11:12:00Z");

test("a time is told in the user's zone and way", () => {
  assert.equal(locale.time(writing(), AT), "3:12 AM");
  assert.equal(locale.time(writing({ time_format: "24" }), AT), "03:12");
  assert.equal(locale.time(writing({ language: "de" }), AT), "03:12");
  assert.equal(locale.time(writing({ language: "de", time_format: "12" }), AT), "3:12 AM");
  assert.equal(locale.timeOfDay(writing({ language: "de" }), "22:30:00"), "22:30");
});

test("another day is told where it is one", () => {
  const hours = 60 * 60 * 1000;
  assert.equal(locale.moment(writing({ time_format: "24" }), AT, AT + 10 * hours), "03:12");
  assert.equal(locale.moment(writing({ time_format: "24" }), AT, AT + 30 * hours), "Tue 03:12");
});

test("a number is written in the user's way", () => {
  assert.equal(locale.number(writing({ language: "de" }), 1234.5, 1), "1.234,5");
  assert.equal(locale.number(writing({ number_format: "none" }), 1234.5, 1), "1234.5");
  assert.equal(locale.number(writing({ language: "ar-EG" }), 6), "٦");
});

test("a tap is meant, a slip and a touch that stops what rolls are not", () => {
  const guard = new TapGuard();
  const click = { x: 10, y: 10, detail: 1, at: 2100 };
  guard.down({ x: 12, y: 15, at: 2000 });
  assert.ok(guard.isMeant(click));
  guard.down({ x: 12, y: 40, at: 2000 });
  assert.ok(!guard.isMeant(click));
  guard.dragged(1300);
  guard.scrolled(1500);
  guard.scrolled(1800);
  guard.down({ x: 10, y: 10, at: 2000 });
  assert.ok(!guard.isMeant(click));
  guard.down({ x: 10, y: 10, at: 2300 });
  assert.ok(guard.isMeant({ ...click, at: 2350 }));
});

test("a page that a screen reader moves stops no tap", () => {
  const guard = new TapGuard();
  guard.scrolled(1900);
  guard.down({ x: 10, y: 10, at: 2000 });
  assert.ok(guard.isMeant({ x: 10, y: 10, detail: 1, at: 2050 }));
});

test("a click that no finger made is always meant", () => {
  const guard = new TapGuard();
  const click = { x: 10, y: 10, detail: 1, at: 100 };
  assert.ok(guard.isMeant(click));
  guard.dragged(100);
  guard.down({ x: 99, y: 99, at: 110 });
  assert.ok(guard.isMeant({ ...click, detail: 0, at: 120 }));
  assert.ok(guard.isMeant({ ...click, at: 60_000 }));
});
