/** What our cards share: their configuration, their texts, and what they say when they do not know for whom they are. */

import { LitElement, html, wordsOf } from "../frontend/home-assistant.js";
import { DOMAIN } from "../data/devices.js";

/** @import { Hass, Words } from "../frontend/home-assistant.js" */
/** @import { Member } from "../data/devices.js" */

/**
 * Return a field of a card's form.
 * @param {string} name
 * @param {Record<string, any>} selector
 * @param {any} [value] what holds if nobody says
 */
export const field = (name, selector, value) => ({ name, selector, ...(value === undefined ? {} : { default: value }) });

export class Card extends LitElement {
  static properties = {
    hass: { attribute: false },
    config: { state: true },
    words: { state: true },
    preview: { type: Boolean },
  };

  constructor() {
    super();
    /** @type {Hass | undefined} */
    this.hass = undefined;
    /** @type {Record<string, any>} */
    this.config = {};
    /** @type {Words | undefined} */
    this.words = undefined;
    this.preview = false;
  }

  /** @param {Record<string, any>} config */
  setConfig(config) {
    this.config = config;
  }

  /** @param {Map<string, any>} changed */
  willUpdate(changed) {
    const { hass, words } = this;
    if (hass && changed.has("hass") && (!words || changed.get("hass")?.language !== hass.language)) void this.#learn(hass);
  }

  /** @param {Hass} hass */
  async #learn(hass) {
    try {
      this.words = await wordsOf(hass);
    } catch {
      // Without a connection there are no texts yet: the next state of the house asks again.
    }
  }

  /** Say that there is none to be for, or that there are several. @param {"sleeper" | "bedroom"} kind @param {number} count */
  missing(kind, count) {
    return html`<ha-card><p>${this.words?.(count ? `choose_${kind}` : `no_${kind}`)}</p></ha-card>`;
  }

  getGridOptions() {
    return { columns: 12, min_columns: 6, rows: "auto" };
  }

  /** Return the configuration of a new card: for the first, where there are several. @param {"sleeper" | "bedroom"} kind @param {Member[]} all */
  static stub(kind, [first, ...others]) {
    return first && others.length ? { [kind]: first.id } : {};
  }

  /** Return a form for the editor; its labels are ours. @param {any[]} schema */
  static form(schema) {
    return {
      schema,
      computeLabel: (/** @type {{name: string}} */ { name }, /** @type {(key: string) => string} */ localize) =>
        localize(`component.${DOMAIN}.config_panel.cards.editor.${name}`) || name,
    };
  }
}
