/** The episode queues, shared by all night pads of the page. */

import { createStorage } from "../frontend/browser-storage.js";
import { callAction } from "../frontend/home-assistant.js";
import { EpisodeQueue } from "./episode-queue.js";

/** @import { HomeAssistant } from "../frontend/home-assistant.js" */

/** @type {Map<string, {hass: HomeAssistant, queue: EpisodeQueue}>} by device id */
const entries = new Map();

/**
 * Return the queue of a sleeper, which makes its calls through the given `hass` object from now on.
 * @param {HomeAssistant} hass
 * @param {string} sleeper the device id
 */
export function getEpisodeQueue(hass, sleeper) {
  let entry = entries.get(sleeper);
  if (!entry) {
    const api = {
      callAction: (/** @type {string} */ action, /** @type {Record<string, any>} */ data) =>
        callAction(/** @type {{hass: HomeAssistant}} */ (entry).hass, action, { sleeper, ...data }),
      now: Date.now,
      storage: createStorage(() => localStorage, `rls_bedtime.pad.${sleeper}`),
    };
    entry = { hass, queue: new EpisodeQueue(api) };
    entries.set(sleeper, entry);
  }
  entry.hass = hass;
  return entry.queue;
}
