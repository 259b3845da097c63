/** The episode queue: every tap reaches the diary exactly once, whatever Home Assistant and the browser do. */

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

import { NO_DETAILS } from "../../custom_components/rls_bedtime/www/data/episode-details.js";
import { SAME_TAP_WITHIN } from "../../custom_components/rls_bedtime/www/data/episode-queue.js";
import { FakeBrowser, FakeHub, TAPPED, settle } from "./fake-hub.js";

/** @import { EpisodeQueue } from "../../custom_components/rls_bedtime/www/data/episode-queue.js" */

const NIGHT = "2026-11-23";
const MINUTE = 60_000;
const REFUSED = /** @type {[string, string]} */ (["The severity is out of range.", "service_validation_error"]);
const UNAUTHORIZED = /** @type {[string, string]} */ (["You may not do this.", "unauthorized"]);
const BROKEN = /** @type {[string, string]} */ (["The disk is full.", "home_assistant_error"]);

/** @type {FakeHub} */
let hub;
/** @type {FakeBrowser} */
let browser;
/** @type {EpisodeQueue} */
let queue;

beforeEach(() => {
  hub = new FakeHub();
  browser = new FakeBrowser(hub);
  queue = browser.openTab().queue;
});

const getStarts = () => hub.episodes.map(({ started_at }) => Date.parse(started_at));

/** Return the data of a call without its request id. @param {number} index */
function getCallData(index) {
  const [action, { request_id: _, ...data }] = /** @type {[string, any]} */ (hub.calls.at(index));
  return [action, data];
}

// --- one tab ---------------------------------------------------------------------------------------------------------

test("a tap logs an episode and lets Home Assistant set the time", async () => {
  await queue.logEpisode();
  assert.deepEqual(hub.calls.map(([, data]) => Object.keys(data)), [["request_id"]]);
  assert.deepEqual([queue.current?.state, queue.current?.startedAt], ["saved", TAPPED]);
  assert.equal(browser.stored.size, 0);
});

test("all pads of the page know which one of tonight the last tap logged, also while nothing can be saved", async () => {
  hub.isDown = true;
  await queue.logEpisode(2);
  assert.equal(queue.tonightWithLast, 3);
  hub.now += 2 * SAME_TAP_WITHIN;
  await queue.logEpisode(2);
  assert.equal(queue.tonightWithLast, 4);
});

test("without the number of episodes tonight, it is not known which one the last tap logged", async () => {
  await queue.logEpisode(2);
  hub.now += 2 * SAME_TAP_WITHIN;
  await queue.logEpisode();
  assert.equal(queue.tonightWithLast, undefined);
});

test("a tap is shown and stored at once, before Home Assistant has responded", () => {
  void queue.logEpisode();
  assert.equal(queue.current?.state, "waiting");
  assert.equal(browser.stored.size, 1);
});

test("details are added to the same episode, and only changed ones are sent", async () => {
  await queue.logEpisode();
  await queue.setDetails({ ...NO_DETAILS, severity: 6 });
  await queue.setDetails({ ...NO_DETAILS, severity: 6, side: "left", body_parts: ["calf"] });
  await queue.setDetails({ ...NO_DETAILS, severity: 7 });
  const { id } = hub.episodes[0];
  assert.deepEqual([1, 2, 3].map(getCallData), [
    ["update_episode", { episode_id: id, severity: 6 }],
    ["update_episode", { episode_id: id, side: "left", body_parts: ["calf"] }],
    ["update_episode", { episode_id: id, severity: 7, clear: ["side", "body_parts"] }],
  ]);
  assert.deepEqual(queue.current?.details, { ...NO_DETAILS, severity: 7 });
});

test("an episode that is not answered yet is referred to by the request that logs it", async () => {
  const logged = queue.logEpisode();
  void queue.setDetails({ ...NO_DETAILS, severity: 4 });
  void queue.setDetails({ ...NO_DETAILS, severity: 5 });
  assert.equal(queue.current?.details.severity, 5);
  await logged;
  assert.deepEqual(hub.episodes.map(({ severity }) => severity), [5]);
  assert.equal(hub.calls[1][1].episode_id, hub.calls[0][1].request_id);
  assert.deepEqual([queue.current?.state, queue.current?.details.severity], ["saved", 5]);
});

