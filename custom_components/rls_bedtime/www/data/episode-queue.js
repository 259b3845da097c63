/** Keeps what is tapped until the diary has it: one queue for each sleeper, in the order of the taps. No page, no hub. */

import { NOTHING_SAID, changes, factsOf, said } from "./episode-details.js";

/** @import { Facts } from "./episode-details.js" */

/**
 * An episode on its way into the diary, or from it.
 * @typedef {object} Entry
 * @property {number} at when it was tapped, in milliseconds; once it is written, what the diary says
 * @property {Facts} facts what is said of it
 * @property {number | null} endedAt when it eased
 * @property {string | null} id once it is written
 * @property {Facts} written what the diary knows of it
 * @property {number | null} writtenEnd
 * @property {"waiting" | "kept" | "saved"} state kept: it could not be written, and is not forgotten
 * @property {boolean} unwanted it was taken back
 * @property {number} tries
 * @property {string[] | null} known the episodes that were there before, where the diary could be read
 * @property {string} problem why it could not be written, as the hub says it, or nothing where the hub said nothing
 */

/**
 * Something that happened and is no episode; the diary can take back what it did.
 * @typedef {object} Notice
 * @property {"undone" | "clear" | "refused"} kind
 * @property {number} at in milliseconds
 * @property {string} message what the hub said
 * @property {boolean} isInDiary
 */

/**
 * What it takes from around it.
 * @typedef {object} Around
 * @property {(action: string, data: Record<string, any>) => Promise<any>} ask calls an action and returns its
 *   response; fails with an Error whose message is what the hub says, empty if it does not answer
 * @property {() => number} now in milliseconds
 * @property {{read: () => any, write: (value: any) => void}} shelf outlives the page
 */

/** How long after the tap a first try may leave the time to the hub, whose clock is the better one. */
const PROMPT = 3_000;

/**
 * What was written without an answer was written just after the tap, by clocks that agree so far: more, where it is known
 * what was there before. If they do not, the tap is written twice, and can be undone; it is never taken for another.
 */
const CLOCKS_AGREE = { known: 15_000, unknown: 2_000 };
const ANSWER_TAKES = 30_000;

/** How many of the last episodes are looked through. */
const RECENT = 20;

export class Keeper extends EventTarget {
  /** @type {Entry[]} the oldest first */
  entries = [];

  /** @type {Notice | null} what happened last, if it was no log */
  notice = null;

  /** @type {Around} */
  #around;
  #isBusy = false;
  #isReading = false;
  #isStale = false;
  /** @type {string[] | null} */
  #known = null;

  /** @param {Around} around */
  constructor(around) {
    super();
    this.#around = around;
    this.entries = around.shelf.read() ?? [];
  }

  /** The episode that the pad speaks of. @returns {Entry | undefined} */
  get current() {
    return this.entries.findLast(({ unwanted }) => !unwanted);
  }

  /** What could not be written yet. */
  get kept() {
    return this.entries.filter(({ state }) => state === "kept");
  }

  /** Log an episode that begins now. */
  async tap() {
    this.notice = null;
    this.entries.push({
      at: this.#around.now(),
      facts: NOTHING_SAID,
      endedAt: null,
      id: null,
      written: NOTHING_SAID,
      writtenEnd: null,
      state: "waiting",
      unwanted: false,
      tries: 0,
      known: this.#known,
      problem: "",
    });
    await this.#go();
  }

  /** Say something of the current episode. @param {Facts} facts */
  async say(facts) {
    await this.#change({ facts });
  }

  /** Let the current episode end now, or go on after all. */
  async ease() {
    await this.#change({ endedAt: this.current?.endedAt ? null : this.#around.now() });
  }

  /** Take the current episode back. */
  async undo() {
    await this.#change({ unwanted: true });
  }

  /** Mark the night free of symptoms. */
  async clearNight() {
    await this.#askOnce("log_clear_night", "clear");
  }

  /** Take back what the diary did last: the clear night, or the undoing of an episode. */
  async takeBack() {
    if (await this.#askOnce("undo", null)) await this.load();
  }

  /** Try again to write what is kept. */
  async retry() {
    for (const entry of this.kept) entry.state = "waiting";
    await this.#go();
  }

  /** Look into the diary: another pad, a phone or a button may have logged. What is on its way stays. */
  async load() {
    this.#isStale = true;
    if (this.#isBusy || this.#isReading) return;
    this.#isReading = true;
    // What was read while something was written may be older than that, and is read again.
    while (this.#isStale && !this.#isBusy) {
      this.#isStale = false;
      const episodes = await this.#read();
      if (episodes && !this.#isStale && !this.#isBusy) this.#show(episodes);
    }
    this.#isReading = false;
  }

  /** Return the last episodes, or null where the hub does not answer: the pad logs all the same. */
  async #read() {
    try {
      return (await this.#around.ask("get_episodes", { limit: RECENT })).episodes;
    } catch {
      return null;
    }
  }

  /** @param {Record<string, any>[]} episodes the newest first */
  #show(episodes) {
    this.#known = episodes.map(({ id }) => id);
    this.entries = this.entries.filter(({ state }) => state !== "saved");
    const last = episodes[0];
    if (last && !this.entries.some(({ id }) => id === last.id)) this.entries.unshift(asEntry(last));
    this.#changed();
  }

  /** @param {Partial<Entry>} change */
  async #change(change) {
    const current = this.current;
    if (!current) return;
    Object.assign(current, change, { state: "waiting" });
    this.notice = null;
    await this.#go();
  }

  /** Ask for what is not kept if it fails; tell whether it was done. @param {string} action @param {"clear" | null} done */
  async #askOnce(action, done) {
    const at = this.#around.now();
    try {
      await this.#around.ask(action, {});
      this.notice = done && { kind: done, at, message: "", isInDiary: true };
    } catch (problem) {
      this.notice = { kind: "refused", at, message: messageOf(problem), isInDiary: false };
    }
    this.#changed();
    return this.notice?.kind !== "refused";
  }

