/** The details of an episode: selection on the body map, and service data. */

import assert from "node:assert/strict";
import { test } from "node:test";

import {
  NO_DETAILS,
  TRUNK,
  getUpdateData,
  isBodyPartSelected,
  omitEmpty,
  toggleBodyPart,
  toggleRelief,
} from "../../custom_components/rls_bedtime/www/data/episode-details.js";

/** @param {[string, string][]} toggles */
const toggleAll = (toggles) => toggles.reduce((details, [part, side]) => toggleBodyPart(details, part, side), NO_DETAILS);

test("the first body part sets the side", () => {
  const details = toggleAll([["calf", "left"]]);
  assert.deepEqual([details.side, details.body_parts], ["left", ["calf"]]);
  assert.ok(isBodyPartSelected(details, "calf", "left"));
  assert.ok(!isBodyPartSelected(details, "calf", "right"));
});

test("the same body part on the other side sets both sides", () => {
  const details = toggleAll([["calf", "left"], ["calf", "right"]]);
  assert.deepEqual([details.side, details.body_parts], ["both", ["calf"]]);
});

test("a second tap deselects a body part, and the last one also clears the side", () => {
  assert.deepEqual(toggleAll([["calf", "left"], ["calf", "left"]]), NO_DETAILS);
  const details = toggleAll([["calf", "left"], ["foot", "left"], ["calf", "left"]]);
  assert.deepEqual([details.side, details.body_parts], ["left", ["foot"]]);
});

test("the only body part can be deselected on one side", () => {
  const details = toggleAll([["calf", "left"], ["calf", "right"], ["calf", "left"]]);
  assert.deepEqual([details.side, details.body_parts], ["right", ["calf"]]);
});

test("the trunk has no side", () => {
  assert.deepEqual(toggleAll([[TRUNK, "left"]]), { ...NO_DETAILS, body_parts: [TRUNK] });
  const details = toggleAll([[TRUNK, "left"], ["calf", "right"]]);
  assert.deepEqual([details.side, details.body_parts], ["right", [TRUNK, "calf"]]);
  assert.ok(isBodyPartSelected(details, TRUNK, "left") && isBodyPartSelected(details, TRUNK, "right"));
});

test("a body part without a side, as a phone may log it, is selected on both", () => {
  const details = { ...NO_DETAILS, body_parts: ["knee"] };
  assert.ok(isBodyPartSelected(details, "knee", "left") && isBodyPartSelected(details, "knee", "right"));
  assert.equal(toggleBodyPart(details, "knee", "left").side, "right");
});

test("every tap toggles the tapped body part, and the side is set while a part with a side is selected", () => {
  const parts = ["calf", "foot", TRUNK];
  const all = parts.flatMap((part) => ["left", "right"].map((side) => /** @type {[string, string]} */ ([part, side])));
  for (const one of all) for (const two of all) for (const three of all) for (const four of all) {
    const details = toggleAll([one, two, three]);
    const after = toggleBodyPart(details, ...four);
    assert.notEqual(isBodyPartSelected(after, ...four), isBodyPartSelected(details, ...four));
    assert.equal(after.side === null, after.body_parts.every((part) => part === TRUNK));
  }
});

test("without a relief measure, there is no relief effect", () => {
  const details = { ...toggleRelief(NO_DETAILS, "cold"), relief_effect: "some" };
  assert.deepEqual(toggleRelief(details, "walking").relief, ["cold", "walking"]);
  assert.deepEqual(toggleRelief(details, "cold"), NO_DETAILS);
});

test("empty fields are omitted, but zero is not", () => {
  assert.deepEqual(omitEmpty(NO_DETAILS), {});
  assert.deepEqual(omitEmpty({ ...NO_DETAILS, severity: 0, relief: ["cold"] }), { severity: 0, relief: ["cold"] });
});

test("an emptied field is cleared, and the order of a list does not matter", () => {
  const before = { ...NO_DETAILS, severity: 0, body_parts: ["calf", "foot"] };
  assert.equal(getUpdateData(before, { ...before, body_parts: ["foot", "calf"] }), null);
  assert.deepEqual(getUpdateData(before, { ...NO_DETAILS, side: "left" }), { side: "left", clear: ["severity", "body_parts"] });
});
