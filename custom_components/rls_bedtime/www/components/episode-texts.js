/** An episode in words. */

import { localizeOption } from "../frontend/home-assistant.js";
import { formatList, formatTime } from "../frontend/locale.js";
import { localizePart } from "./body-map.js";

/** @import { HomeAssistant, LocalizeFunc } from "../frontend/home-assistant.js" */

/** Return when an episode started and ended. @param {HomeAssistant} hass @param {Record<string, any>} episode */
export function formatEpisodeTimes(hass, { started_at, ended_at }) {
  const [start, end] = [started_at, ended_at].map((each) => each && formatTime(hass, Date.parse(each)));
  return end ? `${start} – ${end}` : start;
}

/**
 * Return the other details of an episode, a line for each kind.
 * @param {HomeAssistant} hass
 * @param {LocalizeFunc} localize
 * @param {Record<string, any>} episode
 */
export function formatEpisodeDetails(hass, localize, episode) {
  const localizeField = (/** @type {string} */ field) =>
    [episode[field] ?? []].flat().map((/** @type {string} */ option) => localizeOption(localize, field, option));
  const parts = [episode.body_parts ?? []]
    .flat()
    .map((/** @type {string} */ part) => localizePart(localize, part, episode.side ?? null));
  const effects = localizeField("relief_effect").map((effect) => localize("effect_was", { effect }));
  const impacts = localizeField("sleep_impact").map((impact) => localize("sleep_was", { impact }));
  const groups = [
    parts.length ? parts : localizeField("side"),
    localizeField("sensations"),
    [...localizeField("relief"), ...effects],
    [...localizeField("activity"), ...impacts],
    episode.tags,
  ];
  const lines = groups.filter((group) => group.length).map((group) => formatList(hass, group));
  return episode.note ? [...lines, episode.note] : lines;
}
