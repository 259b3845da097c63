/** The connection of a page to the diary of a sleeper: what the user may do, and when the diary has changed. */

/**
 * What the user may do: log and end episodes; read, change and undo them; control the bedroom.
 * @typedef {{canLog: boolean, canRead: boolean, canControlBedroom: boolean}} Access
 */

/**
 * The calls fail with an Error that has the `code` of Home Assistant's answer, or an empty one if there was none.
 * @typedef {object} DiaryApi
 * @property {(action: string, data: Record<string, any>) => Promise<any>} callAction
 * @property {(type: string, data?: Record<string, any>) => Promise<any>} callCommand
 * @property {(type: string, listener: () => void) => Promise<() => void>} subscribe resolves to what unsubscribes
 */

/**
 * A card that shows the diary. `reachable` is called when the diary can be reached again, `changed` when it has changed, and
 * once what the user may do is known.
 * @typedef {{reachable: () => void, changed: () => void}} DiaryListener
 */

/** How long until a diary is asked again that did not answer, or did not take what was tapped, in milliseconds. */
export const RETRY_INTERVAL = 30_000;

const FULL_ACCESS = Object.freeze({ canLog: true, canRead: true, canControlBedroom: true });

export class DiaryClient {
  /** Until Home Assistant has answered, everything is allowed here: it checks each call itself. @type {Access} */
  access = FULL_ACCESS;
  /** Greater after every change of the diary. */
  revision = 0;

  /** @type {DiaryApi} */
  #api;
  /** @type {Set<DiaryListener>} */
  #listeners = new Set();
  #isReachable = false;
  #connection = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #retryTimer;
  /** @type {(() => void) | null} */
  #unsubscribe = null;

  /** @param {DiaryApi} api */
  constructor(api) {
    this.#api = api;
  }

  /**
   * Call an action and return its response. While the sleeper is not loaded, Home Assistant does not know it: what it answers
   * then is no refusal.
   * @param {string} action
   * @param {Record<string, any>} data
   */
  callAction = async (action, data) => {
    try {
      return await this.#api.callAction(action, data);
    } catch (error) {
      throw this.#isReachable ? error : Object.assign(/** @type {Error} */ (error), { code: "" });
    }
  };

  /** Tell a card of changes. @param {DiaryListener} listener */
  addListener(listener) {
    this.#listeners.add(listener);
    if (this.#isReachable && this.#listeners.size === 1) void this.#connect();
    else if (this.#isReachable) this.#notify([listener]);
  }

  /** @param {DiaryListener} listener */
  removeListener(listener) {
    this.#listeners.delete(listener);
    if (this.#listeners.size === 0) this.#disconnect();
  }

  /**
   * Say whether the diary can be reached: Home Assistant is connected, and the sleeper is loaded.
   * @param {boolean} isReachable
   */
  update(isReachable) {
    if (isReachable === this.#isReachable) return;
    this.#isReachable = isReachable;
    if (!isReachable) this.#disconnect();
    else if (this.#listeners.size) void this.#connect();
  }

  /** Load what the trends card shows. @param {number | null} days null for everything */
  fetchTrends = (/** @type {number | null} */ days) => this.#api.callCommand("trends", days === null ? {} : { days });

  /** Load the nights with and without all that is known. */
  fetchComparisons = () => this.#api.callCommand("comparisons");

  /**
   * Ask for the user's access and subscribe to changes. A subscription does not outlive a lost connection or a reload.
   *
   * A Home Assistant that has just restarted may not know the sleeper yet, and the page still show the states of before.
   */
  async #connect() {
    this.#disconnect();
    const connection = this.#connection;
    for (const { reachable } of this.#listeners) reachable();
    try {
      const access = await this.#fetchAccess();
      if (connection !== this.#connection) return;
      this.access = access;
      if (access.canRead) await this.#subscribe(connection);
      else this.#notify(this.#listeners);
    } catch {
      if (connection !== this.#connection) return;
      this.#retryTimer = setTimeout(() => void this.#connect(), RETRY_INTERVAL);
      this.#notify(this.#listeners);
    }
  }

  /** Subscribe to changes, the first of which comes at once. @param {number} connection */
  async #subscribe(connection) {
    const unsubscribe = await this.#api.subscribe("subscribe", () => {
      if (connection !== this.#connection) return;
      this.revision += 1;
      this.#notify(this.#listeners);
    });
    if (connection === this.#connection) this.#unsubscribe = unsubscribe;
    else unsubscribe();
  }

  #disconnect() {
    clearTimeout(this.#retryTimer);
    this.#connection += 1;
    this.#unsubscribe?.();
    this.#unsubscribe = null;
  }

  /** @returns {Promise<Access>} */
  async #fetchAccess() {
    const { can_log: canLog, can_read: canRead, can_control_bedroom } = await this.#api.callCommand("access");
    return { canLog, canRead, canControlBedroom: can_control_bedroom };
  }

  /** @param {Iterable<DiaryListener>} listeners */
  #notify(listeners) {
    for (const { changed } of listeners) changed();
  }
}
