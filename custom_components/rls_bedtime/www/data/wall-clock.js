/** What a clock shows in the user's zone, and back. Pure. */

import { timeZone } from "../frontend/locale.js";
import { plus } from "./night-grid.js";

/** @import { Writing } from "../frontend/locale.js" */

export const NOON = "12:00";
const MINUTE = 60_000;

/**
 * Return the date and the time of day that a clock shows: YYYY-MM-DD and HH:MM.
 * @param {Writing} writing
 * @param {number} at in milliseconds
 * @returns {[string, string]}
 */
export function clockOf(writing, at) {
  const shown = new Intl.DateTimeFormat("sv-SE", { dateStyle: "short", timeStyle: "short", timeZone: timeZone(writing) });
  const [date, time] = shown.format(at).split(" ");
  return [date, time];
}

/**
 * Return the moment at which a clock shows a date and a time of day, in milliseconds: of two such, the first that is not
 * before another moment, if one is given. In the very minute of that, it is that. A time that the clock leaves out in spring
 * is as far past the change as it would be.
 * @param {Writing} writing
 * @param {string} date
 * @param {string} time
 * @param {number} [notBefore]
 */
export function momentOf(writing, date, time, notBefore = -Infinity) {
  const wanted = Date.parse(`${date}T${time}Z`);
  const offsets = [-1, 1].map((days) => offsetAt(writing, wanted + days * 24 * 60 * MINUTE));
  const moments = offsets.map((offset) => wanted - offset);
  const shown = moments.filter((at) => at + offsetAt(writing, at) === wanted);
  const found = shown.find((at) => at > notBefore - MINUTE);
  return found === undefined ? (shown[0] ?? moments[0]) : Math.max(found, notBefore);
}

/**
 * Return the night that a moment belongs to, from noon to noon, and the time of day that a clock shows.
 * @param {Writing} writing
 * @param {number} at in milliseconds
 * @returns {[string, string]}
 */
export function nightAt(writing, at) {
  const [date, time] = clockOf(writing, at);
  return [time < NOON ? plus(date, -1) : date, time];
}

/** Return how far the clock is ahead of UTC, in milliseconds. @param {Writing} writing @param {number} at */
function offsetAt(writing, at) {
  const [date, time] = clockOf(writing, at);
  return Date.parse(`${date}T${time}Z`) - Math.floor(at / MINUTE) * MINUTE;
}
