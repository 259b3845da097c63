/** The browser's storage: values and entries that tabs share, and a storage that refuses. */

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

import { createEntryStorage } from "../../custom_components/rls_bedtime/www/frontend/browser-storage.js";
import { createRequestId } from "../../custom_components/rls_bedtime/www/data/request-id.js";

/** @type {any} */
let listener;

beforeEach(() => {
  const localStorage = /** @type {any} */ ({});
  Object.defineProperties(localStorage, {
    getItem: { value: (/** @type {string} */ key) => localStorage[key] ?? null },
    setItem: { value: (/** @type {string} */ key, /** @type {string} */ value) => (localStorage[key] = value) },
    removeItem: { value: (/** @type {string} */ key) => delete localStorage[key] },
  });
  const window = { addEventListener: (/** @type {string} */ _type, /** @type {any} */ added) => (listener = added) };
  Object.defineProperty(globalThis, "localStorage", { value: localStorage, configurable: true });
  Object.defineProperty(globalThis, "window", { value: window, configurable: true });
});

test("each entry has a key of its own, and an unreadable one hides no other", () => {
  const storage = createEntryStorage("pad.");
  assert.equal(storage.add("1", { kind: "log" }), true);
  storage.add("2", { kind: "end" });
  localStorage["pad.3"] = "{ damaged";
  localStorage["other.4"] = "{}";
  assert.deepEqual(storage.readAll(), [{ kind: "log" }, { kind: "end" }]);
  storage.remove("1");
  assert.deepEqual(Object.keys(localStorage), ["pad.2", "pad.3", "other.4"]);
});

test("a tab hears of entries that another one adds or removes, and of nothing else", () => {
  /** @type {any[]} */
  const heard = [];
  const storage = createEntryStorage("pad.");
  storage.subscribe((id, entry) => heard.push([id, entry]));
  storage.add("1", { kind: "log" });
  listener({ key: "pad.1", newValue: '{"kind":"log"}' });
  listener({ key: "pad.2", newValue: null });
  listener({ key: "pad.3", newValue: '{"gone":"meanwhile"}' });
  listener({ key: "other.4", newValue: "{}" });
  listener({ key: null, newValue: null });
  assert.deepEqual(heard, [["1", { kind: "log" }], ["2", null]]);
});

test("a storage that refuses reads nothing and ignores writes", () => {
  Object.defineProperty(globalThis, "localStorage", {
    configurable: true,
    get() {
      throw new Error("SecurityError");
    },
  });
  const storage = createEntryStorage("pad.");
  assert.equal(storage.add("1", { kind: "log" }), false);
  storage.remove("1");
  assert.deepEqual(storage.readAll(), []);
});

test("a request id is a random UUID", () => {
  const ids = [...Array(100)].map(createRequestId);
  assert.equal(new Set(ids).size, 100);
  for (const id of ids) assert.match(id, /^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/);
});
