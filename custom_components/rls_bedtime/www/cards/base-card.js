/** The base class of the cards: configuration, translations, and the message for a card without a device. */

import { DOMAIN } from "../data/devices.js";
import { LitElement, css, html, loadLocalize } from "../frontend/home-assistant.js";

/** @import { Device } from "../data/devices.js" */
/** @import { HomeAssistant, LocalizeFunc } from "../frontend/home-assistant.js" */

/**
 * Return a field of a card's configuration form.
 * @param {string} name
 * @param {Record<string, any>} selector
 * @param {any} [defaultValue]
 */
export const formField = (name, selector, defaultValue) => ({
  name,
  selector,
  ...(defaultValue === undefined ? {} : { default: defaultValue }),
});

/** The styles of a card that has nothing but a message. */
export const messageStyles = css`
  .message {
    block-size: 100%;
    color: var(--primary-text-color);
  }
  .message p {
    margin: 0;
    padding: 16px;
  }
  .tile-message {
    display: grid;
    align-content: center;
    overflow: hidden;
  }
  .tile-message p {
    display: -webkit-box;
    -webkit-box-orient: vertical;
    -webkit-line-clamp: 2;
    overflow: hidden;
    margin: 0 12px;
    padding: 0;
    font-size: var(--ha-font-size-s, 12px);
    line-height: 1.33;
  }
`;

/** The element of Home Assistant that shows small previews of all cards side by side. */
const CARD_PICKER = "hui-card-picker";

/** Return whether an element is a preview in the card picker. @param {Node} element */
export function isInCardPicker(element) {
  let root = element.getRootNode();
  while (root instanceof ShadowRoot && root.host.localName !== CARD_PICKER) root = root.host.getRootNode();
  return root instanceof ShadowRoot;
}

export class BaseCard extends LitElement {
  static properties = {
    hass: { attribute: false },
    config: { state: true },
    localize: { state: true },
    preview: { type: Boolean },
  };

  constructor() {
    super();
    /** @type {HomeAssistant | undefined} */
    this.hass = undefined;
    /** @type {Record<string, any>} */
    this.config = {};
    /** @type {LocalizeFunc | undefined} */
    this.localize = undefined;
    this.preview = false;
  }

  /** @param {Record<string, any>} config */
  setConfig(config) {
    this.config = config;
  }

  /** @param {Map<string, any>} changed */
  willUpdate(changed) {
    const { hass, localize } = this;
    const isLanguageChanged = () => changed.get("hass")?.language !== hass?.language;
    if (hass && changed.has("hass") && (!localize || isLanguageChanged())) void this.#loadTranslations(hass);
  }

  /** @param {HomeAssistant} hass */
  async #loadTranslations(hass) {
    try {
      this.localize = await loadLocalize(hass);
    } catch {
      // There is no connection. The next update of `hass` tries again.
    }
  }

  /**
   * Render that there is no device, or that one of several must be selected.
   * @param {"sleeper" | "bedroom"} kind
   * @param {number} count
   */
  renderNoDevice(kind, count) {
    return this.renderMessage(this.localize?.(count ? `choose_${kind}` : `no_${kind}`) ?? "");
  }

  /** Render a card that has nothing else to show. In a tile it is cut after two lines. @param {string} message */
  renderMessage(message) {
    return html`<ha-card class="message ${this.config.compact ? "tile-message" : ""}"><p title=${message}>${message}</p></ha-card>`;
  }

  /** @returns {Record<string, number | string>} */
  getGridOptions() {
    return { columns: 12, min_columns: 6, rows: "auto" };
  }

  /**
   * Return the configuration of a new card. It names its device, also the only one: the card must stay what it is when
   * another one is added.
   * @param {"sleeper" | "bedroom"} kind
   * @param {Device[]} devices
   */
  static createStubConfig(kind, [first]) {
    return first ? { [kind]: first.id } : {};
  }

  /** Return a configuration form whose labels are translated by this integration. @param {any[]} schema */
  static createConfigForm(schema) {
    return {
      schema,
      computeLabel: (/** @type {{name: string}} */ { name }, /** @type {(key: string) => string} */ localize) =>
        localize(`component.${DOMAIN}.config_panel.cards.editor.${name}`) || name,
    };
  }
}
