/** A dashboard and a section are made of what the house has, for whoever looks. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { dashboard, firstChoice, isOutdated, section } from "../../custom_components/rls_bedtime/www/frontend/dashboard-config.js";

/** @import { Viewer } from "../../custom_components/rls_bedtime/www/frontend/dashboard-config.js" */
/** @import { House } from "../../custom_components/rls_bedtime/www/data/devices.js" */

const BEDROOM = { bedtime_mode: "switch", phase: "sensor", automatic_bedtime: "switch", wind_down: "number" };
const SLEEPER = {
  log_episode: "button",
  evening_routine: "todo",
  diary: "calendar",
  nights_affected: "sensor",
  average_severity: "sensor",
  usual_onset: "sensor",
};

/**
 * Return a house, of bedrooms with their sleepers.
 * @param {Record<string, string[]>} rooms
 * @returns {House}
 */
function house(rooms) {
  /** @type {House} */
  const made = { states: {}, entities: {}, devices: {} };
  const add = (/** @type {string} */ name, /** @type {string} */ entry, /** @type {Record<string, string>} */ kinds) => {
    const id = name.toLowerCase();
    made.devices[id] = { id, name, primary_config_entry: entry };
    for (const [translation_key, domain] of Object.entries(kinds)) {
      const entity_id = `${domain}.${id}_${translation_key}`;
      made.entities[entity_id] = { entity_id, device_id: id, platform: "rls_bedtime", translation_key };
    }
  };
  for (const [room, people] of Object.entries(rooms)) {
    add(room, room, BEDROOM);
    for (const person of people) add(person, room, SLEEPER);
  }
  return made;
}

/**
 * Return the cards of each section of a view.
 * @param {any} view
 * @returns {any[][]}
 */
const sectionsOf = ({ sections, cards }) => sections?.map((/** @type {any} */ each) => each.cards) ?? [cards];

/** @type {Viewer} */
const viewer = { words: (key) => key, nameOf: (entityId) => `name of ${entityId}`, isAdmin: true };

/** Return the views of a dashboard, and of each section what its cards are. @param {House} of */
const told = (of) =>
  dashboard(of, viewer).views.map((view) => [view.title, ...sectionsOf(view).map((cards) => cards.map(word))]);

/** @param {any} card */
const word = ({ type, bedroom, sleeper, entity, entities, heading, content }) =>
  [type.replace("custom:rls-bedtime-", ""), bedroom ?? sleeper ?? entity ?? entities?.[0] ?? heading ?? content].join(" ");

const BEDROOM_CARDS = [
  "card bedroom",
  "tile sensor.bedroom_phase",
  "tile switch.bedroom_automatic_bedtime",
  "tile number.bedroom_wind_down",
];
const ALEX_TONIGHT = ["night-pad-card alex", "todo-list todo.alex_evening_routine"];
const ALEX_NIGHTS = [
  "heading Alex",
  "tile sensor.alex_nights_affected",
  "tile sensor.alex_average_severity",
  "tile sensor.alex_usual_onset",
  "trends-card alex",
  "calendar calendar.alex_diary",
];

test("a bedroom and a sleeper have tonight, and the nights behind them", () => {
  assert.deepEqual(told(house({ Bedroom: ["Alex"] })), [
    ["tonight", BEDROOM_CARDS, ALEX_TONIGHT],
    ["nights", ALEX_NIGHTS],
  ]);
});

test("whoever has nothing yet is told what to do, and led there if it is theirs to do", () => {
  assert.deepEqual(told(house({})), [["tonight", ["empty-state no_bedroom"]]]);
  assert.deepEqual(told(house({ Bedroom: [] })), [["tonight", BEDROOM_CARDS, ["empty-state no_sleeper"]]]);
  const buttons = (/** @type {boolean} */ isAdmin) =>
    sectionsOf(dashboard(house({}), { ...viewer, isAdmin }).views[0])[0][0].buttons.length;
  assert.deepEqual([buttons(true), buttons(false)], [1, 0]);
});

test("each of several bedrooms and sleepers has a section", () => {
  const [[, ...tonight], [, ...nights]] = told(house({ Loft: ["Zoe", "Alex"], Attic: ["Kim"] }));
  assert.deepEqual(tonight.map(([first]) => first), [
    "card attic",
    "card loft",
    "night-pad-card alex",
    "night-pad-card kim",
    "night-pad-card zoe",
  ]);
  assert.deepEqual(nights.map(([first]) => first), ["heading Alex", "heading Kim", "heading Zoe"]);
});

