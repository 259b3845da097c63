/** What our dashboard and our section hold, made from the bedrooms and the sleepers that the house has. Pure. */

import { DOMAIN, bedroomOf, bedrooms, chosen, sleepers } from "../data/devices.js";

/** @import { Words } from "./home-assistant.js" */
/** @import { House, Member } from "../data/devices.js" */

/**
 * Who looks.
 * @typedef {object} Viewer
 * @property {Words} words
 * @property {(entityId: string) => string} nameOf the name of an entity, without that of its device
 * @property {boolean} isAdmin
 * @property {string} [sleeper] as whom the hub knows the viewer, if it does
 */

/** Whom a section is for: devices. @typedef {{bedroom?: string, sleeper?: string}} Choice */

/** @typedef {{type: string} & Record<string, any>} Card */

/** Where one adds what there is none of. */
const ADD = {
  bedroom: `/config/integrations/dashboard/add?domain=${DOMAIN}`,
  sleeper: `/config/integrations/integration/${DOMAIN}`,
};

const WIDE = { grid_options: { columns: "full" } };

/**
 * Return the configuration of our dashboard.
 * @param {House} house
 * @param {Viewer} viewer
 */
export function dashboard(house, viewer) {
  const { words } = viewer;
  const [rooms, people] = [bedrooms(house), ownFirst(house, viewer)];
  const tonight = { title: words("tonight"), path: "tonight" };
  const nights = { title: words("nights"), path: "nights" };
  if (!rooms.length && !people.length) return { views: [{ ...tonight, type: "panel", cards: [none("bedroom", viewer)] }] };
  const evening = [
    ...rooms.map((room) => bedroomCards(house, room)),
    ...people.map((person) => sleeperCards(house, person, viewer)),
    ...(people.length ? [] : [[none("sleeper", viewer)]]),
  ];
  const past = people.map((person) => nightsCards(house, person));
  return {
    views: [
      { ...tonight, type: "sections", sections: evening.map(grid) },
      ...(past.length ? [{ ...nights, type: "sections", sections: past.map(wide) }] : []),
    ],
  };
}

/**
 * Return the configuration of our section: the pad of a sleeper and the bedroom, those chosen or those there are.
 *
 * Who chooses one of them means the other that belongs to it.
 * @param {House} house
 * @param {Viewer} viewer
 * @param {Choice} choice
 */
export function section(house, viewer, choice) {
  const [rooms, people] = [bedrooms(house), sleepers(house)];
  const room = chosen(rooms, choice.bedroom);
  const near = choice.bedroom && !choice.sleeper ? people.filter(({ entry }) => entry === room?.entry) : people;
  const sleeper = chosen(near, choice.sleeper);
  const bedroom = sleeper && !choice.bedroom ? bedroomOf(house, sleeper) : room;
  return grid([
    sleeper ? pad(sleeper) : people.length ? which("sleeper", viewer) : none("sleeper", viewer),
    bedroom ? bedtime(bedroom) : rooms.length ? which("bedroom", viewer) : none("bedroom", viewer),
  ]);
}

/**
 * Return the choice with which a new section begins: none, unless there are several to choose from.
 * @param {House} house
 * @param {Viewer} viewer
 * @returns {Choice}
 */
export function firstChoice(house, viewer) {
  const [rooms, people] = [bedrooms(house), ownFirst(house, viewer)];
  if (people.length > 1) return { sleeper: people[0].id };
  return rooms.length > 1 && !people.length ? { bedroom: rooms[0].id } : {};
}

/**
 * Tell whether something has changed of what a dashboard is made of. Whatever else does, it is not to be drawn anew:
 * somebody may be about to tap.
 * @param {House & {language?: string}} before
 * @param {House & {language?: string}} now
 */
export const isOutdated = (before, now) =>
  before.language !== now.language ||
  ((before.entities !== now.entities || before.devices !== now.devices) && ours(before) !== ours(now));

/** @param {House} house */
const ours = ({ entities, devices }) =>
  JSON.stringify(
    Object.values(entities)
      .filter(({ platform }) => platform === DOMAIN)
      .map((entity) => [entity, devices[entity.device_id ?? ""]]),
  );

// --- who is who --------------------------------------------------------------------------------------------------------

