/** The configuration of the dashboard and of the section, generated from the bedrooms and sleepers. Pure. */

import { DOMAIN, findBedroomOf, findBedrooms, findSleepers, selectDevice } from "../data/devices.js";

/** @import { LocalizeFunc } from "./home-assistant.js" */
/** @import { Device, HassData } from "../data/devices.js" */

/**
 * The user who views the dashboard.
 * @typedef {object} Viewer
 * @property {LocalizeFunc} localize
 * @property {(entityId: string) => string} getEntityName returns the name of an entity without that of its device
 * @property {boolean} isAdmin
 * @property {string} [sleeper] the name of the sleeper that is linked to the user, if any
 * @property {Record<string, string>} [affectedNights] the ids of the statistics of affected nights, by the id of the sleeper's device
 */

/** The configuration of a section: device ids. @typedef {{bedroom?: string, sleeper?: string}} SectionConfig */

/** @typedef {{type: string} & Record<string, any>} CardConfig */

/** The pages on which a bedroom or a sleeper is added. */
const ADD_PATHS = {
  bedroom: `/config/integrations/dashboard/add?domain=${DOMAIN}`,
  sleeper: `/config/integrations/integration/${DOMAIN}`,
};

const FULL_WIDTH = { grid_options: { columns: "full" } };
const HALF_WIDTH = { grid_options: { columns: 6 } };

/** Sections side by side on a large screen, as in the dashboards that Home Assistant generates. */
const MAX_COLUMNS = 3;
const SECTIONS = { type: "sections", max_columns: MAX_COLUMNS, dense_section_placement: true };

/** Over how many hours the tiles show how a figure has changed: Home Assistant keeps ten days. */
const TREND_HOURS = 7 * 24;

/** Half a year, by the week. */
const STATISTICS_DAYS = 26 * 7;

/**
 * Return the configuration of the dashboard: a view for tonight, and one for the past nights. What belongs to other sleepers
 * than the viewer's own has a view for each of them.
 * @param {HassData} hass
 * @param {Viewer} viewer
 */
export function createDashboardConfig(hass, viewer) {
  const { localize } = viewer;
  const [bedrooms, sleepers] = [findBedrooms(hass), findSleepersOwnFirst(hass, viewer)];
  const tonightView = { title: localize("tonight"), path: "tonight" };
  if (!bedrooms.length && !sleepers.length) {
    return { views: [{ ...tonightView, type: "panel", cards: [createNoneCard("bedroom", viewer)] }] };
  }
  const ownId = findOwnSleeperId(hass, viewer);
  // Somebody without a diary, or a tablet on the wall, logs for everybody.
  const own = ownId ? sleepers.slice(0, 1) : sleepers;
  const sections = [
    ...own.map((sleeper) => createTonightCards(hass, sleeper, viewer)),
    ...(sleepers.length ? [] : [[createNoneCard("sleeper", viewer)]]),
    ...bedrooms.map((bedroom) => [createBedtimeCard(bedroom)]),
  ];
  return {
    views: [
      { ...tonightView, ...SECTIONS, sections: sections.map(createGrid) },
      ...sleepers.map((sleeper) => createNightsView(hass, sleeper, viewer, !own.includes(sleeper))),
    ],
  };
}

/**
 * Return the view of the nights of a sleeper, which has the name of the sleeper if there are several.
 * @param {HassData} hass
 * @param {Device} sleeper
 * @param {Viewer} viewer
 * @param {boolean} hasPad whether the night pad of the sleeper is on no other view
 */
function createNightsView(hass, sleeper, viewer, hasPad) {
  const isOnly = findSleepers(hass).length === 1;
  const path = isOnly ? "nights" : `nights-${sleeper.id}`;
  return {
    title: isOnly ? viewer.localize("nights") : sleeper.name,
    path,
    ...SECTIONS,
    sections: [
      createWideGrid([
        { type: "custom:rls-bedtime-trends-card", sleeper: sleeper.id, ...FULL_WIDTH },
        ...createStatisticsGraph(sleeper, viewer),
      ]),
      ...[createTrendTiles(hass, sleeper, viewer), hasPad ? createSleeperCards(hass, sleeper, viewer) : []]
        .filter((cards) => cards.length)
        .map(createGrid),
    ],
  };
}

/**
 * Return the configuration of the section: the night pad of a sleeper, and the card of a bedroom.
 *
 * If only one of them is configured, the other one is the one that belongs to it.
 * @param {HassData} hass
 * @param {Viewer} viewer
 * @param {SectionConfig} config
 */
