/** The configuration of the dashboard and of the section, for different homes and viewers. */

import assert from "node:assert/strict";
import { test } from "node:test";

import {
  createDashboardConfig,
  createDefaultSectionConfig,
  createSectionConfig,
  shouldRegenerate,
} from "../../custom_components/rls_bedtime/www/frontend/dashboard-config.js";

/** @import { Viewer } from "../../custom_components/rls_bedtime/www/frontend/dashboard-config.js" */
/** @import { HassData } from "../../custom_components/rls_bedtime/www/data/devices.js" */

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
 * Return a home with these bedrooms and their sleepers.
 * @param {Record<string, string[]>} bedrooms names of the sleepers by bedroom
 * @returns {HassData}
 */
function createHass(bedrooms) {
  /** @type {HassData} */
  const hass = { states: {}, entities: {}, devices: {} };
  const add = (/** @type {string} */ name, /** @type {string} */ entry, /** @type {Record<string, string>} */ domains) => {
    const id = name.toLowerCase();
    hass.devices[id] = { id, name, primary_config_entry: entry };
    for (const [translation_key, domain] of Object.entries(domains)) {
      const entity_id = `${domain}.${id}_${translation_key}`;
      hass.entities[entity_id] = { entity_id, device_id: id, platform: "rls_bedtime", translation_key };
    }
  };
  for (const [bedroomName, sleeperNames] of Object.entries(bedrooms)) {
    add(bedroomName, bedroomName, BEDROOM);
    for (const sleeperName of sleeperNames) add(sleeperName, bedroomName, SLEEPER);
  }
  return hass;
}

/**
 * Return the cards of each section of a view.
 * @param {any} view
 * @returns {any[][]}
 */
const sectionsOf = ({ sections, cards }) => sections?.map((/** @type {any} */ each) => each.cards) ?? [cards];

/** @type {Viewer} */
const viewer = { localize: (key) => key, getEntityName: (entityId) => `name of ${entityId}`, isAdmin: true };

/** Return the title of each view of the dashboard, with the cards of each section. @param {HassData} hass */
const describeViews = (hass) =>
  createDashboardConfig(hass, viewer).views.map((view) => [view.title, ...sectionsOf(view).map((cards) => cards.map(describeCard))]);

/** @param {any} card */
const describeCard = ({ type, bedroom, sleeper, entity, entities, heading, content }) =>
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

test("a bedroom and a sleeper get a view for tonight and a view for their nights", () => {
  assert.deepEqual(describeViews(createHass({ Bedroom: ["Alex"] })), [
    ["tonight", BEDROOM_CARDS, ALEX_TONIGHT],
    ["nights", ALEX_NIGHTS],
  ]);
});

test("without a bedroom or a sleeper, a card explains how to add one, and only admins get a button", () => {
  assert.deepEqual(describeViews(createHass({})), [["tonight", ["empty-state no_bedroom"]]]);
  assert.deepEqual(describeViews(createHass({ Bedroom: [] })), [["tonight", BEDROOM_CARDS, ["empty-state no_sleeper"]]]);
  const buttons = (/** @type {boolean} */ isAdmin) =>
    sectionsOf(createDashboardConfig(createHass({}), { ...viewer, isAdmin }).views[0])[0][0].buttons.length;
  assert.deepEqual([buttons(true), buttons(false)], [1, 0]);
});

test("each bedroom and each sleeper has its own section", () => {
  const [[, ...tonight], [, ...nights]] = describeViews(createHass({ Loft: ["Zoe", "Alex"], Attic: ["Kim"] }));
  assert.deepEqual(tonight.map(([first]) => first), [
    "card attic",
    "card loft",
    "night-pad-card alex",
    "night-pad-card kim",
    "night-pad-card zoe",
  ]);
  assert.deepEqual(nights.map(([first]) => first), ["heading Alex", "heading Kim", "heading Zoe"]);
});

test("with several sleepers, only the viewer's own night pad opens by itself, and it comes first", () => {
  const pads = (/** @type {HassData} */ hass, /** @type {string | undefined} */ sleeper) =>
    sectionsOf(createDashboardConfig(hass, { ...viewer, sleeper }).views[0])
      .flat()
      .filter(({ type }) => type.endsWith("-pad-card"))
      .map(({ sleeper: id, opens_by_itself }) => [id, opens_by_itself]);
  const two = createHass({ Bedroom: ["Zoe", "Alex"] });
  assert.deepEqual(pads(two, "Zoe"), [["zoe", undefined], ["alex", false]]);
  assert.deepEqual(pads(two, undefined), [["alex", false], ["zoe", false]]);
  assert.deepEqual(pads(createHass({ Bedroom: ["Zoe"] }), undefined), [["zoe", undefined]]);
  two.devices.alex.name = "Zoe";
  assert.deepEqual(pads(two, "Zoe").map(([, opens]) => opens), [false, false]);
});

