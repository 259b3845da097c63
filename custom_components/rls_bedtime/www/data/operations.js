/**
 * The operations of the night pad: what a tap asks of the diary. An operation never changes; its id is the `request_id` of
 * its call, by which Home Assistant answers every repeat with the first result. Pure.
 */

import { NO_DETAILS, getDetails } from "./episode-details.js";

/** @import { EpisodeDetails } from "./episode-details.js" */

/** @typedef {"log" | "details" | "end" | "reopen" | "delete" | "clear_night" | "undo"} OperationKind */

/**
 * @typedef {object} Operation
 * @property {string} id the request id
 * @property {number} order greater than that of every operation that was known when it was created
 * @property {OperationKind} kind
 * @property {number} at when the user tapped, in milliseconds of the browser's clock
 * @property {string | null} episode the id of the episode, or the request id of its log; null for the ongoing one, or none
 * @property {Record<string, any>} data the other fields of the call
 * @property {Operation} [target] the operation that this one undoes
 */

/**
 * An episode as the night pad shows it. `id` is the request id of its log until Home Assistant has answered that.
 * @typedef {{id: string, startedAt: number, details: EpisodeDetails, endedAt: number | null}} PadEpisode
 */

const ACTIONS = /** @type {const} */ ({
  log: "log_episode",
  details: "update_episode",
  end: "end_episode",
  reopen: "update_episode",
  delete: "delete_episode",
  clear_night: "log_clear_night",
  undo: "undo",
});

/** For how long after the tap Home Assistant sets the time, whose clock is more accurate than ours. */
const SERVER_TIME_WITHIN = 3_000;

/**
 * Return the action and the data of the call that executes an operation.
 *
 * A call that is late has the time of the tap: for a start, how long ago it was by the browser's clock, which may be wrong
 * as long as it runs; for an end, the time corrected by how much that clock is known to differ from Home Assistant's.
 * @param {Operation} operation
 * @param {number} now in milliseconds
 * @param {number} clockOffset what is added to the browser's clock to get that of Home Assistant, in milliseconds
 * @returns {{action: string, data: Record<string, any>}}
 */
export function getCall({ id, kind, at, episode, data }, now, clockOffset) {
  const isLate = now - at > SERVER_TIME_WITHIN;
  return {
    action: ACTIONS[kind],
    data: {
      request_id: id,
      ...(episode !== null && kind !== "log" && kind !== "undo" && { episode_id: episode }),
      ...data,
      ...(isLate && kind === "log" && { minutes_ago: (now - at) / 60_000 }),
      ...(isLate && kind === "end" && { ended_at: new Date(at + clockOffset).toISOString() }),
    },
  };
}

/**
 * Return the fields that an operation changes, or null for everything about its subject.
 * @param {Operation} operation
 * @returns {string[] | null}
 */
function getFields({ kind, data: { clear = [], ...fields } }) {
  if (kind === "end" || kind === "reopen") return ["ended_at"];
  return kind === "details" ? [...Object.keys(fields), ...clear] : null;
}

/**
 * Return what an operation is about: an episode or a night.
 * @param {Operation} operation
 * @returns {string | null}
 */
const getSubject = ({ kind, episode, data, target }) =>
  target ? getSubject(target) : kind === "clear_night" ? `night ${data.night}` : episode;

/**
 * Return whether an operation must wait for an earlier one, because both change the same.
 * @param {Operation} earlier
 * @param {Operation} later
 * @param {(id: string | null) => string | null} resolve returns the id of an episode that may be given by a request id
 */
export function mustWaitFor(earlier, later, resolve) {
  if (resolve(getSubject(earlier)) !== resolve(getSubject(later))) return false;
  const [fields, others] = [getFields(earlier), getFields(later)];
  return fields === null || others === null || fields.some((field) => others.includes(field));
}

/**
 * Return whether an operation makes no sense without another one, which is discarded.
 * @param {Operation} operation
 * @param {Operation} discarded
 */
export const dependsOn = ({ id, episode, target }, discarded) =>
  id !== discarded.id && (target?.id === discarded.id || (discarded.kind === "log" && (target?.episode ?? episode) === discarded.id));

/** @param {Operation} log @returns {PadEpisode} */
export const fromLog = ({ id, at }) => ({ id, startedAt: at, details: NO_DETAILS, endedAt: null });

/** @param {Record<string, any>} episode from a response @returns {PadEpisode} */
export const fromDiary = (episode) => ({
  id: episode.id,
  startedAt: Date.parse(episode.started_at),
  details: getDetails(episode),
  endedAt: episode.ended_at === null ? null : Date.parse(episode.ended_at),
});

/**
 * Return an episode as it will be once an operation on it is executed, or null if that deletes it.
 * @param {PadEpisode | null} episode
 * @param {Operation} operation
 * @returns {PadEpisode | null}
 */
export function applyOperation(episode, { kind, at, data }) {
  if (episode === null || kind === "delete") return null;
  if (kind === "end") return { ...episode, endedAt: at };
  if (kind === "reopen") return { ...episode, endedAt: null };
  if (kind !== "details") return episode;
  const { clear = [], ...fields } = data;
  const cleared = clear.map((/** @type {keyof EpisodeDetails} */ name) => [name, NO_DETAILS[name]]);
  return { ...episode, details: { ...episode.details, ...fields, ...Object.fromEntries(cleared) } };
}

/**
 * Return what an episode is, with what was done to it: it is saved once nothing of that is left.
 * @param {{state: string}[]} operations
 * @returns {"waiting" | "failed" | "saved"}
 */
export function getCommonState(operations) {
  if (operations.length === 0) return "saved";
  return operations.some(({ state }) => state === "waiting" || state === "elsewhere") ? "waiting" : "failed";
}
