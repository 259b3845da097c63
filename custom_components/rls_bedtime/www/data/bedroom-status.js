/** The status of a bedroom: the phase of its session, what comes next, and which devices had problems. Pure. */

import { getAvailableState } from "./devices.js";

/** @import { Device, HassData } from "./devices.js" */

/**
 * What happens next and when. `key` is the translation key of its text; `at` is null if nothing is scheduled.
 * @typedef {{key: "begins" | "bedtime_at" | "ends" | "by_hand", at: number | null}} NextEvent
 */

/**
 * @typedef {object} BedroomStatus
 * @property {string} phase off, wind_down or bedtime
 * @property {boolean} isOn
 * @property {NextEvent} nextEvent
 * @property {number | null} bedtime the next one, in milliseconds
 * @property {number | null} progress of the phase, from 0 to 1
 * @property {boolean} canExtend
 * @property {{entity_id: string, outcome: string}[]} problems devices that could not be set for bedtime or were released
 */

/** Failures first: a released device is what somebody wanted. */
const OUTCOMES = ["failed", "unreachable", "released"];
const MINUTE = 60_000;

/**
 * Return the status of a bedroom, or null if its phase is unavailable.
 * @param {HassData} hass
 * @param {Device} bedroom
 * @param {number} now in milliseconds
 * @returns {BedroomStatus | null}
 */
export function getBedroomStatus(hass, bedroom, now) {
  const phaseState = getAvailableState(hass, bedroom, "phase");
  if (!phaseState) return null;
  const phase = phaseState.state;
  const bedtime = parseTimestamp(getAvailableState(hass, bedroom, "next_bedtime"));
  const endsAt = parseTimestamp(getAvailableState(hass, bedroom, "ends_at"));
  const windDown = Number(getAvailableState(hass, bedroom, "wind_down")?.state ?? 0) * MINUTE;
  const phaseStart = Date.parse(phaseState.last_changed);
  return {
    phase,
    isOn: phase !== "off",
    nextEvent: getNextEvent(phase, bedtime, endsAt, windDown),
    bedtime,
    progress: getProgress(phaseStart, phase === "wind_down" ? bedtime : phase === "bedtime" ? endsAt : null, now),
    canExtend: phase !== "off" || bedtime !== null,
    problems: getProblems(hass, bedroom),
  };
}

/**
 * @param {string} phase
 * @param {number | null} bedtime
 * @param {number | null} endsAt
 * @param {number} windDown in milliseconds
 * @returns {NextEvent}
 */
function getNextEvent(phase, bedtime, endsAt, windDown) {
  if (phase === "bedtime") return { key: "ends", at: endsAt };
  if (phase === "wind_down") return { key: "bedtime_at", at: bedtime };
  return bedtime === null ? { key: "by_hand", at: null } : { key: "begins", at: bedtime - windDown };
}

/** @param {number} start @param {number | null} end @param {number} now */
function getProgress(start, end, now) {
  if (end === null || end <= start) return null;
  return Math.min(1, Math.max(0, (now - start) / (end - start)));
}

/** @param {HassData} hass @param {Device} bedroom */
function getProblems(hass, bedroom) {
  const attributes = getAvailableState(hass, bedroom, "problem")?.attributes ?? {};
  return OUTCOMES.flatMap((outcome) =>
    /** @type {string[]} */ (attributes[outcome] ?? []).map((entity_id) => ({ entity_id, outcome })),
  );
}

/** @param {{state: string} | undefined} state */
const parseTimestamp = (state) => (state ? Date.parse(state.state) : null);
