/** The changes that a sleeper marked: what the form sends, what undoes it, and where they are on the line. */

import assert from "node:assert/strict";
import { test } from "node:test";

import {
  createChangeDraft,
  createEmptyChangeDraft,
  getChangeEdit,
  getChangeFields,
  isChangeEdited,
  offerNames,
  placeChanges,
  saveChange,
} from "../../custom_components/rls_bedtime/www/data/marked-changes.js";

const TODAY = "2026-11-24";
const EMPTY = createEmptyChangeDraft(TODAY, "iron");
const IRON = { id: "1", date: "2026-11-20", kind: "iron", name: "Iron", amount: "30 mg", value: null, unit: null, note: null };

/**
 * Return access to a diary that gives these answers, and the calls that were made.
 * @param {Record<string, any>[]} answers
 */
function createApi(answers) {
  /** @type {[string, Record<string, any>][]} */
  const calls = [];
  const callAction = async (/** @type {string} */ action, /** @type {Record<string, any>} */ data) => {
    calls.push([action, data]);
    return answers.shift() ?? {};
  };
  return { calls, api: { settings: /** @type {any} */ ({}), callAction } };
}

/** @param {Record<string, any>} data */
const withoutRequestId = ({ request_id, ...data }) => data;

test("a new change sends what was given, without blanks, and is undone by its id", async () => {
  const { calls, api } = createApi([{ change: IRON, change_id: "c", new: true }, {}]);
  const draft = { ...EMPTY, name: " Iron ", amount: "30 mg", note: " " };
  const undo = await saveChange(api, { id: null, original: EMPTY, draft, requestId: "r" });
  assert.deepEqual(calls, [["log_change", { date: TODAY, kind: "iron", name: "Iron", amount: "30 mg", request_id: "r" }]]);
  await undo?.();
  assert.deepEqual(withoutRequestId(calls[1][1]), { change_id: "c" });
});

test("only a laboratory value has a value and a unit", () => {
  assert.deepEqual(getChangeFields("iron"), ["name", "note", "amount"]);
  assert.deepEqual(getChangeFields("laboratory"), ["name", "note", "value", "unit"]);
  const value = { ...EMPTY, kind: "laboratory", name: "Ferritin", value: 0, unit: "ng/ml" };
  assert.deepEqual(getChangeEdit(value, { ...value, kind: "iron" }), { kind: "iron", clear: ["value", "unit"] });
  assert.deepEqual(getChangeEdit(EMPTY, value), { kind: "laboratory", name: "Ferritin", value: 0, unit: "ng/ml" });
});

test("an amount that was typed before the kind became a laboratory value is not sent", () => {
  const iron = { ...EMPTY, name: "Ferritin", amount: "30 mg" };
  const value = { ...iron, kind: "laboratory", value: 45.5 };
  assert.deepEqual(getChangeEdit(EMPTY, value), { kind: "laboratory", name: "Ferritin", value: 45.5 });
  assert.deepEqual(getChangeEdit(iron, value), { kind: "laboratory", value: 45.5, clear: ["amount"] });
});

test("an edit sends what differs, and clears what was emptied", async () => {
  const original = createChangeDraft(IRON);
  const { calls, api } = createApi([{ change_id: "c" }]);
  const draft = { ...original, amount: "", date: "2026-11-19" };
  await saveChange(api, { id: "1", original, draft, requestId: "r" });
  assert.equal(calls[0][0], "update_change");
  assert.deepEqual(withoutRequestId(calls[0][1]), { change: "1", date: "2026-11-19", clear: ["amount"] });
});

test("an edit of nothing is no call", async () => {
  const original = createChangeDraft(IRON);
  const { calls, api } = createApi([]);
  const form = { id: "1", original, draft: { ...original, name: "Iron " }, requestId: "r" };
  assert.equal(isChangeEdited(form), false);
  assert.equal(await saveChange(api, form), null);
  assert.deepEqual(calls, []);
});

test("saving again after a lost response updates the change to the form, and one undo removes both", async () => {
  const { calls, api } = createApi([{ change: IRON, change_id: "first", new: false }, { change_id: "second" }]);
  const draft = { ...createChangeDraft(IRON), amount: "60 mg" };
  const undo = await saveChange(api, { id: null, original: EMPTY, draft, requestId: "r" });
  assert.deepEqual(withoutRequestId(calls[1][1]), { change: "1", amount: "60 mg" });
  await undo?.();
  assert.deepEqual(calls.slice(2).map(([action, data]) => [action, data.change_id]), [
    ["undo", "second"],
    ["undo", "first"],
  ]);
});

test("changes are placed by date on a line that begins with the oldest", () => {
  const changes = [TODAY, "2026-11-14", "2026-11-04"].map((date) => ({ ...IRON, date }));
  assert.deepEqual(placeChanges(changes, "2026-11-14", TODAY), { start: "2026-11-04", positions: [1, 0.5, 0] });
  assert.deepEqual(placeChanges([changes[0]], TODAY, TODAY), { start: TODAY, positions: [0] });
  assert.deepEqual(placeChanges([], TODAY, TODAY), { start: TODAY, positions: [] });
  assert.deepEqual(placeChanges([{ ...IRON, date: "2026-11-25" }], "2026-11-20", TODAY).positions, [1]);
});

test("earlier names that contain what is typed are offered, until it is one of them", () => {
  const names = ["Ferritin", "Iron", "Iron drops"];
  assert.deepEqual(offerNames(names, ""), names);
  assert.deepEqual(offerNames(names, " IRO"), ["Iron", "Iron drops"]);
  assert.deepEqual(offerNames(names, "iron"), []);
  assert.deepEqual(offerNames(Array.from({ length: 9 }, (_, index) => `${index}`), "").length, 6);
});
