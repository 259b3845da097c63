/** One keeper for each sleeper, for all pads of the page: what one pad taps, the others show. */

import { ask } from "../frontend/home-assistant.js";
import { Keeper } from "./episode-queue.js";
import { shelf } from "../frontend/browser-storage.js";

/** @import { Hass } from "../frontend/home-assistant.js" */

/** @type {Map<string, {hass: Hass, keeper: Keeper}>} */
const keepers = new Map();

/**
 * Return the keeper of a sleeper, which calls Home Assistant as it is now.
 * @param {Hass} hass
 * @param {string} sleeper the device's id
 */
export function keeperOf(hass, sleeper) {
  let held = keepers.get(sleeper);
  if (!held) {
    const around = {
      ask: (/** @type {string} */ action, /** @type {Record<string, any>} */ data) =>
        ask(/** @type {{hass: Hass}} */ (held).hass, action, { sleeper, ...data }),
      now: Date.now,
      shelf: shelf(() => localStorage, `rls_bedtime.pad.${sleeper}`),
    };
    held = { hass, keeper: new Keeper(around) };
    keepers.set(sleeper, held);
  }
  held.hass = hass;
  return held.keeper;
}
