/** The details of an episode, and the service data that updates them. Pure. */

/**
 * The details that can be given on the night pad.
 * @typedef {object} EpisodeDetails
 * @property {number | null} severity
 * @property {string | null} side
 * @property {string[]} body_parts
 * @property {string[]} relief
 * @property {string | null} relief_effect
 */

/** @type {EpisodeDetails} */
export const NO_DETAILS = Object.freeze({
  severity: null,
  side: null,
  body_parts: [],
  relief: [],
  relief_effect: null,
});

export const SEVERITIES = Object.freeze([...Array(11).keys()]);
export const SIDES = Object.freeze(["left", "right"]);

/** The only body part without a side. */
export const TRUNK = "trunk";

/** @param {any} value */
const isEmpty = (value) => value === null || (Array.isArray(value) && value.length === 0);

/** Lists are compared as sets: their order has no meaning. @param {any} one @param {any} other */
const isEqual = (one, other) =>
  Array.isArray(one) ? one.length === other.length && one.every((each) => other.includes(each)) : one === other;

/**
 * Return the details of an episode from a service response.
 * @param {Record<string, any>} episode
 * @returns {EpisodeDetails}
 */
export const getDetails = ({ severity, side, body_parts, relief, relief_effect }) => ({
  severity,
  side,
  body_parts,
  relief,
  relief_effect,
});

/**
 * Return the fields that have a value. Zero is a value.
 * @param {Record<string, any>} fields
 * @returns {Record<string, any>}
 */
export const omitEmpty = (fields) => Object.fromEntries(Object.entries(fields).filter(([, value]) => !isEmpty(value)));

/**
 * Return the service data that updates an episode from one set of fields to another, or null if nothing changed.
 * @param {Record<string, any>} before
 * @param {Record<string, any>} after
 * @returns {Record<string, any> | null}
 */
export function getUpdateData(before, after) {
  const names = Object.keys(after).filter((name) => !isEqual(before[name], after[name]));
  if (names.length === 0) return null;
  const clear = names.filter((name) => isEmpty(after[name]));
  const data = Object.fromEntries(names.filter((name) => !isEmpty(after[name])).map((name) => [name, after[name]]));
  return clear.length ? { ...data, clear } : data;
}

/**
 * Return whether a body part is selected on one side. A body part without a side is selected on both.
 * @param {EpisodeDetails} details
 * @param {string} part
 * @param {string} side left or right
 */
export const isBodyPartSelected = ({ side: selectedSide, body_parts }, part, side) =>
  body_parts.includes(part) && (part === TRUNK || selectedSide === null || selectedSide === "both" || selectedSide === side);

/**
 * Return the details with a body part selected or deselected on one side.
 *
 * An episode has one side for all body parts: as soon as parts on both sides are selected, all are selected on both.
 * @param {EpisodeDetails} details
 * @param {string} part
 * @param {string} side left or right
 * @returns {EpisodeDetails}
 */
export function toggleBodyPart(details, part, side) {
  const { side: selectedSide, body_parts } = details;
  const otherSide = side === "left" ? "right" : "left";
  const partsWithSide = body_parts.filter((each) => each !== TRUNK);
  if (!isBodyPartSelected(details, part, side)) {
    if (part === TRUNK) return { ...details, body_parts: [...body_parts, part] };
    const newSide = partsWithSide.length === 0 || selectedSide === side ? side : "both";
    return { ...details, side: newSide, body_parts: body_parts.includes(part) ? body_parts : [...body_parts, part] };
  }
  if (part !== TRUNK && partsWithSide.length === 1 && selectedSide !== side) return { ...details, side: otherSide };
  const remaining = body_parts.filter((each) => each !== part);
  const hasSide = remaining.some((each) => each !== TRUNK);
  return { ...details, side: hasSide ? selectedSide : part === TRUNK ? selectedSide : null, body_parts: remaining };
}

/**
 * Return the details with a relief measure selected or deselected.
 * @param {EpisodeDetails} details
 * @param {string} measure
 * @returns {EpisodeDetails}
 */
export function toggleRelief(details, measure) {
  const relief = details.relief.includes(measure)
    ? details.relief.filter((each) => each !== measure)
    : [...details.relief, measure];
  return { ...details, relief, relief_effect: relief.length ? details.relief_effect : null };
}
