/** What is tapped reaches the diary once, whatever the hub does, and nothing is forgotten. */

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

import { NOTHING_SAID } from "../../custom_components/rls_bedtime/www/data/episode-details.js";
import { Keeper } from "../../custom_components/rls_bedtime/www/data/episode-queue.js";

const TAPPED = Date.parse("2026-11-24T03:12:00Z");

/** A hub with a diary, whose clock is the pad's. */
class Hub {
  now = TAPPED;
  /** @type {any[]} the newest first */
  episodes = [];
  /** @type {[string, any][]} */
  calls = [];
  /** @type {any} */
  shelf = null;
  /** What becomes of the next calls: it answers, it does and the answer is lost, or it is not reached. */
  /** @type {("lost" | "down" | string)[]} */
  moods = [];

  keeper() {
    return new Keeper({
      ask: (action, data) => this.ask(action, data),
      now: () => this.now,
      shelf: { read: () => this.shelf, write: (value) => (this.shelf = JSON.parse(JSON.stringify(value))) },
    });
  }

  /** @param {string} action @param {any} data */
  async ask(action, data) {
    const mood = this.moods.shift();
    if (mood === "down") throw new Error("");
    if (mood && mood !== "lost") throw new Error(mood);
    this.calls.push([action, data]);
    const answer = this.do(action, data);
    if (mood === "lost") throw new Error("");
    return answer;
  }

  /** @param {string} action @param {any} data */
  do(action, { episode_id, minutes_ago = 0, clear = [], limit, ...facts }) {
    if (action === "get_episodes") return { episodes: this.episodes.slice(0, limit) };
    if (action === "log_episode") {
      const started_at = new Date(this.now - minutes_ago * 60_000).toISOString();
      const id = `episode ${this.calls.length}`;
      const logged_at = new Date(this.now).toISOString();
      this.episodes.unshift({ ...NOTHING_SAID, id, started_at, ended_at: null, logged_at, ...facts });
      return { episode: this.episodes[0] };
    }
    const episode = this.episodes.find(({ id }) => id === episode_id);
    if (action === "delete_episode") this.episodes = this.episodes.filter((each) => each !== episode);
    if (action === "end_episode") episode.ended_at = new Date(this.now).toISOString();
    if (action === "update_episode") {
      const empty = Object.fromEntries(clear.map((/** @type {"side"} */ name) => [name, NOTHING_SAID[name] ?? null]));
      Object.assign(episode, facts, empty);
    }
    return { episode };
  }

  get actions() {
    return this.calls.map(([action]) => action).filter((action) => action !== "get_episodes");
  }
}

/** @type {Hub} */
let hub;
/** @type {Keeper} */
let keeper;

beforeEach(() => {
  hub = new Hub();
  keeper = hub.keeper();
});

test("a tap logs, and leaves the time to the hub", async () => {
  await keeper.tap();
  assert.deepEqual(hub.calls, [["log_episode", {}]]);
  assert.equal(keeper.current?.state, "saved");
  assert.equal(keeper.current?.at, TAPPED);
});

test("a tap shows at once, before the hub has answered", () => {
  void keeper.tap();
  assert.equal(keeper.current?.state, "waiting");
});

test("what is said afterwards goes to the same episode, and only what changed", async () => {
  await keeper.tap();
  await keeper.say({ ...NOTHING_SAID, severity: 6 });
  await keeper.say({ ...NOTHING_SAID, severity: 6, side: "left", body_parts: ["calf"] });
  await keeper.say({ ...NOTHING_SAID, severity: 7 });
  const id = { episode_id: "episode 1" };
  assert.deepEqual(hub.calls.slice(1), [
    ["update_episode", { ...id, severity: 6 }],
    ["update_episode", { ...id, side: "left", body_parts: ["calf"] }],
    ["update_episode", { ...id, severity: 7, clear: ["side", "body_parts"] }],
  ]);
});

test("what is said while the hub is slow is written when it has answered, the last of it alone", async () => {
  const logged = keeper.tap();
  void keeper.say({ ...NOTHING_SAID, severity: 4 });
  void keeper.say({ ...NOTHING_SAID, severity: 5 });
  await logged;
  assert.equal(hub.episodes.length, 1);
  assert.equal(hub.episodes[0].severity, 5);
  assert.ok(hub.calls.length <= 2);
});

test("what the hub does not take is kept, and written later as of the tap", async () => {
  hub.moods = ["down"];
  await keeper.tap();
  assert.equal(keeper.current?.state, "kept");
  hub.now += 10 * 60_000;
  await keeper.retry();
  assert.equal(keeper.current?.state, "saved");
  assert.equal(Date.parse(hub.episodes[0].started_at), TAPPED);
});

test("what the hub says is passed on", async () => {
  hub.moods = ["The disk is full."];
  await keeper.tap();
  assert.equal(keeper.current?.problem, "The disk is full.");
});

