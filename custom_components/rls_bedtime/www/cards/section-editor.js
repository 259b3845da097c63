/** The editor of the section strategy: it selects the sleeper and the bedroom. */

import { findBedrooms, findSleepers } from "../data/devices.js";
import { css, defineElement, fireEvent, html } from "../frontend/home-assistant.js";
import { SECTION_EDITOR } from "../frontend/strategies.js";
import { BaseCard } from "./base-card.js";

/** @import { Device } from "../data/devices.js" */

class SectionEditor extends BaseCard {
  render() {
    const { hass, localize } = this;
    if (!hass || !localize) return html``;
    return html`${this.#renderSelect("sleeper", findSleepers(hass))} ${this.#renderSelect("bedroom", findBedrooms(hass))}`;
  }

  /** @param {"sleeper" | "bedroom"} kind @param {Device[]} devices */
  #renderSelect(kind, devices) {
    return html`<label>
      ${this.localize?.(`editor.${kind}`)}
      <select @change=${(/** @type {any} */ { target }) => this.#select(kind, target.value)}>
        <option value="">${this.localize?.("by_itself")}</option>
        ${devices.map(({ id, name }) => html`<option value=${id} ?selected=${this.config[kind] === id}>${name}</option>`)}
      </select>
    </label>`;
  }

  /** @param {"sleeper" | "bedroom"} kind @param {string} id */
  #select(kind, id) {
    const { [kind]: _, ...others } = this.config;
    fireEvent(this, "config-changed", { config: id ? { ...others, [kind]: id } : others });
  }

  static styles = css`
    :host,
    label {
      display: flex;
      flex-direction: column;
      gap: 16px;
    }
    label {
      gap: 4px;
      color: var(--primary-text-color);
    }
    select {
      min-block-size: 44px;
      padding: 4px 8px;
      border: 1px solid var(--secondary-text-color);
      border-radius: 12px;
      background: var(--card-background-color);
      color: inherit;
      font: inherit;
    }
    select:focus-visible {
      outline: 2px solid var(--primary-text-color);
      outline-offset: 2px;
    }
  `;
}

defineElement(SECTION_EDITOR, /** @type {any} */ (SectionEditor));
