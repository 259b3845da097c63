/** The episode queue: every tap reaches the diary exactly once, whatever Home Assistant does. */

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

import { NO_DETAILS } from "../../custom_components/rls_bedtime/www/data/episode-details.js";
import { EpisodeQueue } from "../../custom_components/rls_bedtime/www/data/episode-queue.js";

const TAPPED = Date.parse("2026-11-24T03:12:00Z");

/** A diary behind Home Assistant, whose clock agrees with the browser's. */
class FakeDiary {
  now = TAPPED;
  /** @type {any[]} the newest first */
  episodes = [];
  /** @type {[string, any][]} */
  calls = [];
  /** @type {any} */
  storedValue = null;
  /**
   * The outcomes of the next calls: executed, executed with a lost response, not reached, or refused with a message.
   * @type {("" | "lost" | "down" | string)[]}
   */
  outcomes = [];

  createQueue() {
    return new EpisodeQueue({
      callAction: (action, data) => this.callAction(action, data),
      now: () => this.now,
      storage: {
        read: () => this.storedValue,
        write: (value) => (this.storedValue = JSON.parse(JSON.stringify(value))),
      },
    });
  }

  /** @param {string} action @param {any} data */
  async callAction(action, data) {
    const outcome = this.outcomes.shift();
    if (outcome === "down") throw new Error("");
    if (outcome && outcome !== "lost") throw new Error(outcome);
    this.calls.push([action, data]);
    const response = this.execute(action, data);
    if (outcome === "lost") throw new Error("");
    return response;
  }

  /** @param {string} action @param {any} data */
  execute(action, { episode_id, minutes_ago = 0, clear = [], limit, ...details }) {
    if (action === "get_episodes") return { episodes: this.episodes.slice(0, limit) };
    if (action === "log_episode") {
      const started_at = new Date(this.now - minutes_ago * 60_000).toISOString();
      const id = `episode ${this.calls.length}`;
      const logged_at = new Date(this.now).toISOString();
      this.episodes.unshift({ ...NO_DETAILS, id, started_at, ended_at: null, logged_at, ...details });
      return { episode: this.episodes[0] };
    }
    const episode = this.episodes.find(({ id }) => id === episode_id);
    if (action === "delete_episode") this.episodes = this.episodes.filter((each) => each !== episode);
    if (action === "end_episode") episode.ended_at = new Date(this.now).toISOString();
    if (action === "update_episode") {
      const empty = Object.fromEntries(clear.map((/** @type {"side"} */ name) => [name, NO_DETAILS[name] ?? null]));
      Object.assign(episode, details, empty);
    }
    return { episode };
  }

  get actions() {
    return this.calls.map(([action]) => action).filter((action) => action !== "get_episodes");
  }
}

/** @type {FakeDiary} */
let diary;
/** @type {EpisodeQueue} */
let queue;

beforeEach(() => {
  diary = new FakeDiary();
  queue = diary.createQueue();
});

test("a tap logs an episode and lets Home Assistant set the time", async () => {
  await queue.logEpisode();
  assert.deepEqual(diary.calls, [["log_episode", {}]]);
  assert.equal(queue.current?.state, "saved");
  assert.equal(queue.current?.startedAt, TAPPED);
});

test("a tap is shown at once, before Home Assistant has responded", () => {
  void queue.logEpisode();
  assert.equal(queue.current?.state, "waiting");
});

test("details are added to the same episode, and only changed ones are sent", async () => {
  await queue.logEpisode();
  await queue.setDetails({ ...NO_DETAILS, severity: 6 });
  await queue.setDetails({ ...NO_DETAILS, severity: 6, side: "left", body_parts: ["calf"] });
  await queue.setDetails({ ...NO_DETAILS, severity: 7 });
  const id = { episode_id: "episode 1" };
  assert.deepEqual(diary.calls.slice(1), [
    ["update_episode", { ...id, severity: 6 }],
    ["update_episode", { ...id, side: "left", body_parts: ["calf"] }],
    ["update_episode", { ...id, severity: 7, clear: ["side", "body_parts"] }],
  ]);
});

test("details that are set during a slow call are written after it, only the last ones", async () => {
  const logged = queue.logEpisode();
  void queue.setDetails({ ...NO_DETAILS, severity: 4 });
  void queue.setDetails({ ...NO_DETAILS, severity: 5 });
  await logged;
  assert.equal(diary.episodes.length, 1);
  assert.equal(diary.episodes[0].severity, 5);
  assert.ok(diary.calls.length <= 2);
});

test("an episode that could not be written is kept and written later with the time of the tap", async () => {
  diary.outcomes = ["down"];
  await queue.logEpisode();
  assert.equal(queue.current?.state, "failed");
  diary.now += 10 * 60_000;
  await queue.retry();
  assert.equal(queue.current?.state, "saved");
  assert.equal(Date.parse(diary.episodes[0].started_at), TAPPED);
});

test("the error message of Home Assistant is kept with the episode", async () => {
  diary.outcomes = ["The disk is full."];
  await queue.logEpisode();
  assert.equal(queue.current?.error, "The disk is full.");
});

test("an episode that was written without a response is not written twice", async () => {
  await queue.load();
  diary.outcomes = ["lost"];
  await queue.logEpisode();
  assert.equal(queue.current?.state, "failed");
  diary.now += 60_000;
  await queue.retry();
  assert.equal(diary.episodes.length, 1);
  assert.equal(queue.current?.id, diary.episodes[0].id);
});

