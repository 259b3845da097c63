/** What the cards use of Home Assistant's frontend: Lit, events, and calls of actions and websocket commands. */

import { DOMAIN } from "../data/devices.js";
import { loadLocalize } from "./translations.js";

export { LitElement, css, html } from "./lit.js";
export { defineElement } from "./register.js";
export { loadLocalize };

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

const RESPONSE_TIMEOUT = 10_000;

const UNAUTHORIZED = "unauthorized";
const NOT_LOADED = "not_loaded";

/**
 * The part of LitElement that the cards use.
 * @typedef {HTMLElement & {
 *   renderRoot: ShadowRoot,
 *   updateComplete: Promise<boolean>,
 *   requestUpdate(): void,
 *   addController(controller: {hostConnected(): void, hostDisconnected(): void}): void,
 *   connectedCallback(): void,
 *   disconnectedCallback(): void,
 * }} LitElementType
 */

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

/** A call that failed. @typedef {Error & {code: string}} CallError */

/**
 * Call an action and return its response, if it is one of this integration.
 *
 * Fails with an Error that has the message of Home Assistant, translated, and the code of its answer. Both are empty if Home
 * Assistant did not respond.
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
 * Subscribe to the events of a websocket command, until the connection is lost. Fails as `callAction` does.
 * @param {HomeAssistant} hass
 * @param {{type: string} & Record<string, any>} message
 * @param {(event: any) => void} listener
 * @returns {Promise<() => void>} what unsubscribes
 */
export async function subscribe(hass, message, listener) {
  const subscription = hass.connection.subscribeMessage(listener, message, { resubscribe: false });
  const unsubscribe = await awaitResponse(hass, subscription);
  // It fails if the connection was lost meanwhile, and the subscription with it.
  return () => void Promise.resolve(unsubscribe()).catch(() => {});
}

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
    throw await createError(hass, error);
  } finally {
    clearTimeout(timer);
  }
}

/**
 * A number as a code means that the connection was lost.
 * @param {HomeAssistant} hass
 * @param {any} error
 * @returns {Promise<CallError>}
 */
async function createError(hass, error) {
  const code = typeof error?.code === "string" && hass.connected ? getCode(error) : "";
  const message = code ? await getErrorMessage(hass, code, error) : "";
  return Object.assign(new Error(message, { cause: error }), { code });
}

/**
 * Return Home Assistant's code, or one of ours where its code is that of any error: for an action that the user may not
 * call, and for a sleeper or bedroom that is not loaded, as while Home Assistant starts.
 * @param {any} error
 */
function getCode({ code, message, translation_key: key }) {
  if (key === "sleeper_not_loaded" || key === "bedroom_not_loaded") return NOT_LOADED;
  return message === "Unauthorized" && !key ? UNAUTHORIZED : code;
}

/** @param {HomeAssistant} hass @param {string} code @param {any} error @returns {Promise<string>} */
async function getErrorMessage(hass, code, { translation_domain: domain, translation_key: key, translation_placeholders, message }) {
  if (!key && code === UNAUTHORIZED) return (await loadLocalize(hass))("not_allowed");
  if (!key) return message ?? "";
  const localize = await hass.loadBackendTranslation("exceptions", domain);
  return localize(`component.${domain}.exceptions.${key}.message`, translation_placeholders) || message || "";
}
