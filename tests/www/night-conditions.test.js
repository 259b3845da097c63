/** What was measured in the nights: in words, and as strips. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { createStrips, drawWeek, formatConditions, formatStripValue } from "../../custom_components/rls_bedtime/www/data/night-conditions.js";

/** @import { NightConditions } from "../../custom_components/rls_bedtime/www/data/night-conditions.js" */

const MONDAY = "2026-11-16";

/** @param {string} temperature @param {string} [language] */
const createSettings = (temperature, language = "en") => ({
  locale: { language, number_format: "language", time_format: "language", time_zone: "server" },
  config: { time_zone: "Europe/Berlin", unit_system: { temperature } },
});

/** @param {string} key @param {Record<string, string>} [values] */
const localize = (key, values = {}) => `${key} ${Object.values(values).join()}`;

/** @param {string} night @param {number | null} temperature @param {number | null} [asleep] @returns {NightConditions} */
const createNight = (night, temperature, asleep = null) => [night, temperature, null, null, asleep, null];

test("a night is described by what is known of it", () => {
  const settings = createSettings("°C");
  assert.equal(formatConditions(settings, localize, ["", 18.44, 45.2, 0.5, 370, 480]), "18.4\u00a0°C · percent 45 · 0.5\u00a0lx · asleep 6 hr 10 min · in_bed 8 hr");
  assert.equal(formatConditions(settings, localize, ["", null, 0, null, null, null]), "percent 0");
  assert.equal(formatConditions(settings, localize, ["", null, null, 120.4, null, null]), "120\u00a0lx");
  assert.equal(formatConditions(settings, localize, undefined), "");
});

test("a temperature is told in the unit and the language of the user", () => {
  assert.equal(formatConditions(createSettings("°F"), localize, createNight("", 18)), "64.4\u00a0°F");
  assert.equal(formatConditions(createSettings("°C", "de"), localize, createNight("", 18.4)), "18,4\u00a0°C");
});

test("there is a strip for what is known of any night, and none where nothing is known", () => {
  assert.deepEqual(createStrips([]), []);
  assert.deepEqual(createStrips([createNight(MONDAY, null)]), []);
  const strips = createStrips([createNight(MONDAY, 18), createNight("2026-11-17", 21, 400), createNight("2026-11-18", 19)]);
  assert.deepEqual(
    strips.map(({ name, lowest, highest, values }) => [name, lowest, highest, values.size]),
    [
      ["temperature", 18, 21, 3],
      ["asleep", 400, 400, 1],
    ],
  );
  assert.deepEqual(strips.map((strip) => formatStripValue(createSettings("°C"), strip, strip.lowest)), ["18\u00a0°C", "6 hr 40 min"]);
});

test("a week has a dot for each known night, and a line between nights in a row", () => {
  const nights = [createNight(MONDAY, 17), createNight("2026-11-17", 21), createNight("2026-11-19", 19)];
  const [strip] = createStrips(nights);
  assert.deepEqual(drawWeek(strip, MONDAY), { line: "M5 20L15 4M35 12", dots: "M5 20h0M15 4h0M35 12h0" });
  assert.deepEqual(drawWeek(strip, "2026-11-23"), { line: "", dots: "" });
});

test("small differences stay small, and a single value is in the middle", () => {
  const [strip] = createStrips([createNight(MONDAY, 18), createNight("2026-11-17", 18.4)]);
  assert.equal(drawWeek(strip, MONDAY).dots, "M5 12.8h0M15 11.2h0");
  const [single] = createStrips([createNight(MONDAY, 18)]);
  assert.equal(drawWeek(single, MONDAY).dots, "M5 12h0");
});
