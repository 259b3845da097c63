/** The figure, and what is told to the diary. */

import assert from "node:assert/strict";
import { test } from "node:test";

import {
  NOTHING_SAID,
  TRUNK,
  changes,
  isMarked,
  said,
  tapPart,
  tapRelief,
} from "../../custom_components/rls_bedtime/www/data/episode-details.js";

/** @param {[string, string][]} taps */
const tapped = (taps) => taps.reduce((facts, [part, side]) => tapPart(facts, part, side), NOTHING_SAID);

test("the first part says the side", () => {
  const facts = tapped([["calf", "left"]]);
  assert.deepEqual([facts.side, facts.body_parts], ["left", ["calf"]]);
  assert.ok(isMarked(facts, "calf", "left"));
  assert.ok(!isMarked(facts, "calf", "right"));
});

test("the same part on the other side makes it both", () => {
  const facts = tapped([["calf", "left"], ["calf", "right"]]);
  assert.deepEqual([facts.side, facts.body_parts], ["both", ["calf"]]);
});

test("a second tap takes a part off, and the last one the side", () => {
  assert.deepEqual(tapped([["calf", "left"], ["calf", "left"]]), NOTHING_SAID);
  const facts = tapped([["calf", "left"], ["foot", "left"], ["calf", "left"]]);
  assert.deepEqual([facts.side, facts.body_parts], ["left", ["foot"]]);
});

test("one side of the only part can be taken off alone", () => {
  const facts = tapped([["calf", "left"], ["calf", "right"], ["calf", "left"]]);
  assert.deepEqual([facts.side, facts.body_parts], ["right", ["calf"]]);
});

test("the trunk has no side", () => {
  assert.deepEqual(tapped([[TRUNK, "left"]]), { ...NOTHING_SAID, body_parts: [TRUNK] });
  const facts = tapped([[TRUNK, "left"], ["calf", "right"]]);
  assert.deepEqual([facts.side, facts.body_parts], ["right", [TRUNK, "calf"]]);
  assert.ok(isMarked(facts, TRUNK, "left") && isMarked(facts, TRUNK, "right"));
});

test("a part without a side, which a phone may log, is on both", () => {
  const facts = { ...NOTHING_SAID, body_parts: ["knee"] };
  assert.ok(isMarked(facts, "knee", "left") && isMarked(facts, "knee", "right"));
  assert.equal(tapPart(facts, "knee", "left").side, "right");
});

test("whatever is tapped, what is marked is what the diary is told", () => {
  const parts = ["calf", "foot", TRUNK];
  const all = parts.flatMap((part) => ["left", "right"].map((side) => /** @type {[string, string]} */ ([part, side])));
  for (const one of all) for (const two of all) for (const three of all) for (const four of all) {
    const facts = tapped([one, two, three]);
    const after = tapPart(facts, ...four);
    assert.notEqual(isMarked(after, ...four), isMarked(facts, ...four));
    assert.equal(after.side === null, after.body_parts.every((part) => part === TRUNK));
  }
});

test("without a measure there is no effect", () => {
  const facts = { ...tapRelief(NOTHING_SAID, "cold"), relief_effect: "some" };
  assert.deepEqual(tapRelief(facts, "walking").relief, ["cold", "walking"]);
  assert.deepEqual(tapRelief(facts, "cold"), NOTHING_SAID);
});

test("only what is said is said, zero included", () => {
  assert.deepEqual(said(NOTHING_SAID), {});
  assert.deepEqual(said({ ...NOTHING_SAID, severity: 0, relief: ["cold"] }), { severity: 0, relief: ["cold"] });
});

test("what is no longer said is cleared, and the order of a list is nothing new", () => {
  const before = { ...NOTHING_SAID, severity: 0, body_parts: ["calf", "foot"] };
  assert.equal(changes(before, { ...before, body_parts: ["foot", "calf"] }), null);
  assert.deepEqual(changes(before, { ...NOTHING_SAID, side: "left" }), { side: "left", clear: ["severity", "body_parts"] });
});
