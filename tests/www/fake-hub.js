/** A model of Home Assistant with one diary, as the actions present it, and of a browser whose tabs share a storage. */

import { NO_DETAILS } from "../../custom_components/rls_bedtime/www/data/episode-details.js";
import { EpisodeQueue } from "../../custom_components/rls_bedtime/www/data/episode-queue.js";

/** @import { Operation } from "../../custom_components/rls_bedtime/www/data/operations.js" */

export const TAPPED = Date.parse("2026-11-24T03:12:00Z");

/** The answer to a call that Home Assistant refused. @param {string} message @param {string} code */
const createError = (message, code) => Object.assign(new Error(message), { code });

const refuse = (/** @type {string} */ message) => createError(message, "service_validation_error");

/** A diary that remembers the result of every request id, and can undo each of its changes. */
export class FakeHub {
  now = TAPPED;
  /** @type {any[]} the newest start first */
  episodes = [];
  /** @type {Set<string>} */
  clearNights = new Set();
  /** @type {[string, any][]} the calls that were executed or answered again, without those that only read */
  calls = [];
  /** @type {[string, any][]} the calls that changed the diary, in the order in which they did */
  executed = [];
  isDown = false;
  /** @type {(() => Promise<unknown>) | null} what each call waits for before and after it is executed */
  delay = null;
  /**
   * The outcomes of the next calls: executed, executed with a lost response, not reached, or an error with a message and a
   * code.
   * @type {("" | "lost" | "down" | [message: string, code: string])[]}
   */
  outcomes = [];
  /** @type {Map<string, any>} by action and request id */
  #results = new Map();
  /** @type {Map<string, () => void>} what undoes a change that stands, by its id */
  #undos = new Map();
  #nextId = 0;

  /** @param {string} action @param {any} data @returns {Promise<any>} */
  callAction = async (action, data) => {
    await this.delay?.();
    const outcome = this.isDown ? "down" : (this.outcomes.shift() ?? "");
    if (outcome === "down") throw createError("", "");
    if (Array.isArray(outcome)) throw createError(...outcome);
    if (action === "get_episodes") return structuredClone({ episodes: this.episodes.slice(0, data.limit) });
    this.calls.push([action, data]);
    const key = `${action} ${data.request_id}`;
    const first = this.#results.get(key);
    const response = first ?? this.#execute(action, data);
    if (!first) this.executed.push([action, data]);
    this.#results.set(key, { ...response, ...("new" in response && { new: false }) });
    await this.delay?.();
    if (outcome === "lost") throw createError("", "");
    return structuredClone(response);
  };

  get actions() {
    return this.calls.map(([action]) => action);
  }

  /** Log an episode as another device does. @param {any} [details] */
  logElsewhere = (details = {}) => this.#execute("log_episode", { request_id: `phone ${this.#nextId}`, ...details }).episode;

