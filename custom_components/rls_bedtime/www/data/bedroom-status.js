/** The status of a bedroom: how far the night is, what bedtime mode does to the devices, and which had problems. Pure. */

import { getAvailableState } from "./devices.js";
import { getReliefs } from "./relief.js";

/** @import { Device, HassData } from "./devices.js" */

/** A device that is not as bedtime wants it. @typedef {{entity_id: string, outcome: string, by: string | null}} Problem */

/** Numbers of devices by kind. @typedef {Record<string, number>} Counts */

/**
 * What the hub reports of a bedroom: times in ISO format.
 * @typedef {object} BedroomReport
 * @property {string} phase
 * @property {string | null} fades_at
 * @property {string | null} bedtime_at
 * @property {string | null} ends_at
 * @property {string | null} usual_bedtime
 * @property {string | null} usual_end
 * @property {Counts} applied
 * @property {Counts} restores
 * @property {Problem[]} problems
 */

/**
 * The times of a night, in milliseconds; null where they are not known. `usualBedtime` and `usualEnd` only where they differ.
 * @typedef {{start: number | null, bedtime: number | null, end: number | null, usualBedtime: number | null, usualEnd: number | null}} Times
 */

/**
 * What a glance should tell. `key` is the translation key of its text, which may have the time from now `until`, or a time.
 * @typedef {{key: "off" | "bedtime" | "wind_down" | "fades_in" | "bedtime_in" | "fading_bedtime_in" | "bedtime_until" | "bedtime_ends_in", at: number}} Headline
 */

/**
 * The timeline of a night: where bedtime and the present moment are between its two ends, from 0 to 1.
 * @typedef {{start: number, bedtime: number, end: number, bedtimePosition: number, position: number}} Timeline
 */

/**
 * @typedef {object} BedroomStatus
 * @property {string} phase off, wind_down or bedtime
 * @property {boolean} isOn
 * @property {Times} times
 * @property {Headline} headline
 * @property {Timeline | null} timeline while bedtime mode is on
 * @property {boolean} canExtend
 * @property {[kind: string, count: number][]} applied devices that are as bedtime wants them
 * @property {[kind: string, count: number][]} restores devices that are restored if it is ended now
 * @property {Problem[]} faults
 * @property {Problem[]} released devices that somebody has taken over
 * @property {number | null} updateAt when time alone changes any of this
 */

const KINDS = ["lights", "climate", "screens", "covers", "phones"];
const FAULTS = ["failed", "unreachable"];
const RELEASED = "released";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** How long before the start there is a countdown, and a button that delays it. */
export const AHEAD = 2 * HOUR;

/** How long before the end there is a countdown. */
const ALMOST = HOUR;

/** The share of a timeline that a wind-down takes: by its length alone it would be too short to be seen. */
const WIND_DOWN_SHARE = 1 / 3;

/**
 * Return the status of a bedroom, or null if its phase is unavailable.
 * @param {HassData} hass
 * @param {Device} bedroom
 * @param {BedroomReport | null} report what the hub reports, unless that is not known
 * @param {number} now in milliseconds
 * @returns {BedroomStatus | null}
 */
export function getBedroomStatus(hass, bedroom, report, now) {
  const phase = getAvailableState(hass, bedroom, "phase")?.state;
  if (!phase) return null;
  // The entities and the report arrive one after the other. The times of a session are the same in all its phases.
  const isOfSession = report && (report.phase === "off") === (phase === "off");
  const known = isOfSession ? report : reportOfEntities(hass, bedroom, phase);
  const times = getTimes(known);
  const isOn = phase !== "off";
  const isAhead = times.start !== null && times.start - now <= AHEAD;
  return {
    phase,
    isOn,
    times,
    headline: getHeadline(phase, times, now),
    timeline: isOn ? getTimeline(times, now) : null,
    canExtend: isOn || isAhead,
    applied: sortCounts(known.applied),
    restores: sortCounts(known.restores),
    faults: known.problems.filter(({ outcome }) => FAULTS.includes(outcome)),
    released: known.problems.filter(({ outcome }) => outcome === RELEASED),
    updateAt: getNextUpdate(isOn || isAhead, times, now),
  };
}

