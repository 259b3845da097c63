/** Edits of a recorded night. Each applies a change and returns the function that undoes exactly this change. */

import { createDraft, getEditData, toLogData } from "./episode-draft.js";
import { createRequestId } from "./request-id.js";

/** @import { EpisodeDraft } from "./episode-draft.js" */
/** @import { FormState } from "./saved-forms.js" */
/** @import { LocaleSettings } from "../frontend/locale.js" */

/**
 * Access to the diary of a sleeper. The call fails with an Error whose code is empty if Home Assistant did not respond.
 * @typedef {object} DiaryApi
 * @property {LocaleSettings} settings
 * @property {(action: string, data: Record<string, any>) => Promise<any>} callAction
 */

/** @typedef {() => Promise<unknown>} Undo */

/**
 * Add the episode of a form.
 *
 * If an earlier attempt got no response but did add the episode, that episode is updated to what the form says now.
 * @param {DiaryApi} api
 * @param {FormState} form
 * @returns {Promise<Undo | null>}
 */
export async function addEpisode(api, { draft, requestId }) {
  const data = toLogData(api.settings, draft);
  const { episode, change_id, new: isNew } = await api.callAction("log_episode", { ...data, request_id: requestId });
  const edit = isNew ? null : getEditData(api.settings, createDraft(api.settings, episode), draft);
  if (edit === null) return createUndo(api, [change_id]);
  const updated = await api.callAction("update_episode", { episode_id: episode.id, ...edit, request_id: createRequestId() });
  return createUndo(api, [updated.change_id, change_id]);
}

/**
 * Update an episode from its original to its edited draft.
 * @param {DiaryApi} api
 * @param {string} id
 * @param {EpisodeDraft} original
 * @param {EpisodeDraft} draft
 * @returns {Promise<Undo | null>} null if nothing changed
 */
export async function updateEpisode(api, id, original, draft) {
  const edit = getEditData(api.settings, original, draft);
  return edit && applyEdit(api, "update_episode", { episode_id: id, ...edit }, createRequestId());
}

/**
 * Apply an edit that is one call.
 * @param {DiaryApi} api
 * @param {"update_episode" | "delete_episode" | "log_clear_night" | "delete_clear_night" | "log_practice" | "update_change" | "delete_change" | "start_experiment" | "stop_experiment" | "skip_experiment_night" | "log_experiment_night"} action
 * @param {Record<string, any>} data
 * @param {string} requestId the same for every attempt
 * @returns {Promise<Undo | null>} null if nothing had to be changed
 */
export async function applyEdit(api, action, data, requestId) {
  const { change_id } = await api.callAction(action, { ...data, request_id: requestId });
  return createUndo(api, [change_id]);
}

/**
 * Return the function that undoes changes, which Home Assistant refuses with the reason if something newer depends on them.
 * @param {DiaryApi} api
 * @param {(string | null)[]} changeIds the newest first; null for what was no change
 * @returns {Undo | null}
 */
export function createUndo({ callAction }, changeIds) {
  const calls = changeIds.filter((id) => id !== null).map((change_id) => ({ change_id, request_id: createRequestId() }));
  if (calls.length === 0) return null;
  return async () => {
    for (const call of calls) await callAction("undo", call);
  };
}
