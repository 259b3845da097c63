/** What may be said of an episode on the pad, and what of it has to be told to the diary. Pure. */

/**
 * @typedef {object} Facts
 * @property {number | null} severity
 * @property {string | null} side
 * @property {string[]} body_parts
 * @property {string[]} relief
 * @property {string | null} relief_effect
 */

/** @type {Facts} */
export const NOTHING_SAID = Object.freeze({
  severity: null,
  side: null,
  body_parts: [],
  relief: [],
  relief_effect: null,
});

export const SEVERITIES = Object.freeze([...Array(11).keys()]);
export const SIDES = Object.freeze(["left", "right"]);
export const RELIEFS = Object.freeze([
  "walking",
  "stretching",
  "rubbing",
  "massage",
  "knee_bends",
  "cold",
  "warmth",
  "bath",
  "compression",
  "distraction",
]);
export const EFFECTS = Object.freeze(["none", "some", "full"]);
export const SENSATIONS = Object.freeze([
  "urge_to_move",
  "crawling",
  "tingling",
  "pulling",
  "twitching",
  "aching",
  "burning",
  "itching",
  "electric",
  "restless",
]);
export const ACTIVITIES = Object.freeze(["lying", "sitting", "travelling", "other"]);
export const IMPACTS = Object.freeze(["none", "delayed", "woke"]);

/** The one part of the body that has no side. */
export const TRUNK = "trunk";

/** @param {any} value */
const isEmpty = (value) => value === null || (Array.isArray(value) && value.length === 0);

/** @param {any} one @param {any} other */
const same = (one, other) =>
  Array.isArray(one) ? one.length === other.length && one.every((each) => other.includes(each)) : one === other;

/**
 * Return what was said of an episode that the diary answered with.
 * @param {Record<string, any>} episode
 * @returns {Facts}
 */
export const factsOf = ({ severity, side, body_parts, relief, relief_effect }) => ({
  severity,
  side,
  body_parts,
  relief,
  relief_effect,
});

/**
 * Return the fields of an action that says these facts.
 * @param {Record<string, any>} facts
 * @returns {Record<string, any>}
 */
export const said = (facts) => Object.fromEntries(Object.entries(facts).filter(([, value]) => !isEmpty(value)));

/**
 * Return the fields of the action that turns what was said into what is said now, or null if that is the same.
 * @param {Record<string, any>} before
 * @param {Record<string, any>} now
 * @returns {Record<string, any> | null}
 */
export function changes(before, now) {
  const names = Object.keys(now).filter((each) => !same(before[each], now[each]));
  if (names.length === 0) return null;
  const clear = names.filter((each) => isEmpty(now[each]));
  const given = Object.fromEntries(names.filter((each) => !isEmpty(now[each])).map((each) => [each, now[each]]));
  return clear.length ? { ...given, clear } : given;
}

/**
 * Tell whether a part of one side of the body is marked. Without a side, it is so on both.
 * @param {Facts} facts
 * @param {string} part
 * @param {string} side left or right
 */
export const isMarked = ({ side: marked, body_parts }, part, side) =>
  body_parts.includes(part) && (part === TRUNK || marked === null || marked === "both" || marked === side);

/**
 * Return the facts after a tap on a part of one side: marked, or no longer.
 *
 * The diary knows one side for all parts: what is marked on one side only, while both are meant, is marked on both.
 * @param {Facts} facts
 * @param {string} part
 * @param {string} side left or right
 * @returns {Facts}
 */
export function tapPart(facts, part, side) {
  const { side: marked, body_parts } = facts;
  const other = side === "left" ? "right" : "left";
  const sided = body_parts.filter((each) => each !== TRUNK);
  if (!isMarked(facts, part, side)) {
    if (part === TRUNK) return { ...facts, body_parts: [...body_parts, part] };
    const whole = sided.length === 0 || marked === side ? side : "both";
    return { ...facts, side: whole, body_parts: body_parts.includes(part) ? body_parts : [...body_parts, part] };
  }
  if (part !== TRUNK && sided.length === 1 && marked !== side) return { ...facts, side: other };
  const left = body_parts.filter((each) => each !== part);
  const hasSide = left.some((each) => each !== TRUNK);
  return { ...facts, side: hasSide ? marked : part === TRUNK ? marked : null, body_parts: left };
}

/**
 * Return the facts after a tap on something that helped.
 * @param {Facts} facts
 * @param {string} measure
 * @returns {Facts}
 */
export function tapRelief(facts, measure) {
  const relief = facts.relief.includes(measure)
    ? facts.relief.filter((each) => each !== measure)
    : [...facts.relief, measure];
  return { ...facts, relief, relief_effect: relief.length ? facts.relief_effect : null };
}
