/** What the log target says before and after a tap. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { getTargetText, getTonightText } from "../../custom_components/rls_bedtime/www/data/target-text.js";

const AT = Date.parse("2026-11-24T03:12:00Z");

/** @param {"waiting" | "failed" | "saved"} state @param {number} [tonight] */
const getTextAfterTap = (state, tonight) => getTargetText({ tapped: { startedAt: AT, state }, tonight, isAnother: true });

test("the target says how to log the first episode", () => {
  const expected = { text: ["log", {}], hint: ["log_how", {}], isLogged: false };
  assert.deepEqual(getTargetText({ tapped: undefined, tonight: 0, isAnother: false }), expected);
});

test("the target says that an episode is logged, and which one of the night it is", () => {
  assert.deepEqual(getTextAfterTap("saved", 2), { text: ["logged", { at: AT }], hint: ["nth_2", {}], isLogged: true });
  const keys = [1, 2, 3, 4, 20, 21].map((tonight) => getTextAfterTap("saved", tonight).hint?.[0]);
  assert.deepEqual(keys, ["nth_1", "nth_2", "nth_3", "nth_more", "nth_more", "tonight_some"]);
});

test("the target does not say that an episode is logged before it is", () => {
  assert.deepEqual(getTextAfterTap("waiting", 2), { text: ["saving", { at: AT }], hint: null, isLogged: false });
  assert.deepEqual(getTextAfterTap("failed", 2), { text: ["kept", { at: AT }], hint: null, isLogged: false });
});

test("without the count of tonight, the target says when the episode was logged", () => {
  assert.deepEqual(getTextAfterTap("saved").hint, null);
});

test("when another tap means another episode, the target says so", () => {
  const hint = (/** @type {number | undefined} */ tonight) => getTargetText({ tapped: undefined, tonight, isAnother: true }).hint;
  assert.deepEqual(getTargetText({ tapped: undefined, tonight: 2, isAnother: true }).text, ["log_another", {}]);
  assert.deepEqual([hint(2), hint(0), hint(undefined)], [["tonight_some", { count: 2 }], ["log_how", {}], ["log_how", {}]]);
});

test("the episodes of tonight are counted in words", () => {
  assert.deepEqual([getTonightText(0), getTonightText(3)], [["tonight_none", {}], ["tonight_some", { count: 3 }]]);
});
