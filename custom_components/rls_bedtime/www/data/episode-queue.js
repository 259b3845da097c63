/** The queue of episodes that were tapped but are not in the diary yet, in the order of the taps. One queue per sleeper. */

import { NO_DETAILS, getDetails, getUpdateData, omitEmpty } from "./episode-details.js";

/** @import { EpisodeDetails } from "./episode-details.js" */

/**
 * An episode that is being written to the diary, or was read from it.
 * @typedef {object} QueuedEpisode
 * @property {number} startedAt the time of the tap, in milliseconds; once saved, what the diary says
 * @property {EpisodeDetails} details
 * @property {number | null} endedAt
 * @property {string | null} id null until it is in the diary
 * @property {EpisodeDetails} savedDetails the details in the diary
 * @property {number | null} savedEnd the end in the diary
 * @property {"waiting" | "failed" | "saved"} state a failed episode is kept and retried
 * @property {boolean} isDeleted the user has undone it
 * @property {number} attempts
 * @property {string[] | null} existingIds ids of the episodes in the diary before the tap, null if it could not be read
 * @property {string} error the message of Home Assistant, empty if it did not respond
 */

/**
 * The result of the last action that did not log an episode.
 * @typedef {object} Notice
 * @property {"undone" | "clear" | "refused"} kind
 * @property {number} at in milliseconds
 * @property {string} message the message of Home Assistant
 * @property {boolean} canUndo whether the diary has a change to undo
 */

/**
 * @typedef {object} QueueApi
 * @property {(action: string, data: Record<string, any>) => Promise<any>} callAction calls an action and returns its
 *   response; fails with an Error whose message is empty if Home Assistant did not respond
 * @property {() => number} now in milliseconds
 * @property {{read: () => any, write: (value: any) => void}} storage outlives the page
 */

/** For how long after the tap the first attempt lets Home Assistant set the time, whose clock is more accurate than ours. */
const SERVER_TIME_WITHIN = 3_000;

/**
 * An attempt without a response is looked for among the episodes that were logged just after the tap. How far the clocks of
 * the browser and of Home Assistant may differ for this depends on whether the ids of earlier episodes are known. If the
 * clocks differ more, the tap is logged twice, which the user can undo; another episode is never mistaken for it.
 */
const CLOCK_TOLERANCE = { idsKnown: 15_000, idsUnknown: 2_000 };
const MAX_WRITE_DELAY = 30_000;

/** How many of the latest episodes are searched. */
const SEARCHED_EPISODES = 20;

export class EpisodeQueue extends EventTarget {
  /** @type {QueuedEpisode[]} the oldest first */
  episodes = [];

  /** @type {Notice | null} */
  notice = null;

  /** @type {QueueApi} */
  #api;
  #isWriting = false;
  #isLoading = false;
  #isStale = false;
  /** @type {string[] | null} */
  #existingIds = null;

  /** @param {QueueApi} api */
  constructor(api) {
    super();
    this.#api = api;
    this.episodes = (api.storage.read() ?? []).map(fromStored);
  }

  /** The episode that the pad shows. @returns {QueuedEpisode | undefined} */
  get current() {
    return this.episodes.findLast(({ isDeleted }) => !isDeleted);
  }

  /** The episodes that could not be written yet. */
  get failed() {
    return this.episodes.filter(({ state }) => state === "failed");
  }

  /** Log an episode that starts now. */
  async logEpisode() {
    this.notice = null;
    this.episodes.push({
      startedAt: this.#api.now(),
      details: NO_DETAILS,
      endedAt: null,
      id: null,
      savedDetails: NO_DETAILS,
      savedEnd: null,
      state: "waiting",
      isDeleted: false,
      attempts: 0,
      existingIds: this.#existingIds,
      error: "",
    });
    await this.#process();
  }

  /** Set the details of the current episode. @param {EpisodeDetails} details */
  async setDetails(details) {
    await this.#updateCurrent({ details });
  }

  /** End the current episode now, or reopen it if it has ended. */
  async toggleEnded() {
    await this.#updateCurrent({ endedAt: this.current?.endedAt ? null : this.#api.now() });
  }

  /** Delete the current episode. */
  async deleteCurrent() {
    await this.#updateCurrent({ isDeleted: true });
  }

  /** Log a clear night. */
  async logClearNight() {
    await this.#callOnce("log_clear_night", "clear");
  }

