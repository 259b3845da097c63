/** Our texts, in the user's language. */

import { DOMAIN } from "../data/devices.js";

/** @import { Hass, Words } from "./home-assistant.js" */

/** @type {Map<string, Promise<Words>>} by language */
const loaded = new Map();

/**
 * Return our texts in the user's language: those of the cards, and the words for what may be said of an episode.
 *
 * Once for all cards: Home Assistant answers who asks for the same texts meanwhile at once, and without them.
 * @param {Hass} hass
 */
export function wordsOf(hass) {
  const words = loaded.get(hass.language) ?? loadWords(hass);
  loaded.set(hass.language, words);
  words.catch(() => loaded.delete(hass.language));
  return words;
}

/** @param {Hass} hass @returns {Promise<Words>} */
async function loadWords(hass) {
  await hass.loadBackendTranslation("selector", DOMAIN);
  const localize = await hass.loadBackendTranslation("config_panel", DOMAIN);
  return (key, values) => {
    const [group, ...rest] = key.split(".");
    const path = group === "selector" ? key : ["config_panel", "cards", group, ...rest].join(".");
    return localize(`component.${DOMAIN}.${path}`, values) || "";
  };
}
