/** Formatting of numbers, dates and times according to the user's profile. Pure. */

/**
 * The part of the `hass` object that says how the user formats values.
 * @typedef {object} LocaleSettings
 * @property {{language: string, number_format: string, time_format: string, time_zone: string, first_weekday?: string}} locale
 * @property {{time_zone: string, unit_system?: {temperature: string}}} config
 */

const DAY = 24 * 60 * 60 * 1000;

/** The language that represents each number format of the profile, as in Home Assistant's own frontend. */
const NUMBER_FORMAT_LANGUAGES = /** @type {Record<string, string>} */ ({
  comma_decimal: "en-US",
  decimal_comma: "de",
  space_comma: "fr",
  quote_decimal: "de-CH",
  none: "en-US",
});

/** @param {LocaleSettings} settings @returns {string | undefined} undefined for the browser's time zone */
export const resolveTimeZone = ({ locale, config }) => (locale.time_zone === "server" ? config.time_zone : undefined);

/**
 * Return the language and the options that format a time of day.
 * @param {LocaleSettings} settings
 * @returns {[string | undefined, Intl.DateTimeFormatOptions]}
 */
function getTimeFormat(settings) {
  const { language: userLanguage, time_format } = settings.locale;
  const language = time_format === "system" ? undefined : userLanguage;
  const isAmPm =
    time_format === "12" ||
    (time_format !== "24" && new Intl.DateTimeFormat(language, { hour: "numeric" }).resolvedOptions().hour12);
  return [
    language,
    {
      hour: isAmPm ? "numeric" : "2-digit",
      minute: "2-digit",
      hourCycle: isAmPm ? "h12" : "h23",
      timeZone: resolveTimeZone(settings),
    },
  ];
}

/**
 * Format the time of day of a timestamp, such as 03:12.
 * @param {LocaleSettings} settings
 * @param {number} timestamp in milliseconds
 */
export function formatTime(settings, timestamp) {
  const [language, options] = getTimeFormat(settings);
  return new Intl.DateTimeFormat(language, options).format(timestamp);
}

/**
 * Format the time of day of a timestamp, with the day if it is neither today nor within 12 hours: tomorrow, yesterday, or
 * the weekday.
 * @param {LocaleSettings} settings
 * @param {number} timestamp in milliseconds
 * @param {number} now in milliseconds
 */
export function formatTimeWithDay(settings, timestamp, now) {
  const [language, options] = getTimeFormat(settings);
  const date = new Intl.DateTimeFormat("en-CA", { timeZone: options.timeZone });
  const [day, today] = [timestamp, now].map((each) => Date.parse(date.format(each)));
  const days = (day - today) / DAY;
  if (days === 0 || Math.abs(now - timestamp) < DAY / 2) return formatTime(settings, timestamp);
  if (Math.abs(days) === 1) {
    const relative = new Intl.RelativeTimeFormat(settings.locale.language, { numeric: "auto" }).format(days, "day");
    return `${relative} ${formatTime(settings, timestamp)}`;
  }
  return new Intl.DateTimeFormat(language, { ...options, weekday: "short" }).format(timestamp);
}

/**
 * Format the day of a timestamp, such as tomorrow or Wed; nothing if it is today or within 12 hours.
 * @param {LocaleSettings} settings
 * @param {number} timestamp in milliseconds
 * @param {number} now in milliseconds
 */
export function formatDay(settings, timestamp, now) {
  const timeZone = resolveTimeZone(settings);
  const { language } = settings.locale;
  const date = new Intl.DateTimeFormat("en-CA", { timeZone });
  const days = (Date.parse(date.format(timestamp)) - Date.parse(date.format(now))) / DAY;
  if (days === 0 || Math.abs(now - timestamp) < DAY / 2) return "";
  const day =
    Math.abs(days) === 1
      ? new Intl.RelativeTimeFormat(language, { numeric: "auto" }).format(days, "day")
      : new Intl.DateTimeFormat(language, { weekday: "long", timeZone }).format(timestamp);
  return day.charAt(0).toLocaleUpperCase(language) + day.slice(1);
}

/**
 * Format a duration in hours and minutes, such as 1 hr 20 min. A part of a minute counts as one.
 * @param {LocaleSettings} settings
 * @param {number} duration in milliseconds
 */
