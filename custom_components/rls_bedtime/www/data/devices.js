/**
 * The bedrooms and sleepers of this integration, found in Home Assistant's registries.
 *
 * Entities are looked up by translation key, because users rename entity ids. Pure.
 */

/**
 * @typedef {object} State
 * @property {string} state
 * @property {Record<string, any>} attributes
 * @property {string} last_changed
 * @property {string} last_updated
 */

/**
 * The states and registries of Home Assistant's `hass` object.
 * @typedef {object} HassData
 * @property {Record<string, State>} states
 * @property {Record<string, {entity_id: string, device_id?: string | null, platform?: string, translation_key?: string, name?: string, hidden?: boolean}>} entities
 * @property {Record<string, {id: string, name: string | null, name_by_user?: string | null, primary_config_entry?: string | null, config_entries?: string[]}>} devices
 */

/**
 * The device of a bedroom or a sleeper, with its entity ids by translation key.
 * @typedef {object} Device
 * @property {string} id
 * @property {string} name
 * @property {string} configEntryId
 * @property {Record<string, string>} entities
 */

export const DOMAIN = "rls_bedtime";

const UNAVAILABLE_STATES = ["unavailable", "unknown"];

/**
 * Return the devices that have an entity with a translation key, sorted by name.
 * @param {HassData} hass
 * @param {string} translationKey
 * @returns {Device[]}
 */
function findDevices(hass, translationKey) {
  /** @type {Map<string, Record<string, string>>} */
  const entitiesByDevice = new Map();
  for (const { entity_id, device_id, platform, translation_key } of Object.values(hass.entities)) {
    if (platform !== DOMAIN || !device_id || !translation_key) continue;
    const entities = entitiesByDevice.get(device_id) ?? {};
    entities[translation_key] = entity_id;
    entitiesByDevice.set(device_id, entities);
  }
  return [...entitiesByDevice]
    .filter(([id, entities]) => entities[translationKey] && hass.devices[id])
    .map(([id, entities]) => {
      const device = hass.devices[id];
      return {
        id,
        name: device.name_by_user || device.name || "",
        configEntryId: device.primary_config_entry ?? device.config_entries?.[0] ?? "",
        entities,
      };
    })
    .sort((one, other) => one.name.localeCompare(other.name));
}

/** @param {HassData} hass */
export const findSleepers = (hass) => findDevices(hass, "log_episode");

/** @param {HassData} hass */
export const findBedrooms = (hass) => findDevices(hass, "bedtime_mode");

/**
 * Return the configured device, or the only one if none is configured.
 * @param {Device[]} devices
 * @param {string | undefined} id
 */
export const selectDevice = (devices, id) =>
  id ? devices.find((device) => device.id === id) : devices.length === 1 ? devices[0] : undefined;

/**
 * Return the bedroom of a sleeper.
 * @param {HassData} hass
 * @param {Device} sleeper
 */
export const findBedroomOf = (hass, sleeper) =>
  findBedrooms(hass).find(({ configEntryId }) => configEntryId === sleeper.configEntryId);

/**
 * Return the state of a device's entity, or undefined if it is unavailable or unknown.
 * @param {HassData} hass
 * @param {Device | undefined} device
 * @param {string} translationKey
 */
export function getAvailableState(hass, device, translationKey) {
  const state = device && hass.states[device.entities[translationKey]];
  return state && !UNAVAILABLE_STATES.includes(state.state) ? state : undefined;
}

/**
 * Return how many episodes a sleeper has tonight, or undefined if that is not known.
 * @param {HassData} hass
 * @param {Device} sleeper
 */
export function getTonight(hass, sleeper) {
  const count = getAvailableState(hass, sleeper, "episodes_tonight")?.state;
  return count === undefined ? undefined : Number(count);
}
