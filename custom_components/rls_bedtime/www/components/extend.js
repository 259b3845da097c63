/** Lets bedtime come or end later, and says so in a message with an undo. */

import { getAvailableState } from "../data/devices.js";
import { callAction, callWebSocket } from "../frontend/home-assistant.js";
import { formatTimeWithDay } from "../frontend/locale.js";
import { showUndoToast } from "./undo-toast.js";

/** @import { Device } from "../data/devices.js" */
/** @import { HomeAssistant, LocalizeFunc } from "../frontend/home-assistant.js" */

export const EXTENSION = 30;

/**
 * Extend, and tell. The undo takes back this extension alone: another one, of whomever, replaces or outdates the message.
 * @param {HomeAssistant} hass
 * @param {LocalizeFunc} localize
 * @param {Device} bedroom
 */
export async function extendBedtime(hass, localize, bedroom) {
  const { phase, next_bedtime, ends_at } = await callAction(hass, "extend", { bedroom: bedroom.id, minutes: EXTENSION });
  const isBedtime = phase === "bedtime";
  const time = isBedtime ? ends_at : next_bedtime;
  const at = Date.parse(time);
  const before = getAvailableState(hass, bedroom, isBedtime ? "ends_at" : "next_bedtime")?.state;
  if (before && Date.parse(before) === at) {
    showUndoToast(localize, localize("extended_no_more"), null);
    return;
  }
  const message = localize(isBedtime ? "extended_end" : "extended_bedtime", { time: formatTimeWithDay(hass, at, Date.now()) });
  showUndoToast(localize, message, () => callWebSocket(hass, { type: "rls_bedtime/undo_extend", bedroom: bedroom.id, time }));
}