  /** Undo the last change of the diary: the clear night, or the deletion of an episode. */
  async undoLastChange() {
    if (await this.#callOnce("undo", null)) await this.load();
  }

  /** Write the failed episodes again. */
  async retry() {
    for (const episode of this.failed) episode.state = "waiting";
    await this.#process();
  }

  /** Load the latest episodes: another device may have logged one. Episodes that are not saved yet stay. */
  async load() {
    this.#isStale = true;
    if (this.#isWriting || this.#isLoading) return;
    this.#isLoading = true;
    // A response that arrives during a write may be older than the write. Load again in that case.
    while (this.#isStale && !this.#isWriting) {
      this.#isStale = false;
      const episodes = await this.#fetchEpisodes();
      if (episodes && !this.#isStale && !this.#isWriting) this.#applyEpisodes(episodes);
    }
    this.#isLoading = false;
  }

  /** Return the latest episodes, or null if Home Assistant does not respond: the pad works without them. */
  async #fetchEpisodes() {
    try {
      return (await this.#api.callAction("get_episodes", { limit: SEARCHED_EPISODES })).episodes;
    } catch {
      return null;
    }
  }

  /** @param {Record<string, any>[]} episodes the newest first */
  #applyEpisodes(episodes) {
    this.#existingIds = episodes.map(({ id }) => id);
    this.episodes = this.episodes.filter(({ state }) => state !== "saved");
    const latest = episodes[0];
    if (latest && !this.episodes.some(({ id }) => id === latest.id)) this.episodes.unshift(fromDiary(latest));
    this.#saveAndNotify();
  }

  /** @param {Partial<QueuedEpisode>} changes */
  async #updateCurrent(changes) {
    const current = this.current;
    if (!current) return;
    Object.assign(current, changes, { state: "waiting" });
    this.notice = null;
    await this.#process();
  }

  /**
   * Call an action that is not retried, and return whether it succeeded.
   * @param {string} action
   * @param {"clear" | null} notice
   */
  async #callOnce(action, notice) {
    const at = this.#api.now();
    try {
      await this.#api.callAction(action, {});
      this.notice = notice && { kind: notice, at, message: "", canUndo: true };
    } catch (error) {
      this.notice = { kind: "refused", at, message: getMessage(error), canUndo: false };
    }
    this.#saveAndNotify();
    return this.notice?.kind !== "refused";
  }

