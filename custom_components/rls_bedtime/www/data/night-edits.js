/** What puts a night of the diary right. Each correction is made at the hub, and returns what undoes it, and nothing else. */

import { draftOf, edits, entry } from "./episode-draft.js";
import { plus } from "./night-grid.js";

/** @import { Draft } from "./episode-draft.js" */
/** @import { Form } from "./saved-forms.js" */
/** @import { Writing } from "../frontend/locale.js" */

/**
 * What a sleeper's diary is told by. All of it fails with an Error, whose message is empty if nobody answered.
 * @typedef {object} Around
 * @property {Writing} writing
 * @property {(action: string, data: Record<string, any>) => Promise<any>} ask
 * @property {(night: string) => Promise<any>} forgetClear takes the mark of a clear night away
 */

/** @typedef {() => Promise<unknown>} Undo */

/**
 * Add what is on a form, unless an earlier try, which nobody answered, has: then that becomes what is on the form now.
 * @param {Around} around
 * @param {Form} form
 * @returns {Promise<Undo>}
 */
export async function add(around, { night, draft, tried }) {
  const found = tried && (await findAdded(around, night, tried));
  if (found) await edit(around, found.id, draftOf(around.writing, found), draft);
  const { id } = found ?? (await around.ask("log_episode", entry(around.writing, draft))).episode;
  return () => around.ask("delete_episode", { episode_id: id });
}

/**
 * Return what a form will know of its next try to add it: when the episode starts, and which were there before the first.
 * @param {Around} around
 * @param {Form} form
 * @param {string[]} known ids
 */
export const trying = ({ writing }, { draft, tried }, known) => ({
  at: entry(writing, draft).started_at,
  known: tried?.known ?? known,
});

/**
 * Return the episode that an earlier try has added, if it has.
 * @param {Around} around
 * @param {string} night
 * @param {{at: string, known: string[]}} tried
 */
async function findAdded({ ask }, night, { at, known }) {
  const { episodes } = await ask("get_episodes", { from: plus(night, -1), to: plus(night, 1) });
  return episodes.find(
    (/** @type {{id: string, started_at: string}} */ { id, started_at }) =>
      Date.parse(started_at) === Date.parse(at) && !known.includes(id),
  );
}

/**
 * Change an episode from what it was when it was put on a form to what is there now.
 * @param {Around} around
 * @param {string} id
 * @param {Draft} given
 * @param {Draft} now
 * @returns {Promise<Undo | null>} null if nothing was changed
 */
export async function edit({ writing, ask }, id, given, now) {
  const edited = edits(writing, given, now);
  if (edited === null) return null;
  const update = (/** @type {Record<string, any>} */ changes) => ask("update_episode", { episode_id: id, ...changes });
  await update(edited.there);
  return () => update(edited.back);
}

/**
 * Delete an episode. Only the diary itself can bring it back, as the last thing that was done.
 * @param {Around} around
 * @param {string} id
 * @param {() => Promise<() => void>} look looks at the diary now; what it returns throws if the diary has changed since
 * @returns {Promise<Undo>}
 */
export async function remove({ ask }, id, look) {
  await ask("delete_episode", { episode_id: id });
  const checkSame = await look();
  return async () => {
    checkSame();
    await ask("undo", {});
  };
}

/**
 * Mark a night clear.
 * @param {Around} around
 * @param {string} night
 * @returns {Promise<Undo>}
 */
export async function mark({ ask, forgetClear }, night) {
  await ask("log_clear_night", { night });
  return () => forgetClear(night);
}

/**
 * Take the mark of a clear night away.
 * @param {Around} around
 * @param {string} night
 * @returns {Promise<Undo>}
 */
export async function unmark({ ask, forgetClear }, night) {
  await forgetClear(night);
  return () => ask("log_clear_night", { night });
}
