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
 */

/** The configuration of a section: device ids. @typedef {{bedroom?: string, sleeper?: string}} SectionConfig */

/** @typedef {{type: string} & Record<string, any>} CardConfig */

/** The pages on which a bedroom or a sleeper is added. */
const ADD_PATHS = {
  bedroom: `/config/integrations/dashboard/add?domain=${DOMAIN}`,
  sleeper: `/config/integrations/integration/${DOMAIN}`,
};

const FULL_WIDTH = { grid_options: { columns: "full" } };

/**
 * Return the configuration of the dashboard.
 * @param {HassData} hass
 * @param {Viewer} viewer
 */
export function createDashboardConfig(hass, viewer) {
  const { localize } = viewer;
  const [bedrooms, sleepers] = [findBedrooms(hass), findSleepersOwnFirst(hass, viewer)];
  const tonightView = { title: localize("tonight"), path: "tonight" };
  const nightsView = { title: localize("nights"), path: "nights" };
  if (!bedrooms.length && !sleepers.length) {
    return { views: [{ ...tonightView, type: "panel", cards: [createNoneCard("bedroom", viewer)] }] };
  }
  const tonightSections = [
    ...bedrooms.map((bedroom) => createBedroomCards(hass, bedroom)),
    ...sleepers.map((sleeper) => createSleeperCards(hass, sleeper, viewer)),
    ...(sleepers.length ? [] : [[createNoneCard("sleeper", viewer)]]),
  ];
  const nightsSections = sleepers.map((sleeper) => createNightsCards(hass, sleeper));
  return {
    views: [
      { ...tonightView, type: "sections", sections: tonightSections.map(createGrid) },
      ...(nightsSections.length ? [{ ...nightsView, type: "sections", sections: nightsSections.map(createWideGrid) }] : []),
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

/** @param {HassData} hass @param {Device} bedroom */
const createBedroomCards = (hass, bedroom) => [
  createBedtimeCard(bedroom),
  ...createTile(hass, bedroom, "phase", FULL_WIDTH),
  ...createTile(hass, bedroom, "automatic_bedtime", { ...FULL_WIDTH, ...inlineFeature({ type: "toggle" }) }),
  ...createTile(hass, bedroom, "wind_down", { ...FULL_WIDTH, ...inlineFeature({ type: "numeric-input", style: "buttons" }) }),
];

/**
 * Return the cards of a sleeper for tonight.
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
  ...getVisibleEntity(hass, sleeper, "evening_routine").map((entity) => ({
    type: "todo-list",
    entity,
    title: viewer.getEntityName(entity),
  })),
];

/** @param {HassData} hass @param {Device} sleeper @returns {CardConfig[]} */
const createNightsCards = (hass, sleeper) => [
  { type: "heading", heading: sleeper.name, icon: "mdi:notebook-heart" },
  ...["nights_affected", "average_severity", "usual_onset"].flatMap((key) => createTile(hass, sleeper, key)),
  { type: "custom:rls-bedtime-trends-card", sleeper: sleeper.id },
  ...getVisibleEntity(hass, sleeper, "diary").map((entity) => ({
    type: "calendar",
    entities: [entity],
    initial_view: "dayGridMonth",
  })),
];

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

/** @param {Record<string, any>} feature */
const inlineFeature = (feature) => ({ features: [feature], features_position: "inline" });

/**
 * Return a card that says that there is no device, with a button that leads an admin to where one is added.
 * @param {"sleeper" | "bedroom"} kind
 * @param {Viewer} viewer
 * @returns {CardConfig}
 */
const createNoneCard = (kind, { localize, isAdmin }) => ({
  type: "empty-state",
  icon: "mdi:bed-outline",
  content: localize(`no_${kind}`),
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
const createWideGrid = (cards) => ({ ...createGrid(cards), column_span: 2 });