  /** Write whatever waits, one after the other. */
  async #go() {
    this.#changed();
    if (this.#isBusy) return;
    this.#isBusy = true;
    this.#isStale ||= this.#isReading; // whatever is being read now is too old
    for (let entry; (entry = this.entries.find(({ state }) => state === "waiting")); this.#changed()) {
      try {
        await this.#write(entry);
      } catch (problem) {
        entry.state = "kept";
        entry.problem = messageOf(problem);
      }
    }
    this.#isBusy = false;
    if (this.#isStale) await this.load();
  }

  /** Bring the diary up to what is said of an entry now; what is said meanwhile takes another round. @param {Entry} entry */
  async #write(entry) {
    if (entry.unwanted && entry.id === null && entry.tries === 0) return this.#forget(entry);
    if (entry.id === null) return this.#log(entry);
    const id = { episode_id: entry.id };
    if (entry.unwanted) {
      if (await this.#isThere(entry.id)) await this.#around.ask("delete_episode", id);
      return this.#forget(entry);
    }
    const { facts, endedAt } = entry;
    const changed = changes(entry.written, facts);
    if (changed) {
      await this.#around.ask("update_episode", { ...id, ...changed });
      entry.written = facts;
    } else if (endedAt !== null && entry.writtenEnd === null) {
      if (this.#isPrompt(endedAt)) await this.#around.ask("end_episode", id);
      else await this.#around.ask("update_episode", { ...id, ended_at: iso(endedAt) });
      entry.writtenEnd = endedAt;
    } else if (endedAt === null && entry.writtenEnd !== null) {
      await this.#around.ask("update_episode", { ...id, clear: ["ended_at"] });
      entry.writtenEnd = null;
    } else {
      entry.state = "saved";
      entry.problem = "";
    }
  }

  /** Write a new entry, unless it turns out that an earlier try, which nobody answered, has. @param {Entry} entry */
  async #log(entry) {
    const again = entry.tries > 0;
    const found = again ? await this.#find(entry) : undefined;
    if (entry.unwanted && !found) return this.#forget(entry);
    entry.tries += 1;
    const { facts } = entry;
    const late = again || !this.#isPrompt(entry.at);
    const when = late ? { minutes_ago: (this.#around.now() - entry.at) / 60_000 } : {};
    const episode = found ?? (await this.#around.ask("log_episode", { ...said(facts), ...when })).episode;
    if (this.entries.some(({ id }) => id === episode.id)) return this.#forget(entry); // the same tap twice
    const { id, at, written, writtenEnd } = asEntry(episode);
    Object.assign(entry, { id, at, written, writtenEnd });
    this.#known = [/** @type {string} */ (id), ...(this.#known ?? [])];
  }

  /** Tell whether an episode is still to be deleted: a try that nobody answered may have done it. @param {string} id */
  async #isThere(id) {
    const { episodes } = await this.#around.ask("get_episodes", { limit: RECENT });
    return episodes.some((/** @type {{id: string}} */ each) => each.id === id);
  }

  /** @param {Entry} entry */
  async #find(entry) {
    const { episodes } = await this.#around.ask("get_episodes", { limit: RECENT });
    const { at, known } = entry;
    const earliest = at - (known ? CLOCKS_AGREE.known : CLOCKS_AGREE.unknown);
    return episodes.find((/** @type {{id: string, logged_at: string}} */ { id, logged_at }) => {
      const written = Date.parse(logged_at);
      const isNew = !known?.includes(id) && !this.entries.some((other) => other.id === id);
      return isNew && earliest <= written && written <= at + ANSWER_TAKES;
    });
  }

  /** @param {Entry} entry */
  #forget(entry) {
    this.entries = this.entries.filter((each) => each !== entry);
    if (entry.unwanted) this.notice = { kind: "undone", at: entry.at, message: "", isInDiary: entry.id !== null };
  }

  /** @param {number} at */
  #isPrompt(at) {
    return this.#around.now() - at <= PROMPT;
  }

  #changed() {
    const unwritten = this.entries.filter(({ state }) => state !== "saved");
    this.#around.shelf.write(unwritten.map((entry) => ({ ...entry, state: "kept" })));
    this.dispatchEvent(new Event("changed"));
  }
}

/**
 * Return an episode of the diary as an entry that is written.
 * @param {Record<string, any>} episode
 * @returns {Entry}
 */
function asEntry(episode) {
  const facts = factsOf(episode);
  const endedAt = episode.ended_at === null ? null : Date.parse(episode.ended_at);
  return {
    at: Date.parse(episode.started_at),
    facts,
    endedAt,
    id: episode.id,
    written: facts,
    writtenEnd: endedAt,
    state: "saved",
    unwanted: false,
    tries: 1,
    known: [],
    problem: "",
  };
}

/** @param {number} at */
const iso = (at) => new Date(at).toISOString();

/** @param {unknown} problem */
const messageOf = (problem) => (problem instanceof Error ? problem.message : "");
