/** What Home Assistant's frontend lends: Lit, its texts, and a way to call our actions. */

import { DOMAIN } from "../data/devices.js";

export { define } from "./register.js";
export { wordsOf } from "./translations.js";

/** @import { House } from "../data/devices.js" */
/** @import { Writing } from "./locale.js" */

/**
 * Home Assistant as it gives itself to a card.
 * @typedef {House & Writing & Record<string, any>} Hass
 */

/**
 * Returns a text of ours by its key, with values for its placeholders.
 * @typedef {(key: string, values?: Record<string, string>) => string} Words
 */

/** The roots that an app or a cast has; each is a Lit element, and lends `html` and `css`. */
const ROOTS = ["home-assistant", "hc-main"];

const ANSWERS_WITHIN = 10_000;

/** @type {any} */
let lit = await Promise.race(ROOTS.map((name) => customElements.whenDefined(name)));
while (!Object.hasOwn(lit.prototype, "html")) lit = Object.getPrototypeOf(lit);

/**
 * The part of Lit's element that we build on.
 * @typedef {HTMLElement & {
 *   renderRoot: ShadowRoot,
 *   updateComplete: Promise<boolean>,
 *   requestUpdate(): void,
 *   connectedCallback(): void,
 *   disconnectedCallback(): void,
 * }} Element
 */

/** @type {new () => Element} */
export const LitElement = lit;
/** @type {{html: any, css: any}} */
export const { html, css } = lit.prototype;

/**
 * Dispatch an event that Home Assistant listens to.
 * @param {HTMLElement} element
 * @param {string} type
 * @param {any} [detail]
 */
export const fire = (element, type, detail) =>
  element.dispatchEvent(new CustomEvent(type, { detail, bubbles: true, composed: true }));

/**
 * Return the word for one of the choices of an episode's field.
 * @param {Words} words
 * @param {string} field
 * @param {string} choice
 */
export const choiceWord = (words, field, choice) => words(`selector.${field}.options.${choice}`);

/**
 * Call an action, one of ours with a response. Return that. Fails with an Error whose message is what the hub says of it, or
 * is empty if there is no answer.
 * @param {Hass} hass
 * @param {string} action
 * @param {Record<string, any>} data
 * @param {string} [domain]
 */
export const ask = async (hass, action, data, domain = DOMAIN) =>
  (await answer(hass, hass.callService(domain, action, data, undefined, false, domain === DOMAIN))).response;

/**
 * Ask something else than an action. Fails as `ask` does.
 * @param {Hass} hass
 * @param {{type: string} & Record<string, any>} message
 */
export const askBeside = (hass, message) => answer(hass, hass.callWS(message));

/**
 * @param {Hass} hass
 * @param {Promise<any>} asked
 */
async function answer(hass, asked) {
  let timer;
  const late = new Promise((_, reject) => (timer = setTimeout(reject, ANSWERS_WITHIN, {})));
  try {
    return await Promise.race([asked, late]);
  } catch (problem) {
    throw new Error(await messageOf(hass, problem), { cause: problem });
  } finally {
    clearTimeout(timer);
  }
}

/**
 * @param {Hass} hass
 * @param {any} problem
 */
async function messageOf(hass, problem) {
  const { translation_domain: domain, translation_key: key, translation_placeholders: values, message } = problem ?? {};
  if (!key || !hass.connected) return hass.connected ? (message ?? "") : "";
  const localize = await hass.loadBackendTranslation("exceptions", domain);
  return localize(`component.${domain}.exceptions.${key}.message`, values) || message || "";
}
