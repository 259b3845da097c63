/** The connection to the diary: who is told what, and when it is asked again. */

import assert from "node:assert/strict";
import { afterEach, beforeEach, mock, test } from "node:test";

import { DiaryClient } from "../../custom_components/rls_bedtime/www/data/diary-client.js";
import { settle } from "./fake-hub.js";

/** @type {any} what Home Assistant answers to each command, or the error */
let answers;
/** @type {string[]} */
let commands;
/** @type {(() => void)[]} the listeners of the open subscriptions */
let subscriptions;
/** @type {string[]} */
let told;
/** @type {DiaryClient} */
let diary;
const listener = { reachable: () => told.push("reachable"), changed: () => told.push("changed") };

beforeEach(() => {
  mock.timers.enable({ apis: ["setTimeout"] });
  [answers, commands, subscriptions, told] = [{ access: { can_log: true, can_read: true, can_control_bedroom: true } }, [], [], []];
  diary = new DiaryClient({
    callAction: async () => {
      throw Object.assign(new Error("There is no such sleeper."), { code: "service_validation_error" });
    },
    callCommand: async (type, data) => {
      commands.push(JSON.stringify([type, ...(data && Object.keys(data).length ? [data] : [])]));
      if (answers[type] instanceof Error) throw answers[type];
      return answers[type];
    },
    subscribe: async (_type, onEvent) => {
      if (answers.subscribe instanceof Error) throw answers.subscribe;
      subscriptions.push(onEvent);
      onEvent();
      return () => (subscriptions = subscriptions.filter((each) => each !== onEvent));
    },
  });
});

afterEach(() => mock.timers.reset());

test("a card is told once when the diary can be reached, and after each change", async () => {
  diary.addListener(listener);
  assert.deepEqual(told, []);
  diary.update(true);
  await settle();
  assert.deepEqual(told, ["reachable", "changed"]);
  const { revision } = diary;
  subscriptions[0]();
  assert.deepEqual(told.slice(2), ["changed"]);
  assert.ok(diary.revision > revision);
});

test("it is asked and subscribed to again when it can be reached again", async () => {
  diary.addListener(listener);
  diary.update(true);
  await settle();
  answers.access = { can_log: true, can_read: false, can_control_bedroom: false };
  diary.update(false);
  assert.equal(subscriptions.length, 0);
  diary.update(true);
  await settle();
  assert.deepEqual([diary.access, subscriptions.length], [{ canLog: true, canRead: false, canControlBedroom: false }, 0]);
  assert.deepEqual(told, ["reachable", "changed", "reachable", "changed"]);
});

test("the cards of a page share one subscription, which ends with the last of them", async () => {
  const other = { ...listener };
  diary.update(true);
  diary.addListener(listener);
  await settle();
  diary.addListener(other);
  assert.deepEqual([subscriptions.length, commands.length], [1, 1]);
  diary.removeListener(listener);
  assert.equal(subscriptions.length, 1);
  diary.removeListener(other);
  assert.equal(subscriptions.length, 0);
});

test("a subscription that is answered after the connection was lost is ended", async () => {
  diary.addListener(listener);
  diary.update(true);
  diary.update(false);
  await settle();
  assert.deepEqual([subscriptions.length, told], [0, ["reachable"]]);
});

test("the cards load once even if nothing can be subscribed to, and nothing is forbidden that is not known to be", async () => {
  answers = { access: new Error(), subscribe: new Error() };
  diary.addListener(listener);
  diary.update(true);
  await settle();
  assert.deepEqual(diary.access, { canLog: true, canRead: true, canControlBedroom: true });
  assert.deepEqual(told, ["reachable", "changed"]);
});

test("a diary that does not answer is asked again, until it does or nobody shows it", async () => {
  answers = { access: new Error("The diary is not available.") };
  diary.addListener(listener);
  diary.update(true);
  await settle();
  answers.access = { can_log: true, can_read: true, can_control_bedroom: false };
  answers.subscribe = new Error("The diary is not available.");
  mock.timers.tick(30_000);
  await settle();
  assert.deepEqual([diary.access.canControlBedroom, subscriptions.length], [false, 0]);
  delete answers.subscribe;
  mock.timers.tick(30_000);
  await settle();
  assert.deepEqual([subscriptions.length, commands.length], [1, 3]);
  assert.deepEqual(told, ["reachable", "changed", "reachable", "changed", "reachable", "changed"]);
  mock.timers.tick(300_000);
  answers.access = new Error("The diary is not available.");
  diary.update(false);
  diary.update(true);
  await settle();
  diary.removeListener(listener);
  mock.timers.tick(300_000);
  await settle();
  assert.equal(commands.length, 4);
});

test("what is answered while the sleeper is not loaded is no refusal", async () => {
  await assert.rejects(diary.callAction("log_episode", {}), { message: "There is no such sleeper.", code: "" });
  diary.update(true);
  await assert.rejects(diary.callAction("log_episode", {}), { code: "service_validation_error" });
});

test("the trends are one command, with or without a number of nights", async () => {
  await diary.fetchTrends(91);
  await diary.fetchTrends(null);
  assert.deepEqual(commands, ['["trends",{"days":91}]', '["trends"]']);
});

test("the comparisons are one command", async () => {
  await diary.fetchComparisons();
  assert.deepEqual(commands, ['["comparisons"]']);
});
