/** Numbers and times as the user writes them, in the user's zone. Pure. */

/**
 * The part of Home Assistant's `hass` that says how the user writes.
 * @typedef {object} Writing
 * @property {{language: string, number_format: string, time_format: string, time_zone: string, first_weekday?: string}} locale
 * @property {{time_zone: string}} config
 */

/** Languages that write numbers in the way that a user may ask for; Home Assistant's own choice. */
const NUMBERS = /** @type {Record<string, string>} */ ({
  comma_decimal: "en-US",
  decimal_comma: "de",
  space_comma: "fr",
  quote_decimal: "de-CH",
  none: "en-US",
});

/** @param {Writing} writing @returns {string | undefined} */
export const timeZone = ({ locale, config }) => (locale.time_zone === "server" ? config.time_zone : undefined);

/**
 * Return how the user writes the time of day.
 * @param {Writing} writing
 * @returns {[string | undefined, Intl.DateTimeFormatOptions]}
 */
function clock(writing) {
  const { language, time_format } = writing.locale;
  const of = time_format === "system" ? undefined : language;
  const has12 =
    time_format === "12" || (time_format !== "24" && new Intl.DateTimeFormat(of, { hour: "numeric" }).resolvedOptions().hour12);
  return [
    of,
    {
      hour: has12 ? "numeric" : "2-digit",
      minute: "2-digit",
      hourCycle: has12 ? "h12" : "h23",
      timeZone: timeZone(writing),
    },
  ];
}

/**
 * Return a time of day, such as 03:12.
 * @param {Writing} writing
 * @param {number} at in milliseconds
 */
export function time(writing, at) {
  const [language, options] = clock(writing);
  return new Intl.DateTimeFormat(language, options).format(at);
}

/**
 * Return a time of day, with the day if that is another one than today.
 * @param {Writing} writing
 * @param {number} at in milliseconds
 * @param {number} now in milliseconds
 */
export function moment(writing, at, now) {
  const [language, options] = clock(writing);
  const day = new Intl.DateTimeFormat("en-CA", { timeZone: options.timeZone });
  const near = Math.abs(now - at) < 12 * 60 * 60 * 1000 || day.format(at) === day.format(now);
  const about = near ? options : { ...options, weekday: /** @type {const} */ ("short") };
  return new Intl.DateTimeFormat(language, about).format(at);
}

/**
 * Return a time of day that Home Assistant writes as HH:MM:SS.
 * @param {Writing} writing
 * @param {string} ofDay
 */
export function timeOfDay(writing, ofDay) {
  const [hours, minutes] = ofDay.split(":").map(Number);
  const [language, options] = clock(writing);
  const at = Date.UTC(2000, 0, 1, hours, minutes);
  return new Intl.DateTimeFormat(language, { ...options, timeZone: "UTC" }).format(at);
}

/**
 * Return what writes a date such as 3 Nov, of one that Home Assistant writes as YYYY-MM-DD.
 * @param {Writing} writing
 * @param {Intl.DateTimeFormatOptions} [options]
 * @returns {(date: string) => string}
 */
export function dates({ locale }, options = { day: "numeric", month: "short" }) {
  const written = new Intl.DateTimeFormat(locale.language, { ...options, timeZone: "UTC" });
  return (date) => written.format(Date.parse(date));
}

/**
 * Return an hour of the day, such as 3 AM or 03, as short as it can be.
 * @param {Writing} writing
 * @param {number} of 0 to 23
 */
export function hour(writing, of) {
  const [language, { hourCycle }] = clock(writing);
  const options = /** @type {const} */ ({ hour: hourCycle === "h12" ? "numeric" : "2-digit", hourCycle, timeZone: "UTC" });
  return new Intl.DateTimeFormat(language, options).format(Date.UTC(2000, 0, 1, of));
}

/** The days of the week as the user's settings call them, from Sunday. */
const DAYS = ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"];

/**
 * Return the day on which a week begins, 0 for Sunday.
 * @param {Writing} writing
 */
export function firstDay({ locale }) {
  const chosen = DAYS.indexOf(locale.first_weekday ?? "");
  if (chosen >= 0) return chosen;
  const of = /** @type {any} */ (new Intl.Locale(locale.language));
  return (of.getWeekInfo?.() ?? of.weekInfo ?? { firstDay: 1 }).firstDay % 7;
}

/** What writes numbers, by how it is to: thousands are written at once, and each takes long to make. */
const writers = /** @type {Map<string, Intl.NumberFormat>} */ (new Map());

/**
 * Return a number.
 * @param {Writing} writing
 * @param {number} value
 * @param {number} [digits] after the point, at most
 */
export function number({ locale }, value, digits = 0) {
  const { language, number_format } = locale;
  const written = number_format === "system" ? undefined : (NUMBERS[number_format] ?? language);
  const key = [written, number_format, digits].join();
  let writer = writers.get(key);
  if (!writer) {
    writer = new Intl.NumberFormat(written, { maximumFractionDigits: digits, useGrouping: number_format !== "none" });
    writers.set(key, writer);
  }
  return writer.format(value);
}

/**
 * Return a list, such as "calf, foot".
 * @param {Writing} writing
 * @param {string[]} words
 */
export const list = ({ locale }, words) =>
  new Intl.ListFormat(locale.language, { type: "unit", style: "short" }).format(words);
