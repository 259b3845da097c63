/** The draft of an episode: only edits are sent, and times are correct in every night and time zone. */

import assert from "node:assert/strict";
import { test } from "node:test";

import {
  createDraft,
  createEmptyDraft,
  getEditData,
  toLogData,
} from "../../custom_components/rls_bedtime/www/data/episode-draft.js";
import {
  fromWallClock,
  getCurrentNight,
  getLastNight,
  getTimeAtHome,
  toWallClock,
} from "../../custom_components/rls_bedtime/www/data/wall-clock.js";

/** @param {string} time_zone */
const createSettings = (time_zone) => ({
  locale: { language: "en", number_format: "language", time_format: "language", time_zone: "server" },
  config: { time_zone },
});
const BERLIN = createSettings("Europe/Berlin");

const EPISODE = {
  id: "1",
  started_at: "2026-11-24T03:12:45.123456+01:00",
  ended_at: null,
  severity: 6,
  side: "left",
  body_parts: ["calf"],
  sensations: [],
  activity: null,
  relief: ["walking"],
  relief_effect: "some",
  sleep_impact: null,
  tags: ["flight"],
  note: "Long day",
  logged_at: "2026-11-24T02:12:45+00:00",
};

test("an episode after midnight belongs to the night before", () => {
  const draft = createDraft(BERLIN, EPISODE);
  assert.deepEqual([draft.night, draft.start, draft.end], ["2026-11-23", "03:12", ""]);
  assert.ok(!("id" in draft) && !("logged_at" in draft));
});

test("noon belongs to the night that starts then", () => {
  assert.equal(createDraft(BERLIN, { ...EPISODE, started_at: "2026-11-24T11:00:00Z" }).night, "2026-11-24");
  assert.equal(createDraft(BERLIN, { ...EPISODE, started_at: "2026-11-24T10:59:59Z" }).night, "2026-11-23");
});

/** @param {any} original @param {any} draft */
const getEdit = (original, draft) => getEditData(BERLIN, original, draft);

test("a time that was not edited keeps its seconds, which the form does not show", () => {
  const draft = createDraft(BERLIN, EPISODE);
  assert.equal(getEditData(BERLIN, draft, { ...draft }), null);
  assert.deepEqual(getEditData(BERLIN, draft, { ...draft, severity: 7 }), { severity: 7 });
});

test("a field that was emptied is cleared", () => {
  const draft = createDraft(BERLIN, EPISODE);
  assert.deepEqual(getEditData(BERLIN, draft, { ...draft, note: " ", tags: "", severity: null, relief: ["cold"] }), {
    relief: ["cold"],
    clear: ["severity", "tags", "note"],
  });
});

test("tags and note are sent without surrounding whitespace", () => {
  const draft = createDraft(BERLIN, EPISODE);
  assert.deepEqual(getEdit(draft, { ...draft, note: " Long day\n", tags: "flight, ,late  coffee," }), {
    tags: ["flight", "late  coffee"],
  });
});

test("an end is the first such time after the start, past midnight and past noon", () => {
  const draft = createDraft(BERLIN, EPISODE);
  assert.deepEqual(getEdit(draft, { ...draft, end: "03:40" }), { ended_at: "2026-11-24T02:40:00.000Z" });
  const evening = { ...createEmptyDraft("2026-11-23"), start: "23:50", end: "00:20" };
  assert.deepEqual(toLogData(BERLIN, evening), { started_at: "2026-11-23T22:50:00.000Z", ended_at: "2026-11-23T23:20:00.000Z" });
  const morning = { ...createEmptyDraft("2026-11-23"), start: "11:50", end: "12:10" };
  assert.equal(toLogData(BERLIN, morning).ended_at, "2026-11-24T11:10:00.000Z");
});

test("an end before the start is sent as it is, to be refused, and not moved to the next day", () => {
  for (const [start, end] of [["02:40", "02:10"], ["23:40", "23:10"], ["11:50", "01:00"]]) {
    const { started_at, ended_at } = toLogData(BERLIN, { ...createEmptyDraft("2026-11-20"), start, end });
    assert.ok(Date.parse(ended_at) < Date.parse(started_at), `${start} ${end}`);
  }
  const draft = createDraft(BERLIN, { ...EPISODE, ended_at: "2026-11-24T03:30:10+01:00" });
  assert.deepEqual(getEdit(draft, { ...draft, start: "03:45" }), { started_at: "2026-11-24T02:45:00.000Z" });
});

test("an end in the same minute as the start is the start", () => {
  const draft = createDraft(BERLIN, EPISODE);
  assert.deepEqual(getEdit(draft, { ...draft, end: "03:12" }), { ended_at: "2026-11-24T02:12:45.123Z" });
});

