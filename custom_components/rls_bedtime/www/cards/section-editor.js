/** The form of our section: whose diary, and which bedroom, where there are several. */

import { Card } from "./base-card.js";
import { css, define, fire, html } from "../frontend/home-assistant.js";
import { bedrooms, sleepers } from "../data/devices.js";
import { SECTION_EDITOR } from "../frontend/strategies.js";

/** @import { Member } from "../data/devices.js" */

class SectionEditor extends Card {
  render() {
    const { hass, words } = this;
    if (!hass || !words) return html``;
    return html`${this.#choice("sleeper", sleepers(hass))} ${this.#choice("bedroom", bedrooms(hass))}`;
  }

  /** @param {"sleeper" | "bedroom"} kind @param {Member[]} all */
  #choice(kind, all) {
    return html`<label>
      ${this.words?.(`editor.${kind}`)}
      <select @change=${(/** @type {any} */ { target }) => this.#choose(kind, target.value)}>
        <option value="">${this.words?.("by_itself")}</option>
        ${all.map(({ id, name }) => html`<option value=${id} ?selected=${this.config[kind] === id}>${name}</option>`)}
      </select>
    </label>`;
  }

  /** @param {"sleeper" | "bedroom"} kind @param {string} id */
  #choose(kind, id) {
    const { [kind]: _, ...others } = this.config;
    fire(this, "config-changed", { config: id ? { ...others, [kind]: id } : others });
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

define(SECTION_EDITOR, /** @type {any} */ (SectionEditor));