test("everything about an episode that was tapped while Home Assistant is down is written later", async () => {
  hub.isDown = true;
  await queue.logEpisode();
  hub.now += 5 * MINUTE;
  await queue.setDetails({ ...NO_DETAILS, severity: 6 });
  await queue.toggleEnded();
  assert.equal(queue.current?.state, "failed");
  hub.now += 10 * MINUTE;
  hub.isDown = false;
  await queue.retry();
  const [{ severity, ended_at }] = hub.episodes;
  assert.deepEqual([getStarts(), severity, Date.parse(ended_at)], [[TAPPED], 6, TAPPED + 5 * MINUTE]);
  assert.deepEqual([queue.operations, browser.stored.size, queue.current?.state], [[], 0, "saved"]);
});

test("the error of Home Assistant is kept with what failed", async () => {
  hub.outcomes = [BROKEN];
  await queue.logEpisode();
  assert.deepEqual(queue.failed.map(({ error }) => error), ["The disk is full."]);
});

for (const outcome of /** @type {("down" | "lost")[]} */ (["down", "lost"])) {
  test(`an episode is written once if a request is ${outcome}`, async () => {
    hub.outcomes = [outcome];
    await queue.logEpisode();
    hub.now += 20 * MINUTE;
    await queue.retry();
    assert.deepEqual(getStarts(), [TAPPED]);
    assert.equal(queue.current?.id, hub.episodes[0].id);
  });

  test(`a clear night is marked once if a request is ${outcome}, for the night of the tap`, async () => {
    hub.outcomes = [outcome];
    await queue.logClearNight(NIGHT);
    assert.equal(queue.failed.length, 1);
    hub.now += 20 * 60 * MINUTE;
    await queue.retry();
    assert.deepEqual([...hub.clearNights], [NIGHT]);
    assert.equal(queue.notice?.kind, "clear");
  });

  test(`an end is written with the time of the tap if a request is ${outcome}`, async () => {
    await queue.logEpisode();
    hub.now += MINUTE;
    hub.outcomes = [outcome];
    await queue.toggleEnded();
    hub.now += 60 * MINUTE;
    await queue.retry();
    assert.equal(Date.parse(hub.episodes[0].ended_at), TAPPED + MINUTE);
    assert.deepEqual(queue.operations, []);
  });

  test(`a deletion is executed once if a request is ${outcome}`, async () => {
    await queue.logEpisode();
    hub.outcomes = [outcome];
    await queue.deleteCurrent();
    assert.equal(queue.current, undefined);
    await queue.retry();
    assert.deepEqual([hub.episodes, queue.operations, queue.notice?.kind], [[], [], "undone"]);
  });

  test(`an undo undoes one change if a request is ${outcome}`, async () => {
    await queue.logEpisode();
    await queue.deleteCurrent();
    hub.outcomes = [outcome];
    await queue.undoNotice();
    await queue.retry();
    assert.deepEqual([hub.episodes.length, queue.operations], [1, []]);
  });
}

for (const outcome of /** @type {("" | "down" | "lost")[]} */ (["", "down", "lost"])) {
  test(`a wrong clock of the browser does no harm to a late end, if the request that logged was ${outcome || "answered"}`, async () => {
    browser.clockError = 3 * 60 * MINUTE;
    hub.outcomes = [outcome, "down"];
    await queue.logEpisode();
    hub.now += 5 * MINUTE;
    if (outcome) hub.outcomes = ["down"];
    await queue.toggleEnded();
    hub.now += 10 * MINUTE;
    await queue.retry();
    await queue.retry();
    assert.deepEqual([getStarts(), Date.parse(hub.episodes[0].ended_at)], [[TAPPED], TAPPED + 5 * MINUTE]);
    assert.deepEqual(queue.operations, []);
  });
}

test("a clock that is set back before a retry does not put the start into the future", async () => {
  hub.isDown = true;
  await queue.logEpisode();
  browser.clockError = -60 * MINUTE;
  hub.isDown = false;
  await queue.retry();
  assert.deepEqual(getStarts(), [TAPPED]);
});

