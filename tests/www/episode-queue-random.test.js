/** Random taps in several tabs of two browsers, while requests and responses are lost, tabs are closed and the hub is down. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { NO_DETAILS } from "../../custom_components/rls_bedtime/www/data/episode-details.js";
import { FakeBrowser, FakeHub, settle } from "./fake-hub.js";

/** @import { Operation } from "../../custom_components/rls_bedtime/www/data/operations.js" */

const SEEDS = 200;
const STEPS = 60;
const MAX_TABS = 3;

/** Return a generator of random numbers from 0 to 1 (mulberry32). @param {number} seed */
function createRandom(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** @typedef {ReturnType<FakeBrowser["openTab"]>} Tab */

class Night {
  hub = new FakeHub();
  browsers = [new FakeBrowser(this.hub), new FakeBrowser(this.hub)];
  /** @type {Tab[][]} the open tabs of each browser */
  tabs = [[], []];
  /** @type {(() => void)[]} what lets the calls under way go on */
  #delayed = [];

  /** @param {number} seed */
  constructor(seed) {
    this.random = createRandom(seed);
    this.hub.delay = async () => {
      if (this.random() < 0.5) await new Promise((resolve) => this.#delayed.push(() => resolve(null)));
    };
    this.browsers.forEach((browser) => (browser.clockError = this.pick([0, -3_600_000, 7_200_000])));
  }

  /** @template T @param {T[]} items @returns {T} */
  pick = (items) => items[Math.floor(this.random() * items.length)];

  /** Let some of the calls under way go on. @param {number} share */
  release(share) {
    const delayed = this.#delayed;
    this.#delayed = [];
    for (const goOn of delayed) this.random() < share ? goOn() : this.#delayed.push(goOn);
  }

  /** @type {Record<string, (tab: Tab) => void>} */
  taps = {
    log: ({ queue }) => void queue.logEpisode(),
    logAgain: ({ queue }) => void queue.logEpisode(),
    rate: ({ queue }) => void queue.setDetails({ ...NO_DETAILS, severity: Math.floor(this.random() * 11) }),
    eased: ({ queue }) => void queue.toggleEnded(),
    delete: ({ queue }) => void queue.deleteCurrent(),
    clear: ({ queue }) => void queue.logClearNight(`2026-11-${this.pick([10, 11, 12, 13])}`),
    undoNotice: ({ queue }) => void queue.undoNotice(),
    undoLast: ({ queue }) => {
      const last = queue.operations.findLast(({ kind, state }) => ["delete", "clear_night"].includes(kind) && state !== "refused");
      if (last && !queue.operations.some(({ target }) => target?.id === last.id)) void queue.undo(last);
    },
    retry: ({ queue }) => void queue.retry(),
    load: ({ queue }) => void queue.load(),
  };

  /** Do something at random. */
  async step() {
    const { hub, random } = this;
    const index = this.pick([0, 1]);
    const tabs = this.tabs[index];
    if (tabs.length < MAX_TABS && (tabs.length === 0 || random() < 0.1)) tabs.push(this.browsers[index].openTab());
    if (random() < 0.1) hub.isDown = !hub.isDown;
    if (random() < 0.2) hub.outcomes.push(this.pick(["lost", "down", ["Locked", "home_assistant_error"]]));
    this.taps[this.pick(Object.keys(this.taps))](this.pick(tabs));
    if (random() < 0.08) tabs.splice(Math.floor(random() * tabs.length), 1)[0].close();
    this.release(0.4);
    hub.now += this.pick([1_000, 15_000, 600_000]);
    await settle();
  }

  /** Let the hub be up and open a tab in each browser, until nothing is left but what it refuses. @returns {Promise<Operation[]>} */
  async finish() {
    this.hub.isDown = false;
    this.hub.outcomes = [];
    this.hub.delay = null;
    const refused = [];
    for (const [index, browser] of this.browsers.entries()) {
      this.release(1);
      await settle();
      for (const { close } of this.tabs[index]) close();
      const { queue } = browser.openTab();
      for (await queue.retry(); queue.operations.length; await settle()) {
        assert.ok(queue.refused.length, "something is stuck");
        refused.push(...queue.refused);
        queue.discard(queue.refused[0]);
      }
      assert.equal(browser.stored.size, 0);
    }
    return refused;
  }
}

/** Return how often each request has changed the diary. @param {FakeHub} hub @returns {Map<string, number>} */
function countExecuted(hub) {
  const counts = new Map();
  for (const [, { request_id: id }] of hub.executed) counts.set(id, (counts.get(id) ?? 0) + 1);
  return counts;
}

/** Assert that the details of each episode were written in the order of the taps. @param {FakeHub} hub @param {Operation[]} tapped */
function assertOrder(hub, tapped) {
  const operations = new Map(tapped.map((operation) => [operation.id, operation]));
  const details = hub.executed.flatMap(([, { request_id: id }]) => operations.get(id) ?? []).filter(({ kind }) => kind === "details");
  for (const [index, { episode, order }] of details.entries())
    assert.ok(details.slice(0, index).every((earlier) => earlier.episode !== episode || earlier.order < order));
}

test("each tap is written once and in order, or was refused and shown, whatever happens", async () => {
  let [written, unwritten] = [0, 0];
  for (let seed = 1; seed <= SEEDS; seed += 1) {
    const night = new Night(seed);
    for (let step = 0; step < STEPS; step += 1) await night.step();
    const refused = new Set((await night.finish()).map(({ id }) => id));
    const counts = countExecuted(night.hub);
    const tapped = night.browsers.flatMap((browser) => browser.tapped);
    for (const { id, kind, episode, target } of tapped) {
      const isRefused = refused.has(id) || refused.has(episode ?? "") || refused.has(target?.id ?? "");
      const isNoUndo = kind === "undo" && counts.get(target?.id ?? "") === 1; // the night was clear before
      const expected = isRefused || isNoUndo ? [undefined, 1] : [1];
      assert.ok(expected.includes(counts.get(id)), `seed ${seed}: ${kind} ${id} was written ${counts.get(id)} times`);
      if (counts.get(id)) written += 1;
      else unwritten += 1;
    }
    assertOrder(night.hub, tapped);
  }
  assert.ok(written > 20 * unwritten, `${written} were written, ${unwritten} were not`);
});