export function formatDuration({ locale }, duration) {
  const format = (/** @type {number} */ value, /** @type {"hour" | "minute"} */ unit) =>
    new Intl.NumberFormat(locale.language, { style: "unit", unit, unitDisplay: "short" }).format(value);
  const minutes = Math.max(1, Math.ceil(duration / 60_000));
  const [hours, rest] = [Math.floor(minutes / 60), minutes % 60];
  return [...(hours ? [format(hours, "hour")] : []), ...(rest || !hours ? [format(rest, "minute")] : [])].join(" ");
}

/**
 * Return the hour of the day of a timestamp, 0 to 23.
 * @param {LocaleSettings} settings
 * @param {number} timestamp in milliseconds
 */
export const hourOf = (settings, timestamp) =>
  Number(
    new Intl.DateTimeFormat("en-US", { hour: "numeric", hourCycle: "h23", timeZone: resolveTimeZone(settings) }).format(timestamp),
  );

/**
 * Format a time of day that is given as HH:MM:SS.
 * @param {LocaleSettings} settings
 * @param {string} timeOfDay
 */
export function formatTimeOfDay(settings, timeOfDay) {
  const [hours, minutes] = timeOfDay.split(":").map(Number);
  const [language, options] = getTimeFormat(settings);
  const timestamp = Date.UTC(2000, 0, 1, hours, minutes);
  return new Intl.DateTimeFormat(language, { ...options, timeZone: "UTC" }).format(timestamp);
}

/**
 * Return a function that formats a date that is given as YYYY-MM-DD, such as 3 Nov.
 * @param {LocaleSettings} settings
 * @param {Intl.DateTimeFormatOptions} [options]
 * @returns {(date: string) => string}
 */
export function createDateFormatter({ locale }, options = { day: "numeric", month: "short" }) {
  const format = new Intl.DateTimeFormat(locale.language, { ...options, timeZone: "UTC" });
  return (date) => format.format(Date.parse(date));
}

/**
 * Return a function that formats a date that may be years ago, such as 3 Nov 2026.
 * @param {LocaleSettings} settings
 */
export const createFullDateFormatter = (settings) =>
  createDateFormatter(settings, { day: "numeric", month: "short", year: "numeric" });

/**
 * Format an hour of the day as short as possible, such as 3 AM or 03.
 * @param {LocaleSettings} settings
 * @param {number} hour 0 to 23
 */
export function formatHour(settings, hour) {
  const [language, { hourCycle }] = getTimeFormat(settings);
  const options = /** @type {const} */ ({ hour: hourCycle === "h12" ? "numeric" : "2-digit", hourCycle, timeZone: "UTC" });
  return new Intl.DateTimeFormat(language, options).format(Date.UTC(2000, 0, 1, hour));
}

/** The values of `first_weekday` in the profile, by index. */
const WEEKDAYS = ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"];

/**
 * Return the index of the first day of the week, 0 for Sunday.
 * @param {LocaleSettings} settings
 */
export function firstWeekdayIndex({ locale }) {
  const index = WEEKDAYS.indexOf(locale.first_weekday ?? "");
  if (index >= 0) return index;
  const intlLocale = /** @type {any} */ (new Intl.Locale(locale.language));
  return (intlLocale.getWeekInfo?.() ?? intlLocale.weekInfo ?? { firstDay: 1 }).firstDay % 7;
}

/** Number formatters by their options. They are slow to create, and the calendar formats thousands of numbers at once. */
const numberFormatters = /** @type {Map<string, Intl.NumberFormat>} */ (new Map());

/**
 * Format a number.
 * @param {LocaleSettings} settings
 * @param {number} value
 * @param {number} [maxDecimals]
 */
export function formatNumber({ locale }, value, maxDecimals = 0) {
  const { number_format } = locale;
  const language =
    number_format === "system" ? undefined : (NUMBER_FORMAT_LANGUAGES[number_format] ?? locale.language);
  const key = [language, number_format, maxDecimals].join();
  let formatter = numberFormatters.get(key);
  if (!formatter) {
    const options = { maximumFractionDigits: maxDecimals, useGrouping: number_format !== "none" };
    formatter = new Intl.NumberFormat(language, options);
    numberFormatters.set(key, formatter);
  }
  return formatter.format(value);
}

/**
 * Format a list, such as "calf, foot".
 * @param {LocaleSettings} settings
 * @param {string[]} items
 */
export const formatList = ({ locale }, items) =>
  new Intl.ListFormat(locale.language, { type: "unit", style: "short" }).format(items);
