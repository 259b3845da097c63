/** What an earlier version of the night pad has stored in the browser is not lost. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { NO_DETAILS } from "../../custom_components/rls_bedtime/www/data/episode-details.js";
import { readLegacyQueue } from "../../custom_components/rls_bedtime/www/data/legacy-queue.js";
import { FakeBrowser, FakeHub, TAPPED } from "./fake-hub.js";

const TAPPED_BEFORE = TAPPED - 3_600_000;
const STORED = {
  at: TAPPED_BEFORE,
  facts: { ...NO_DETAILS, severity: 6 },
  endedAt: TAPPED_BEFORE + 600_000,
  id: null,
  written: NO_DETAILS,
  writtenEnd: null,
  state: "kept",
  unwanted: false,
  tries: 1,
  known: null,
  problem: "",
};

/** Send what was stored, from as many tabs at once. @param {any} stored @param {number} [tabs] */
async function send(stored, tabs = 1) {
  const hub = new FakeHub();
  const { id } = hub.logElsewhere({ severity: 2, ended_at: null });
  hub.executed.length = 0;
  const browser = new FakeBrowser(hub);
  for (let tab = 0; tab < tabs; tab += 1)
    for (const operation of readLegacyQueue(stored?.map((/** @type {any} */ each) => ({ ...each, id: each.id && id }))))
      browser.stored.set(`${tab} ${operation.id}`, JSON.stringify(operation));
  await Promise.all([...Array(tabs)].map(() => browser.openTab().queue.retry()));
  return { hub, id };
}

test("an episode that was not written yet is written, with its details, its end and the time of the tap", async () => {
  const { hub } = await send([STORED]);
  const [, episode] = hub.episodes;
  assert.deepEqual(
    [Date.parse(episode.started_at), Date.parse(episode.ended_at), episode.severity],
    [TAPPED_BEFORE, TAPPED_BEFORE + 600_000, 6],
  );
});

test("two tabs that read it at the same time write it once", async () => {
  const { hub } = await send([STORED, { ...STORED, at: TAPPED_BEFORE + 1 }], 2);
  assert.equal(hub.episodes.length, 3);
});

test("what was changed of an episode in the diary is written", async () => {
  const before = { ...STORED, id: "known", written: NO_DETAILS, endedAt: null, writtenEnd: TAPPED };
  const { hub, id } = await send([before]);
  assert.deepEqual(hub.episodes.map((episode) => [episode.id, episode.severity, episode.ended_at]), [[id, 6, null]]);
});

test("an episode that was undone is deleted if it is in the diary, and else never written", async () => {
  const { hub } = await send([{ ...STORED, id: "known", unwanted: true }]);
  assert.deepEqual(hub.episodes, []);
  assert.deepEqual(readLegacyQueue([{ ...STORED, unwanted: true }]), []);
});

test("a browser that stored nothing, or something else, is no error", () => {
  assert.deepEqual([readLegacyQueue(null), readLegacyQueue(/** @type {any} */ ({}))], [[], []]);
});
