/** Defining elements and registering with Home Assistant's pickers, once, however often the page loads us. */

import { DOMAIN } from "../data/devices.js";

/** @import { House } from "../data/devices.js" */

/**
 * Define an element, unless another version of us has: a page that stays open over an update keeps what it has.
 * @param {string} name
 * @param {CustomElementConstructor} element
 */
export function define(name, element) {
  if (!customElements.get(name)) customElements.define(name, element);
}

/**
 * Add an entry to one of the lists that Home Assistant reads from the window.
 * @param {"customCards" | "customStrategies"} list
 * @param {{type: string, strategyType?: string} & Record<string, any>} entry
 */
export function register(list, entry) {
  const lists = /** @type {Record<string, any[]>} */ (/** @type {unknown} */ (window));
  const entries = (lists[list] ??= []);
  const isKnown = entries.some(({ type, strategyType }) => type === entry.type && strategyType === entry.strategyType);
  if (!isKnown) entries.push(entry);
}

/**
 * Return what suggests a card for some entities of ours: those of the kinds for which it is a better face.
 * @param {string} type the card's
 * @param {"sleeper" | "bedroom"} member the field of its configuration that says for whom it is
 * @param {string[]} kinds translation keys
 */
export const suggestion = (type, member, kinds) => (/** @type {House} */ house, /** @type {string} */ entityId) => {
  const { platform, translation_key, device_id } = house.entities[entityId] ?? {};
  if (platform !== DOMAIN || !device_id || !kinds.includes(translation_key ?? "")) return null;
  return { config: { type: `custom:${type}`, [member]: device_id } };
};
