/** What all cards of the page share about a sleeper: the connection to the diary, and the queue of the night pads. */

import { createEntryStorage, createStorage } from "../frontend/browser-storage.js";
import { callAction, callWebSocket, subscribe } from "../frontend/home-assistant.js";
import { DiaryClient } from "./diary-client.js";
import { DOMAIN } from "./devices.js";
import { EpisodeQueue } from "./episode-queue.js";
import { readLegacyQueue } from "./legacy-queue.js";

/** @import { HomeAssistant } from "../frontend/home-assistant.js" */
/** @import { Device } from "./devices.js" */

/** @typedef {{hass: HomeAssistant, diary: DiaryClient, queue: EpisodeQueue}} SleeperData */

/** @type {Map<string, SleeperData>} by device id */
const entries = new Map();

/**
 * Return what the page shares about a sleeper, which makes its calls through the given `hass` object from now on.
 * @param {HomeAssistant} hass
 * @param {Device} sleeper
 */
export function getSleeperData(hass, sleeper) {
  const entry = entries.get(sleeper.id) ?? createSleeperData(hass, sleeper.id);
  entries.set(sleeper.id, entry);
  entry.hass = hass;
  entry.diary.update(hass.connected && isLoaded(hass, sleeper));
  return entry;
}

/**
 * Return whether a sleeper is loaded. While Home Assistant starts, the entities have no state or are unavailable.
 * @param {HomeAssistant} hass
 * @param {Device} sleeper
 */
const isLoaded = (hass, sleeper) => (hass.states[sleeper.entities.log_episode]?.state ?? "unavailable") !== "unavailable";

/** @param {HomeAssistant} hass @param {string} sleeper @returns {SleeperData} */
function createSleeperData(hass, sleeper) {
  const diary = new DiaryClient({
    callAction: (action, data) => callAction(entry.hass, action, { sleeper, ...data }),
    callCommand: (type, data) => callWebSocket(entry.hass, { type: `${DOMAIN}/${type}`, sleeper, ...data }),
    subscribe: (type, listener) => subscribe(entry.hass, { type: `${DOMAIN}/${type}`, sleeper }, listener),
  });
  const queue = new EpisodeQueue({ callAction: diary.callAction, now: Date.now, storage: openQueueStorage(sleeper) });
  /** @type {SleeperData} */
  const entry = { hass, diary, queue };
  return entry;
}

/** Open the storage of a queue, and take over what an earlier version stored. @param {string} sleeper */
function openQueueStorage(sleeper) {
  const key = `rls_bedtime.pad.${sleeper}`;
  const storage = createEntryStorage(`${key}.`);
  const legacyStorage = createStorage(() => localStorage, key);
  const operations = readLegacyQueue(legacyStorage.read());
  if (operations.every((operation) => storage.add(operation.id, operation))) legacyStorage.write(null);
  return storage;
}