test("an end moves to another night with its episode, and stays when only the start changes", () => {
  const draft = createDraft(BERLIN, { ...EPISODE, ended_at: "2026-11-24T03:30:10+01:00" });
  assert.deepEqual(getEdit(draft, { ...draft, night: "2026-11-20" }), {
    started_at: "2026-11-21T02:12:00.000Z",
    ended_at: "2026-11-21T02:30:00.000Z",
  });
  assert.deepEqual(getEdit(draft, { ...draft, start: "03:05" }), { started_at: "2026-11-24T02:05:00.000Z" });
  assert.deepEqual(getEdit(draft, { ...draft, end: "" }), { clear: ["ended_at"] });
});

test("a duration is kept when clocks are set back during the episode", () => {
  const over = createDraft(BERLIN, { ...EPISODE, started_at: "2026-10-25T01:50:00+02:00", ended_at: "2026-10-25T02:10:00+01:00" });
  assert.deepEqual(getEdit(over, { ...over, start: "01:45" }), { started_at: "2026-10-24T23:45:00.000Z" });
  const second = createDraft(BERLIN, { ...EPISODE, started_at: "2026-10-25T02:30:00+01:00", ended_at: "2026-10-25T02:50:00+01:00" });
  assert.deepEqual(getEdit(second, { ...second, end: "02:55" }), { ended_at: "2026-10-25T01:55:00.000Z" });
  assert.deepEqual(toLogData(BERLIN, { ...createEmptyDraft("2026-10-24"), start: "02:50", end: "02:10" }), {
    started_at: "2026-10-25T00:50:00.000Z",
    ended_at: "2026-10-25T01:10:00.000Z",
  });
});

test("a new episode has only the fields that are filled in", () => {
  const draft = { ...createEmptyDraft("2026-11-20"), start: "02:00", severity: 0, side: "both", body_parts: ["foot"] };
  assert.deepEqual(toLogData(BERLIN, draft), {
    started_at: "2026-11-21T01:00:00.000Z",
    severity: 0,
    side: "both",
    body_parts: ["foot"],
  });
});

test("a timestamp converts to the wall clock and back, in every time zone, all year", () => {
  for (const zone of ["Europe/Berlin", "America/St_Johns", "Australia/Lord_Howe", "Asia/Kathmandu", "Pacific/Apia", "UTC"]) {
    const settings = createSettings(zone);
    for (let timestamp = Date.UTC(2026, 0, 1); timestamp < Date.UTC(2027, 0, 1); timestamp += 37 * 60 * 60_000) {
      const [date, time] = toWallClock(settings, timestamp);
      assert.deepEqual(toWallClock(settings, fromWallClock(settings, date, time)), [date, time], `${zone} ${date} ${time}`);
    }
  }
});

test("a time that occurs twice is the first one, and a skipped time is moved past the change", () => {
  assert.equal(new Date(fromWallClock(BERLIN, "2026-10-25", "02:30")).toISOString(), "2026-10-25T00:30:00.000Z");
  assert.equal(new Date(fromWallClock(BERLIN, "2026-03-29", "02:30")).toISOString(), "2026-03-29T01:30:00.000Z");
  const second = createDraft(BERLIN, { ...EPISODE, started_at: "2026-10-25T02:30:00+01:00" });
  assert.equal(getEditData(BERLIN, second, { ...second, severity: 6 }), null);
});

test("the current night begins at noon by the clock of Home Assistant, whatever time zone the user sees", () => {
  const settings = { ...BERLIN, locale: { ...BERLIN.locale, time_zone: "local" } };
  assert.equal(getCurrentNight(settings, Date.parse("2026-11-24T10:59:59Z")), "2026-11-23");
  assert.equal(getCurrentNight(settings, Date.parse("2026-11-24T11:00:00Z")), "2026-11-24");
});

test("last night is the one that began yesterday, before and after noon, by the clock of Home Assistant", () => {
  const settings = { ...BERLIN, locale: { ...BERLIN.locale, time_zone: "local" } };
  for (const now of ["2026-11-23T23:30:00Z", "2026-11-24T08:00:00Z", "2026-11-24T20:00:00Z"]) {
    assert.equal(getLastNight(settings, Date.parse(now)), "2026-11-23", now);
  }
});

test("the time at home is that of the clock of Home Assistant, whatever time zone the user sees", () => {
  const settings = { ...BERLIN, locale: { ...BERLIN.locale, time_zone: "local" } };
  assert.equal(getTimeAtHome(settings, Date.parse("2026-11-24T05:30:00Z")), "06:30");
});
