/** Updates by the clock: only when something changes, and only while the page is visible. */

import assert from "node:assert/strict";
import { afterEach, beforeEach, mock, test } from "node:test";

import { Clock } from "../../custom_components/rls_bedtime/www/components/clock.js";

let updates = 0;
let isHidden = false;
/** @type {() => void} */
let changeVisibility = () => {};
const page = {
  get hidden() {
    return isHidden;
  },
  addEventListener: (/** @type {string} */ _type, /** @type {() => void} */ listener) => (changeVisibility = listener),
  removeEventListener: () => (changeVisibility = () => {}),
};
/** @type {Clock} */
let clock;

beforeEach(() => {
  mock.timers.enable({ apis: ["setTimeout", "Date"], now: 1_000_000 });
  Object.assign(globalThis, { document: page });
  [updates, isHidden] = [0, false];
  clock = new Clock({ addController() {}, requestUpdate: () => void updates++ });
  clock.hostConnected();
});

afterEach(() => mock.timers.reset());

test("the card is updated at the moment that it named last, once", () => {
  clock.updateAt(1_000_500);
  clock.updateAt(1_060_000);
  mock.timers.tick(59_999);
  assert.equal(updates, 0);
  mock.timers.tick(120_000);
  assert.equal(updates, 1);
});

test("nothing is due if the card named no moment", () => {
  clock.updateAt(1_000_500);
  clock.updateAt(null);
  mock.timers.tick(600_000);
  assert.equal(updates, 0);
});

test("a hidden page waits, and is updated when it is seen again", () => {
  clock.updateAt(1_000_500);
  isHidden = true;
  changeVisibility();
  mock.timers.tick(600_000);
  assert.equal(updates, 0);
  clock.updateAt(1_700_000);
  mock.timers.tick(600_000);
  assert.equal(updates, 0);
  isHidden = false;
  changeVisibility();
  assert.equal(updates, 1);
});

test("a card that has left the page is not updated", () => {
  clock.updateAt(1_000_500);
  clock.hostDisconnected();
  mock.timers.tick(600_000);
  changeVisibility();
  assert.equal(updates, 0);
});
