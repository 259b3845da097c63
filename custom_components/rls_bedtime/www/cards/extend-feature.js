/** A feature of Home Assistant's tile card: a button that lets bedtime come or end later. */

import { renderButton, controlStyles } from "../components/controls.js";
import { extendBedtime } from "../components/extend.js";
import { getBedroomStatus } from "../data/bedroom-status.js";
import { findBedrooms } from "../data/devices.js";
import { css, defineElement, fireEvent, html } from "../frontend/home-assistant.js";
import { BaseCard } from "./base-card.js";

export const EXTEND_FEATURE = "rls-bedtime-extend-feature";

class ExtendFeature extends BaseCard {
  static properties = { ...BaseCard.properties, context: { attribute: false } };

  constructor() {
    super();
    /** @type {{entity_id?: string} | undefined} */
    this.context = undefined;
  }

  render() {
    const { hass, localize, context } = this;
    const bedroom = hass && findBedrooms(hass).find(({ entities }) => entities.bedtime_mode === context?.entity_id);
    const status = bedroom && getBedroomStatus(hass, bedroom, null, Date.now());
    if (!localize || !bedroom || !status) return "";
    const press = () => {
      fireEvent(this, "haptic", "light");
      extendBedtime(hass, localize, bedroom).catch((error) =>
        fireEvent(this, "hass-notification", { message: error.message || localize("no_answer") }),
      );
    };
    const text = localize(status.phase === "bedtime" ? "extend" : "delay");
    const isDisabled = !status.isOn && status.times.bedtime === null;
    return html`${renderButton({ icon: "mdi:clock-plus-outline", text, isDisabled, press })}`;
  }

  static styles = [
    controlStyles,
    css`
      ha-control-button,
      .button {
        min-block-size: var(--feature-height, 42px);
        --control-button-border-radius: var(--feature-border-radius, 12px);
        --control-button-padding: 0 8px;
        line-height: 1.1;
      }
      /* The text alone has to do in a narrow tile: what is higher than a feature would reach over its edge. */
      :host {
        display: block;
        container-type: inline-size;
      }
      @container (max-width: 150px) {
        ha-icon {
          display: none;
        }
      }
    `,
  ];

  static getStubConfig() {
    return { type: `custom:${EXTEND_FEATURE}` };
  }
}

defineElement(EXTEND_FEATURE, /** @type {any} */ (ExtendFeature));
