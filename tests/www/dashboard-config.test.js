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
const describeCard = ({ type, bedroom, sleeper, entity, heading, content, compact }) =>
  [
    `${compact ? "compact " : ""}${type.replace("custom:rls-bedtime-", "")}`,
    bedroom ?? sleeper ?? entity ?? heading ?? content,
  ].join(" ");

/** Return the night pads of the dashboard: their sleeper, and whether they open by themselves. @param {any} config */
const padsOf = (config) =>
  config.views.map((/** @type {any} */ view) =>
    sectionsOf(view)
      .flat()
      .filter(({ type }) => type.endsWith("-pad-card"))
      .map(({ sleeper, opens_by_itself }) => [sleeper, opens_by_itself]),
  );

const BEDROOM_CARDS = ["card bedroom"];
const ROUTINE = ["heading name of todo.alex_evening_routine", "todo-list todo.alex_evening_routine"];
const ALEX_TONIGHT = ["night-pad-card alex", "compact trends-card alex", ...ROUTINE];
const ALEX_TRENDS = ["trends-card alex"];
const ALEX_TILES = ["heading past_week", "tile sensor.alex_nights_affected", "tile sensor.alex_average_severity"];

test("the viewer's night pad comes first, then the bedroom, and the past nights have a view", () => {
  assert.deepEqual(describeViews(createHass({ Bedroom: ["Alex"] })), [
    ["tonight", ALEX_TONIGHT, BEDROOM_CARDS],
    ["nights", ALEX_TRENDS, ALEX_TILES],
  ]);
});

test("no card says what another one says, and none shows the nights to come", () => {
  const cards = describeViews(createHass({ Bedroom: ["Alex"] })).flat(2).join();
  for (const repeated of ["phase", "usual_onset", "calendar", "automatic_bedtime", "wind_down"]) assert.ok(!cards.includes(repeated), repeated);
});

test("figures are shown once they are known: a first night has nothing to compare", () => {
  const [, nights] = createDashboardConfig(createHass({ Bedroom: ["Alex"] }), viewer).views;
  const [heading, ...tiles] = sectionsOf(nights)[1];
  const isKnown = (/** @type {string} */ entity) => ({ condition: "state", entity, state_not: ["unknown", "unavailable"] });
  const entities = ["sensor.alex_nights_affected", "sensor.alex_average_severity"];
  assert.deepEqual(tiles.map(({ visibility }) => visibility), entities.map((entity) => [isKnown(entity)]));
  assert.deepEqual(heading.visibility, [{ condition: "or", conditions: entities.map(isKnown) }]);
});

test("without a bedroom or a sleeper, a card explains how to add one, and only admins get a button", () => {
  assert.deepEqual(describeViews(createHass({})), [["tonight", ["empty-state first_bedroom_how"]]]);
  assert.deepEqual(describeViews(createHass({ Bedroom: [] })), [
    ["tonight", ["empty-state first_sleeper_how"], BEDROOM_CARDS],
  ]);
  const guidance = (/** @type {boolean} */ isAdmin) =>
    sectionsOf(createDashboardConfig(createHass({}), { ...viewer, isAdmin }).views[0])[0][0];
  assert.deepEqual([guidance(true), guidance(false)].map(({ buttons }) => buttons.length), [1, 0]);
  assert.equal(guidance(false).content, "ask_admin");
});

test("the affected nights of each week are a graph of bars, for the sleepers who have statistics", () => {
  const affectedNights = { zoe: "rls_bedtime:affected_nights_1" };
  const { views } = createDashboardConfig(createHass({ Bedroom: ["Alex", "Zoe"] }), { ...viewer, affectedNights });
  const graphs = views.map((view) => sectionsOf(view).flat().filter(({ type }) => type === "statistics-graph"));
  assert.deepEqual(graphs.slice(0, 2), [[], []]);
  const [{ entities, chart_type, stat_types, period }] = graphs[2];
  assert.deepEqual(entities, [{ entity: "rls_bedtime:affected_nights_1", name: "nights_per_week" }]);
  assert.deepEqual([chart_type, stat_types, period], ["bar", ["change"], "week"]);
});