export function createSectionConfig(hass, viewer, config) {
  const [bedrooms, sleepers] = [findBedrooms(hass), findSleepers(hass)];
  const selectedBedroom = selectDevice(bedrooms, config.bedroom);
  const candidates =
    config.bedroom && !config.sleeper
      ? sleepers.filter(({ configEntryId }) => configEntryId === selectedBedroom?.configEntryId)
      : sleepers;
  const sleeper = selectDevice(candidates, config.sleeper);
  const bedroom = sleeper && !config.bedroom ? findBedroomOf(hass, sleeper) : selectedBedroom;
  return createGrid([
    sleeper
      ? createNightPadCard(sleeper)
      : sleepers.length
        ? createSelectionNeededCard("sleeper", viewer)
        : createNoneCard("sleeper", viewer),
    bedroom
      ? createBedtimeCard(bedroom)
      : bedrooms.length
        ? createSelectionNeededCard("bedroom", viewer)
        : createNoneCard("bedroom", viewer),
  ]);
}

/**
 * Return the configuration of a new section: empty, unless there are several devices to select from.
 * @param {HassData} hass
 * @param {Viewer} viewer
 * @returns {SectionConfig}
 */
export function createDefaultSectionConfig(hass, viewer) {
  const [bedrooms, sleepers] = [findBedrooms(hass), findSleepersOwnFirst(hass, viewer)];
  if (sleepers.length > 1) return { sleeper: sleepers[0].id };
  return bedrooms.length > 1 && !sleepers.length ? { bedroom: bedrooms[0].id } : {};
}

/**
 * Return whether something has changed that the dashboard is generated from.
 *
 * Nothing else may regenerate it: that would replace the cards, and the user may be about to tap one.
 * @param {HassData & {language?: string}} before
 * @param {HassData & {language?: string}} after
 */
export const shouldRegenerate = (before, after) =>
  before.language !== after.language ||
  ((before.entities !== after.entities || before.devices !== after.devices) &&
    serializeRegistries(before) !== serializeRegistries(after));

/** Return the registry entries of this integration as a comparable string. @param {HassData} hass */
const serializeRegistries = ({ entities, devices }) =>
  JSON.stringify(
    Object.values(entities)
      .filter(({ platform }) => platform === DOMAIN)
      .map((entity) => [entity, devices[entity.device_id ?? ""]]),
  );

// --- the viewer's own sleeper ------------------------------------------------------------------------------------------

/**
 * Return the id of the viewer's own sleeper: the only one, or the one that is linked to the user.
 * @param {HassData} hass
 * @param {Viewer} viewer
 */
function findOwnSleeperId(hass, viewer) {
  const sleepers = findSleepers(hass);
  const matches = sleepers.length > 1 ? sleepers.filter(({ id }) => hass.devices[id].name === viewer.sleeper) : sleepers;
  return matches.length === 1 ? matches[0].id : undefined;
}

/** @param {HassData} hass @param {Viewer} viewer */
function findSleepersOwnFirst(hass, viewer) {
  const ownId = findOwnSleeperId(hass, viewer);
  return findSleepers(hass).sort((one, other) => Number(other.id === ownId) - Number(one.id === ownId));
}

// --- cards -------------------------------------------------------------------------------------------------------------

/**
 * Return the cards of a sleeper for tonight, with how the nights have been in a line.
 * @param {HassData} hass
 * @param {Device} sleeper
 * @param {Viewer} viewer
 */
function createTonightCards(hass, sleeper, viewer) {
  const [pad, ...routine] = createSleeperCards(hass, sleeper, viewer);
  return [pad, { type: "custom:rls-bedtime-trends-card", sleeper: sleeper.id, compact: true }, ...routine];
}

/**
 * Return the night pad and the evening routine of a sleeper.
 *
 * In the dark, all night pads look the same: only the viewer's own opens by itself, so that nobody logs in the diary of
 * somebody else.
 * @param {HassData} hass
 * @param {Device} sleeper
 * @param {Viewer} viewer
 */
const createSleeperCards = (hass, sleeper, viewer) => [
  findOwnSleeperId(hass, viewer) === sleeper.id
    ? createNightPadCard(sleeper)
    : { ...createNightPadCard(sleeper), opens_by_itself: false },
  ...getVisibleEntity(hass, sleeper, "evening_routine").flatMap((entity) => [
    { type: "heading", heading: viewer.getEntityName(entity), icon: "mdi:playlist-check", heading_style: "subtitle" },
    { type: "todo-list", entity, hide_create: true, hide_section_headers: true },
  ]),
];

