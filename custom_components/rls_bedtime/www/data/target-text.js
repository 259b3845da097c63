/** What the log target of the night pad says, as translation keys: what a tap has done, or what one would do. Pure. */

/** The nights with more episodes than this have no ordinal number, which English would form differently. */
const MAX_ORDINAL = 20;

/** The ordinal numbers that have a text of their own. */
const LAST_NAMED_ORDINAL = 3;

/**
 * What the target shows. `tapped` is the episode of the last tap, as long as another tap means the same one.
 * @typedef {object} TargetState
 * @property {{startedAt: number, state: "waiting" | "failed" | "saved"} | undefined} tapped
 * @property {number | undefined} tonight how many episodes tonight has, if that is known
 * @property {boolean} isAnother whether an episode was logged recently
 */

/** A translation key with the values of its placeholders. @typedef {[key: string, values: {at?: number, count?: number}]} Text */

/**
 * Return what the target says: the main text, and a smaller one below it, if any.
 * @param {TargetState} state
 * @returns {{text: Text, hint: Text | null, isLogged: boolean}}
 */
export function getTargetText({ tapped, tonight, isAnother }) {
  if (tapped) {
    const key = /** @type {const} */ ({ saved: "logged", waiting: "saving", failed: "kept" })[tapped.state];
    const isLogged = tapped.state === "saved";
    return { text: [key, { at: tapped.startedAt }], hint: isLogged && tonight ? getOrdinalText(tonight) : null, isLogged };
  }
  const text = /** @type {Text} */ ([isAnother ? "log_another" : "log", {}]);
  return { text, hint: isAnother && tonight ? getTonightText(tonight) : ["log_how", {}], isLogged: false };
}

/** Return the text of how many episodes tonight has. @param {number} count @returns {Text} */
export const getTonightText = (count) => (count === 0 ? ["tonight_none", {}] : ["tonight_some", { count }]);

/** @param {number} count @returns {Text} */
function getOrdinalText(count) {
  if (count > MAX_ORDINAL) return getTonightText(count);
  return count <= LAST_NAMED_ORDINAL ? [`nth_${count}`, {}] : ["nth_more", { count }];
}