test("what is not written yet outlives the page, in order", async () => {
  hub.isDown = true;
  await queue.logEpisode();
  hub.now += MINUTE;
  await queue.logEpisode();
  await queue.setDetails({ ...NO_DETAILS, severity: 3 });
  hub.isDown = false;
  const later = browser.openTab().queue;
  assert.deepEqual(later.failed.map(({ kind }) => kind), ["log", "log", "details"]);
  await later.retry();
  assert.deepEqual(getStarts(), [TAPPED + MINUTE, TAPPED]);
  assert.deepEqual(hub.episodes.map(({ severity }) => severity), [3, null]);
  assert.equal(browser.stored.size, 0);
});

test("a storage that refuses still lets a tap through while the page lives", async () => {
  browser.refusesStorage = true;
  hub.isDown = true;
  await queue.logEpisode();
  hub.isDown = false;
  await queue.retry();
  await queue.setDetails({ ...NO_DETAILS, severity: 2 });
  assert.deepEqual(hub.episodes.map(({ severity }) => severity), [2]);
});

test("a second tap on an untouched episode within ten seconds is the same tap", async () => {
  await queue.logEpisode();
  hub.now += 2_000;
  await queue.logEpisode();
  assert.equal(hub.episodes.length, 1);
  await queue.toggleEnded();
  await queue.logEpisode();
  assert.equal(hub.episodes.length, 2);
  hub.now += 11_000;
  await queue.logEpisode();
  assert.equal(hub.episodes.length, 3);
  await queue.deleteCurrent();
  await queue.logEpisode();
  assert.equal(hub.episodes.length, 3);
});

test("an episode can be ended and reopened", async () => {
  await queue.logEpisode();
  hub.now += 10 * MINUTE;
  await queue.toggleEnded();
  assert.equal(hub.actions.at(-1), "end_episode");
  await queue.toggleEnded();
  assert.deepEqual([hub.episodes[0].ended_at, queue.current?.endedAt], [null, null]);
});

test("the ongoing episode can be ended by someone who may not see which one that is", async () => {
  hub.logElsewhere();
  await queue.endOngoing();
  assert.deepEqual(getCallData(0), ["end_episode", {}]);
  assert.notEqual(hub.episodes[0].ended_at, null);
});

test("after an episode was deleted, the current one is an earlier one, until the deletion is undone or another tap", async () => {
  hub.logElsewhere({ started_at: new Date(TAPPED - 30 * MINUTE).toISOString() });
  await queue.load();
  assert.equal(queue.isAfterDeletion, false);
  await queue.logEpisode();
  assert.equal(queue.isAfterDeletion, false);
  const deletion = queue.deleteCurrent();
  assert.equal(queue.isAfterDeletion, true);
  await deletion;
  await queue.load();
  assert.equal(queue.isAfterDeletion, true);
  assert.equal(queue.current?.startedAt, TAPPED - 30 * MINUTE);
  const undo = queue.undoNotice();
  assert.equal(queue.isAfterDeletion, false);
  await undo;
  assert.equal(queue.isAfterDeletion, false);
  await queue.deleteCurrent();
  await queue.logEpisode();
  assert.equal(queue.isAfterDeletion, false);
});

test("an episode that was logged elsewhere after a deletion is no earlier one", async () => {
  await queue.logEpisode();
  await queue.deleteCurrent();
  hub.now += MINUTE;
  hub.logElsewhere();
  await queue.load();
  assert.equal(queue.isAfterDeletion, false);
});

test("what can be repeated is that of the latest earlier episode that has anything to repeat", async () => {
  const details = { side: "left", body_parts: ["calf"], sensations: ["pulling"], relief: [] };
  hub.logElsewhere({ ...details, severity: 8 });
  hub.now += MINUTE;
  hub.logElsewhere({ severity: 3 });
  hub.now += MINUTE;
  await queue.load();
  await queue.logEpisode();
  assert.deepEqual(queue.earlierDetails, details);
  await queue.setDetails({ ...NO_DETAILS, relief: ["cold"] });
  await queue.load();
  assert.deepEqual(queue.earlierDetails, details);
});

test("without an earlier episode, nothing can be repeated", async () => {
  await queue.load();
  await queue.logEpisode();
  await queue.setDetails({ ...NO_DETAILS, relief: ["cold"] });
  await queue.load();
  assert.equal(queue.earlierDetails, undefined);
});

