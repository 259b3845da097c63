/** Changes of a diary that a card makes by itself, and Home Assistant's toast that undoes them. */

import { callAction, fireEvent } from "../frontend/home-assistant.js";
import { getErrorText } from "./errors.js";

/** @import { Device } from "../data/devices.js" */
/** @import { DiaryApi, Undo } from "../data/night-edits.js" */
/** @import { HomeAssistant, LocalizeFunc } from "../frontend/home-assistant.js" */

/** For how long the toast is shown, in milliseconds. */
const DURATION = 10_000;

/** @param {HomeAssistant} hass @param {Device} sleeper @returns {DiaryApi} */
export const createDiaryApi = (hass, sleeper) => ({
  settings: /** @type {any} */ (hass),
  callAction: (action, data) => callAction(hass, action, { sleeper: sleeper.id, ...data }),
});

/**
 * Show what was changed, with a button that undoes it, if it can be undone. The card may be gone when it is tapped.
 * @param {LocalizeFunc} localize
 * @param {string} message
 * @param {Undo | null} undo
 */
export function showUndoToast(localize, message, undo) {
  const app = /** @type {HTMLElement} */ (document.querySelector("home-assistant") ?? document.body);
  const show = (/** @type {string} */ text, /** @type {{text: string, action: () => void} | undefined} */ action) =>
    fireEvent(app, "hass-notification", { id: "rls_bedtime", message: text, duration: DURATION, dismissable: true, action });
  const undoAndTell = () =>
    undo?.().then(
      () => show(localize("taken_back"), undefined),
      (error) => show(getErrorText(error, localize), undefined),
    );
  show(message, undo ? { text: localize("undo"), action: () => void undoAndTell() } : undefined);
}
