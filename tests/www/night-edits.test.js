/** Each correction is undone by what it returns, and by nothing that others did; what nobody answers is not done twice. */

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

import { add, edit, mark, remove, trying, unmark } from "../../custom_components/rls_bedtime/www/data/night-edits.js";
import { draftOf, emptyDraft } from "../../custom_components/rls_bedtime/www/data/episode-draft.js";

const NIGHT = "2026-11-20";
const EMPTY = { ended_at: null, severity: null, side: null, body_parts: [], sensations: [], activity: null, relief: [] };
const writing = {
  locale: { language: "en", number_format: "language", time_format: "language", time_zone: "server" },
  config: { time_zone: "Europe/Berlin" },
};

/** A diary at the end of a line that may lose an answer. */
class Diary {
  /** @type {any[]} */
  episodes = [];
  /** @type {Set<string>} */
  clear = new Set();
  /** @type {string[]} */
  actions = [];
  losesAnswer = false;
  writing = writing;

  forgetClear = async (/** @type {string} */ night) => this.clear.delete(night);

  ask = async (/** @type {string} */ action, /** @type {any} */ data) => {
    this.actions.push(action);
    const answer = this.#do(action, data);
    if (this.losesAnswer && action !== "get_episodes") {
      this.losesAnswer = false;
      throw new Error("");
    }
    return answer;
  };

  /** @param {string} action @param {any} data */
  #do(action, { episode_id, night, clear = [], from: _from, to: _to, ...facts }) {
    if (action === "get_episodes") return { episodes: this.episodes };
    if (action === "log_clear_night") return this.clear.add(night);
    if (action === "log_episode") {
      this.episodes.push({ ...EMPTY, relief_effect: null, sleep_impact: null, tags: [], note: null, id: `${this.actions.length}`, ...facts });
      return { episode: this.episodes.at(-1) };
    }
    if (action === "delete_episode") this.episodes = this.episodes.filter(({ id }) => id !== episode_id);
    const nothing = Object.fromEntries(clear.map((/** @type {string} */ name) => [name, null]));
    Object.assign(this.episodes.find(({ id }) => id === episode_id) ?? {}, facts, nothing);
    return {};
  }
}

/** @type {Diary} */
let diary;

beforeEach(() => {
  diary = new Diary();
});

const draft = { ...emptyDraft(NIGHT), start: "01:20" };
const form = { id: null, night: NIGHT, given: emptyDraft(NIGHT), draft };

test("what was added is undone alone", async () => {
  const undo = await add(diary, form);
  await diary.ask("log_episode", { started_at: "2026-11-20T23:00:00Z" });
  await undo();
  assert.deepEqual(diary.episodes.map(({ started_at }) => started_at), ["2026-11-20T23:00:00Z"]);
});

test("what was added without an answer is found, and becomes what is on the form by then", async () => {
  await diary.ask("log_episode", { started_at: "2026-11-21T00:20:00Z" }); // another of the same minute
  const tried = trying(diary, form, diary.episodes.map(({ id }) => id));
  diary.losesAnswer = true;
  await assert.rejects(add(diary, { ...form, tried }));
  const undo = await add(diary, { ...form, tried, draft: { ...draft, severity: 3 } });
  assert.deepEqual(diary.episodes.map(({ severity }) => severity), [null, 3]);
  await undo();
  assert.equal(diary.episodes.length, 1);
});

test("what was refused is tried anew, at whatever time is on the form", async () => {
  const tried = trying(diary, form, []);
  await add(diary, { ...form, tried, draft: { ...draft, start: "02:00" } });
  assert.deepEqual(diary.episodes.map(({ started_at }) => started_at), ["2026-11-21T01:00:00.000Z"]);
  assert.deepEqual(trying(diary, { ...form, tried: { at: "x", known: ["7"] } }, ["8"]), { at: tried.at, known: ["7"] });
});

test("an edit is undone as it was, whatever else was changed", async () => {
  await add(diary, { ...form, draft: { ...draft, severity: 5, note: "Long day" } });
  const [episode] = diary.episodes;
  const given = draftOf(writing, episode);
  const undo = await edit(diary, episode.id, given, { ...given, severity: 8, note: "" });
  assert.deepEqual([episode.severity, episode.note], [8, null]);
  episode.side = "left";
  await undo?.();
  assert.deepEqual([episode.severity, episode.note, episode.side], [5, "Long day", "left"]);
  assert.equal(await edit(diary, episode.id, given, given), null);
});

test("a deletion is undone only while it is the last change", async () => {
  let isSame = true;
  const look = async () => () => {
    if (!isSame) throw new Error("changed since");
  };
  const undo = await remove(diary, "1", look);
  isSame = false;
  await assert.rejects(undo(), /changed since/);
  assert.ok(!diary.actions.includes("undo"));
  isSame = true;
  await undo();
  assert.equal(diary.actions.at(-1), "undo");
});

test("a mark and its removal undo one another", async () => {
  const undo = await mark(diary, NIGHT);
  assert.ok(diary.clear.has(NIGHT));
  await undo();
  assert.ok(!diary.clear.has(NIGHT));
  await (await unmark(diary, NIGHT))();
  assert.ok(diary.clear.has(NIGHT));
});
