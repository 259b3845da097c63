/** Rows of entities with their controls, as Home Assistant's own entities card has them: a time in the user's format, a switch. */

import { LitElement, css, defineElement, fireEvent, html } from "../frontend/home-assistant.js";

/** @import { HomeAssistant } from "../frontend/home-assistant.js" */

/** @typedef {{entity: string, name: string}} Row */

export const ENTITY_ROWS = "rls-bedtime-entity-rows";

class EntityRows extends LitElement {
  static properties = { hass: { attribute: false }, rows: { attribute: false }, elements: { state: true } };

  constructor() {
    super();
    /** @type {HomeAssistant | undefined} */
    this.hass = undefined;
    /** @type {Row[]} */
    this.rows = [];
    /** Null where Home Assistant has no rows, such as outside of dashboards. @type {any[] | null | undefined} */
    this.elements = undefined;
  }

  async connectedCallback() {
    super.connectedCallback();
    const helpers = await /** @type {any} */ (window).loadCardHelpers?.();
    this.elements = helpers ? this.rows.map((row) => helpers.createRowElement(row)) : null;
  }

  render() {
    const { hass, elements } = this;
    if (!hass) return "";
    if (!elements) return elements === null ? this.rows.map((row) => this.#renderState(hass, row)) : "";
    for (const element of elements) element.hass = hass;
    return elements;
  }

  /** @param {HomeAssistant} hass @param {Row} row */
  #renderState(hass, { entity, name }) {
    return html`<button @click=${() => fireEvent(this, "hass-more-info", { entityId: entity })}>
      <span>${name}</span><span>${hass.formatEntityState(hass.states[entity])}</span>
    </button>`;
  }

  static styles = css`
    :host {
      display: flex;
      flex-direction: column;
      gap: 8px;
    }
    button {
      display: flex;
      justify-content: space-between;
      gap: 16px;
      min-block-size: 48px;
      align-items: center;
      padding: 0;
      border: 0;
      background: none;
      color: inherit;
      font: inherit;
      cursor: pointer;
    }
  `;
}

defineElement(ENTITY_ROWS, /** @type {any} */ (EntityRows));
