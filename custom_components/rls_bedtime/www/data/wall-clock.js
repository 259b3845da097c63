/** Conversion between timestamps and the date and time of day in the user's time zone. Pure. */

import { resolveTimeZone } from "../frontend/locale.js";
import { addDays } from "./night-grid.js";

/** @import { LocaleSettings } from "../frontend/locale.js" */

export const NOON = "12:00";
const MINUTE = 60_000;

/**
 * Return the date (YYYY-MM-DD) and the time of day (HH:MM) of a timestamp.
 * @param {LocaleSettings} settings
 * @param {number} timestamp in milliseconds
 * @returns {[string, string]}
 */
export function toWallClock(settings, timestamp) {
  // Swedish is written like ISO 8601.
  const options = /** @type {const} */ ({ dateStyle: "short", timeStyle: "short", timeZone: resolveTimeZone(settings) });
  const [date, time] = new Intl.DateTimeFormat("sv-SE", options).format(timestamp).split(" ");
  return [date, time];
}

/**
 * Return the timestamp of a date and a time of day, in milliseconds.
 *
 * A time that occurs twice, when clocks are set back, is the first one that is not before `notBefore`. A time within the
 * minute of `notBefore` is `notBefore` itself. A time that is skipped, when clocks are set forward, is moved past the change.
 * @param {LocaleSettings} settings
 * @param {string} date
 * @param {string} time
 * @param {number} [notBefore]
 */
export function fromWallClock(settings, date, time, notBefore = -Infinity) {
  const asUtc = Date.parse(`${date}T${time}Z`);
  const offsets = [-1, 1].map((days) => utcOffset(settings, asUtc + days * 24 * 60 * MINUTE));
  const candidates = offsets.map((offset) => asUtc - offset);
  const matches = candidates.filter((timestamp) => timestamp + utcOffset(settings, timestamp) === asUtc);
  const match = matches.find((timestamp) => timestamp > notBefore - MINUTE);
  return match === undefined ? (matches[0] ?? candidates[0]) : Math.max(match, notBefore);
}

/**
 * Return the night of a timestamp, which lasts from noon to noon, and the time of day.
 * @param {LocaleSettings} settings
 * @param {number} timestamp in milliseconds
 * @returns {[string, string]}
 */
export function toNightAndTime(settings, timestamp) {
  const [date, time] = toWallClock(settings, timestamp);
  return [time < NOON ? addDays(date, -1) : date, time];
}

/**
 * Return the current night, by the clock of Home Assistant.
 * @param {LocaleSettings} settings
 * @param {number} now in milliseconds
 */
export const getCurrentNight = (settings, now) => toNightAndTime(withHomeTimeZone(settings), now)[0];

/**
 * Return the night before today, by the clock of Home Assistant: the one that people call last night, also before noon.
 * @param {LocaleSettings} settings
 * @param {number} now in milliseconds
 */
export const getLastNight = (settings, now) => addDays(toWallClock(withHomeTimeZone(settings), now)[0], -1);

/**
 * Return the time of day (HH:MM), by the clock of Home Assistant.
 * @param {LocaleSettings} settings
 * @param {number} now in milliseconds
 */
export const getTimeAtHome = (settings, now) => toWallClock(withHomeTimeZone(settings), now)[1];

/** @param {LocaleSettings} settings @returns {LocaleSettings} */
const withHomeTimeZone = ({ locale, config }) => ({ locale: { ...locale, time_zone: "server" }, config });

/** Return the offset from UTC at a timestamp, in milliseconds. @param {LocaleSettings} settings @param {number} timestamp */
function utcOffset(settings, timestamp) {
  const [date, time] = toWallClock(settings, timestamp);
  return Date.parse(`${date}T${time}Z`) - Math.floor(timestamp / MINUTE) * MINUTE;
}
