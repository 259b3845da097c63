/** Registration of elements and picker entries. Safe to run again: a page may load more than one version of the modules. */

/** @import { HassData } from "../data/devices.js" */

/** The entry module is small: it imports neither the constant nor what comes with it. */
const DOMAIN = "rls_bedtime";

/**
 * Define an element, or let it implement the lazy element that the entry module has defined in its place.
 *
 * It is ignored if another version has defined it: a page that stays open during an update keeps the old one.
 * @param {string} name
 * @param {CustomElementConstructor} element
 */
export function defineElement(name, element) {
  const defined = /** @type {any} */ (customElements.get(name));
  if (defined) defined.implement?.(element);
  else customElements.define(name, element);
}

/**
 * Add an entry to one of the lists on `window` that Home Assistant's pickers read.
 * @param {"customCards" | "customCardFeatures" | "customStrategies"} list
 * @param {{type: string, strategyType?: string} & Record<string, any>} entry
 */
export function addPickerEntry(list, entry) {
  const lists = /** @type {Record<string, any[]>} */ (/** @type {unknown} */ (window));
  const entries = (lists[list] ??= []);
  const exists = entries.some(({ type, strategyType }) => type === entry.type && strategyType === entry.strategyType);
  if (!exists) entries.push(entry);
}

/**
 * Return whether an entity is one of ours, with one of these translation keys.
 * @param {HassData} hass
 * @param {string | undefined} entityId
 * @param {string[]} translationKeys
 */
export function isOurs(hass, entityId, translationKeys) {
  const { platform, translation_key } = hass.entities[entityId ?? ""] ?? {};
  return platform === DOMAIN && translationKeys.includes(translation_key ?? "");
}

/**
 * Return the function that suggests a card for an entity: only for those that the card shows better than a tile.
 * @param {string} type the type of the card
 * @param {"sleeper" | "bedroom"} field the field of the card's configuration that names the device
 * @param {string[]} translationKeys
 */
export const createEntitySuggestion =
  (type, field, translationKeys) => (/** @type {HassData} */ hass, /** @type {string} */ entityId) => {
    const { device_id } = hass.entities[entityId] ?? {};
    if (!device_id || !isOurs(hass, entityId, translationKeys)) return null;
    return { config: { type: `custom:${type}`, [field]: device_id } };
  };