// --- undo ------------------------------------------------------------------------------------------------------------

test("undo deletes the whole episode, and bringing it back restores exactly that", async () => {
  await queue.logEpisode();
  await queue.setDetails({ ...NO_DETAILS, severity: 6 });
  await queue.deleteCurrent();
  assert.deepEqual([hub.episodes, queue.current, queue.notice?.kind, queue.notice?.at], [[], undefined, "undone", TAPPED]);
  const phone = hub.logElsewhere({ severity: 9 });
  await queue.undoNotice();
  assert.deepEqual(hub.episodes.map(({ severity }) => severity).sort(), [6, 9]);
  assert.ok(hub.episodes.some(({ id }) => id === phone.id));
});

test("undoing a clear night takes back the mark, and not what a phone has logged since", async () => {
  await queue.logClearNight(NIGHT);
  hub.logElsewhere();
  await queue.undoNotice();
  assert.deepEqual([hub.clearNights.size, hub.episodes.length], [0, 1]);
  assert.equal(queue.notice, null);
});

test("a clear night that was marked already cannot be undone here", async () => {
  hub.clearNights.add(NIGHT);
  await queue.logClearNight(NIGHT);
  assert.equal(queue.notice?.changeId, null);
  await queue.undoNotice();
  assert.ok(hub.clearNights.has(NIGHT));
});

for (const outcome of /** @type {("down" | "lost")[]} */ (["down", "lost"])) {
  test(`a clear night can be undone before Home Assistant has answered, if the request was ${outcome}`, async () => {
    hub.outcomes = [outcome];
    await queue.logClearNight(NIGHT);
    await queue.undo(queue.operations[0]);
    hub.logElsewhere();
    await queue.retry();
    assert.deepEqual([hub.clearNights.size, hub.episodes.length, queue.operations], [0, 1, []]);
  });
}

test("undoing the mark of a night that was clear before changes nothing, even offline", async () => {
  hub.clearNights.add(NIGHT);
  hub.isDown = true;
  await queue.logClearNight(NIGHT);
  await queue.undo(queue.operations[0]);
  hub.isDown = false;
  await queue.retry();
  assert.deepEqual([[...hub.clearNights], queue.operations], [[NIGHT], []]);
});

test("an episode that is deleted and brought back offline is there again, in the diary and on the pad", async () => {
  hub.isDown = true;
  await queue.logEpisode();
  await queue.deleteCurrent();
  assert.equal(queue.current, undefined);
  await queue.undo(/** @type {any} */ (queue.operations.at(-1)));
  assert.equal(/** @type {any} */ (queue.current)?.startedAt, TAPPED);
  hub.isDown = false;
  await queue.retry();
  assert.deepEqual([getStarts(), queue.operations], [[TAPPED], []]);
});

// --- refusals --------------------------------------------------------------------------------------------------------

for (const [name, outcome] of Object.entries({ refused: REFUSED, unauthorized: UNAUTHORIZED })) {
  test(`what is ${name} is shown with the reason, blocks nothing else, and stays until it is discarded`, async () => {
    hub.outcomes = [outcome];
    await queue.logClearNight("9999-99-99");
    await queue.logEpisode();
    assert.deepEqual(queue.refused.map(({ kind, error }) => [kind, error]), [["clear_night", outcome[0]]]);
    assert.equal(hub.episodes.length, 1);
    assert.equal(browser.stored.size, 1);
    assert.equal(queue.isRetryDue, false);
    queue.discard(queue.refused[0]);
    await settle();
    assert.deepEqual([queue.operations, browser.stored.size, hub.clearNights.size], [[], 0, 0]);
  });
}

test("what is answered by a Home Assistant that is still starting is tried again", async () => {
  hub.outcomes = [["The diary is not available.", "not_loaded"]];
  await queue.logClearNight("2026-11-23");
  assert.deepEqual([queue.refused, queue.isRetryDue], [[], true]);
  await queue.retry();
  assert.deepEqual([hub.clearNights.size, queue.notice?.kind], [1, "clear"]);
});

test("what is refused is tried again when Home Assistant can be reached again", async () => {
  hub.outcomes = [REFUSED];
  await queue.logEpisode();
  await queue.retry();
  assert.deepEqual([hub.episodes.length, queue.refused], [1, []]);
});

