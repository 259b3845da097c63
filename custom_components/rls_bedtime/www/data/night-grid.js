/** The calendar grid of nights: weeks, nights and their severity, and keyboard navigation. Dates are YYYY-MM-DD. Pure. */

/**
 * A recorded night as the integration sends it: its date, its number of episodes, and their worst severity if one was given.
 * @typedef {[night: string, episodes: number, worst: number | null]} RecordedNight
 */

/**
 * A cell of the grid. `severityLevel` is 1 mild, 2 moderate or 3 severe; 0 means that no severity was given, or that it was 0.
 * @typedef {{night: string, kind: "affected" | "clear" | "unrecorded", episodes: number, worst: number | null, severityLevel: number}} NightCell
 */

/**
 * A column of the grid: its first date, the month that starts in it, if any, and seven days, null outside the period.
 * @typedef {{start: string, month: string | null, days: (NightCell | null)[]}} Week
 */

const DAY = 24 * 60 * 60 * 1000;

/** The lowest severities that count as mild, moderate and severe, as everywhere in the diary. */
const SEVERITY_THRESHOLDS = [1, 4, 7];

/** The length of each period in nights; the period "everything" has none. */
const PERIOD_DAYS = /** @type {Record<string, number>} */ ({ quarter: 91, year: 365 });
export const PERIODS = Object.freeze([...Object.keys(PERIOD_DAYS), "everything"]);

/** Return the number of nights of a period, or null for all. @param {string} period */
export const getPeriodDays = (period) => PERIOD_DAYS[period] ?? null;

/** Return the number of nights from one date to another, both included. @param {string} first @param {string} last */
export const countNights = (first, last) => Math.max(0, (Date.parse(last) - Date.parse(first)) / DAY + 1);

/** @param {string} date @param {number} days */
export const addDays = (date, days) => new Date(Date.parse(date) + days * DAY).toISOString().slice(0, 10);

/** @param {string} date */
const getDayOfWeek = (date) => new Date(date).getUTCDay();

/**
 * Return the weeks from the first night to tonight.
 * @param {RecordedNight[]} recorded the newest first
 * @param {string} first
 * @param {string} tonight
 * @param {number} firstWeekday 0 for Sunday
 * @returns {Week[]}
 */
export function buildWeeks(recorded, first, tonight, firstWeekday) {
  const recordedByNight = new Map(recorded.map((each) => [each[0], each]));
  // A clock that was once wrong may have logged nights after tonight. Show them, so that they can be corrected.
  const newest = recorded[0]?.[0] ?? tonight;
  const last = newest > tonight ? newest : tonight;
  const weeks = [];
  for (let start = addDays(first, -((getDayOfWeek(first) - firstWeekday + 7) % 7)); start <= last; start = addDays(start, 7)) {
    const days = [...Array(7).keys()].map((day) => addDays(start, day));
    weeks.push({
      start,
      month: days.find((day) => day.endsWith("-01")) ?? (weeks.length === 0 ? first : null),
      days: days.map((night) => (first <= night && night <= last ? createNightCell(night, recordedByNight.get(night)) : null)),
    });
  }
  // The labels of two months in adjacent columns would overlap.
  if (weeks[1]?.month) weeks[0].month = null;
  return weeks;
}

/** @param {string} night @param {RecordedNight | undefined} recorded @returns {NightCell} */
export function createNightCell(night, recorded) {
  if (!recorded) return { night, kind: "unrecorded", episodes: 0, worst: null, severityLevel: 0 };
  const [, episodes, worst] = recorded;
  const severityLevel = SEVERITY_THRESHOLDS.filter((threshold) => worst !== null && worst >= threshold).length;
  return { night, kind: episodes ? "affected" : "clear", episodes, worst, severityLevel };
}

/** The number of nights that an arrow key moves; weeks are columns. */
const KEY_STEPS = /** @type {Record<string, number>} */ ({ ArrowUp: -1, ArrowDown: 1, ArrowLeft: -7, ArrowRight: 7 });

/**
 * Return the night that a key moves the focus to, or null if it does not move it.
 * @param {string} night
 * @param {string} key
 * @param {string} first
 * @param {string} last
 * @param {boolean} isRtl
 */
export function getNightForKey(night, key, first, last, isRtl) {
  if (key === "Home") return first;
  if (key === "End") return last;
  const step = KEY_STEPS[key];
  if (step === undefined) return null;
  const target = addDays(night, isRtl && Math.abs(step) > 1 ? -step : step);
  return first <= target && target <= last ? target : null;
}
