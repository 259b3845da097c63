/** Each edit is undone by the function it returns, without touching other changes; a lost response adds nothing twice. */

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

import {
  addEpisode,
  createAttempt,
  deleteEpisode,
  markClearNight,
  unmarkClearNight,
  updateEpisode,
} from "../../custom_components/rls_bedtime/www/data/night-edits.js";
import { createDraft, createEmptyDraft } from "../../custom_components/rls_bedtime/www/data/episode-draft.js";

const NIGHT = "2026-11-20";
const EMPTY = { ended_at: null, severity: null, side: null, body_parts: [], sensations: [], activity: null, relief: [] };
const settings = {
  locale: { language: "en", number_format: "language", time_format: "language", time_zone: "server" },
  config: { time_zone: "Europe/Berlin" },
};

/** A diary whose next response may be lost. */
class FakeDiary {
  /** @type {any[]} */
  episodes = [];
  /** @type {Set<string>} */
  clearNights = new Set();
  /** @type {string[]} */
  actions = [];
  losesNextResponse = false;
  settings = settings;

  deleteClearNight = async (/** @type {string} */ night) => this.clearNights.delete(night);

  callAction = async (/** @type {string} */ action, /** @type {any} */ data) => {
    this.actions.push(action);
    const response = this.#execute(action, data);
    if (this.losesNextResponse && action !== "get_episodes") {
      this.losesNextResponse = false;
      throw new Error("");
    }
    return response;
  };

  /** @param {string} action @param {any} data */
  #execute(action, { episode_id, night, clear = [], from: _from, to: _to, ...fields }) {
    if (action === "get_episodes") return { episodes: this.episodes };
    if (action === "log_clear_night") return this.clearNights.add(night);
    if (action === "log_episode") {
      this.episodes.push({ ...EMPTY, relief_effect: null, sleep_impact: null, tags: [], note: null, id: `${this.actions.length}`, ...fields });
      return { episode: this.episodes.at(-1) };
    }
    if (action === "delete_episode") this.episodes = this.episodes.filter(({ id }) => id !== episode_id);
    const cleared = Object.fromEntries(clear.map((/** @type {string} */ name) => [name, null]));
    Object.assign(this.episodes.find(({ id }) => id === episode_id) ?? {}, fields, cleared);
    return {};
  }
}

/** @type {FakeDiary} */
let diary;

beforeEach(() => {
  diary = new FakeDiary();
});

const draft = { ...createEmptyDraft(NIGHT), start: "01:20" };
const form = { id: null, night: NIGHT, original: createEmptyDraft(NIGHT), draft };

test("undoing an addition deletes only the added episode", async () => {
  const undo = await addEpisode(diary, form);
  await diary.callAction("log_episode", { started_at: "2026-11-20T23:00:00Z" });
  await undo();
  assert.deepEqual(diary.episodes.map(({ started_at }) => started_at), ["2026-11-20T23:00:00Z"]);
});

test("a retry finds an episode that was added without a response, and updates it to the form", async () => {
  await diary.callAction("log_episode", { started_at: "2026-11-21T00:20:00Z" }); // another episode in the same minute
  const attempt = createAttempt(diary, form, diary.episodes.map(({ id }) => id));
  diary.losesNextResponse = true;
  await assert.rejects(addEpisode(diary, { ...form, attempt }));
  const undo = await addEpisode(diary, { ...form, attempt, draft: { ...draft, severity: 3 } });
  assert.deepEqual(diary.episodes.map(({ severity }) => severity), [null, 3]);
  await undo();
  assert.equal(diary.episodes.length, 1);
});

test("a retry after an error adds the episode with the time in the form", async () => {
  const attempt = createAttempt(diary, form, []);
  await addEpisode(diary, { ...form, attempt, draft: { ...draft, start: "02:00" } });
  assert.deepEqual(diary.episodes.map(({ started_at }) => started_at), ["2026-11-21T01:00:00.000Z"]);
  assert.deepEqual(createAttempt(diary, { ...form, attempt: { startedAt: "x", existingIds: ["7"] } }, ["8"]), { startedAt: attempt.startedAt, existingIds: ["7"] });
});

test("undoing an update restores the changed fields and keeps the others", async () => {
  await addEpisode(diary, { ...form, draft: { ...draft, severity: 5, note: "Long day" } });
  const [episode] = diary.episodes;
  const original = createDraft(settings, episode);
  const undo = await updateEpisode(diary, episode.id, original, { ...original, severity: 8, note: "" });
  assert.deepEqual([episode.severity, episode.note], [8, null]);
  episode.side = "left";
  await undo?.();
  assert.deepEqual([episode.severity, episode.note, episode.side], [5, "Long day", "left"]);
  assert.equal(await updateEpisode(diary, episode.id, original, original), null);
});

test("a deletion can be undone only while it is the last change", async () => {
  let isUnchanged = true;
  const watchDiary = async () => () => {
    if (!isUnchanged) throw new Error("changed since");
  };
  const undo = await deleteEpisode(diary, "1", watchDiary);
  isUnchanged = false;
  await assert.rejects(undo(), /changed since/);
  assert.ok(!diary.actions.includes("undo"));
  isUnchanged = true;
  await undo();
  assert.equal(diary.actions.at(-1), "undo");
});

test("marking and unmarking a clear night undo each other", async () => {
  const undo = await markClearNight(diary, NIGHT);
  assert.ok(diary.clearNights.has(NIGHT));
  await undo();
  assert.ok(!diary.clearNights.has(NIGHT));
  await (await unmarkClearNight(diary, NIGHT))();
  assert.ok(diary.clearNights.has(NIGHT));
});