/**
 * Return what the entities say, which is less: a bedroom may be one that the user may not follow.
 * @param {HassData} hass
 * @param {Device} bedroom
 * @param {string} phase
 * @returns {BedroomReport}
 */
function reportOfEntities(hass, bedroom, phase) {
  const getState = (/** @type {string} */ key) => getAvailableState(hass, bedroom, key)?.state ?? null;
  const bedtime = phase === "bedtime" ? null : getState("next_bedtime");
  const windDown = Number(getState("wind_down") ?? 0) * MINUTE;
  const attributes = getAvailableState(hass, bedroom, "problem")?.attributes ?? {};
  // Bedtime mode can do nothing about those of the relief.
  const ofRelief = getReliefs(hass, bedroom).flatMap(({ unreachable }) => unreachable);
  return {
    phase,
    fades_at: bedtime && phase === "off" ? new Date(Date.parse(bedtime) - windDown).toISOString() : null,
    bedtime_at: bedtime,
    ends_at: getState("ends_at"),
    usual_bedtime: null,
    usual_end: null,
    applied: {},
    restores: {},
    problems: [...FAULTS, RELEASED].flatMap((outcome) =>
      /** @type {string[]} */ (attributes[outcome] ?? [])
        .filter((entity_id) => !ofRelief.includes(entity_id))
        .map((entity_id) => ({ entity_id, outcome, by: null })),
    ),
  };
}

/** @param {BedroomReport} report @returns {Times} */
function getTimes({ fades_at, bedtime_at, ends_at, usual_bedtime, usual_end }) {
  const [start, bedtime, end] = [fades_at, bedtime_at, ends_at].map(parse);
  const unless = (/** @type {number | null} */ usual, /** @type {number | null} */ time) =>
    usual !== null && time !== null && Math.abs(usual - time) >= MINUTE ? usual : null;
  return {
    start,
    bedtime,
    end,
    usualBedtime: unless(parse(usual_bedtime), bedtime),
    usualEnd: unless(parse(usual_end), end),
  };
}

/** @param {string} phase @param {Times} times @param {number} now @returns {Headline} */
function getHeadline(phase, { start, bedtime, end }, now) {
  if (phase === "bedtime") {
    if (end === null) return { key: "bedtime", at: now };
    return { key: end - now <= ALMOST ? "bedtime_ends_in" : "bedtime_until", at: end };
  }
  if (phase === "wind_down") return bedtime === null ? { key: "wind_down", at: now } : { key: "fading_bedtime_in", at: bedtime };
  if (start === null || bedtime === null || start - now > AHEAD) return { key: "off", at: now };
  return bedtime - start >= MINUTE ? { key: "fades_in", at: start } : { key: "bedtime_in", at: bedtime };
}

/** @param {Times} times @param {number} now @returns {Timeline | null} */
function getTimeline({ start, bedtime, end }, now) {
  if (start === null || bedtime === null || end === null) return null;
  const bedtimePosition = bedtime - start >= MINUTE ? WIND_DOWN_SHARE : 0;
  const position =
    now < bedtime
      ? bedtimePosition * share(start, bedtime, now)
      : bedtimePosition + (1 - bedtimePosition) * share(bedtime, end, now);
  return { start, bedtime, end, bedtimePosition, position };
}

/** Return how far a moment is between two others, from 0 to 1. @param {number} from @param {number} to @param {number} at */
const share = (from, to, at) => Math.min(1, Math.max(0, (at - from) / Math.max(1, to - from)));

/** @param {boolean} counts whether minutes are counted @param {Times} times @param {number} now */
function getNextUpdate(counts, { start }, now) {
  if (counts) return (Math.floor(now / MINUTE) + 1) * MINUTE;
  // Once an hour: tomorrow becomes today.
  return start === null ? null : Math.min(start - AHEAD, (Math.floor(now / HOUR) + 1) * HOUR);
}

/** @param {Counts} counts @returns {[kind: string, count: number][]} */
const sortCounts = (counts) => KINDS.filter((kind) => counts[kind]).map((kind) => [kind, counts[kind]]);

/** @param {string | null} time */
const parse = (time) => (time === null ? null : Date.parse(time));
