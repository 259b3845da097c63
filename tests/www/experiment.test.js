import assert from "node:assert/strict";
import { test } from "node:test";
import {
  chooseOption,
  createExperimentDraft,
  formatOptionNumber,
  getUnit,
  toStartData,
} from "../../custom_components/rls_bedtime/www/data/experiment.js";

const ITEMS = [{ uid: "1" }, { uid: "2" }];
const PRESENT = { temperature_setback: 2, use_sleep_preset: false, light_level: 5, wind_down: 45 };

test("a new form is about the first item of the routine, or about a tag if there is none", () => {
  assert.deepEqual(toStartData(createExperimentDraft(ITEMS)), { practice: "1", nights: "84" });
  assert.equal(createExperimentDraft([]).kind, "tag");
  assert.equal(toStartData(createExperimentDraft([])), null);
});

test("blanks are no tag", () => {
  const draft = { ...createExperimentDraft(ITEMS), kind: "tag", tag: "  " };
  assert.equal(toStartData(draft), null);
  assert.deepEqual(toStartData({ ...draft, tag: " warm socks " }), { tag: "warm socks", nights: "84" });
});

test("an option begins with its present value, and without it where that is possible", () => {
  const draft = { ...createExperimentDraft(ITEMS), kind: "option" };
  const values = (/** @type {string} */ option) => toStartData(chooseOption(draft, option, PRESENT));
  assert.deepEqual(values("temperature_setback"), { option: "temperature_setback", nights: "84", with: 2, without: 0 });
  assert.deepEqual(values("use_sleep_preset"), { option: "use_sleep_preset", nights: "84", with: true, without: false });
  assert.deepEqual(values("light_level"), { option: "light_level", nights: "84", with: 5 });
  assert.deepEqual(values("unknown"), { option: "unknown", nights: "84", without: 0 });
});

test("only an option has values", () => {
  const draft = chooseOption({ ...createExperimentDraft(ITEMS), kind: "option" }, "wind_down", PRESENT);
  assert.deepEqual(toStartData({ ...draft, kind: "practice" }), { practice: "1", nights: "84" });
});

test("values have a unit", () => {
  const config = { unit_system: { temperature: "°F" } };
  const units = ["temperature_setback", "light_level", "light_color_temp", "wind_down"].map((option) => getUnit(option, config));
  assert.deepEqual(units, ["°F", "%", "K", "min"]);
});

test("a number is written as the language writes it", () => {
  const locale = { language: "de", number_format: "language", time_format: "24", time_zone: "server" };
  const hass = { config: { time_zone: "Europe/Berlin", unit_system: { temperature: "°C" } }, locale };
  const localize = (/** @type {string} */ _key, /** @type {Record<string, any>} */ { percent } = {}) => `${percent}\u00a0%`;
  assert.equal(formatOptionNumber(hass, localize, "light_level", 5), "5\u00a0%");
  assert.equal(formatOptionNumber(hass, localize, "temperature_setback", 2.5), "2,5 °C");
});
