/** The options of an episode's fields come from the description of the action. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { getOptions } from "../../custom_components/rls_bedtime/www/data/vocabulary.js";

/** @param {string[]} options */
const createHass = (options) =>
  /** @type {any} */ ({
    services: { rls_bedtime: { log_episode: { fields: { relief: { selector: { select: { options } } } } } } },
  });

test("the options of a field are those of the action, in its order", () => {
  assert.deepEqual(getOptions(createHass(["walking", "cold"]), "relief"), ["walking", "cold"]);
  assert.deepEqual(getOptions(createHass(["cold"]), "relief"), ["cold"]);
});

test("the options stay while Home Assistant restarts and knows no action", () => {
  getOptions(createHass(["walking"]), "relief");
  assert.deepEqual(getOptions(/** @type {any} */ ({ services: {} }), "relief"), ["walking"]);
});

test("a field that nobody has described yet has no options", () => {
  assert.deepEqual(getOptions(createHass([]), "sensations"), []);
});