test("an earlier episode is not mistaken for one without a response", async () => {
  await queue.logEpisode();
  diary.now += 20_000;
  diary.outcomes = ["down"];
  await queue.logEpisode();
  await queue.retry();
  assert.equal(diary.episodes.length, 2);
});

test("an episode of another device is not mistaken for one without a response, even if no ids are known", async () => {
  diary.now -= 5_000;
  diary.execute("log_episode", {});
  diary.now += 5_000;
  diary.outcomes = ["down"];
  await queue.logEpisode();
  await queue.retry();
  assert.equal(diary.episodes.length, 2);
});

test("failed episodes outlive the page", async () => {
  diary.outcomes = ["down", "down"];
  await queue.logEpisode();
  diary.now += 60_000;
  await queue.logEpisode();
  const later = diary.createQueue();
  assert.equal(later.failed.length, 2);
  await later.retry();
  assert.deepEqual(
    diary.episodes.map(({ started_at }) => Date.parse(started_at)),
    [TAPPED + 60_000, TAPPED],
  );
  assert.deepEqual(diary.storedValue, []);
});

test("undo deletes the whole episode, and can itself be undone", async () => {
  await queue.logEpisode();
  await queue.setDetails({ ...NO_DETAILS, severity: 6 });
  await queue.deleteCurrent();
  assert.deepEqual(diary.episodes, []);
  assert.equal(queue.current, undefined);
  assert.deepEqual(queue.notice, { kind: "undone", at: TAPPED, message: "", canUndo: true });
  await queue.undoLastChange();
  assert.equal(diary.actions.at(-1), "undo");
});

test("undoing an episode that was never written calls no action", async () => {
  diary.outcomes = ["down"];
  await queue.logEpisode();
  await queue.deleteCurrent();
  assert.deepEqual(diary.actions, []);
  assert.equal(queue.notice?.canUndo, false);
  assert.deepEqual(diary.storedValue, []);
});

test("undoing an episode that was written without a response finds and deletes it", async () => {
  diary.outcomes = ["lost"];
  await queue.logEpisode();
  await queue.deleteCurrent();
  assert.deepEqual(diary.episodes, []);
});

test("a deletion without a response is not retried forever", async () => {
  await queue.logEpisode();
  diary.outcomes = ["", "lost"];
  await queue.deleteCurrent();
  assert.equal(queue.failed.length, 1);
  await queue.retry();
  assert.deepEqual(queue.episodes, []);
});

test("an episode can be ended and reopened", async () => {
  await queue.logEpisode();
  diary.now += 600_000;
  await queue.toggleEnded();
  assert.equal(diary.actions.at(-1), "end_episode");
  await queue.toggleEnded();
  assert.equal(diary.episodes[0].ended_at, null);
});

test("an end that is written late has the time of the tap", async () => {
  await queue.logEpisode();
  diary.outcomes = ["down"];
  await queue.toggleEnded();
  diary.now += 3_600_000;
  await queue.retry();
  assert.equal(Date.parse(diary.episodes[0].ended_at), TAPPED);
});

test("two taps that Home Assistant takes for the same episode are one", async () => {
  diary.execute = () => ({ episode: { ...NO_DETAILS, id: "the one", started_at: "2026-11-24T03:12:00Z", ended_at: null } });
  await queue.logEpisode();
  await queue.logEpisode();
  assert.equal(queue.episodes.length, 1);
});

test("an episode of another device becomes the current one", async () => {
  await queue.logEpisode();
  diary.now += 60_000;
  diary.execute("log_episode", { severity: 3 });
  await queue.load();
  assert.equal(queue.current?.details.severity, 3);
});

test("a clear night is logged, or the error is shown", async () => {
  await queue.logClearNight();
  assert.equal(queue.notice?.kind, "clear");
  diary.outcomes = ["The diary is full."];
  await queue.logClearNight();
  assert.deepEqual([queue.notice?.kind, queue.notice?.message], ["refused", "The diary is full."]);
});

test("a response that was requested before a write does not revert it", async () => {
  await queue.logEpisode();
  let response = (/** @type {any} */ _) => {};
  const old = JSON.parse(JSON.stringify(diary.episodes));
  const callAction = diary.callAction.bind(diary);
  let isFirst = true;
  diary.callAction = (action, data) => {
    if (action !== "get_episodes" || !isFirst) return callAction(action, data);
    isFirst = false;
    return new Promise((resolve) => (response = resolve));
  };
  const loaded = queue.load();
  await queue.setDetails({ ...NO_DETAILS, severity: 6 });
  response({ episodes: old });
  await loaded;
  assert.equal(queue.current?.details.severity, 6);
});

test("a change of the diary during a write is loaded afterwards", async () => {
  const logged = queue.logEpisode();
  void queue.load();
  diary.now += 60_000;
  diary.execute("log_episode", { severity: 2 });
  await logged;
  await queue.load();
  assert.equal(queue.current?.details.severity, 2);
});

test("the names in the browser's storage stay the same, so that an update loses nothing", async () => {
  diary.outcomes = ["down"];
  await queue.logEpisode();
  const stored = [
    {
      at: TAPPED,
      facts: NO_DETAILS,
      endedAt: null,
      id: null,
      written: NO_DETAILS,
      writtenEnd: null,
      state: "kept",
      unwanted: false,
      tries: 1,
      known: null,
      problem: "",
    },
  ];
  assert.deepEqual(diary.storedValue, stored);
  const [episode] = diary.createQueue().episodes;
  assert.deepEqual(episode, queue.episodes[0]);
});
