/** The translations of this integration, in the user's language. */

import { DOMAIN } from "../data/devices.js";

/** @import { HomeAssistant, LocalizeFunc } from "./home-assistant.js" */

/** @type {Map<string, Promise<LocalizeFunc>>} by language */
const cache = new Map();

/**
 * Return the function that translates the texts of the cards and the options of an episode's fields.
 *
 * Translations are loaded once for all cards: if another call is still loading the same texts, Home Assistant resolves the
 * second one immediately, without them.
 * @param {HomeAssistant} hass
 */
export function loadLocalize(hass) {
  const localize = cache.get(hass.language) ?? fetchLocalize(hass);
  cache.set(hass.language, localize);
  localize.catch(() => cache.delete(hass.language));
  return localize;
}

/** @param {HomeAssistant} hass @returns {Promise<LocalizeFunc>} */
async function fetchLocalize(hass) {
  await hass.loadBackendTranslation("selector", DOMAIN);
  const localize = await hass.loadBackendTranslation("config_panel", DOMAIN);
  return (key, values) => {
    const [group, ...rest] = key.split(".");
    const path = group === "selector" ? key : ["config_panel", "cards", group, ...rest].join(".");
    return localize(`component.${DOMAIN}.${path}`, values) || "";
  };
}
