/** What the cards use of Home Assistant's frontend: Lit, events, and calls of actions and websocket commands. */

import { DOMAIN } from "../data/devices.js";

export { defineElement } from "./register.js";
export { loadLocalize } from "./translations.js";

/** @import { HassData } from "../data/devices.js" */
/** @import { LocaleSettings } from "./locale.js" */

/**
 * The `hass` object that Home Assistant sets on a card.
 * @typedef {HassData & LocaleSettings & Record<string, any>} HomeAssistant
 */

/**
 * Translates a key of this integration, with values for its placeholders.
 * @typedef {(key: string, values?: Record<string, string>) => string} LocalizeFunc
 */

/**
 * The root elements of the app and of a cast receiver. Both are Lit elements, so that `html` and `css` can be taken from
 * them.
 */
const ROOT_ELEMENTS = ["home-assistant", "hc-main"];

const RESPONSE_TIMEOUT = 10_000;

/** @type {any} */
let lit = await Promise.race(ROOT_ELEMENTS.map((name) => customElements.whenDefined(name)));
while (!Object.hasOwn(lit.prototype, "html")) lit = Object.getPrototypeOf(lit);

/**
 * The part of LitElement that the cards use.
 * @typedef {HTMLElement & {
 *   renderRoot: ShadowRoot,
 *   updateComplete: Promise<boolean>,
 *   requestUpdate(): void,
 *   connectedCallback(): void,
 *   disconnectedCallback(): void,
 * }} LitElementType
 */

/** @type {new () => LitElementType} */
export const LitElement = lit;
/** @type {{html: any, css: any}} */
export const { html, css } = lit.prototype;

/**
 * Dispatch a bubbling event, as Home Assistant's own elements do.
 * @param {HTMLElement} element
 * @param {string} type
 * @param {any} [detail]
 */
export const fireEvent = (element, type, detail) =>
  element.dispatchEvent(new CustomEvent(type, { detail, bubbles: true, composed: true }));

/**
 * Return the translation of an option of an episode's field.
 * @param {LocalizeFunc} localize
 * @param {string} field
 * @param {string} option
 */
export const localizeOption = (localize, field, option) => localize(`selector.${field}.options.${option}`);

/**
 * Call an action and return its response, if it is one of this integration. Fails with an Error whose message is that of Home
 * Assistant, translated, or empty if Home Assistant did not respond.
 * @param {HomeAssistant} hass
 * @param {string} action
 * @param {Record<string, any>} data
 * @param {string} [domain]
 */
export const callAction = async (hass, action, data, domain = DOMAIN) =>
  (await awaitResponse(hass, hass.callService(domain, action, data, undefined, false, domain === DOMAIN))).response;

/**
 * Call a websocket command and return its result. Fails as `callAction` does.
 * @param {HomeAssistant} hass
 * @param {{type: string} & Record<string, any>} message
 */
export const callWebSocket = (hass, message) => awaitResponse(hass, hass.callWS(message));

/**
 * @param {HomeAssistant} hass
 * @param {Promise<any>} call
 */
async function awaitResponse(hass, call) {
  let timer;
  const timeout = new Promise((_, reject) => (timer = setTimeout(reject, RESPONSE_TIMEOUT, {})));
  try {
    return await Promise.race([call, timeout]);
  } catch (error) {
    throw new Error(await getErrorMessage(hass, error), { cause: error });
  } finally {
    clearTimeout(timer);
  }
}

/**
 * @param {HomeAssistant} hass
 * @param {any} error
 */
async function getErrorMessage(hass, error) {
  const { translation_domain: domain, translation_key: key, translation_placeholders: values, message } = error ?? {};
  if (!key || !hass.connected) return hass.connected ? (message ?? "") : "";
  const localize = await hass.loadBackendTranslation("exceptions", domain);
  return localize(`component.${domain}.exceptions.${key}.message`, values) || message || "";
}
