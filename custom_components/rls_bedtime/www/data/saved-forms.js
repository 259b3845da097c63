/** Storage for open episode forms, by night: Home Assistant recreates its cards after a lost connection. */

import { createStorage } from "../frontend/browser-storage.js";
import { createRequestId } from "./request-id.js";

/** @import { EpisodeDraft } from "./episode-draft.js" */
/** @import { HomeAssistant } from "../frontend/home-assistant.js" */
/** @import { Device } from "./devices.js" */

/**
 * An open form. `id` is null for a new episode, which is added by the request `requestId`, however often it is saved;
 * `original` is the draft before the edit. `isDismissed` says that the user has closed its dialog.
 * @typedef {{id: string | null, night: string, original: EpisodeDraft, draft: EpisodeDraft, requestId: string, isDismissed?: boolean}} FormState
 */

/** Return whether a form holds anything that was typed. @param {FormState} form */
export const isEdited = ({ original, draft }) => JSON.stringify(original) !== JSON.stringify(draft);

/** Forms belong to the logged-in user, and last as long as the page. @param {HomeAssistant} hass @param {Device} sleeper */
const openStorage = (hass, sleeper) =>
  createStorage(() => sessionStorage, `rls_bedtime.forms.${hass.user?.id}.${sleeper.id}`);

/**
 * Return the form that was left open for a night, if any.
 * @param {HomeAssistant} hass
 * @param {Device} sleeper
 * @param {string} night
 * @returns {FormState | null}
 */
export function loadForm(hass, sleeper, night) {
  const stored = openStorage(hass, sleeper).read()?.[night];
  return stored ? fromStored(stored) : null;
}

/**
 * Save the form of a night, or delete it.
 * @param {HomeAssistant} hass
 * @param {Device} sleeper
 * @param {string} night
 * @param {FormState | null} form
 */
export function saveForm(hass, sleeper, night, form) {
  const { [night]: _, ...others } = openStorage(hass, sleeper).read() ?? {};
  openStorage(hass, sleeper).write(form ? { ...others, [night]: toStored(form) } : others);
}

/**
 * Return the night of the form that was opened last, if any, unless the user has closed it.
 * @param {HomeAssistant} hass
 * @param {Device} sleeper
 * @returns {string | null}
 */
export const getLastFormNight = (hass, sleeper) =>
  Object.entries(openStorage(hass, sleeper).read() ?? {}).findLast(([, { isDismissed }]) => !isDismissed)?.[0] ?? null;

/**
 * The stored names are older than the ones used here: a page that is reloaded after an update still reads its forms.
 * @param {FormState} form
 */
const toStored = ({ original, ...form }) => ({ ...form, given: original });

/** @param {any} stored @returns {FormState} */
const fromStored = ({ given, tried: _, isDismissed: __, ...form }) => ({ requestId: createRequestId(), ...form, original: given });
