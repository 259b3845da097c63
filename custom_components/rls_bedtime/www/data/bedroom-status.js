/** How far a bedroom's night is, and what did not go as it should. Pure. */

import { known } from "./devices.js";

/** @import { House, Member } from "./devices.js" */

/**
 * What comes next, by the key of its text, and when; without a moment, nothing does.
 * @typedef {{key: "begins" | "bedtime_at" | "ends" | "by_hand", at: number | null}} Next
 */

/**
 * @typedef {object} Night
 * @property {string} phase off, wind_down or bedtime
 * @property {boolean} isOn
 * @property {Next} next
 * @property {number | null} bedtime the coming one, in milliseconds
 * @property {number | null} progress of the phase, from 0 to 1
 * @property {boolean} canExtend
 * @property {{entity_id: string, outcome: string}[]} troubles what was not brought to bedtime, and what was taken back
 */

const OUTCOMES = ["failed", "unreachable", "released"];
const MINUTE = 60_000;

/**
 * Return how far a night is, or null where nothing is known of the bedroom.
 * @param {House} house
 * @param {Member} bedroom
 * @param {number} now in milliseconds
 * @returns {Night | null}
 */
export function nightOf(house, bedroom, now) {
  const sensor = known(house, bedroom, "phase");
  if (!sensor) return null;
  const phase = sensor.state;
  const bedtime = momentOf(known(house, bedroom, "next_bedtime"));
  const ends = momentOf(known(house, bedroom, "ends_at"));
  const windDown = Number(known(house, bedroom, "wind_down")?.state ?? 0) * MINUTE;
  const since = Date.parse(sensor.last_changed);
  return {
    phase,
    isOn: phase !== "off",
    next: next(phase, bedtime, ends, windDown),
    bedtime,
    progress: progress(since, phase === "wind_down" ? bedtime : phase === "bedtime" ? ends : null, now),
    canExtend: phase !== "off" || bedtime !== null,
    troubles: troubles(house, bedroom),
  };
}

/**
 * @param {string} phase
 * @param {number | null} bedtime
 * @param {number | null} ends
 * @param {number} windDown in milliseconds
 * @returns {Next}
 */
function next(phase, bedtime, ends, windDown) {
  if (phase === "bedtime") return { key: "ends", at: ends };
  if (phase === "wind_down") return { key: "bedtime_at", at: bedtime };
  return bedtime === null ? { key: "by_hand", at: null } : { key: "begins", at: bedtime - windDown };
}

/** @param {number} since @param {number | null} until @param {number} now */
function progress(since, until, now) {
  if (until === null || until <= since) return null;
  return Math.min(1, Math.max(0, (now - since) / (until - since)));
}

/** @param {House} house @param {Member} bedroom */
function troubles(house, bedroom) {
  const attributes = known(house, bedroom, "problem")?.attributes ?? {};
  return OUTCOMES.flatMap((outcome) =>
    /** @type {string[]} */ (attributes[outcome] ?? []).map((entity_id) => ({ entity_id, outcome })),
  );
}

/** @param {{state: string} | undefined} sensor */
const momentOf = (sensor) => (sensor ? Date.parse(sensor.state) : null);
