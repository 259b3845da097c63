/**
 * The queue of what was tapped on the night pad and is not in the diary yet. One queue per browser and sleeper.
 *
 * An operation leaves the queue only when Home Assistant has answered its id, or when the user discards one that was
 * refused. All tabs of a browser share the stored operations. A tab sends its own at once, and those of other tabs when it
 * retries, in case the other one was closed: Home Assistant executes each id once, whoever sends it and how often.
 */

import { NO_DETAILS, getRepeatableDetails, getUpdateData, isAnythingRepeatable } from "./episode-details.js";
import { applyOperation, dependsOn, fromDiary, fromLog, getCall, getCommonState, mustWaitFor } from "./operations.js";
import { createRequestId } from "./request-id.js";

/** @import { EpisodeDetails, RepeatableDetails } from "./episode-details.js" */
/** @import { Operation, OperationKind, PadEpisode } from "./operations.js" */

/**
 * `elsewhere`: another tab is sending it. `failed`: tried again later. `refused`: the user must decide. `held`: waits for a
 * refused one.
 * @typedef {"waiting" | "elsewhere" | "failed" | "refused" | "held"} OperationState
 */

/** @typedef {Operation & {state: OperationState, error: string}} QueuedOperation */

/**
 * The result of the last operation on the pad that did not leave an episode to show, and the id of its change, if any.
 * @typedef {{kind: "undone" | "clear", at: number, operation: Operation, changeId: string | null}} Notice
 */

/**
 * @typedef {object} QueueApi
 * @property {(action: string, data: Record<string, any>) => Promise<any>} callAction calls an action and returns its
 *   response; fails with an Error that has the `code` of Home Assistant's answer, or an empty one if there was none
 * @property {() => number} now in milliseconds
 * @property {{
 *   readAll: () => any[],
 *   add: (id: string, operation: Operation) => void,
 *   remove: (id: string) => void,
 *   subscribe: (listener: (id: string, operation: Operation | null) => void) => void,
 * }} storage outlives the page, and is shared by all tabs
 */

/** The codes by which Home Assistant refuses a call for good. */
const REFUSALS = ["service_validation_error", "invalid_format", "unauthorized"];

/** For how long another tap on an untouched episode is the same tap: fingers tremble, and people make sure. */
export const SAME_TAP_WITHIN = 10_000;

/** Among how many of the latest episodes details are looked for that can be repeated. */
const LATEST_COUNT = 5;

const NO_STATUS = Object.freeze({ state: /** @type {OperationState} */ ("waiting"), error: "" });

export class EpisodeQueue extends EventTarget {
  /** @type {Notice | null} */
  notice = null;
  /** How many episodes tonight has with the last one that was logged here, if that is known. @type {number | undefined} */
  tonightWithLast = undefined;

  /** @type {QueueApi} */
  #api;
  /** @type {Operation[]} in order */
  #operations = [];
  /** @type {Map<string, {state: OperationState, error: string}>} by operation id; none means that it waits */
  #statuses = new Map();
  /** @type {Set<string>} the ids that were answered or discarded, which a late event must not bring back */
  #done = new Set();
  /** @type {PadEpisode | null} the latest episode in the diary, as far as known */
  #latest = null;
  /** @type {PadEpisode[]} the latest episodes when they were loaded, the newest first */
  #loaded = [];
  /** @type {Map<string, string>} the ids of episodes by the request id of their log */
  #episodeIds = new Map();
  /** @type {Operation | null} */
  #lastLog = null;
  /** By how much Home Assistant's clock is ahead of the browser's, in milliseconds. */
  #clockOffset = 0;
  #isSending = false;
  #isLoading = false;
  #isStale = false;

  /** @param {QueueApi} api */
  constructor(api) {
    super();
    this.#api = api;
    this.#adopt(api.storage.readAll(), "failed");
    api.storage.subscribe((id, operation) => {
      if (operation) this.#adopt([operation], "elsewhere");
      else this.#forget(id);
      this.#notify();
      // What waited for that one can be sent now.
      if (operation === null && this.failed.length) void this.retry();
    });
  }