  /** Write all waiting episodes, one at a time. */
  async #process() {
    this.#saveAndNotify();
    if (this.#isWriting) return;
    this.#isWriting = true;
    this.#isStale ||= this.#isLoading; // the response will be older than what is written now
    for (let episode; (episode = this.episodes.find(({ state }) => state === "waiting")); this.#saveAndNotify()) {
      try {
        await this.#write(episode);
      } catch (error) {
        episode.state = "failed";
        episode.error = getMessage(error);
      }
    }
    this.#isWriting = false;
    if (this.#isStale) await this.load();
  }

  /** Write the next difference between an episode and the diary. Without one, it is saved. @param {QueuedEpisode} episode */
  async #write(episode) {
    if (episode.isDeleted && episode.id === null && episode.attempts === 0) return this.#remove(episode);
    if (episode.id === null) return this.#create(episode);
    const target = { episode_id: episode.id };
    if (episode.isDeleted) {
      if (await this.#existsInDiary(episode.id)) await this.#api.callAction("delete_episode", target);
      return this.#remove(episode);
    }
    const { details, endedAt } = episode;
    const updateData = getUpdateData(episode.savedDetails, details);
    if (updateData) {
      await this.#api.callAction("update_episode", { ...target, ...updateData });
      episode.savedDetails = details;
    } else if (endedAt !== null && episode.savedEnd === null) {
      if (this.#isJustNow(endedAt)) await this.#api.callAction("end_episode", target);
      else await this.#api.callAction("update_episode", { ...target, ended_at: toIso(endedAt) });
      episode.savedEnd = endedAt;
    } else if (endedAt === null && episode.savedEnd !== null) {
      await this.#api.callAction("update_episode", { ...target, clear: ["ended_at"] });
      episode.savedEnd = null;
    } else {
      episode.state = "saved";
      episode.error = "";
    }
  }

  /** Log a new episode, unless an earlier attempt without a response has logged it. @param {QueuedEpisode} episode */
  async #create(episode) {
    const isRetry = episode.attempts > 0;
    const logged = isRetry ? await this.#findLogged(episode) : undefined;
    if (episode.isDeleted && !logged) return this.#remove(episode);
    episode.attempts += 1;
    const { details } = episode;
    const isLate = isRetry || !this.#isJustNow(episode.startedAt);
    const start = isLate ? { minutes_ago: (this.#api.now() - episode.startedAt) / 60_000 } : {};
    const response = logged ?? (await this.#api.callAction("log_episode", { ...omitEmpty(details), ...start })).episode;
    // Two taps in quick succession are the same episode to Home Assistant.
    if (this.episodes.some(({ id }) => id === response.id)) return this.#remove(episode);
    const { id, startedAt, savedDetails, savedEnd } = fromDiary(response);
    Object.assign(episode, { id, startedAt, savedDetails, savedEnd });
    this.#existingIds = [/** @type {string} */ (id), ...(this.#existingIds ?? [])];
  }

  /**
   * Return whether an episode is still in the diary: a deletion without a response may have succeeded.
   * @param {string} id
   */
  async #existsInDiary(id) {
    const { episodes } = await this.#api.callAction("get_episodes", { limit: SEARCHED_EPISODES });
    return episodes.some((/** @type {{id: string}} */ each) => each.id === id);
  }

  /** Return what an earlier attempt without a response has logged, if it has. @param {QueuedEpisode} episode */
  async #findLogged(episode) {
    const { episodes } = await this.#api.callAction("get_episodes", { limit: SEARCHED_EPISODES });
    const { startedAt, existingIds } = episode;
    const earliest = startedAt - (existingIds ? CLOCK_TOLERANCE.idsKnown : CLOCK_TOLERANCE.idsUnknown);
    return episodes.find((/** @type {{id: string, logged_at: string}} */ { id, logged_at }) => {
      const loggedAt = Date.parse(logged_at);
      const isNew = !existingIds?.includes(id) && !this.episodes.some((other) => other.id === id);
      return isNew && earliest <= loggedAt && loggedAt <= startedAt + MAX_WRITE_DELAY;
    });
  }

  /** @param {QueuedEpisode} episode */
  #remove(episode) {
    this.episodes = this.episodes.filter((each) => each !== episode);
    if (episode.isDeleted) this.notice = { kind: "undone", at: episode.startedAt, message: "", canUndo: episode.id !== null };
  }

  /** @param {number} timestamp */
  #isJustNow(timestamp) {
    return this.#api.now() - timestamp <= SERVER_TIME_WITHIN;
  }

  #saveAndNotify() {
    this.#api.storage.write(this.episodes.filter(({ state }) => state !== "saved").map(toStored));
    this.dispatchEvent(new Event("changed"));
  }
}

/**
 * Return an episode of the diary as a saved episode of the queue.
 * @param {Record<string, any>} episode
 * @returns {QueuedEpisode}
 */
function fromDiary(episode) {
  const details = getDetails(episode);
  const endedAt = episode.ended_at === null ? null : Date.parse(episode.ended_at);
  return {
    startedAt: Date.parse(episode.started_at),
    details,
    endedAt,
    id: episode.id,
    savedDetails: details,
    savedEnd: endedAt,
    state: "saved",
    isDeleted: false,
    attempts: 1,
    existingIds: [],
    error: "",
  };
}

/**
 * The stored names are older than the ones used here: an update must not lose what a browser has stored.
 * @param {QueuedEpisode} episode
 */
const toStored = ({ startedAt, details, endedAt, id, savedDetails, savedEnd, isDeleted, attempts, existingIds, error }) => ({
  at: startedAt,
  facts: details,
  endedAt,
  id,
  written: savedDetails,
  writtenEnd: savedEnd,
  state: "kept",
  unwanted: isDeleted,
  tries: attempts,
  known: existingIds,
  problem: error,
});

/** @param {any} stored @returns {QueuedEpisode} */
const fromStored = ({ at, facts, endedAt, id, written, writtenEnd, unwanted, tries, known, problem }) => ({
  startedAt: at,
  details: facts,
  endedAt,
  id,
  savedDetails: written,
  savedEnd: writtenEnd,
  state: "failed",
  isDeleted: unwanted,
  attempts: tries,
  existingIds: known,
  error: problem,
});

/** @param {number} timestamp */
const toIso = (timestamp) => new Date(timestamp).toISOString();

/** @param {unknown} error */
const getMessage = (error) => (error instanceof Error ? error.message : "");
