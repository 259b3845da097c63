/** An episode on a form: what was not changed is not told, what was is told as it was meant, at any hour of any night. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { draftOf, edits, emptyDraft, entry } from "../../custom_components/rls_bedtime/www/data/episode-draft.js";
import { clockOf, momentOf } from "../../custom_components/rls_bedtime/www/data/wall-clock.js";

/** @param {string} time_zone */
const writing = (time_zone) => ({
  locale: { language: "en", number_format: "language", time_format: "language", time_zone: "server" },
  config: { time_zone },
});
const BERLIN = writing("Europe/Berlin");

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

test("an episode of the small hours is of the night before", () => {
  const draft = draftOf(BERLIN, EPISODE);
  assert.deepEqual([draft.night, draft.start, draft.end], ["2026-11-23", "03:12", ""]);
  assert.ok(!("id" in draft) && !("logged_at" in draft));
});

test("noon belongs to the night that it begins", () => {
  assert.equal(draftOf(BERLIN, { ...EPISODE, started_at: "2026-11-24T11:00:00Z" }).night, "2026-11-24");
  assert.equal(draftOf(BERLIN, { ...EPISODE, started_at: "2026-11-24T10:59:59Z" }).night, "2026-11-23");
});

/** @param {any} given @param {any} now */
const there = (given, now) => edits(BERLIN, given, now)?.there ?? null;

test("what was not touched is not told: the diary knows the seconds, the form does not", () => {
  const draft = draftOf(BERLIN, EPISODE);
  assert.equal(edits(BERLIN, draft, { ...draft }), null);
  assert.deepEqual(edits(BERLIN, draft, { ...draft, severity: 7 }), { there: { severity: 7 }, back: { severity: 6 } });
});

test("what was taken out is cleared, and the way back brings it again", () => {
  const draft = draftOf(BERLIN, EPISODE);
  assert.deepEqual(edits(BERLIN, draft, { ...draft, note: " ", tags: "", severity: null, relief: ["cold"] }), {
    there: { relief: ["cold"], clear: ["severity", "tags", "note"] },
    back: { severity: 6, relief: ["walking"], tags: ["flight"], note: "Long day" },
  });
});

test("what is typed is told without what surrounds it", () => {
  const draft = draftOf(BERLIN, EPISODE);
  assert.deepEqual(there(draft, { ...draft, note: " Long day\n", tags: "flight, ,late  coffee," }), {
    tags: ["flight", "late  coffee"],
  });
});

test("an end is the first coming of its time after the start, over midnight and over noon", () => {
  const draft = draftOf(BERLIN, EPISODE);
  assert.deepEqual(there(draft, { ...draft, end: "03:40" }), { ended_at: "2026-11-24T02:40:00.000Z" });
  const evening = { ...emptyDraft("2026-11-23"), start: "23:50", end: "00:20" };
  assert.deepEqual(entry(BERLIN, evening), { started_at: "2026-11-23T22:50:00.000Z", ended_at: "2026-11-23T23:20:00.000Z" });
  const morning = { ...emptyDraft("2026-11-23"), start: "11:50", end: "12:10" };
  assert.equal(entry(BERLIN, morning).ended_at, "2026-11-24T11:10:00.000Z");
});

test("an end before the start is told as it is, for the hub to refuse, and not as one of the next day", () => {
  for (const [start, end] of [["02:40", "02:10"], ["23:40", "23:10"], ["11:50", "01:00"]]) {
    const { started_at, ended_at } = entry(BERLIN, { ...emptyDraft("2026-11-20"), start, end });
    assert.ok(Date.parse(ended_at) < Date.parse(started_at), `${start} ${end}`);
  }
  const draft = draftOf(BERLIN, { ...EPISODE, ended_at: "2026-11-24T03:30:10+01:00" });
  assert.deepEqual(there(draft, { ...draft, start: "03:45" }), { started_at: "2026-11-24T02:45:00.000Z" });
});

test("an end in the minute of the start is that of the start", () => {
  const draft = draftOf(BERLIN, EPISODE);
  assert.deepEqual(there(draft, { ...draft, end: "03:12" }), { ended_at: "2026-11-24T02:12:45.123Z" });
});

test("the end of an episode that is moved goes with it to another night, and stays on the same", () => {
  const draft = draftOf(BERLIN, { ...EPISODE, ended_at: "2026-11-24T03:30:10+01:00" });
  assert.deepEqual(there(draft, { ...draft, night: "2026-11-20" }), {
    started_at: "2026-11-21T02:12:00.000Z",
    ended_at: "2026-11-21T02:30:00.000Z",
  });
  assert.deepEqual(there(draft, { ...draft, start: "03:05" }), { started_at: "2026-11-24T02:05:00.000Z" });
  assert.deepEqual(there(draft, { ...draft, end: "" }), { clear: ["ended_at"] });
});

test("over the clock change in autumn, a length stays what it was", () => {
  const over = draftOf(BERLIN, { ...EPISODE, started_at: "2026-10-25T01:50:00+02:00", ended_at: "2026-10-25T02:10:00+01:00" });
  assert.deepEqual(there(over, { ...over, start: "01:45" }), { started_at: "2026-10-24T23:45:00.000Z" });
  const second = draftOf(BERLIN, { ...EPISODE, started_at: "2026-10-25T02:30:00+01:00", ended_at: "2026-10-25T02:50:00+01:00" });
  assert.deepEqual(there(second, { ...second, end: "02:55" }), { ended_at: "2026-10-25T01:55:00.000Z" });
  assert.deepEqual(entry(BERLIN, { ...emptyDraft("2026-10-24"), start: "02:50", end: "02:10" }), {
    started_at: "2026-10-25T00:50:00.000Z",
    ended_at: "2026-10-25T01:10:00.000Z",
  });
});

test("a forgotten episode tells what is on the form, and nothing else", () => {
  const draft = { ...emptyDraft("2026-11-20"), start: "02:00", severity: 0, side: "both", body_parts: ["foot"] };
  assert.deepEqual(entry(BERLIN, draft), {
    started_at: "2026-11-21T01:00:00.000Z",
    severity: 0,
    side: "both",
    body_parts: ["foot"],
  });
});

test("a clock leads to a moment and back, in every zone, all year", () => {
  for (const zone of ["Europe/Berlin", "America/St_Johns", "Australia/Lord_Howe", "Asia/Kathmandu", "Pacific/Apia", "UTC"]) {
    const there = writing(zone);
    for (let at = Date.UTC(2026, 0, 1); at < Date.UTC(2027, 0, 1); at += 37 * 60 * 60_000) {
      const [date, time] = clockOf(there, at);
      assert.deepEqual(clockOf(there, momentOf(there, date, time)), [date, time], `${zone} ${date} ${time}`);
    }
  }
});

test("of an hour that comes twice it is the first, and one that is left out is as far past the change", () => {
  assert.equal(new Date(momentOf(BERLIN, "2026-10-25", "02:30")).toISOString(), "2026-10-25T00:30:00.000Z");
  assert.equal(new Date(momentOf(BERLIN, "2026-03-29", "02:30")).toISOString(), "2026-03-29T01:30:00.000Z");
  const second = draftOf(BERLIN, { ...EPISODE, started_at: "2026-10-25T02:30:00+01:00" });
  assert.equal(edits(BERLIN, second, { ...second, severity: 6 }), null);
});