  /** What is not in the diary yet, the oldest first. @returns {QueuedOperation[]} */
  get operations() {
    return this.#operations.map((operation) => ({ ...operation, ...this.#getStatus(operation) }));
  }

  /** What could not be written yet, and is tried again. */
  get failed() {
    return this.operations.filter(({ state }) => state === "failed");
  }

  /** What Home Assistant refused for good, with the reason. */
  get refused() {
    return this.operations.filter(({ state }) => state === "refused");
  }

  /** Whether a retry may help. */
  get isRetryDue() {
    return this.operations.some(({ state }) => state === "failed" || state === "elsewhere");
  }

  /**
   * The episode that the pad shows: the last one that was tapped here, or the latest in the diary, as the queued operations
   * will leave it. What was refused does not count.
   * @returns {(PadEpisode & {state: "waiting" | "failed" | "saved"}) | undefined}
   */
  get current() {
    const accepted = this.operations.filter(({ state }) => state !== "refused");
    const logs = accepted.filter(({ kind }) => kind === "log");
    for (const base of [...logs.map(fromLog).reverse(), this.#latest]) {
      const operations = accepted.filter(({ episode }) => base && this.#resolve(episode) === base.id);
      const undone = operations.map(({ target }) => target?.id);
      const episode = operations.filter(({ id }) => !undone.includes(id)).reduce(applyOperation, base);
      if (episode) return { ...episode, state: getCommonState(operations) };
    }
    return undefined;
  }

  /** Whether the current episode is not the one that the user saw last, because that one was deleted. */
  get isAfterDeletion() {
    const { notice, current } = this;
    if (notice?.kind === "undone") return current !== undefined && current.startedAt <= notice.at;
    const undone = this.#operations.map(({ target }) => target?.id);
    return this.operations.some(({ id, kind, state }) => kind === "delete" && state !== "refused" && !undone.includes(id));
  }

  /** The repeatable details of the latest earlier episode that has any. @returns {RepeatableDetails | undefined} */
  get earlierDetails() {
    const id = this.current?.id;
    const earlier = this.#loaded.filter((episode) => episode.id !== this.#resolve(id ?? null));
    return earlier.map(({ details }) => getRepeatableDetails(details)).find(isAnythingRepeatable);
  }

  /** Log an episode that starts now. @param {number} [tonight] how many episodes tonight has in the diary */
  async logEpisode(tonight) {
    this.notice = null;
    if (!this.isSameTap) {
      const id = createRequestId();
      const unsaved = this.#operations.filter(({ kind }) => kind === "log").length;
      this.tonightWithLast = tonight === undefined ? undefined : tonight + unsaved + 1;
      this.#lastLog = this.#add({ id, kind: "log", episode: id });
    }
    await this.#process();
  }

  /** Set the details of the current episode. @param {EpisodeDetails} details */
  async setDetails(details) {
    const data = this.current && getUpdateData(this.current.details, details);
    if (data) await this.#addForCurrent("details", data);
  }

  /** End the current episode now, or reopen it if it has ended. */
  async toggleEnded() {
    if (this.current?.endedAt) await this.#addForCurrent("reopen", { clear: ["ended_at"] });
    else await this.#addForCurrent("end");
  }

  /** End the episode that is ongoing in the diary, which may not be known here. */
  async endOngoing() {
    this.#add({ kind: "end", episode: null });
    await this.#process();
  }

  /** Delete the current episode. */
  async deleteCurrent() {
    await this.#addForCurrent("delete");
  }

  /** Log a clear night. @param {string} night the date on which it began */
  async logClearNight(night) {
    this.notice = null;
    this.#add({ kind: "clear_night", data: { night } });
    await this.#process();
  }

  /** Undo what the notice is about, and nothing else. */
  async undoNotice() {
    const { notice } = this;
    if (!notice?.changeId) return;
    await this.undo(notice.operation, notice.changeId);
  }

  /**
   * Undo an operation, which may not be in the diary yet.
   * @param {Operation} target
   * @param {string} [changeId] the id of its change, if that is known
   */
  async undo(target, changeId) {
    this.notice = null;
    const { id, order, kind, at, episode, data } = target;
    this.#add({ kind: "undo", episode, data: changeId ? { change_id: changeId } : {}, target: { id, order, kind, at, episode, data } });
    await this.#process();
  }

  /** Discard an operation that was refused, and those that make no sense without it. @param {Operation} refused */
  discard(refused) {
    this.#remove(refused);
    for (const operation of this.#operations.filter((each) => dependsOn(each, refused))) this.#remove(operation);
    void this.retry();
  }

  /** Send everything again that is not in the diary yet, that of other tabs included. */
  async retry() {
    this.#adopt(this.#api.storage.readAll(), "elsewhere");
    if (!this.#isSending) this.#statuses.clear();
    await this.#process();
  }

  /** Load the latest episode: another device may have logged one. */
  async load() {
    this.#isStale = true;
    if (this.#isLoading) return;
    this.#isLoading = true;
    // A response that arrives after the answer to an operation may be older than that.
    while (this.#isStale) {
      this.#isStale = false;
      const episodes = await this.#fetchLatest();
      if (!episodes || this.#isStale) continue;
      this.#loaded = episodes.map(fromDiary);
      this.#latest = this.#loaded[0] ?? null;
      this.#notify();
    }
    this.#isLoading = false;
  }

  /** Return the latest episodes, or null if Home Assistant does not respond: the pad works without them. */
  async #fetchLatest() {
    try {
      return (await this.#api.callAction("get_episodes", { limit: LATEST_COUNT })).episodes;
    } catch {
      return null;
    }
  }

  /** Whether a tap comes so soon after the last one that it means the same episode, which nobody has touched since. */
  get isSameTap() {
    const { current } = this;
    if (!this.#lastLog || !current || this.#resolve(this.#lastLog.id) !== current.id) return false;
    const isUntouched = current.endedAt === null && getUpdateData(NO_DETAILS, current.details) === null;
    return isUntouched && this.#api.now() - this.#lastLog.at <= SAME_TAP_WITHIN;
  }

  // --- operations ----------------------------------------------------------------------------------------------------

  /** @param {OperationKind} kind @param {Record<string, any>} [data] */
  async #addForCurrent(kind, data) {
    const { current } = this;
    if (!current) return;
    this.notice = null;
    this.#add({ kind, episode: current.id, data });
    await this.#process();
  }

  /** @param {Partial<Operation> & {kind: OperationKind}} fields @returns {Operation} */
  #add(fields) {
    const at = this.#api.now();
    const order = Math.max(at, ...this.#operations.map((operation) => operation.order + 1));
    const operation = { id: createRequestId(), order, at, episode: null, ...fields, data: fields.data ?? {} };
    this.#operations.push(operation);
    this.#api.storage.add(operation.id, operation);
    return operation;
  }

  /** Take in operations that are stored in the browser. @param {Operation[]} operations @param {OperationState} state */
  #adopt(operations, state) {
    for (const operation of operations) {
      if (this.#done.has(operation.id) || this.#operations.some(({ id }) => id === operation.id)) continue;
      this.#operations.push(operation);
      this.#statuses.set(operation.id, { state, error: "" });
    }
    this.#operations.sort((one, other) => one.order - other.order);
  }

  /** @param {Operation} operation */
  #remove({ id }) {
    this.#api.storage.remove(id);
    this.#forget(id);
  }

  /** @param {string} id */
  #forget(id) {
    this.#done.add(id);
    this.#statuses.delete(id);
    this.#operations = this.#operations.filter((operation) => operation.id !== id);
  }

  /** @param {Operation} operation */
  #getStatus = ({ id }) => this.#statuses.get(id) ?? NO_STATUS;

  /** @param {string | null} id */
  #resolve = (id) => (id === null ? null : (this.#episodeIds.get(id) ?? id));

  /** Return the earlier operations that one must wait for. @param {Operation} operation */
  #getBlockers(operation) {
    const earlier = this.#operations.slice(0, this.#operations.indexOf(operation));
    return earlier.filter((each) => mustWaitFor(each, operation, this.#resolve));
  }

  // --- sending -------------------------------------------------------------------------------------------------------

  /** Send all waiting operations, one at a time. */
  async #process() {
    this.#notify();
    if (this.#isSending) return;
    this.#isSending = true;
    let isAnswered = true;
    for (let operation; isAnswered && (operation = this.#getNext()); this.#notify()) isAnswered = await this.#send(operation);
    this.#isSending = false;
    this.#postpone();
    this.#notify();
  }

  /** Return the first operation that waits for nothing but its turn. */
  #getNext() {
    return this.#operations.find(
      (operation) => this.#getStatus(operation).state === "waiting" && this.#getBlockers(operation).length === 0,
    );
  }

  /** Mark what still waits, because Home Assistant does not respond, or because an earlier operation comes first. */
  #postpone() {
    for (const operation of this.#operations) {
      if (this.#getStatus(operation).state !== "waiting") continue;
      const states = this.#getBlockers(operation).map((blocker) => this.#getStatus(blocker).state);
      const isHeld = states.some((state) => state === "refused" || state === "held");
      this.#statuses.set(operation.id, { state: isHeld ? "held" : "failed", error: "" });
    }
  }

  /** Send an operation, and return whether Home Assistant responded. @param {Operation} operation */
  async #send(operation) {
    try {
      const call = await this.#getCall(operation, this.#api.now());
      this.#acknowledge(operation, call && (await this.#api.callAction(call.action, call.data)));
      return true;
    } catch (error) {
      const { message, code } = /** @type {Error & {code?: string}} */ (error);
      const state = REFUSALS.includes(code ?? "") ? "refused" : "failed";
      if (this.#operations.includes(operation)) this.#statuses.set(operation.id, { state, error: message });
      return Boolean(code);
    }
  }

  /**
   * Return the call of an operation, or null if there is nothing to undo.
   *
   * Without the id of the change to undo, Home Assistant is asked for it by the request that made the change.
   * @param {Operation} operation
   * @param {number} now
   */
  async #getCall(operation, now) {
    const call = getCall(operation, now, this.#clockOffset);
    if (!operation.target || operation.data.change_id) return call;
    const { action, data } = getCall(operation.target, now, this.#clockOffset);
    const { change_id } = await this.#api.callAction(action, data);
    return change_id ? { ...call, data: { ...call.data, change_id } } : null;
  }

  /** @param {Operation} operation @param {any} response */
  #acknowledge(operation, response) {
    const isLast = this.#operations.at(-1) === operation;
    this.#remove(operation);
    this.#isStale ||= this.#isLoading;
    const { id, kind, at } = operation;
    const episode = response?.episode ? fromDiary(response.episode) : null;
    const changeId = response?.change_id ?? null;
    if (kind === "clear_night" && isLast) this.notice = { kind: "clear", at, operation, changeId };
    if (kind === "delete") {
      if (episode && isLast) this.notice = { kind: "undone", at: episode.startedAt, operation, changeId };
      if (episode?.id === this.#latest?.id) this.#latest = null;
      return;
    }
    if (!episode) return;
    if (kind === "log") {
      this.#episodeIds.set(id, episode.id);
      this.#clockOffset = episode.startedAt - at;
    }
    const isLatest = !this.#latest || this.#latest.id === episode.id || this.#latest.startedAt <= episode.startedAt;
    if (isLatest) this.#latest = episode;
  }

  #notify() {
    this.dispatchEvent(new Event("changed"));
  }
}
