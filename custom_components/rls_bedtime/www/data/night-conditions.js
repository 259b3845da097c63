/** What was measured in the nights: in words, and as strips, with a small chart for each week. Pure. */

import { formatDuration, formatNumber } from "../frontend/locale.js";
import { addDays } from "./night-grid.js";

/** @import { LocalizeFunc } from "../frontend/home-assistant.js" */
/** @import { LocaleSettings } from "../frontend/locale.js" */

/**
 * What was measured in a night, as the integration sends it: the date, °C, % of humidity, lx, and minutes asleep and in bed.
 * @typedef {[night: string, temperature: number | null, humidity: number | null, illuminance: number | null, asleep: number | null, inBed: number | null]} NightConditions
 */

/**
 * A strip: what it shows by night, and between which values.
 * @typedef {{name: "temperature" | "asleep", values: Map<string, number>, lowest: number, highest: number}} Strip
 */

/** The index of each value that has a strip, and the range that fills its height at least: less is no difference to see. */
const STRIPS = /** @type {const} */ ([
  ["temperature", 1, 4],
  ["asleep", 4, 120],
]);

/** The chart of a week is drawn in these units, and stretched to its column. */
const DAY_WIDTH = 10;
export const STRIP_WIDTH = 7 * DAY_WIDTH;
export const STRIP_HEIGHT = 24;
const MARGIN = 4;

const MINUTE = 60_000;

/** @param {number} celsius @param {string} unit °C or °F */
const convertTemperature = (celsius, unit) => (unit === "°F" ? celsius * 1.8 + 32 : celsius);

/** Return a strip for each value that is known of any night. @param {Iterable<NightConditions>} conditions @returns {Strip[]} */
export function createStrips(conditions) {
  const nights = [...conditions];
  return STRIPS.flatMap(([name, index]) => {
    const known = nights.filter((each) => each[index] !== null);
    const values = new Map(known.map((each) => [each[0], /** @type {number} */ (each[index])]));
    if (!values.size) return [];
    const sorted = [...values.values()].sort((a, b) => a - b);
    return [{ name, values, lowest: sorted[0], highest: sorted[sorted.length - 1] }];
  });
}

/**
 * Return the chart of a week as two SVG paths: dots, and the lines between nights in a row.
 * @param {Strip} strip
 * @param {string} start the first date of the week
 */
export function drawWeek({ name, values, lowest, highest }, start) {
  const minRange = STRIPS.find(([each]) => each === name)?.[2] ?? 0;
  const range = Math.max(highest - lowest, minRange);
  const top = (highest + lowest + range) / 2;
  const height = STRIP_HEIGHT - 2 * MARGIN;
  let [line, dots, isJoined] = ["", "", false];
  for (let day = 0; day < 7; day += 1) {
    const value = values.get(addDays(start, day));
    if (value !== undefined) {
      const y = Math.round((MARGIN + ((top - value) / range) * height) * 10) / 10;
      const point = `${(day + 0.5) * DAY_WIDTH} ${y}`;
      line += `${isJoined ? "L" : "M"}${point}`;
      dots += `M${point}h0`;
    }
    isJoined = value !== undefined;
  }
  return { line, dots };
}


/** @param {LocaleSettings} hass @param {number} celsius */
function formatTemperature(hass, celsius) {
  const unit = hass.config.unit_system?.temperature ?? "°C";
  return `${formatNumber(hass, convertTemperature(celsius, unit), 1)}\u00a0${unit}`;
}

/**
 * Return what was measured in a night in words, such as "18.4 °C · 45% · asleep 6 hr 10 min"; empty if nothing is known.
 * @param {LocaleSettings} hass
 * @param {LocalizeFunc} localize
 * @param {NightConditions | undefined} conditions
 */
export function formatConditions(hass, localize, conditions) {
  if (!conditions) return "";
  const [, temperature, humidity, illuminance, asleep, inBed] = conditions;
  /** @type {[number | null, (value: number) => string][]} */
  const parts = [
    [temperature, (value) => formatTemperature(hass, value)],
    [humidity, (value) => localize("percent", { percent: formatNumber(hass, value) })],
    [illuminance, (value) => `${formatNumber(hass, value, value < 10 ? 1 : 0)}\u00a0lx`],
    [asleep, (value) => localize("asleep", { duration: formatDuration(hass, value * MINUTE) })],
    [inBed, (value) => localize("in_bed", { duration: formatDuration(hass, value * MINUTE) })],
  ];
  return parts.flatMap(([value, format]) => (value === null ? [] : format(value))).join(" · ");
}

/**
 * Return a value of a strip in words.
 * @param {LocaleSettings} hass
 * @param {Strip} strip
 * @param {number} value
 */
export const formatStripValue = (hass, { name }, value) =>
  name === "temperature" ? formatTemperature(hass, value) : formatDuration(hass, value * MINUTE);
