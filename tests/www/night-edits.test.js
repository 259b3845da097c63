/** Each edit is undone by the function it returns, without touching other changes; a lost response adds nothing twice. */

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

import { addEpisode, applyEdit, updateEpisode } from "../../custom_components/rls_bedtime/www/data/night-edits.js";
import { createDraft, createEmptyDraft } from "../../custom_components/rls_bedtime/www/data/episode-draft.js";
import { FakeHub } from "./fake-hub.js";

const NIGHT = "2026-11-20";
const settings = {
  locale: { language: "en", number_format: "language", time_format: "language", time_zone: "server" },
  config: { time_zone: "Europe/Berlin" },
};
const EMPTY = { sensations: [], activity: null, sleep_impact: null, tags: [], note: null };

/** @type {FakeHub} */
let hub;
/** @type {import("../../custom_components/rls_bedtime/www/data/night-edits.js").DiaryApi} */
let api;

beforeEach(() => {
  hub = new FakeHub();
  // The form shows all fields of an episode, the model of the diary has those of the night pad.
  const withEmpty = (/** @type {any} */ episode) => episode && { ...EMPTY, ...episode };
  const callAction = async (/** @type {string} */ action, /** @type {any} */ data) => {
    const response = await hub.callAction(action, data);
    return { ...response, episode: withEmpty(response.episode) };
  };
  api = { settings, callAction };
});

const draft = { ...createEmptyDraft(NIGHT), start: "01:20" };
const form = { id: null, night: NIGHT, original: createEmptyDraft(NIGHT), draft, requestId: "the form" };

test("undoing an addition removes only the added episode", async () => {
  const undo = await addEpisode(api, form);
  const { id } = hub.logElsewhere();
  await undo?.();
  assert.deepEqual(hub.episodes.map((episode) => episode.id), [id]);
});

test("saving a form again after a lost response updates the added episode to the form, and one undo removes it", async () => {
  hub.outcomes = ["lost"];
  await assert.rejects(addEpisode(api, form), { code: "" });
  const undo = await addEpisode(api, { ...form, draft: { ...draft, start: "02:00", severity: 3 } });
  assert.deepEqual(hub.episodes.map(({ severity, started_at }) => [severity, started_at]), [[3, "2026-11-21T01:00:00.000Z"]]);
  await undo?.();
  assert.deepEqual(hub.episodes, []);
});

test("saving a form again that did not arrive adds the episode with what the form says now", async () => {
  hub.outcomes = ["down"];
  await assert.rejects(addEpisode(api, form), { code: "" });
  await addEpisode(api, { ...form, draft: { ...draft, start: "02:00" } });
  assert.deepEqual(hub.episodes.map(({ started_at }) => started_at), ["2026-11-21T01:00:00.000Z"]);
});

test("an update that changes nothing is no call", async () => {
  const { id } = hub.logElsewhere();
  assert.equal(await updateEpisode(api, id, draft, draft), null);
  assert.deepEqual(hub.calls, []);
});

test("undoing an update restores the changed fields", async () => {
  await addEpisode(api, { ...form, draft: { ...draft, severity: 5, note: "Long day" } });
  const [episode] = hub.episodes;
  const original = createDraft(settings, { ...EMPTY, ...episode });
  const undo = await updateEpisode(api, episode.id, original, { ...original, severity: 8, note: "" });
  assert.deepEqual([episode.severity, episode.note], [8, null]);
  await undo?.();
  assert.deepEqual([episode.severity, episode.note], [5, "Long day"]);
});

test("undoing a deletion brings back that episode, whatever was logged since", async () => {
  const { id } = hub.logElsewhere();
  const undo = await applyEdit(api, "delete_episode", { episode_id: id }, "delete");
  hub.logElsewhere({ severity: 9 });
  await undo?.();
  assert.ok(hub.episodes.some((episode) => episode.id === id));
  assert.equal(hub.episodes.length, 2);
});

test("a repeated attempt is the same request, and an undo that is repeated undoes once", async () => {
  hub.outcomes = ["lost"];
  await assert.rejects(applyEdit(api, "log_clear_night", { night: NIGHT }, "mark"));
  const undo = await applyEdit(api, "log_clear_night", { night: NIGHT }, "mark");
  hub.outcomes = ["lost"];
  await assert.rejects(async () => undo?.());
  await undo?.();
  assert.equal(hub.clearNights.size, 0);
});

test("an edit that had nothing to change offers no undo", async () => {
  hub.clearNights.add(NIGHT);
  assert.equal(await applyEdit(api, "log_clear_night", { night: NIGHT }, "mark"), null);
});
