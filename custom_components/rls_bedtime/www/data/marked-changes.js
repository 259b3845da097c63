/** The changes that a sleeper marked on a date: their place in time, and the form that edits one. Dates are YYYY-MM-DD. */

import { applyEdit, createUndo } from "./night-edits.js";
import { countNights } from "./night-grid.js";
import { createRequestId } from "./request-id.js";

/** @import { DiaryApi, Undo } from "./night-edits.js" */

/**
 * A change as the integration sends it.
 * @typedef {{id: string, date: string, kind: string, name: string | null, amount: string | null, value: number | null, unit: string | null, note: string | null}} MarkedChange
 */

/**
 * What the form shows: empty where nothing is given.
 * @typedef {{date: string, kind: string, name: string, amount: string, value: number | null, unit: string, note: string}} ChangeDraft
 */

/** The form of a change. `id` is null for a new one; `requestId` is the same for every attempt to add it. */
/** @typedef {{id: string | null, original: ChangeDraft, draft: ChangeDraft, requestId: string}} ChangeForm */

/** How many earlier names are offered at once. */
const MAX_NAMES = 6;

export const LABORATORY = "laboratory";

const TEXTS = /** @type {const} */ (["name", "note"]);
const LABORATORY_FIELDS = /** @type {const} */ (["value", "unit"]);

/** @param {string} today @param {string} kind @returns {ChangeDraft} */
export const createEmptyChangeDraft = (today, kind) => ({
  date: today,
  kind,
  name: "",
  amount: "",
  value: null,
  unit: "",
  note: "",
});

/** @param {MarkedChange} change @returns {ChangeDraft} */
export const createChangeDraft = ({ date, kind, name, amount, value, unit, note }) => ({
  date,
  kind,
  name: name ?? "",
  amount: amount ?? "",
  value,
  unit: unit ?? "",
  note: note ?? "",
});

/** Return the fields that are shown: a laboratory value has a value and a unit, all others an amount. @param {string} kind */
export const getChangeFields = (kind) => [...TEXTS, ...(kind === LABORATORY ? LABORATORY_FIELDS : /** @type {const} */ (["amount"]))];

/** Return a draft without what is not shown, and without blanks around texts. @param {ChangeDraft} draft */
function normalize(draft) {
  const shown = getChangeFields(draft.kind);
  const value = shown.includes("value") ? draft.value : null;
  const unit = shown.includes("unit") ? draft.unit.trim() : "";
  const amount = shown.includes("amount") ? draft.amount.trim() : "";
  return { ...draft, name: draft.name.trim(), amount, note: draft.note.trim(), value, unit };
}

const isGiven = (/** @type {unknown} */ value) => value !== "" && value !== null;

/** Return what the action that updates a change needs to get from one draft to another; null if nothing differs. */
export function getChangeEdit(/** @type {ChangeDraft} */ from, /** @type {ChangeDraft} */ to) {
  const [before, after] = [normalize(from), normalize(to)];
  const names = /** @type {(keyof ChangeDraft)[]} */ (Object.keys(after)).filter((name) => before[name] !== after[name]);
  if (names.length === 0) return null;
  const given = Object.fromEntries(names.filter((name) => isGiven(after[name])).map((name) => [name, after[name]]));
  const clear = names.filter((name) => !isGiven(after[name]));
  return clear.length ? { ...given, clear } : given;
}

/** @param {ChangeForm} form */
export const isChangeEdited = ({ original, draft }) => getChangeEdit(original, draft) !== null;

/**
 * Save the form of a change, and return the function that undoes it; null if nothing had to be changed.
 *
 * If an earlier attempt to add it got no response but did add it, that change is updated to what the form says now.
 * @param {DiaryApi} api
 * @param {ChangeForm} form
 * @returns {Promise<Undo | null>}
 */
export async function saveChange(api, { id, original, draft, requestId }) {
  if (id !== null) {
    const edit = getChangeEdit(original, draft);
    return edit && applyEdit(api, "update_change", { change: id, ...edit }, createRequestId());
  }
  const data = Object.fromEntries(Object.entries(normalize(draft)).filter(([, value]) => isGiven(value)));
  const { change, change_id, new: isNew } = await api.callAction("log_change", { ...data, request_id: requestId });
  const edit = isNew ? null : getChangeEdit(createChangeDraft(change), draft);
  if (edit === null) return createUndo(api, [change_id]);
  const update = { change: change.id, ...edit, request_id: createRequestId() };
  const updated = await api.callAction("update_change", update);
  return createUndo(api, [updated.change_id, change_id]);
}

/**
 * Return the earlier names that contain what was typed, the newest first; none if it is one of them.
 * @param {string[]} names
 * @param {string} typed
 */
export function offerNames(names, typed) {
  const fold = (/** @type {string} */ text) => text.trim().toLocaleLowerCase();
  const wanted = fold(typed);
  if (names.some((name) => fold(name) === wanted)) return [];
  return names.filter((name) => fold(name).includes(wanted)).slice(0, MAX_NAMES);
}

/**
 * Return where changes are on a line from one date to another, as shares of its length. The line is extended to the oldest.
 * @param {MarkedChange[]} changes the newest first
 * @param {string} first
 * @param {string} last
 */
export function placeChanges(changes, first, last) {
  const oldest = changes.at(-1)?.date ?? first;
  const start = oldest < first ? oldest : first;
  const days = Math.max(1, countNights(start, last) - 1);
  return { start, positions: changes.map(({ date }) => Math.min(1, (countNights(start, date) - 1) / days)) };
}
