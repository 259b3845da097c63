/** The calendar of nights: weeks of cells, how heavy each is, and the nights around one. Dates are YYYY-MM-DD. Pure. */

/**
 * A recorded night as the hub tells it: its date, how many episodes it had, and the worst severity if one was given.
 * @typedef {[night: string, episodes: number, worst: number | null]} Recorded
 */

/**
 * A night to be drawn. `weight` is 0 where nothing is known of how bad it was or it was nothing, then 1 mild, 2 moderate, 3 severe.
 * @typedef {{night: string, kind: "affected" | "clear" | "unrecorded", episodes: number, worst: number | null, weight: number}} Night
 */

/**
 * A column of the calendar: the month that begins in it, if one does, and its seven days, null where there is no night.
 * @typedef {{starts: string, month: string | null, days: (Night | null)[]}} Week
 */

const DAY = 24 * 60 * 60 * 1000;

/** Mild from 1, moderate from 4, severe from 7: the diary's words for the numbers. */
const FROM = [1, 4, 7];

/** How far the calendar reaches back, in months, by the name of the period; everything if there is none. */
const MONTHS = /** @type {Record<string, number>} */ ({ quarter: 3, year: 12 });
export const PERIODS = Object.freeze([...Object.keys(MONTHS), "everything"]);

/** @param {string} date @param {number} days */
export const plus = (date, days) => new Date(Date.parse(date) + days * DAY).toISOString().slice(0, 10);

/** @param {string} date */
const dayOfWeek = (date) => new Date(date).getUTCDay();

/**
 * Return the first day of the month that lies so many months before that of a date.
 * @param {string} date
 * @param {number} months
 */
function monthBefore(date, months) {
  const [year, month] = date.split("-").map(Number);
  return new Date(Date.UTC(year, month - 1 - months)).toISOString().slice(0, 10);
}

/**
 * Return the first night of a period, or null if it has none: it is everything.
 * @param {string} tonight
 * @param {string} period
 */
export const firstOf = (tonight, period) => (MONTHS[period] ? monthBefore(tonight, MONTHS[period] - 1) : null);

/**
 * Return the nights of this month so far, and those of the last one.
 * @param {string} tonight
 */
export function months(tonight) {
  const begins = monthBefore(tonight, 0);
  return [
    { from: begins, to: tonight },
    { from: monthBefore(tonight, 1), to: plus(begins, -1) },
  ];
}

/**
 * Return the weeks from the first night to tonight. Without a first night they begin with the first that is recorded.
 * @param {Recorded[]} recorded the newest first
 * @param {string | null} first
 * @param {string} tonight
 * @param {number} firstDay of the week, 0 for Sunday
 * @returns {Week[]}
 */
export function weeks(recorded, first, tonight, firstDay) {
  const known = new Map(recorded.map((each) => [each[0], each]));
  // What a clock once far ahead has logged lies behind tonight, and is drawn as well.
  const newest = recorded[0]?.[0] ?? tonight;
  const last = newest > tonight ? newest : tonight;
  const from = first ?? recorded.at(-1)?.[0] ?? monthBefore(tonight, 0);
  const found = [];
  for (let starts = plus(from, -((dayOfWeek(from) - firstDay + 7) % 7)); starts <= last; starts = plus(starts, 7)) {
    const days = [...Array(7).keys()].map((day) => plus(starts, day));
    found.push({
      starts,
      month: days.find((day) => day.endsWith("-01")) ?? (found.length === 0 ? from : null),
      days: days.map((night) => (from <= night && night <= last ? nightOf(night, known.get(night)) : null)),
    });
  }
  // Two months that begin side by side would be written over one another.
  if (found[1]?.month) found[0].month = null;
  return found;
}

/** @param {string} night @param {Recorded | undefined} recorded @returns {Night} */
export function nightOf(night, recorded) {
  if (!recorded) return { night, kind: "unrecorded", episodes: 0, worst: null, weight: 0 };
  const [, episodes, worst] = recorded;
  const weight = FROM.filter((from) => worst !== null && worst >= from).length;
  return { night, kind: episodes ? "affected" : "clear", episodes, worst, weight };
}

/** How many nights an arrow leads on; the weeks stand side by side. */
const STEPS = /** @type {Record<string, number>} */ ({ ArrowUp: -1, ArrowDown: 1, ArrowLeft: -7, ArrowRight: 7 });

/**
 * Return the night to which a key leads, or null if to none.
 * @param {string} night
 * @param {string} key
 * @param {string} first
 * @param {string} last
 * @param {boolean} isRtl
 */
export function led(night, key, first, last, isRtl) {
  if (key === "Home") return first;
  if (key === "End") return last;
  const steps = STEPS[key];
  if (steps === undefined) return null;
  const to = plus(night, isRtl && Math.abs(steps) > 1 ? -steps : steps);
  return first <= to && to <= last ? to : null;
}