  /** @param {string} action @param {any} data @returns {any} */
  #execute(action, { request_id, episode_id, night, change_id, minutes_ago = 0, clear = [], ...fields }) {
    if (action === "log_episode") return this.#log(request_id, minutes_ago, fields);
    if (action === "log_clear_night") return this.#mark(night);
    if (action === "undo") return this.#undo(change_id);
    const episode = episode_id ? this.#find(episode_id) : this.episodes.find(({ ended_at }) => ended_at === null);
    if (!episode) throw refuse("There is no such episode.");
    if (action === "delete_episode") return this.#delete(episode);
    const empty = Object.fromEntries(clear.map((/** @type {"side"} */ name) => [name, NO_DETAILS[name] ?? null]));
    const end = action === "end_episode" ? { ended_at: new Date(this.now).toISOString() } : {};
    return this.#update(episode, { ...end, ...fields, ...empty });
  }

  /** @param {string} id of the episode or of the request that logged it */
  #find = (id) => this.episodes.find((episode) => episode.id === id || episode.request === id);

  /** @param {() => void} undo */
  #remember(undo) {
    const id = `change ${++this.#nextId}`;
    this.#undos.set(id, undo);
    return id;
  }

  /** @param {string} request @param {number} minutesAgo @param {any} fields */
  #log(request, minutesAgo, fields) {
    const started_at = new Date(this.now - minutesAgo * 60_000).toISOString();
    const id = `episode ${++this.#nextId}`;
    const logged_at = new Date(this.now).toISOString();
    const episode = { ...NO_DETAILS, id, request, started_at, ended_at: null, logged_at, ...fields };
    this.#insert(episode);
    return { episode: { ...episode }, new: true, change_id: this.#remember(() => this.#remove(id)) };
  }

  /** @param {string} night */
  #mark(night) {
    if (this.clearNights.has(night)) return { night, new: false, change_id: null };
    this.clearNights.add(night);
    return { night, new: true, change_id: this.#remember(() => this.clearNights.delete(night)) };
  }

  /** @param {string} changeId */
  #undo(changeId) {
    const undo = this.#undos.get(changeId);
    if (!undo) throw refuse("This is undone already.");
    this.#undos.delete(changeId);
    return { episode: undo() ?? null, change_id: this.#remember(() => {}) };
  }

  /** @param {any} episode */
  #delete(episode) {
    this.#remove(episode.id);
    return { episode: { ...episode }, change_id: this.#remember(() => this.#insert(episode)) };
  }

  /** @param {any} episode @param {any} changes */
  #update(episode, changes) {
    const before = { ...episode };
    Object.assign(episode, changes);
    return { episode: { ...episode }, change_id: this.#remember(() => Object.assign(episode, before)) };
  }

  /** @param {any} episode */
  #insert(episode) {
    this.episodes.push(episode);
    this.episodes.sort((one, other) => Date.parse(other.started_at) - Date.parse(one.started_at));
    return episode;
  }

  /** @param {string} id */
  #remove(id) {
    this.episodes = this.episodes.filter((episode) => episode.id !== id);
  }
}

/** A browser: its storage, and the tabs that are open. */
export class FakeBrowser {
  /** @type {Map<string, string>} */
  stored = new Map();
  /** Whether the storage refuses to be used, as in some private windows. */
  refusesStorage = false;
  /** @type {Operation[]} everything that was ever tapped in it, as long as the storage works */
  tapped = [];
  /** How far its clock is ahead of Home Assistant's, in milliseconds. */
  clockError = 0;
  /** @type {Set<{listener: (id: string, operation: Operation | null) => void}>} */
  #tabs = new Set();
  /** @type {FakeHub} */
  #hub;

  /** @param {FakeHub} hub */
  constructor(hub) {
    this.#hub = hub;
  }

  /** Open a tab with a night pad. @returns {{queue: EpisodeQueue, close: () => void}} */
  openTab() {
    const tab = { listener: (/** @type {string} */ _id, /** @type {Operation | null} */ _operation) => {} };
    let isOpen = true;
    this.#tabs.add(tab);
    const tell = (/** @type {string} */ id, /** @type {Operation | null} */ operation) => {
      for (const other of this.#tabs) if (other !== tab) queueMicrotask(() => other.listener(id, structuredClone(operation)));
    };
    const queue = new EpisodeQueue({
      // The page of a closed tab is gone: it neither calls nor hears anything.
      callAction: async (action, data) => {
        if (!isOpen) return new Promise(() => {});
        const response = await this.#hub.callAction(action, data).catch((error) => error);
        if (!isOpen) return new Promise(() => {});
        if (response instanceof Error) throw response;
        return response;
      },
      now: () => this.#hub.now + this.clockError,
      storage: {
        readAll: () => [...this.stored.values()].map((text) => JSON.parse(text)),
        add: (id, operation) => {
          if (this.refusesStorage) return;
          this.stored.set(id, JSON.stringify(operation));
          this.tapped.push(operation);
          tell(id, operation);
        },
        remove: (id) => this.stored.delete(id) && tell(id, null),
        subscribe: (listener) => (tab.listener = (id, operation) => isOpen && listener(id, operation)),
      },
    });
    return {
      queue,
      close: () => {
        isOpen = false;
        this.#tabs.delete(tab);
      },
    };
  }
}

/** Let all that is under way come to its end. */
export const settle = () => new Promise((resolve) => setImmediate(resolve));
