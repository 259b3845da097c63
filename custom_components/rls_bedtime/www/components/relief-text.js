/** What the cards say about relief that is on, and until when. */

import { localizeOption } from "../frontend/home-assistant.js";
import { formatTimeWithDay } from "../frontend/locale.js";

/** @import { Relief } from "../data/relief.js" */
/** @import { HomeAssistant, LocalizeFunc } from "../frontend/home-assistant.js" */

/** @param {HomeAssistant} hass @param {Relief} relief */
export const formatUntil = (hass, { until }) => (until === null ? "" : formatTimeWithDay(hass, until, Date.now()));

/** @param {HomeAssistant} hass @param {LocalizeFunc} localize @param {Relief} relief */
export function formatRelief(hass, localize, relief) {
  const time = formatUntil(hass, relief);
  if (relief.aid === "walk") return localize("way_lit_until", { time });
  return localize("relief_until", { what: localizeOption(localize, "relief", relief.measure), time });
}
