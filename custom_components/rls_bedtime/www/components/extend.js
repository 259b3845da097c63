/** Lets bedtime come or end later, and says so in a message with an undo. */

import { callAction, callWebSocket, fireEvent } from "../frontend/home-assistant.js";
import { formatTimeWithDay } from "../frontend/locale.js";
import { getAvailableState } from "../data/devices.js";

/** @import { Device } from "../data/devices.js" */
/** @import { HomeAssistant, LocalizeFunc } from "../frontend/home-assistant.js" */

export const EXTENSION = 30;

/**
 * @param {HTMLElement} element from which the message is sent
 * @param {HomeAssistant} hass
 * @param {LocalizeFunc} localize
 * @param {Device} bedroom
 */
export async function extendBedtime(element, hass, localize, bedroom) {
  const { phase, next_bedtime, ends_at } = await callAction(hass, "extend", { bedroom: bedroom.id, minutes: EXTENSION });
  const isBedtime = phase === "bedtime";
  const time = Date.parse(isBedtime ? ends_at : next_bedtime);
  const before = getAvailableState(hass, bedroom, isBedtime ? "ends_at" : "next_bedtime")?.state;
  if (before && Date.parse(before) === time) {
    fireEvent(element, "hass-notification", { message: localize("extended_no_more") });
    return;
  }
  const undo = () =>
    callWebSocket(hass, { type: "rls_bedtime/undo_extend", bedroom: bedroom.id }).catch((error) =>
      fireEvent(element, "hass-notification", { message: error.message || localize("no_answer") }),
    );
  fireEvent(element, "hass-notification", {
    message: localize(isBedtime ? "extended_end" : "extended_bedtime", { time: formatTimeWithDay(hass, time, Date.now()) }),
    action: { action: undo, text: localize("undo") },
    duration: 10_000,
  });
}
