/** Numbers, dates and times are formatted according to the user's profile. */

import assert from "node:assert/strict";
import { test } from "node:test";

import {
  firstWeekdayIndex,
  formatDay,
  formatDuration,
  formatHour,
  formatNumber,
  formatTime,
  formatTimeOfDay,
  formatTimeWithDay,
  hourOf,
} from "../../custom_components/rls_bedtime/www/frontend/locale.js";

const TIMESTAMP = Date.parse("2026-11-24T11:12:00Z");

/** @param {Partial<{language: string, number_format: string, time_format: string, time_zone: string, first_weekday: string}>} [locale] */
const createSettings = (locale) => ({
  locale: { language: "en", number_format: "language", time_format: "language", time_zone: "server", ...locale },
  config: { time_zone: "America/Los_Angeles" },
});

test("a time is formatted in the user's time zone and time format", () => {
  assert.equal(formatTime(createSettings(), TIMESTAMP), "3:12 AM");
  assert.equal(formatTime(createSettings({ time_format: "24" }), TIMESTAMP), "03:12");
  assert.equal(formatTime(createSettings({ language: "de" }), TIMESTAMP), "03:12");
  assert.equal(formatTime(createSettings({ language: "de", time_format: "12" }), TIMESTAMP), "3:12 AM");
  assert.equal(formatTimeOfDay(createSettings({ language: "de" }), "22:30:00"), "22:30");
  assert.equal(formatHour(createSettings({ language: "en-US" }), 15).replace(/\s/u, " "), "3 PM");
  assert.equal(formatHour(createSettings({ language: "fr" }), 3), "03 h");
});

test("a time on another day is formatted with its weekday", () => {
  const hour = 60 * 60 * 1000;
  const settings = createSettings({ time_format: "24" });
  assert.equal(formatTimeWithDay(settings, TIMESTAMP, TIMESTAMP + 10 * hour), "03:12");
  assert.equal(formatTimeWithDay(settings, TIMESTAMP, TIMESTAMP + 72 * hour), "Tue 03:12");
});

test("a time of the day before or after is said in words", () => {
  const day = 24 * 60 * 60 * 1000;
  assert.equal(formatTimeWithDay(createSettings(), TIMESTAMP, TIMESTAMP - day), "tomorrow 3:12 AM");
  assert.equal(formatTimeWithDay(createSettings(), TIMESTAMP, TIMESTAMP + day), "yesterday 3:12 AM");
  assert.equal(formatTimeWithDay(createSettings({ language: "de" }), TIMESTAMP, TIMESTAMP - day), "morgen 03:12");
});

test("a number is formatted in the user's number format", () => {
  assert.equal(formatNumber(createSettings({ language: "de" }), 1234.5, 1), "1.234,5");
  assert.equal(formatNumber(createSettings({ number_format: "none" }), 1234.5, 1), "1234.5");
  assert.equal(formatNumber(createSettings({ language: "ar-EG" }), 6), "٦");
});

test("the first day of the week is that of the profile, or of the language", () => {
  const [SUNDAY, MONDAY, SATURDAY] = [0, 1, 6];
  assert.equal(firstWeekdayIndex(createSettings({ language: "en-US", first_weekday: "language" })), SUNDAY);
  assert.equal(firstWeekdayIndex(createSettings({ language: "de", first_weekday: "language" })), MONDAY);
  assert.equal(firstWeekdayIndex(createSettings({ language: "de", first_weekday: "saturday" })), SATURDAY);
  assert.equal(firstWeekdayIndex(createSettings({ language: "de" })), MONDAY);
});

test("a duration is given in hours and minutes, a part of a minute counts as one", () => {
  const of = (/** @type {number} */ minutes, language = "en") =>
    formatDuration(createSettings({ language }), minutes * 60_000);
  assert.deepEqual([0, 0.5, 38, 60, 80.2].map((minutes) => of(minutes)), ["1 min", "1 min", "38 min", "1 hr", "1 hr 21 min"]);
  assert.equal(of(80, "de"), "1 Std. 20 Min.");
});

test("a day is named unless it is today or near", () => {
  const day = (/** @type {number} */ hours) => formatDay(createSettings(), TIMESTAMP + hours * 3_600_000, TIMESTAMP);
  assert.deepEqual([1, 11, 24, 72].map(day), ["", "", "Tomorrow", "Friday"]);
  assert.equal(formatDay(createSettings({ language: "de" }), TIMESTAMP + 86_400_000, TIMESTAMP), "Morgen");
});

test("the hour of a moment is that of the user's clock", () => {
  assert.deepEqual([hourOf(createSettings(), TIMESTAMP), hourOf(createSettings(), TIMESTAMP - 4 * 3_600_000)], [3, 23]);
});
