/** What of the house is ours: bedrooms and sleepers, found by their entities, whatever these are called. Pure. */

/**
 * @typedef {object} State
 * @property {string} state
 * @property {Record<string, any>} attributes
 * @property {string} last_changed
 * @property {string} last_updated
 */

/**
 * The part of Home Assistant's `hass` that is looked at here.
 * @typedef {object} House
 * @property {Record<string, State>} states
 * @property {Record<string, {entity_id: string, device_id?: string | null, platform?: string, translation_key?: string, hidden?: boolean}>} entities
 * @property {Record<string, {id: string, name: string | null, name_by_user?: string | null, primary_config_entry?: string | null, config_entries?: string[]}>} devices
 */

/**
 * A bedroom or a sleeper: a device of ours, with its entities by translation key.
 * @typedef {object} Member
 * @property {string} id the device's
 * @property {string} name
 * @property {string} entry the config entry's id
 * @property {Record<string, string>} entities
 */

export const DOMAIN = "rls_bedtime";

/** Words for what is not there. */
const MISSING = ["unavailable", "unknown"];

/**
 * Return all members of the house that have an entity of a kind, by name.
 * @param {House} house
 * @param {string} kind a translation key
 * @returns {Member[]}
 */
function members(house, kind) {
  /** @type {Map<string, Record<string, string>>} */
  const byDevice = new Map();
  for (const { entity_id, device_id, platform, translation_key } of Object.values(house.entities)) {
    if (platform !== DOMAIN || !device_id || !translation_key) continue;
    const entities = byDevice.get(device_id) ?? {};
    entities[translation_key] = entity_id;
    byDevice.set(device_id, entities);
  }
  return [...byDevice]
    .filter(([id, entities]) => entities[kind] && house.devices[id])
    .map(([id, entities]) => {
      const device = house.devices[id];
      return {
        id,
        name: device.name_by_user || device.name || "",
        entry: device.primary_config_entry ?? device.config_entries?.[0] ?? "",
        entities,
      };
    })
    .sort((one, other) => one.name.localeCompare(other.name));
}

/** @param {House} house */
export const sleepers = (house) => members(house, "log_episode");

/** @param {House} house */
export const bedrooms = (house) => members(house, "bedtime_mode");

/**
 * Return the member that a card is for: the one that it names, else the only one there is.
 * @param {Member[]} all
 * @param {string | undefined} id
 */
export const chosen = (all, id) => (id ? all.find((each) => each.id === id) : all.length === 1 ? all[0] : undefined);

/**
 * Return the bedroom of a sleeper.
 * @param {House} house
 * @param {Member} sleeper
 */
export const bedroomOf = (house, sleeper) => bedrooms(house).find(({ entry }) => entry === sleeper.entry);

/**
 * Return the state of an entity of a member, or undefined where nobody knows.
 * @param {House} house
 * @param {Member | undefined} member
 * @param {string} kind a translation key
 */
export function known(house, member, kind) {
  const state = member && house.states[member.entities[kind]];
  return state && !MISSING.includes(state.state) ? state : undefined;
}

/**
 * Return a number that stands for the states of a member: it is another as soon as one of them is.
 * @param {House} house
 * @param {Member} member
 * @param {string[]} kinds
 */
export const signature = (house, member, kinds) =>
  kinds.map((kind) => house.states[member.entities[kind]]?.last_updated ?? "").join();