test("hidden and disabled entities are left out, and renamed entities are found", () => {
  const changed = createHass({ Bedroom: ["Alex"] });
  changed.entities["switch.bedroom_automatic_bedtime"].hidden = true;
  delete changed.entities["todo.alex_evening_routine"];
  delete changed.entities["calendar.alex_diary"];
  const renamed = { ...changed.entities["sensor.alex_usual_onset"], entity_id: "sensor.when" };
  delete changed.entities["sensor.alex_usual_onset"];
  changed.entities["sensor.when"] = renamed;
  changed.devices.alex.name_by_user = "Me";
  assert.deepEqual(describeViews(changed), [
    ["tonight", BEDROOM_CARDS.toSpliced(2, 1), ["night-pad-card alex"]],
    ["nights", ["heading Me", ...ALEX_NIGHTS.slice(1, 3), "tile sensor.when", "trends-card alex"]],
  ]);
});

test("a to-do list has the name of its entity as its title", () => {
  const [, [, list]] = sectionsOf(createDashboardConfig(createHass({ Bedroom: ["Alex"] }), viewer).views[0]);
  assert.equal(list.title, "name of todo.alex_evening_routine");
});

test("a section shows the configured devices, those that belong to them, or the only ones", () => {
  const cards = (/** @type {HassData} */ hass, /** @type {any} */ config) =>
    createSectionConfig(hass, viewer, config).cards.map(describeCard);
  assert.deepEqual(cards(createHass({ Bedroom: ["Alex"] }), {}), ["night-pad-card alex", "card bedroom"]);
  assert.deepEqual(cards(createHass({}), {}), ["empty-state no_sleeper", "empty-state no_bedroom"]);
  const many = createHass({ Loft: ["Zoe", "Alex"], Attic: ["Kim"] });
  assert.deepEqual(cards(many, {}), ["empty-state which_sleeper", "empty-state which_bedroom"]);
  assert.deepEqual(cards(many, { sleeper: "zoe" }), ["night-pad-card zoe", "card loft"]);
  assert.deepEqual(cards(many, { bedroom: "attic" }), ["night-pad-card kim", "card attic"]);
  assert.deepEqual(cards(many, { bedroom: "attic", sleeper: "zoe" }), ["night-pad-card zoe", "card attic"]);
  assert.deepEqual(cards(many, { bedroom: "loft" }), ["empty-state which_sleeper", "card loft"]);
  assert.deepEqual(cards(many, { sleeper: "gone" }), ["empty-state which_sleeper", "empty-state which_bedroom"]);
});

test("a new section has a configured device only if there are several", () => {
  assert.deepEqual(createDefaultSectionConfig(createHass({ Bedroom: ["Alex"] }), viewer), {});
  assert.deepEqual(createDefaultSectionConfig(createHass({ Loft: ["Alex", "Zoe"] }), { ...viewer, sleeper: "Zoe" }), { sleeper: "zoe" });
  assert.deepEqual(createDefaultSectionConfig(createHass({ Loft: [], Attic: [] }), viewer), { bedroom: "attic" });
  assert.deepEqual(createDefaultSectionConfig(createHass({}), viewer), {});
});

test("the dashboard is regenerated only when an entity or a device of the integration changes, or the language", () => {
  const before = { ...createHass({ Bedroom: ["Alex"] }), language: "en" };
  const elsewhere = { entity_id: "light.else", device_id: "lamp", platform: "hue" };
  const lamp = { ...before, entities: { ...before.entities, "light.else": elsewhere }, devices: { ...before.devices } };
  assert.equal(shouldRegenerate(before, { ...before, states: {} }), false);
  assert.equal(shouldRegenerate(before, lamp), false);
  assert.equal(shouldRegenerate(before, { ...before, language: "de" }), true);
  assert.equal(shouldRegenerate(before, { ...createHass({ Bedroom: ["Alex", "Zoe"] }), language: "en" }), true);
  const named = { ...before.devices, alex: { ...before.devices.alex, name_by_user: "Me" } };
  assert.equal(shouldRegenerate(before, { ...before, devices: named }), true);
});