test("refused details hold back only what changes the same", async () => {
  await queue.logEpisode();
  hub.outcomes = [REFUSED];
  await queue.setDetails({ ...NO_DETAILS, severity: 7 });
  assert.deepEqual([queue.current?.state, queue.current?.details.severity], ["saved", null]);
  await queue.setDetails({ ...NO_DETAILS, severity: 8 });
  await queue.toggleEnded();
  assert.notEqual(hub.episodes[0].ended_at, null);
  assert.deepEqual(queue.operations.map(({ state }) => state), ["refused", "held"]);
  queue.discard(queue.refused[0]);
  await settle();
  assert.deepEqual([hub.episodes[0].severity, queue.operations], [8, []]);
});

test("discarding an episode that was refused discards its details with it", async () => {
  hub.outcomes = [UNAUTHORIZED];
  await queue.logEpisode();
  const [log] = queue.refused;
  const other = browser.openTab().queue;
  assert.equal(queue.current, undefined);
  hub.isDown = true;
  await other.setDetails({ ...NO_DETAILS, severity: 7 });
  hub.isDown = false;
  queue.discard(log);
  await settle();
  assert.deepEqual([hub.episodes, other.operations, browser.stored.size], [[], [], 0]);
});

// --- other devices and tabs ------------------------------------------------------------------------------------------

test("an episode of another device becomes the current one", async () => {
  await queue.logEpisode();
  hub.now += MINUTE;
  hub.logElsewhere({ severity: 3 });
  await queue.load();
  assert.equal(queue.current?.details.severity, 3);
});

test("a response that was requested before a write does not revert it", async () => {
  await queue.logEpisode();
  const { callAction } = hub;
  const old = structuredClone(hub.episodes);
  let respond = (/** @type {any} */ _) => {};
  let isFirst = true;
  hub.callAction = (action, data) => {
    if (action !== "get_episodes" || !isFirst) return callAction(action, data);
    isFirst = false;
    return new Promise((resolve) => (respond = resolve));
  };
  const loaded = queue.load();
  await settle();
  await queue.setDetails({ ...NO_DETAILS, severity: 6 });
  respond({ episodes: old });
  await loaded;
  assert.equal(queue.current?.details.severity, 6);
});

test("a tap that is kept in a tab that was closed is written by another one", async () => {
  const other = browser.openTab();
  hub.isDown = true;
  const first = browser.openTab();
  await first.queue.logEpisode();
  first.close();
  hub.isDown = false;
  await other.queue.retry();
  assert.deepEqual([getStarts(), browser.stored.size], [[TAPPED], 0]);
});

test("a tab that was closed after Home Assistant wrote its tap does not make it two", async () => {
  const first = browser.openTab();
  void first.queue.logEpisode();
  await Promise.resolve(); // the call is under way
  first.close();
  await settle();
  assert.equal(browser.stored.size, 1);
  await browser.openTab().queue.retry();
  assert.deepEqual([hub.episodes.length, browser.stored.size], [1, 0]);
});

test("two tabs that send the same tap write one episode", async () => {
  hub.isDown = true;
  await queue.logEpisode();
  const other = browser.openTab().queue;
  hub.isDown = false;
  await Promise.all([queue.retry(), other.retry()]);
  assert.equal(hub.episodes.length, 1);
});

test("a tab shows what another one has tapped, and leaves it to that one to send it", async () => {
  const other = browser.openTab().queue;
  hub.outcomes = ["down"];
  await queue.logEpisode();
  await settle();
  assert.deepEqual([other.current?.state, other.isRetryDue, hub.calls], ["waiting", true, []]);
  await queue.retry();
  await settle();
  assert.deepEqual([other.operations, other.isRetryDue], [[], false]);
});

test("each of two tabs keeps its own taps", async () => {
  const other = browser.openTab().queue;
  hub.isDown = true;
  await Promise.all([queue.logEpisode(), other.logClearNight(NIGHT)]);
  await settle();
  assert.equal(browser.stored.size, 2);
  hub.isDown = false;
  await browser.openTab().queue.retry();
  assert.deepEqual([hub.episodes.length, hub.clearNights.size], [1, 1]);
});