test("somebody who is no sleeper sees every night pad tonight, and a view for the nights of each sleeper", () => {
  const views = describeViews(createHass({ Loft: ["Zoe", "Alex"], Attic: ["Kim"] }));
  assert.deepEqual(views.map(([title]) => title), ["tonight", "Alex", "Kim", "Zoe"]);
  assert.deepEqual(views[0].slice(1).map(([first]) => first), [
    "night-pad-card alex",
    "night-pad-card kim",
    "night-pad-card zoe",
    "card attic",
    "card loft",
  ]);
  assert.deepEqual(views.slice(1).map(([, [first]]) => first), ["trends-card alex", "trends-card kim", "trends-card zoe"]);
});

test("a sleeper sees the own night pad tonight, and those of others in their views, which do not open by themselves", () => {
  const two = createHass({ Bedroom: ["Zoe", "Alex"] });
  const pads = (/** @type {string | undefined} */ sleeper) => padsOf(createDashboardConfig(two, { ...viewer, sleeper }));
  assert.deepEqual(pads("Zoe"), [[["zoe", undefined]], [], [["alex", false]]]);
  assert.deepEqual(pads(undefined), [[["alex", false], ["zoe", false]], [], []]);
  assert.deepEqual(padsOf(createDashboardConfig(createHass({ Bedroom: ["Zoe"] }), viewer)), [[["zoe", undefined]], []]);
  const titles = createDashboardConfig(two, { ...viewer, sleeper: "Zoe" }).views.map(({ title }) => title);
  assert.deepEqual(titles, ["tonight", "Zoe", "Alex"]);
  two.devices.alex.name = "Zoe";
  assert.deepEqual(pads("Zoe")[0].map((/** @type {any[]} */ [, opens]) => opens), [false, false]);
});

test("each view has its own path", () => {
  const paths = createDashboardConfig(createHass({ Loft: ["Zoe", "Alex"] }), viewer).views.map(({ path }) => path);
  assert.equal(new Set(paths).size, 3);
  assert.equal(createDashboardConfig(createHass({ Loft: ["Zoe"] }), viewer).views[1].path, "nights");
});

test("the trends take the whole width of a view", () => {
  const [, { max_columns, sections }] = /** @type {any[]} */ (createDashboardConfig(createHass({ Bedroom: ["Alex"] }), viewer).views);
  assert.equal(sections[0].column_span, max_columns);
  assert.equal(sections[0].cards[0].grid_options.columns, "full");
});

test("hidden and disabled entities are left out, and renamed entities are found", () => {
  const changed = createHass({ Bedroom: ["Alex"] });
  delete changed.entities["todo.alex_evening_routine"];
  const renamed = { ...changed.entities["sensor.alex_average_severity"], entity_id: "sensor.how" };
  delete changed.entities["sensor.alex_average_severity"];
  changed.entities["sensor.how"] = renamed;
  changed.devices.alex.name_by_user = "Me";
  assert.deepEqual(describeViews(changed), [
    ["tonight", ALEX_TONIGHT.slice(0, 2), BEDROOM_CARDS],
    ["nights", ALEX_TRENDS, [...ALEX_TILES.slice(0, 2), "tile sensor.how"]],
  ]);
  for (const key of ["sensor.alex_nights_affected", "sensor.how"]) changed.entities[key].hidden = true;
  assert.deepEqual(describeViews(changed)[1], ["nights", ALEX_TRENDS]);
});

test("a section shows the configured devices, those that belong to them, or the only ones", () => {
  const cards = (/** @type {HassData} */ hass, /** @type {any} */ config) =>
    createSectionConfig(hass, viewer, config).cards.map(describeCard);
  assert.deepEqual(cards(createHass({ Bedroom: ["Alex"] }), {}), ["night-pad-card alex", "card bedroom"]);
  assert.deepEqual(cards(createHass({}), {}), ["empty-state first_sleeper_how", "empty-state first_bedroom_how"]);
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
