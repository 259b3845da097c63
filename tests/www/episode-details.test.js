/** The details of an episode: selection on the body map, and service data. */

import assert from "node:assert/strict";
import { test } from "node:test";

import {
  NO_DETAILS,
  SEVERITY_ROWS,
  SIDES,
  TRUNK,
  getRepeatableDetails,
  getSelectedSide,
  getUpdateData,
  isAnythingRepeatable,
  isAsEarlier,
  omitEmpty,
  toggleAsEarlier,
  toggleBodyPart,
  toggleItem,
  toggleRelief,
} from "../../custom_components/rls_bedtime/www/data/episode-details.js";

/** @param {[string, string][]} toggles */
const toggleAll = (toggles) => toggles.reduce((details, [part, side]) => toggleBodyPart(details, part, side), NO_DETAILS);

test("the severity scale has two full rows of five", () => {
  assert.deepEqual(SEVERITY_ROWS, [[1, 2, 3, 4, 5], [6, 7, 8, 9, 10]]);
});

test("the first body part sets the side", () => {
  for (const side of SIDES) {
    const details = toggleAll([["calf", side]]);
    assert.deepEqual([details.side, details.body_parts], [side, ["calf"]]);
    assert.equal(getSelectedSide(details, "calf"), side);
    assert.equal(getSelectedSide(details, "foot"), null);
  }
});

test("another side of the only body part takes the place of the first", () => {
  for (const first of SIDES) for (const second of SIDES.filter((side) => side !== first)) {
    const details = toggleAll([["calf", first], ["calf", second]]);
    assert.deepEqual([details.side, details.body_parts], [second, ["calf"]]);
  }
});

test("a second tap deselects a body part, and the last one also clears the side", () => {
  assert.deepEqual(toggleAll([["calf", "left"], ["calf", "left"]]), NO_DETAILS);
  const details = toggleAll([["calf", "left"], ["foot", "left"], ["calf", "left"]]);
  assert.deepEqual([details.side, details.body_parts], ["left", ["foot"]]);
});

test("body parts on different sides are all selected on both, and can be narrowed down to one", () => {
  const details = toggleAll([["calf", "left"], ["foot", "right"]]);
  assert.deepEqual([details.side, details.body_parts], ["both", ["calf", "foot"]]);
  assert.equal(toggleBodyPart(details, "calf", "left").side, "left");
});

test("the trunk has no side", () => {
  assert.deepEqual(toggleAll([[TRUNK, "both"]]), { ...NO_DETAILS, body_parts: [TRUNK] });
  const details = toggleAll([[TRUNK, "both"], ["calf", "right"]]);
  assert.deepEqual([details.side, details.body_parts], ["right", [TRUNK, "calf"]]);
  assert.deepEqual(toggleBodyPart(details, TRUNK, "both").body_parts, ["calf"]);
});

test("a body part without a side, as a phone may log it, is selected on both", () => {
  const details = { ...NO_DETAILS, body_parts: ["knee"] };
  assert.equal(getSelectedSide(details, "knee"), "both");
  assert.equal(toggleBodyPart(details, "knee", "left").side, "left");
});

test("every tap on a body part changes it, and the side is set while a part with a side is selected", () => {
  const all = ["calf", "foot", TRUNK].flatMap((part) =>
    (part === TRUNK ? ["both"] : SIDES).map((side) => /** @type {[string, string]} */ ([part, side])),
  );
  for (const one of all) for (const two of all) for (const three of all) for (const four of all) {
    const details = toggleAll([one, two, three]);
    const after = toggleBodyPart(details, ...four);
    assert.notEqual(getUpdateData(details, after), null);
    if (four[0] !== TRUNK) assert.equal(getSelectedSide(after, four[0]) === null, getSelectedSide(details, four[0]) === four[1]);
    assert.equal(after.side === null, after.body_parts.every((part) => part === TRUNK));
  }
});

test("an item is added to a list and removed again", () => {
  assert.deepEqual(toggleItem(["crawling"], "pulling"), ["crawling", "pulling"]);
  assert.deepEqual(toggleItem(["crawling", "pulling"], "crawling"), ["pulling"]);
});

test("as last time takes where it was, what it felt like and what was tried, but not how bad it was or what that did", () => {
  const last = { ...NO_DETAILS, severity: 8, side: "left", body_parts: ["calf"], sensations: ["pulling"], relief: ["cold"], relief_effect: "full" };
  const earlier = getRepeatableDetails(last);
  const details = toggleAsEarlier({ ...NO_DETAILS, severity: 3 }, earlier);
  assert.deepEqual(details, { ...last, severity: 3, relief_effect: null });
  assert.ok(isAsEarlier(details, earlier));
  assert.deepEqual(toggleAsEarlier({ ...details, relief_effect: "some" }, earlier), { ...NO_DETAILS, severity: 3 });
});

test("an episode of which only the severity is known has nothing to repeat", () => {
  assert.ok(!isAnythingRepeatable(getRepeatableDetails({ ...NO_DETAILS, severity: 8 })));
  assert.ok(isAnythingRepeatable(getRepeatableDetails({ ...NO_DETAILS, sensations: ["pulling"] })));
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
