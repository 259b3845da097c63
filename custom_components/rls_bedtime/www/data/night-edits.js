/** Edits of a recorded night. Each applies a change and returns the function that undoes exactly this change. */

import { createDraft, getEditData, toLogData } from "./episode-draft.js";
import { addDays } from "./night-grid.js";

/** @import { EpisodeDraft } from "./episode-draft.js" */
/** @import { AddAttempt, FormState } from "./saved-forms.js" */
/** @import { LocaleSettings } from "../frontend/locale.js" */

/**
 * Access to the diary of a sleeper. Both calls fail with an Error whose message is empty if Home Assistant did not respond.
 * @typedef {object} DiaryApi
 * @property {LocaleSettings} settings
 * @property {(action: string, data: Record<string, any>) => Promise<any>} callAction
 * @property {(night: string) => Promise<any>} deleteClearNight
 */

/** @typedef {() => Promise<unknown>} Undo */

/**
 * Add the episode of a form.
 *
 * If an earlier attempt got no response but did add the episode, that episode is updated to what the form says now.
 * @param {DiaryApi} api
 * @param {FormState} form
 * @returns {Promise<Undo>}
 */
export async function addEpisode(api, { night, draft, attempt }) {
  const added = attempt && (await findAddedEpisode(api, night, attempt));
  if (added) await updateEpisode(api, added.id, createDraft(api.settings, added), draft);
  const { id } = added ?? (await api.callAction("log_episode", toLogData(api.settings, draft))).episode;
  return () => api.callAction("delete_episode", { episode_id: id });
}

/**
 * Return the attempt to save with a form before its episode is added.
 * @param {DiaryApi} api
 * @param {FormState} form
 * @param {string[]} existingIds ids of the episodes of the night; those from before the first attempt take precedence
 * @returns {AddAttempt}
 */
export const createAttempt = ({ settings }, { draft, attempt }, existingIds) => ({
  startedAt: toLogData(settings, draft).started_at,
  existingIds: attempt?.existingIds ?? existingIds,
});

/**
 * Return the episode that an earlier attempt added, if it did.
 * @param {DiaryApi} api
 * @param {string} night
 * @param {AddAttempt} attempt
 */
async function findAddedEpisode({ callAction }, night, { startedAt, existingIds }) {
  const { episodes } = await callAction("get_episodes", { from: addDays(night, -1), to: addDays(night, 1) });
  return episodes.find(
    (/** @type {{id: string, started_at: string}} */ { id, started_at }) =>
      Date.parse(started_at) === Date.parse(startedAt) && !existingIds.includes(id),
  );
}

/**
 * Update an episode from its original to its edited draft.
 * @param {DiaryApi} api
 * @param {string} id
 * @param {EpisodeDraft} original
 * @param {EpisodeDraft} draft
 * @returns {Promise<Undo | null>} null if nothing changed
 */
export async function updateEpisode({ settings, callAction }, id, original, draft) {
  const editData = getEditData(settings, original, draft);
  if (editData === null) return null;
  const update = (/** @type {Record<string, any>} */ data) => callAction("update_episode", { episode_id: id, ...data });
  await update(editData.apply);
  return () => update(editData.revert);
}

/**
 * Delete an episode. Only the diary's own undo can restore it, and only while it is the last change.
 * @param {DiaryApi} api
 * @param {string} id
 * @param {() => Promise<() => void>} watchDiary resolves to a function that throws if the diary has changed since
 * @returns {Promise<Undo>}
 */
export async function deleteEpisode({ callAction }, id, watchDiary) {
  await callAction("delete_episode", { episode_id: id });
  const assertUnchanged = await watchDiary();
  return async () => {
    assertUnchanged();
    await callAction("undo", {});
  };
}

/**
 * Mark a night as clear.
 * @param {DiaryApi} api
 * @param {string} night
 * @returns {Promise<Undo>}
 */
export async function markClearNight({ callAction, deleteClearNight }, night) {
  await callAction("log_clear_night", { night });
  return () => deleteClearNight(night);
}

/**
 * Remove the mark of a clear night.
 * @param {DiaryApi} api
 * @param {string} night
 * @returns {Promise<Undo>}
 */
export async function unmarkClearNight({ callAction, deleteClearNight }, night) {
  await deleteClearNight(night);
  return () => callAction("log_clear_night", { night });
}
