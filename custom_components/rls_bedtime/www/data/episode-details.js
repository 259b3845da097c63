/** The details of an episode, and the service data that updates them. Pure. */

/**
 * The details that can be given on the night pad.
 * @typedef {object} EpisodeDetails
 * @property {number | null} severity
 * @property {string | null} side
 * @property {string[]} body_parts
 * @property {string[]} sensations
 * @property {string[]} relief
 * @property {string | null} relief_effect
 */

/** @type {EpisodeDetails} */
export const NO_DETAILS = Object.freeze({
  severity: null,
  side: null,
  body_parts: [],
  sensations: [],
  relief: [],
  relief_effect: null,
});

export const SEVERITIES = Object.freeze([...Array(11).keys()]);
/** The severities of the scale in its rows; 0 stands apart, because it is none. */
export const SEVERITY_ROWS = Object.freeze([SEVERITIES.slice(1, 6), SEVERITIES.slice(6)]);

/** For how long the latest episode is shown with its details, in milliseconds. */
export const MAX_EPISODE_AGE = 12 * 60 * 60 * 1000;

/** The levels of severity, with the one that stands for each. */
export const SEVERITY_LEVELS = Object.freeze({ mild: 2, moderate: 5, severe: 8 });

/** @param {number} severity 1 to 10 */
export const getSeverityLevel = (severity) => (severity < 4 ? "mild" : severity < 7 ? "moderate" : "severe");

/** The sides of a body part, as one sees oneself. */
export const SIDES = Object.freeze(["left", "both", "right"]);

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
export const getDetails = ({ severity, side, body_parts, sensations, relief, relief_effect }) => ({
  severity,
  side,
  body_parts,
  sensations,
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
 * Return on which side a body part is selected: left, both, right, or null. One that was logged without a side counts as
 * both.
 * @param {EpisodeDetails} details
 * @param {string} part
 */
export const getSelectedSide = ({ side, body_parts }, part) => (body_parts.includes(part) ? (side ?? "both") : null);

/**
 * Return the details with a body part selected on a side, or deselected if it is selected there.
 *
 * An episode has one side for all its body parts. If the others have another one, all become both.
 * @param {EpisodeDetails} details
 * @param {string} part
 * @param {string} side left, both or right
 * @returns {EpisodeDetails}
 */
export function toggleBodyPart(details, part, side) {
  const { side: selectedSide, body_parts } = details;
  const others = body_parts.filter((each) => each !== part);
  const hasSidedOthers = others.some((each) => each !== TRUNK);
  const before = getSelectedSide(details, part);
  if (part === TRUNK) return { ...details, body_parts: before ? others : [...others, part] };
  if (before === side) return { ...details, side: hasSidedOthers ? selectedSide : null, body_parts: others };
  const isCompatible = !hasSidedOthers || before === "both" || side === (selectedSide ?? "both");
  return { ...details, side: isCompatible ? side : "both", body_parts: before ? body_parts : [...body_parts, part] };
}

/**
 * Return a list with an item added, or removed if it is in there.
 * @param {string[]} items
 * @param {string} item
 */
export const toggleItem = (items, item) =>
  items.includes(item) ? items.filter((each) => each !== item) : [...items, item];

/**
 * Return the details with a relief measure selected or deselected.
 * @param {EpisodeDetails} details
 * @param {string} measure
 * @returns {EpisodeDetails}
 */
export function toggleRelief(details, measure) {
  const relief = toggleItem(details.relief, measure);
  return { ...details, relief, relief_effect: relief.length ? details.relief_effect : null };
}

/**
 * What may be the same as in an earlier episode: neither how bad it is, nor what the relief has done this time.
 * @typedef {Pick<EpisodeDetails, "side" | "body_parts" | "sensations" | "relief">} RepeatableDetails
 */

/** @param {EpisodeDetails} details @returns {RepeatableDetails} */
export const getRepeatableDetails = ({ side, body_parts, sensations, relief }) => ({ side, body_parts, sensations, relief });

/** @param {RepeatableDetails} details */
export const isAnythingRepeatable = (details) => Object.keys(omitEmpty(details)).length > 0;

/**
 * Return whether an episode has the repeatable details of an earlier one.
 * @param {EpisodeDetails} details
 * @param {RepeatableDetails} earlier
 */
export const isAsEarlier = (details, earlier) => getUpdateData(getRepeatableDetails(details), earlier) === null;

/**
 * Return the details with those of an earlier episode, or without them if they are the same already.
 * @param {EpisodeDetails} details
 * @param {RepeatableDetails} earlier
 * @returns {EpisodeDetails}
 */
export function toggleAsEarlier(details, earlier) {
  const repeated = isAsEarlier(details, earlier) ? getRepeatableDetails(NO_DETAILS) : earlier;
  return { ...details, ...repeated, relief_effect: repeated.relief.length ? details.relief_effect : null };
}
