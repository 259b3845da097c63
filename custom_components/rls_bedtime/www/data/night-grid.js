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
 * A column of the grid: its first date, the month that starts in it, the year next to a January, and seven days. A day is null
 * if it is still to come, or if it is not known whether anything was recorded.
 * @typedef {{start: string, month: string | null, year: string | null, days: (NightCell | null)[]}} Week
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
 * Return how many columns fit side by side, and how wide each is so that they fill the width.
 * @param {number} width
 * @param {number} minSize of a column
 * @param {number} gap between columns
 */
export function fitWeeks(width, minSize, gap) {
  const count = Math.max(1, Math.floor((width + gap) / (minSize + gap)));
  // Browsers lay out in fractions of a pixel, and a larger size than theirs would cut the last column.
  return { count, size: Math.floor(((width + gap) / count - gap) * 32) / 32 };
}

/**
 * Return the weeks up to tonight, from that of the first recorded night, but at least `minWeeks`.
 * @param {RecordedNight[]} recorded the newest first
 * @param {string | null} knownFrom the first night of which it is known whether something was recorded; null for all nights
 * @param {string} tonight
 * @param {number} firstWeekday 0 for Sunday
 * @param {number} minWeeks
 * @returns {Week[]}
 */
export function buildWeeks(recorded, knownFrom, tonight, firstWeekday, minWeeks) {
  const recordedByNight = new Map(recorded.map((each) => [each[0], each]));
  // A clock that was once wrong may have logged nights after tonight. Show them, so that they can be corrected.
  const newest = recorded[0]?.[0] ?? tonight;
  const last = newest > tonight ? newest : tonight;
  const startOfWeek = (/** @type {string} */ night) => addDays(night, -((getDayOfWeek(night) - firstWeekday + 7) % 7));
  const oldest = recorded.at(-1)?.[0] ?? last;
  const wanted = [startOfWeek(oldest), addDays(startOfWeek(last), -7 * (minWeeks - 1))].sort()[0];
  const first = knownFrom !== null && wanted < startOfWeek(knownFrom) ? startOfWeek(knownFrom) : wanted;
  const isShown = (/** @type {string} */ night) => night <= last && (knownFrom === null || knownFrom <= night);
  /** @type {Week[]} */
  const weeks = [];
  for (let start = first; start <= last; start = addDays(start, 7)) {
    const days = [...Array(7).keys()].map((day) => addDays(start, day));
    const month = days.find((day) => day.endsWith("-01")) ?? null;
    const isAfterJanuary = weeks.at(-1)?.month?.slice(5, 7) === "01";
    const cells = days.map((night) => (isShown(night) ? createNightCell(night, recordedByNight.get(night)) : null));
    weeks.push({ start, month, year: isAfterJanuary ? start : null, days: cells });
  }
  // The labels of two months in adjacent columns would overlap.
  if (weeks.length && !weeks[0].month && !weeks[1]?.month) weeks[0].month = weeks[0].start;
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