test("of several pads, only the viewer's own opens by itself, and it comes first", () => {
  const pads = (/** @type {House} */ of, /** @type {string | undefined} */ sleeper) =>
    sectionsOf(dashboard(of, { ...viewer, sleeper }).views[0])
      .flat()
      .filter(({ type }) => type.endsWith("-pad-card"))
      .map(({ sleeper: id, opens_by_itself }) => [id, opens_by_itself]);
  const two = house({ Bedroom: ["Zoe", "Alex"] });
  assert.deepEqual(pads(two, "Zoe"), [["zoe", undefined], ["alex", false]]);
  assert.deepEqual(pads(two, undefined), [["alex", false], ["zoe", false]]);
  assert.deepEqual(pads(house({ Bedroom: ["Zoe"] }), undefined), [["zoe", undefined]]);
  two.devices.alex.name = "Zoe";
  assert.deepEqual(pads(two, "Zoe").map(([, opens]) => opens), [false, false]);
});

test("what is hidden or disabled is left out, and what is renamed is found", () => {
  const changed = house({ Bedroom: ["Alex"] });
  changed.entities["switch.bedroom_automatic_bedtime"].hidden = true;
  delete changed.entities["todo.alex_evening_routine"];
  delete changed.entities["calendar.alex_diary"];
  const renamed = { ...changed.entities["sensor.alex_usual_onset"], entity_id: "sensor.when" };
  delete changed.entities["sensor.alex_usual_onset"];
  changed.entities["sensor.when"] = renamed;
  changed.devices.alex.name_by_user = "Me";
  assert.deepEqual(told(changed), [
    ["tonight", BEDROOM_CARDS.toSpliced(2, 1), ["night-pad-card alex"]],
    ["nights", ["heading Me", ...ALEX_NIGHTS.slice(1, 3), "tile sensor.when", "trends-card alex"]],
  ]);
});

test("a list is called what its entity is called", () => {
  const [, [, list]] = sectionsOf(dashboard(house({ Bedroom: ["Alex"] }), viewer).views[0]);
  assert.equal(list.title, "name of todo.alex_evening_routine");
});

test("a section is for those chosen, for what belongs to them, or for those there are", () => {
  const cards = (/** @type {House} */ of, /** @type {any} */ choice) => section(of, viewer, choice).cards.map(word);
  assert.deepEqual(cards(house({ Bedroom: ["Alex"] }), {}), ["night-pad-card alex", "card bedroom"]);
  assert.deepEqual(cards(house({}), {}), ["empty-state no_sleeper", "empty-state no_bedroom"]);
  const many = house({ Loft: ["Zoe", "Alex"], Attic: ["Kim"] });
  assert.deepEqual(cards(many, {}), ["empty-state which_sleeper", "empty-state which_bedroom"]);
  assert.deepEqual(cards(many, { sleeper: "zoe" }), ["night-pad-card zoe", "card loft"]);
  assert.deepEqual(cards(many, { bedroom: "attic" }), ["night-pad-card kim", "card attic"]);
  assert.deepEqual(cards(many, { bedroom: "attic", sleeper: "zoe" }), ["night-pad-card zoe", "card attic"]);
  assert.deepEqual(cards(many, { bedroom: "loft" }), ["empty-state which_sleeper", "card loft"]);
  assert.deepEqual(cards(many, { sleeper: "gone" }), ["empty-state which_sleeper", "empty-state which_bedroom"]);
});

test("a new section names somebody only where there are several", () => {
  assert.deepEqual(firstChoice(house({ Bedroom: ["Alex"] }), viewer), {});
  assert.deepEqual(firstChoice(house({ Loft: ["Alex", "Zoe"] }), { ...viewer, sleeper: "Zoe" }), { sleeper: "zoe" });
  assert.deepEqual(firstChoice(house({ Loft: [], Attic: [] }), viewer), { bedroom: "attic" });
  assert.deepEqual(firstChoice(house({}), viewer), {});
});

test("a dashboard is made anew when something of ours has changed, and for nothing else", () => {
  const before = { ...house({ Bedroom: ["Alex"] }), language: "en" };
  const elsewhere = { entity_id: "light.else", device_id: "lamp", platform: "hue" };
  const lamp = { ...before, entities: { ...before.entities, "light.else": elsewhere }, devices: { ...before.devices } };
  assert.equal(isOutdated(before, { ...before, states: {} }), false);
  assert.equal(isOutdated(before, lamp), false);
  assert.equal(isOutdated(before, { ...before, language: "de" }), true);
  assert.equal(isOutdated(before, { ...house({ Bedroom: ["Alex", "Zoe"] }), language: "en" }), true);
  const named = { ...before.devices, alex: { ...before.devices.alex, name_by_user: "Me" } };
  assert.equal(isOutdated(before, { ...before, devices: named }), true);
});