/**
 * Return the sleeper who looks: the only one, or the one as whom the hub knows the viewer.
 * @param {House} house
 * @param {Viewer} viewer
 */
function own(house, viewer) {
  const people = sleepers(house);
  const same = people.length > 1 ? people.filter(({ id }) => house.devices[id].name === viewer.sleeper) : people;
  return same.length === 1 ? same[0].id : undefined;
}

/** @param {House} house @param {Viewer} viewer */
function ownFirst(house, viewer) {
  const first = own(house, viewer);
  return sleepers(house).sort((one, other) => Number(other.id === first) - Number(one.id === first));
}

// --- cards -------------------------------------------------------------------------------------------------------------

/** @param {House} house @param {Member} bedroom */
const bedroomCards = (house, bedroom) => [
  bedtime(bedroom),
  ...tile(house, bedroom, "phase", WIDE),
  ...tile(house, bedroom, "automatic_bedtime", { ...WIDE, ...inline({ type: "toggle" }) }),
  ...tile(house, bedroom, "wind_down", { ...WIDE, ...inline({ type: "numeric-input", style: "buttons" }) }),
];

/**
 * In the dark, a pad looks like any other: of several, only the viewer's own opens by itself, and takes no one's taps
 * for another's.
 * @param {House} house
 * @param {Member} sleeper
 * @param {Viewer} viewer
 */
const sleeperCards = (house, sleeper, viewer) => [
  own(house, viewer) === sleeper.id ? pad(sleeper) : { ...pad(sleeper), opens_by_itself: false },
  ...shown(house, sleeper, "evening_routine").map((entity) => ({ type: "todo-list", entity, title: viewer.nameOf(entity) })),
];

/** @param {House} house @param {Member} sleeper @returns {Card[]} */
const nightsCards = (house, sleeper) => [
  { type: "heading", heading: sleeper.name, icon: "mdi:notebook-heart" },
  ...["nights_affected", "average_severity", "usual_onset"].flatMap((kind) => tile(house, sleeper, kind)),
  { type: "custom:rls-bedtime-trends-card", sleeper: sleeper.id },
  ...shown(house, sleeper, "diary").map((entity) => ({ type: "calendar", entities: [entity], initial_view: "listWeek" })),
];

/** @param {Member} bedroom @returns {Card} */
const bedtime = ({ id }) => ({ type: "custom:rls-bedtime-card", bedroom: id });

/** @param {Member} sleeper @returns {Card} */
const pad = ({ id }) => ({ type: "custom:rls-bedtime-night-pad-card", sleeper: id });

/**
 * Return the tile of an entity, if there is one to show.
 * @param {House} house
 * @param {Member} member
 * @param {string} kind a translation key
 * @param {Record<string, any>} [options]
 */
const tile = (house, member, kind, options) =>
  shown(house, member, kind).map((entity) => ({ type: "tile", entity, name: { type: "entity" }, ...options }));

/**
 * Return the entity of a kind, if there is one and nobody has hidden it. (Home Assistant lists none that is disabled.)
 * @param {House} house
 * @param {Member} member
 * @param {string} kind a translation key
 */
function shown(house, member, kind) {
  const entity = member.entities[kind];
  return entity && !house.entities[entity].hidden ? [entity] : [];
}

/** @param {Record<string, any>} feature */
const inline = (feature) => ({ features: [feature], features_position: "inline" });

/**
 * Say that there is none, and, to whoever may, where to add one.
 * @param {"sleeper" | "bedroom"} kind
 * @param {Viewer} viewer
 * @returns {Card}
 */
const none = (kind, { words, isAdmin }) => ({
  type: "empty-state",
  icon: "mdi:bed-outline",
  content: words(`no_${kind}`),
  buttons: isAdmin ? [{ text: words(`add_${kind}`), tap_action: { action: "navigate", navigation_path: ADD[kind] } }] : [],
});

/**
 * Ask to choose.
 * @param {"sleeper" | "bedroom"} kind
 * @param {Viewer} viewer
 * @returns {Card}
 */
const which = (kind, { words }) => ({ type: "empty-state", icon: "mdi:bed-outline", content: words(`which_${kind}`) });

/** @param {Card[]} cards */
const grid = (cards) => ({ type: "grid", cards });

/** @param {Card[]} cards */
const wide = (cards) => ({ ...grid(cards), column_span: 2 });
