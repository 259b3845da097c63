/** Relief at night in a bedroom: the lights on the way and the relief device, and whether they helped. Pure. */

import { getAvailableState } from "./devices.js";

/** @import { Device, HassData } from "./devices.js" */
/** @import { EpisodeDetails } from "./episode-details.js" */

/** @typedef {"walk" | "device"} Aid */

/**
 * @typedef {object} Relief
 * @property {Aid} aid
 * @property {string} measure what it is in the diary, such as walking or massage
 * @property {boolean} isOn
 * @property {number | null} until when it ends by itself, in milliseconds, while it is on
 * @property {number | null} endedAt when it ended, in milliseconds, while it is off
 * @property {string[]} unreachable the entities that could not be turned on
 */

const SWITCHES = /** @type {const} */ ({ walk: "relief_walk", device: "relief_device" });

/** The actions that start and end it. */
export const RELIEF_ACTIONS = /** @type {const} */ ({
  walk: { start: "start_walk", stop: "stop_walk" },
  device: { start: "start_relief", stop: "stop_relief" },
});

/** For how long an episode is ongoing that nobody ends, in milliseconds. */
const ONGOING_FOR = 4 * 60 * 60 * 1000;

/**
 * Return the relief that is set up for a bedroom and available.
 * @param {HassData} hass
 * @param {Device | undefined} bedroom
 * @returns {Relief[]}
 */
export function getReliefs(hass, bedroom) {
  return /** @type {Aid[]} */ (Object.keys(SWITCHES)).flatMap((aid) => {
    const state = getAvailableState(hass, bedroom, SWITCHES[aid]);
    if (!state) return [];
    const { until, unreachable = [], relief } = state.attributes;
    const isOn = state.state === "on";
    return [
      {
        aid,
        measure: relief,
        isOn,
        until: isOn && until ? Date.parse(until) : null,
        endedAt: isOn ? null : Date.parse(state.last_changed),
        unreachable,
      },
    ];
  });
}

/**
 * Return whether an episode is ongoing, so that relief is noted in it.
 * @param {HassData} hass
 * @param {Device} sleeper
 * @param {{startedAt: number, endedAt: number | null} | undefined} current the latest episode, as far as known
 * @param {number} now in milliseconds
 */
export function isEpisodeOngoing(hass, sleeper, current, now) {
  if (current) return current.endedAt === null && now - current.startedAt < ONGOING_FOR;
  return getAvailableState(hass, sleeper, "episode_ongoing")?.state === "on";
}

/**
 * Return whether it is time to ask whether the relief of an episode has helped: some of it was given during the episode, and
 * none is still being given.
 * @param {Relief[]} reliefs
 * @param {{startedAt: number, details: EpisodeDetails}} episode
 */
export function isReliefOver(reliefs, { startedAt, details }) {
  const given = reliefs.filter(({ measure }) => details.relief.includes(measure));
  return given.every(({ isOn }) => !isOn) && given.some(({ endedAt }) => endedAt !== null && endedAt >= startedAt);
}
