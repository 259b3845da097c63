/** An episode on a form: its times as a clock shows them, and what of it the diary has to be told. Pure. */

import { changes, said } from "./facts.js";
import { plus } from "./nights.js";
import { clockOf, momentOf } from "./zone.js";

/** @import { Writing } from "./locale.js" */

/**
 * What is on the form. `night` is the date on which the night began, at noon; `start` and `end` are HH:MM, or empty.
 * @typedef {object} Draft
 * @property {string} night
 * @property {string} start
 * @property {string} end
 * @property {number | null} severity
 * @property {string | null} side
 * @property {string[]} body_parts
 * @property {string[]} sensations
 * @property {string | null} activity
 * @property {string[]} relief
 * @property {string | null} relief_effect
 * @property {string | null} sleep_impact
 * @property {string[]} tags
 * @property {string | null} note
 */

const NOON = "12:00";

/**
 * Return an empty form for a night.
 * @param {string} night
 * @returns {Draft}
 */
export const emptyDraft = (night) => ({
  night,
  start: "",
  end: "",
  severity: null,
  side: null,
  body_parts: [],
  sensations: [],
  activity: null,
  relief: [],
  relief_effect: null,
  sleep_impact: null,
  tags: [],
  note: null,
});

/**
 * Return an episode of the diary on the form.
 * @param {Writing} writing
 * @param {Record<string, any>} episode as the hub tells it
 * @returns {Draft}
 */
export function draftOf(writing, episode) {
  const [date, start] = clockOf(writing, Date.parse(episode.started_at));
  const end = episode.ended_at === null ? "" : clockOf(writing, Date.parse(episode.ended_at))[1];
  const empty = emptyDraft(start < NOON ? plus(date, -1) : date);
  const facts = Object.fromEntries(Object.keys(empty).filter((name) => name in episode).map((name) => [name, episode[name]]));
  return { ...empty, ...facts, night: empty.night, start, end };
}

/**
 * Return the fields of the action that logs a form, without what it leaves out.
 * @param {Writing} writing
 * @param {Draft} draft
 */
export const entry = (writing, draft) => said(told(writing, draft));

/**
 * Return the fields of the action that turns an episode into what is on the form now, or null if that is the same.
 *
 * A time that looks as before is left as it was: the form knows no seconds, nor which of two equal hours in autumn it was.
 * @param {Writing} writing
 * @param {Draft} before the episode, as it was put on the form
 * @param {Draft} now
 */
export function edits(writing, before, now) {
  const was = told(writing, before);
  const is = told(writing, now);
  const isMoved = was.started_at !== is.started_at;
  if (isMoved && is.ended_at !== null) was.ended_at = null; // the end goes with the start
  return changes(was, is);
}

/** @param {Writing} writing @param {Draft} draft */
function told(writing, { night, start, end, ...facts }) {
  const isNextDay = start !== "" && start < NOON;
  const date = isNextDay ? plus(night, 1) : night;
  const started = start ? momentOf(writing, date, start) : null;
  const ended = end && start ? momentOf(writing, end < start ? plus(date, 1) : date, end) : null;
  return { started_at: iso(started), ended_at: iso(ended), ...facts };
}

/** @param {number | null} at */
const iso = (at) => (at === null ? null : new Date(at).toISOString());