test("what was written without an answer is not written twice", async () => {
  await keeper.load();
  hub.moods = ["lost"];
  await keeper.tap();
  assert.equal(keeper.current?.state, "kept");
  hub.now += 60_000;
  await keeper.retry();
  assert.equal(hub.episodes.length, 1);
  assert.equal(keeper.current?.id, hub.episodes[0].id);
});

test("an earlier episode is not taken for one that was lost", async () => {
  await keeper.tap();
  hub.now += 20_000;
  hub.moods = ["down"];
  await keeper.tap();
  await keeper.retry();
  assert.equal(hub.episodes.length, 2);
});

test("an episode from elsewhere is not taken for one that was lost, though nothing is known of before", async () => {
  hub.now -= 5_000;
  hub.do("log_episode", {});
  hub.now += 5_000;
  hub.moods = ["down"];
  await keeper.tap();
  await keeper.retry();
  assert.equal(hub.episodes.length, 2);
});

test("what is kept outlives the page", async () => {
  hub.moods = ["down", "down"];
  await keeper.tap();
  hub.now += 60_000;
  await keeper.tap();
  const later = hub.keeper();
  assert.equal(later.kept.length, 2);
  await later.retry();
  assert.deepEqual(
    hub.episodes.map(({ started_at }) => Date.parse(started_at)),
    [TAPPED + 60_000, TAPPED],
  );
  assert.deepEqual(hub.shelf, []);
});

test("undo takes the whole episode back, and can be taken back itself", async () => {
  await keeper.tap();
  await keeper.say({ ...NOTHING_SAID, severity: 6 });
  await keeper.undo();
  assert.deepEqual(hub.episodes, []);
  assert.equal(keeper.current, undefined);
  assert.deepEqual(keeper.notice, { kind: "undone", at: TAPPED, message: "", isInDiary: true });
  await keeper.takeBack();
  assert.equal(hub.actions.at(-1), "undo");
});

test("undo of what never reached the hub asks for nothing there", async () => {
  hub.moods = ["down"];
  await keeper.tap();
  await keeper.undo();
  assert.deepEqual(hub.actions, []);
  assert.equal(keeper.notice?.isInDiary, false);
  assert.deepEqual(hub.shelf, []);
});

test("undo of what was written without an answer finds and deletes it", async () => {
  hub.moods = ["lost"];
  await keeper.tap();
  await keeper.undo();
  assert.deepEqual(hub.episodes, []);
});

test("an undo whose answer was lost is not refused for ever", async () => {
  await keeper.tap();
  hub.moods = ["", "lost"];
  await keeper.undo();
  assert.equal(keeper.kept.length, 1);
  await keeper.retry();
  assert.deepEqual(keeper.entries, []);
});

test("an episode eases, and may go on after all", async () => {
  await keeper.tap();
  hub.now += 600_000;
  await keeper.ease();
  assert.equal(hub.actions.at(-1), "end_episode");
  await keeper.ease();
  assert.equal(hub.episodes[0].ended_at, null);
});

test("an end that is written late is the end of the tap", async () => {
  await keeper.tap();
  hub.moods = ["down"];
  await keeper.ease();
  hub.now += 3_600_000;
  await keeper.retry();
  assert.equal(Date.parse(hub.episodes[0].ended_at), TAPPED);
});

test("two taps in a row that the hub takes for one are one", async () => {
  hub.do = () => ({ episode: { ...NOTHING_SAID, id: "the one", started_at: "2026-11-24T03:12:00Z", ended_at: null } });
  await keeper.tap();
  await keeper.tap();
  assert.equal(keeper.entries.length, 1);
});

test("an episode from elsewhere becomes the current one", async () => {
  await keeper.tap();
  hub.now += 60_000;
  hub.do("log_episode", { severity: 3 });
  await keeper.load();
  assert.equal(keeper.current?.facts.severity, 3);
});

test("a clear night is marked, or it is said why not", async () => {
  await keeper.clearNight();
  assert.equal(keeper.notice?.kind, "clear");
  hub.moods = ["The diary is full."];
  await keeper.clearNight();
  assert.deepEqual([keeper.notice?.kind, keeper.notice?.message], ["refused", "The diary is full."]);
});

test("what is read while something is written does not undo it", async () => {
  await keeper.tap();
  let answer = (/** @type {any} */ _) => {};
  const old = JSON.parse(JSON.stringify(hub.episodes));
  const ask = hub.ask.bind(hub);
  let isFirst = true;
  hub.ask = (action, data) => {
    if (action !== "get_episodes" || !isFirst) return ask(action, data);
    isFirst = false;
    return new Promise((resolve) => (answer = resolve));
  };
  const loaded = keeper.load();
  await keeper.say({ ...NOTHING_SAID, severity: 6 });
  answer({ episodes: old });
  await loaded;
  assert.equal(keeper.current?.facts.severity, 6);
});

test("what becomes of the diary while something is written is seen afterwards", async () => {
  const logged = keeper.tap();
  void keeper.load();
  hub.now += 60_000;
  hub.do("log_episode", { severity: 2 });
  await logged;
  await keeper.load();
  assert.equal(keeper.current?.facts.severity, 2);
});
