/**
 * Settings that are entities: times, numbers and switches, with Home Assistant's own controls, in the user's format.
 *
 * Unlike the rows of its entities card, these wrap where there is little room, so that no name is cut off.
 */

import { LitElement, callAction, css, defineElement, fireEvent, html } from "../frontend/home-assistant.js";
import { controlStyles, renderSwitch } from "./controls.js";

/** @import { State } from "../data/devices.js" */
/** @import { HomeAssistant } from "../frontend/home-assistant.js" */

const TIME_INPUT = "ha-time-input";

class EntitySettings extends LitElement {
  static properties = { hass: { attribute: false }, entities: { attribute: false } };

  constructor() {
    super();
    /** @type {HomeAssistant | undefined} */
    this.hass = undefined;
    /** @type {string[]} */
    this.entities = [];
  }

  connectedCallback() {
    super.connectedCallback();
    void this.#loadTimeInput();
  }

  /** The input for times comes with the row of a time; without it, its dialog has to do. */
  async #loadTimeInput() {
    if (customElements.get(TIME_INPUT)) return;
    const helpers = await /** @type {any} */ (window).loadCardHelpers?.();
    const entity = this.entities.find((each) => each.startsWith("time."));
    if (!helpers || !entity) return;
    helpers.createRowElement({ entity });
    await customElements.whenDefined(TIME_INPUT);
    this.requestUpdate();
  }

  render() {
    const { hass } = this;
    if (!hass) return "";
    return this.entities.map((entity) => {
      const state = hass.states[entity];
      const name = hass.formatEntityName(state, { type: "entity" });
      return html`<div>
        <span aria-hidden="true">${name}</span>${this.#renderControl(hass, entity, name, state)}
      </div>`;
    });
  }

  /** @param {HomeAssistant} hass @param {string} entity @param {string} name @param {State} state */
  #renderControl(hass, entity, name, state) {
    const [domain] = entity.split(".");
    if (domain === "switch") {
      const isOn = state.state === "on";
      return renderSwitch({ label: name, isOn, toggle: () => this.#call(entity, isOn ? "turn_off" : "turn_on") });
    }
    if (domain === "time" && customElements.get(TIME_INPUT)) {
      return html`<ha-time-input
        .value=${state.state}
        .accessibleLabel=${name}
        .locale=${hass.locale}
        @value-changed=${(/** @type {CustomEvent} */ event) => this.#set(entity, "time", event, state.state)}
      ></ha-time-input>`;
    }
    if (domain === "number" && customElements.get("ha-control-number-buttons")) {
      const { min, max, step, unit_of_measurement } = state.attributes;
      return html`<ha-control-number-buttons
        .value=${Number(state.state)}
        .min=${min}
        .max=${max}
        .step=${Math.max(step, 5)}
        .unit=${unit_of_measurement}
        .label=${name}
        .locale=${hass.locale}
        @value-changed=${(/** @type {CustomEvent} */ event) => this.#set(entity, "value", event, Number(state.state))}
      ></ha-control-number-buttons>`;
    }
    return html`<button aria-label=${name} @click=${() => fireEvent(this, "hass-more-info", { entityId: entity })}>
      ${hass.formatEntityState(state)}
    </button>`;
  }

  /** @param {string} entity @param {string} field @param {CustomEvent} event @param {any} current */
  #set(entity, field, { detail: { value } }, current) {
    if (value !== undefined && value !== current) void this.#call(entity, "set_value", { [field]: value });
  }

  /** @param {string} entity @param {string} action @param {Record<string, any>} [data] */
  async #call(entity, action, data) {
    const { hass } = this;
    if (!hass) return false;
    try {
      await callAction(hass, action, { entity_id: entity, ...data }, entity.split(".")[0]);
      return true;
    } catch (error) {
      fireEvent(this, "hass-notification", { message: /** @type {Error} */ (error).message });
      return false;
    }
  }

  static styles = [
    controlStyles,
    css`
      :host {
        display: flex;
        flex-direction: column;
        gap: 8px;
        container-type: inline-size;
        font-size: var(--ha-font-size-m, 14px);
      }
      div {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        justify-content: space-between;
        gap: 4px 16px;
        min-block-size: 48px;
      }
      /* Hours, minutes and AM or PM cannot wrap. */
      @container (max-width: 205px) {
        ha-time-input {
          zoom: 0.75;
        }
      }
      ha-control-number-buttons {
        inline-size: 160px;
        block-size: 48px;
        --control-number-buttons-radius: var(--ha-border-radius-lg, 12px);
      }
      button:not(.switch) {
        min-block-size: 48px;
        padding: 0;
        border: 0;
        background: none;
        color: inherit;
        font: inherit;
        cursor: pointer;
      }
    `,
  ];
}

defineElement("rls-bedtime-entity-settings", /** @type {any} */ (EntitySettings));