/**
 * Return the tiles that show how the figures of the last 28 nights have changed in the past week.
 * @param {HassData} hass
 * @param {Device} sleeper
 * @param {Viewer} viewer
 * @returns {CardConfig[]}
 */
function createTrendTiles(hass, sleeper, viewer) {
  const features = [{ type: "trend-graph", hours_to_show: TREND_HOURS }];
  // In the first nights there is nothing to see yet.
  const tiles = ["nights_affected", "average_severity"].flatMap((key) =>
    createTile(hass, sleeper, key, { ...HALF_WIDTH, features }).map((tile) => ({ ...tile, visibility: [isKnown(tile.entity)] })),
  );
  if (tiles.length === 0) return [];
  const visibility = [{ condition: "or", conditions: tiles.map(({ entity }) => isKnown(entity)) }];
  return [{ type: "heading", heading: viewer.localize("past_week"), icon: "mdi:trending-up", visibility }, ...tiles];
}

/**
 * Return the graph of the affected nights of each week, if there are statistics. Bars, because a line would join gaps.
 * @param {Device} sleeper
 * @param {Viewer} viewer
 * @returns {CardConfig[]}
 */
function createStatisticsGraph(sleeper, { localize, affectedNights }) {
  const statisticId = affectedNights?.[sleeper.id];
  if (!statisticId) return [];
  return [
    {
      type: "statistics-graph",
      title: localize("nights_per_week"),
      entities: [{ entity: statisticId, name: localize("nights_per_week") }],
      chart_type: "bar",
      stat_types: ["change"],
      period: "week",
      days_to_show: STATISTICS_DAYS,
      hide_legend: true,
      ...FULL_WIDTH,
    },
  ];
}

/** Return the condition under which a card about a figure is shown. @param {string} entity */
const isKnown = (entity) => ({ condition: "state", entity, state_not: ["unknown", "unavailable"] });

/** @param {Device} bedroom @returns {CardConfig} */
const createBedtimeCard = ({ id }) => ({ type: "custom:rls-bedtime-card", bedroom: id });

/** @param {Device} sleeper @returns {CardConfig} */
const createNightPadCard = ({ id }) => ({ type: "custom:rls-bedtime-night-pad-card", sleeper: id });

/**
 * Return the tile of an entity in a list, which is empty if the entity is not visible.
 * @param {HassData} hass
 * @param {Device} device
 * @param {string} translationKey
 * @param {Record<string, any>} [options]
 */
const createTile = (hass, device, translationKey, options) =>
  getVisibleEntity(hass, device, translationKey).map((entity) => ({ type: "tile", entity, name: { type: "entity" }, ...options }));

/**
 * Return an entity id in a list, which is empty if the entity is hidden or disabled. (Home Assistant does not list disabled
 * entities at all.)
 * @param {HassData} hass
 * @param {Device} device
 * @param {string} translationKey
 */
function getVisibleEntity(hass, device, translationKey) {
  const entity = device.entities[translationKey];
  return entity && !hass.entities[entity].hidden ? [entity] : [];
}

/**
 * Return a card that says that there is no device, with a button that leads an admin to where one is added.
 * @param {"sleeper" | "bedroom"} kind
 * @param {Viewer} viewer
 * @returns {CardConfig}
 */
const createNoneCard = (kind, { localize, isAdmin }) => ({
  type: "empty-state",
  icon: kind === "bedroom" ? "mdi:bed-outline" : "mdi:notebook-heart-outline",
  title: localize(`first_${kind}`),
  content: localize(isAdmin ? `first_${kind}_how` : "ask_admin"),
  buttons: isAdmin
    ? [{ text: localize(`add_${kind}`), tap_action: { action: "navigate", navigation_path: ADD_PATHS[kind] } }]
    : [],
});

/**
 * Return a card that asks to select one of several devices.
 * @param {"sleeper" | "bedroom"} kind
 * @param {Viewer} viewer
 * @returns {CardConfig}
 */
const createSelectionNeededCard = (kind, { localize }) => ({
  type: "empty-state",
  icon: "mdi:bed-outline",
  content: localize(`which_${kind}`),
});

/** @param {CardConfig[]} cards */
const createGrid = (cards) => ({ type: "grid", cards });

/** @param {CardConfig[]} cards */
const createWideGrid = (cards) => ({ ...createGrid(cards), column_span: MAX_COLUMNS });
