/** An episode as the user edits it in the form, and its conversion to and from service data. Pure. */

import { NO_DETAILS, getUpdateData, omitEmpty } from "./episode-details.js";
import { addDays } from "./night-grid.js";
import { NOON, fromWallClock, toNightAndTime, toWallClock } from "./wall-clock.js";

/** @import { LocaleSettings } from "../frontend/locale.js" */

/**
 * The values of the form. `night` is the date on which the night starts, at noon; `start` and `end` are HH:MM or empty; tags
 * and note are as typed. `startedAt` and `endedAt` are the exact timestamps of the original episode, in milliseconds, because
 * a time input shows neither seconds nor which of two equal hours in autumn is meant.
 * @typedef {object} EpisodeDraft
 * @property {string} night
 * @property {string} start
 * @property {string} end
 * @property {number | null} startedAt
 * @property {number | null} endedAt
 * @property {number | null} severity
 * @property {string | null} side
 * @property {string[]} body_parts
 * @property {string[]} sensations
 * @property {string | null} activity
 * @property {string[]} relief
 * @property {string | null} relief_effect
 * @property {string | null} sleep_impact
 * @property {string} tags
 * @property {string} note
 */

/** The fields that are the same in the form and in the service data, with their empty values. */
const EMPTY_DETAILS = Object.freeze({ ...NO_DETAILS, activity: null, sleep_impact: null });
const DETAIL_FIELDS = /** @type {(keyof typeof EMPTY_DETAILS)[]} */ (Object.keys(EMPTY_DETAILS));

/**
 * Return an empty draft for a night.
 * @param {string} night
 * @returns {EpisodeDraft}
 */
export const createEmptyDraft = (night) => ({
  night,
  start: "",
  end: "",
  startedAt: null,
  endedAt: null,
  ...EMPTY_DETAILS,
  tags: "",
  note: "",
});

/**
 * Return the draft of an existing episode.
 * @param {LocaleSettings} settings
 * @param {Record<string, any>} episode from a service response
 * @returns {EpisodeDraft}
 */
export function createDraft(settings, episode) {
  const startedAt = Date.parse(episode.started_at);
  const endedAt = episode.ended_at === null ? null : Date.parse(episode.ended_at);
  const [night, start] = toNightAndTime(settings, startedAt);
  return {
    ...createEmptyDraft(night),
    start,
    end: endedAt === null ? "" : toWallClock(settings, endedAt)[1],
    startedAt,
    endedAt,
    ...Object.fromEntries(DETAIL_FIELDS.map((name) => [name, episode[name]])),
    tags: episode.tags.join(", "),
    note: episode.note ?? "",
  };
}

/**
 * Return the service data that logs a draft, without empty fields.
 * @param {LocaleSettings} settings
 * @param {EpisodeDraft} draft
 */
export const toLogData = (settings, draft) => omitEmpty(toFields(settings, createEmptyDraft(draft.night), draft));

/**
 * Return the service data that applies an edit, or null if nothing changed.
 * @param {LocaleSettings} settings
 * @param {EpisodeDraft} original the draft before the edit
 * @param {EpisodeDraft} draft
 */
export function getEditData(settings, original, draft) {
  const [before, after] = [original, draft].map((each) => toFields(settings, original, each));
  return getUpdateData(before, after);
}

/**
 * Return the fields of an episode. A time that was not edited keeps its exact timestamp.
 * @param {LocaleSettings} settings
 * @param {EpisodeDraft} original
 * @param {EpisodeDraft} draft
 */
function toFields(settings, original, draft) {
  const { night, start, end } = draft;
  const isSameNight = night === original.night;
  const date = start < NOON ? addDays(night, 1) : night;
  const isSameStart = isSameNight && start === original.start;
  const startedAt = isSameStart ? original.startedAt : start ? fromWallClock(settings, date, start) : null;
  const isSameEnd = isSameNight && end === original.end;
  const endedAt = isSameEnd
    ? original.endedAt
    : end && startedAt !== null
      ? getEndTimestamp(settings, date, start, end, startedAt)
      : null;
  const tags = draft.tags.split(",").map((tag) => tag.trim()).filter(Boolean);
  const details = Object.fromEntries(DETAIL_FIELDS.map((name) => [name, draft[name]]));
  return { started_at: toIso(startedAt), ended_at: toIso(endedAt), ...details, tags, note: draft.note.trim() || null };
}

/**
 * Return when an episode ended.
 *
 * Only an episode of the evening may end on the next date. Any other end before its start is a mistake, which is sent as it
 * is, so that Home Assistant refuses it.
 * @param {LocaleSettings} settings
 * @param {string} date
 * @param {string} start
 * @param {string} end
 * @param {number} startedAt
 */
const getEndTimestamp = (settings, date, start, end, startedAt) =>
  fromWallClock(settings, start >= NOON && end < NOON ? addDays(date, 1) : date, end, startedAt);

/** @param {number | null} timestamp */
const toIso = (timestamp) => (timestamp === null ? null : new Date(timestamp).toISOString());
