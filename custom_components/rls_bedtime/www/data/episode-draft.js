/** An episode on a form: its times as a clock shows them, and what of it the diary has to be told. Pure. */

import { NOTHING_SAID, changes, said } from "./episode-details.js";
import { plus } from "./night-grid.js";
import { NOON, clockOf, momentOf, nightAt } from "./wall-clock.js";

/** @import { Writing } from "../frontend/locale.js" */

/**
 * What is on the form. `night` is the date on which the night began, at noon; `start` and `end` are HH:MM, or empty; tags and
 * note are as they were typed. `startedAt` and `endedAt` are the moments behind the times as they were put on the form, in
 * milliseconds: a clock shows no seconds, nor which of two equal hours in autumn it is.
 * @typedef {object} Draft
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

/** What is put on the form as the hub tells it, where nothing was said. */
const NOTHING = Object.freeze({ ...NOTHING_SAID, sensations: [], activity: null, sleep_impact: null });
const FACTS = /** @type {(keyof typeof NOTHING)[]} */ (Object.keys(NOTHING));

/**
 * Return an empty form for a night.
 * @param {string} night
 * @returns {Draft}
 */
export const emptyDraft = (night) => ({
  night,
  start: "",
  end: "",
  startedAt: null,
  endedAt: null,
  ...NOTHING,
  tags: "",
  note: "",
});

/**
 * Return an episode of the diary on the form.
 * @param {Writing} writing
 * @param {Record<string, any>} episode as the hub tells it
 * @returns {Draft}
 */
export function draftOf(writing, episode) {
  const startedAt = Date.parse(episode.started_at);
  const endedAt = episode.ended_at === null ? null : Date.parse(episode.ended_at);
  const [night, start] = nightAt(writing, startedAt);
  return {
    ...emptyDraft(night),
    start,
    end: endedAt === null ? "" : clockOf(writing, endedAt)[1],
    startedAt,
    endedAt,
    ...Object.fromEntries(FACTS.map((name) => [name, episode[name]])),
    tags: episode.tags.join(", "),
    note: episode.note ?? "",
  };
}

/**
 * Return the fields of the action that logs a form, without what it leaves out.
 * @param {Writing} writing
 * @param {Draft} draft
 */
export const entry = (writing, draft) => said(told(writing, emptyDraft(draft.night), draft));

/**
 * Return the fields of the action that turns an episode into what is on the form now, and of the one that turns it back; or
 * null if that is the same.
 * @param {Writing} writing
 * @param {Draft} given the episode, as it was put on the form
 * @param {Draft} now
 * @returns {{there: Record<string, any>, back: Record<string, any>} | null}
 */
export function edits(writing, given, now) {
  const [was, is] = [given, now].map((each) => told(writing, given, each));
  const there = changes(was, is);
  return there && { there, back: /** @type {Record<string, any>} */ (changes(is, was)) };
}

/**
 * Return what a form tells of an episode; a time that looks as it was given is that.
 * @param {Writing} writing
 * @param {Draft} given
 * @param {Draft} now
 */
function told(writing, given, now) {
  const { night, start, end } = now;
  const isOfNight = night === given.night;
  const date = start < NOON ? plus(night, 1) : night;
  const startedAt = isOfNight && start === given.start ? given.startedAt : start ? momentOf(writing, date, start) : null;
  const isSameEnd = isOfNight && end === given.end;
  const endedAt = isSameEnd ? given.endedAt : end && startedAt !== null ? endOf(writing, date, start, end, startedAt) : null;
  const tags = now.tags.split(",").map((each) => each.trim()).filter(Boolean);
  const facts = Object.fromEntries(FACTS.map((name) => [name, now[name]]));
  return { started_at: iso(startedAt), ended_at: iso(endedAt), ...facts, tags, note: now.note.trim() || null };
}

/**
 * Return when an episode ended. Only one of the evening ends on another date than it started; whatever else is before its
 * start is a mistake, which the hub tells.
 * @param {Writing} writing
 * @param {string} date
 * @param {string} start
 * @param {string} end
 * @param {number} startedAt
 */
const endOf = (writing, date, start, end, startedAt) =>
  momentOf(writing, start >= NOON && end < NOON ? plus(date, 1) : date, end, startedAt);

/** @param {number | null} at */
const iso = (at) => (at === null ? null : new Date(at).toISOString());
