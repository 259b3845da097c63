/** Open forms are stored until they are closed, under names that never change. */

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

import { createEmptyDraft } from "../../custom_components/rls_bedtime/www/data/episode-draft.js";
import { getLastFormNight, isEdited, loadForm, saveForm } from "../../custom_components/rls_bedtime/www/data/saved-forms.js";

const KEY = "rls_bedtime.forms.user.alex";
const NIGHT = "2026-11-20";

const hass = /** @type {any} */ ({ user: { id: "user" } });
const sleeper = { id: "alex", name: "Alex", configEntryId: "1", entities: {} };
const original = createEmptyDraft(NIGHT);
const draft = { ...original, start: "01:20" };

/** @type {Map<string, string>} */
let stored;

beforeEach(() => {
  stored = new Map();
  const sessionStorage = {
    getItem: (/** @type {string} */ key) => stored.get(key) ?? null,
    setItem: (/** @type {string} */ key, /** @type {string} */ value) => stored.set(key, value),
    removeItem: (/** @type {string} */ key) => stored.delete(key),
  };
  Object.defineProperty(globalThis, "sessionStorage", { value: sessionStorage, configurable: true });
});

test("a form is loaded as it was saved, until it is deleted", () => {
  for (const id of ["1", null]) {
    const form = { id, night: NIGHT, original, draft, requestId: "the form" };
    saveForm(hass, sleeper, NIGHT, form);
    assert.deepEqual(loadForm(hass, sleeper, NIGHT), form);
    assert.equal(getLastFormNight(hass, sleeper), NIGHT);
  }
  saveForm(hass, sleeper, NIGHT, null);
  assert.equal(loadForm(hass, sleeper, NIGHT), null);
  assert.equal(getLastFormNight(hass, sleeper), null);
  assert.equal(stored.size, 0);
});

test("a form that the user has closed does not open by itself, and is there when its night is opened", () => {
  const form = { id: null, night: NIGHT, original, draft, requestId: "the form" };
  saveForm(hass, sleeper, "2026-11-19", { ...form, night: "2026-11-19" });
  saveForm(hass, sleeper, NIGHT, { ...form, isDismissed: true });
  assert.equal(getLastFormNight(hass, sleeper), "2026-11-19");
  assert.deepEqual(loadForm(hass, sleeper, NIGHT), form);
});

test("a form is edited as soon as anything differs from the original", () => {
  const form = { id: null, night: NIGHT, original, draft: original, requestId: "the form" };
  assert.equal(isEdited(form), false);
  assert.equal(isEdited({ ...form, draft }), true);
  assert.equal(isEdited({ ...form, draft: { ...original, note: "a" } }), true);
});

test("a form that an earlier version has stored is still read, and gets a request id", () => {
  const tried = { at: "2026-11-21T00:20:00.000Z", known: ["7"] };
  stored.set(KEY, JSON.stringify({ [NIGHT]: { id: null, night: NIGHT, given: original, draft, tried } }));
  const { requestId, ...form } = /** @type {any} */ (loadForm(hass, sleeper, NIGHT));
  assert.deepEqual(form, { id: null, night: NIGHT, original, draft });
  assert.ok(requestId);
});
