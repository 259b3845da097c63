/** The options of the fields of an episode or a change, from the description of the action that logs one. */

import { DOMAIN } from "./devices.js";

/** @import { HomeAssistant } from "../frontend/home-assistant.js" */

/** @type {Map<string, readonly string[]>} the last known options: Home Assistant forgets them while it restarts */
const known = new Map();

/**
 * Return the options of a field, in the order in which the action has them.
 * @param {HomeAssistant} hass
 * @param {string} field
 * @param {string} [action]
 * @returns {readonly string[]}
 */
export function getOptions(hass, field, action = "log_episode") {
  const options = hass.services?.[DOMAIN]?.[action]?.fields?.[field]?.selector?.select?.options;
  if (options?.length) known.set(field, options);
  return known.get(field) ?? [];
}
