/** The card with the night pad, which opens in full screen while bedtime mode is on. */

import { getFullscreenPad } from "../components/fullscreen-pad.js";
import { findBedroomOf, findSleepers, getAvailableState, selectDevice } from "../data/devices.js";
import { css, defineElement, html } from "../frontend/home-assistant.js";
import { BaseCard, formField } from "./base-card.js";

/** @import { Device } from "../data/devices.js" */
/** @import { HomeAssistant } from "../frontend/home-assistant.js" */

/** For how long the full-screen pad does not open by itself after the user has closed it, in milliseconds. */
const REOPEN_DELAY = 15 * 60 * 1000;

export const NIGHT_PAD_CARD = "rls-bedtime-night-pad-card";

class NightPadCard extends BaseCard {
  constructor() {
    super();
    this._phase = "off";
    this._visibilityChanged = () => document.visibilityState === "visible" && this.#openByItself();
  }

  connectedCallback() {
    super.connectedCallback();
    document.addEventListener("visibilitychange", this._visibilityChanged);
    this._phase = "off";
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    document.removeEventListener("visibilitychange", this._visibilityChanged);
  }

  /** @returns {Device | undefined} */
  get sleeper() {
    return this.hass && selectDevice(findSleepers(this.hass), this.config?.sleeper);
  }

  get phase() {
    const { hass, sleeper } = this;
    return (hass && sleeper && getAvailableState(hass, findBedroomOf(hass, sleeper), "phase")?.state) ?? "off";
  }

  updated() {
    if (!this.hass || !this.localize) return;
    const previousPhase = this._phase;
    this._phase = this.phase;
    if (this._phase === "bedtime" && previousPhase !== "bedtime") this.#openByItself();
    const pad = getFullscreenPad();
    if (pad.isOpen && pad.sleeper?.id === this.sleeper?.id) pad.hass = this.hass;
  }

  render() {
    if (!this.hass || !this.localize) return html`<ha-card></ha-card>`;
    const { sleeper } = this;
    if (!sleeper) return this.renderNoDevice("sleeper", findSleepers(this.hass).length);
    const title = this.config.name ?? this.localize("pad_of", { name: sleeper.name });
    return html`
      <ha-card>
        <h2>${title}</h2>
        <rls-bedtime-pad
          .hass=${this.hass}
          .sleeper=${sleeper}
          .localize=${this.localize}
          @tapped=${() => this.phase !== "off" && this.#open()}
        ></rls-bedtime-pad>
        <button class="dark" @click=${() => this.#open()}>${this.localize("open")}</button>
      </ha-card>
    `;
  }

  #openByItself() {
    const pad = getFullscreenPad();
    const isShown = this.isConnected && !this.preview && document.visibilityState === "visible";
    const isAllowed = this.config?.opens_by_itself !== false && Date.now() - pad.closedAt > REOPEN_DELAY;
    if (isShown && isAllowed && this.localize && this.phase === "bedtime" && !pad.isOpen) this.#open();
  }

  #open() {
    const { hass, sleeper, localize } = this;
    if (hass && sleeper && localize && !this.preview) void getFullscreenPad().open({ hass, sleeper, localize });
  }

  getCardSize() {
    return 6;
  }

  static getStubConfig(/** @type {HomeAssistant} */ hass) {
    return BaseCard.createStubConfig("sleeper", findSleepers(hass));
  }

  static getConfigForm() {
    return BaseCard.createConfigForm([
      formField("sleeper", { device: { entity: [{ integration: "rls_bedtime", domain: "todo" }] } }),
      formField("name", { text: {} }),
      formField("opens_by_itself", { boolean: {} }, true),
    ]);
  }

  static styles = css`
    ha-card {
      padding: 16px;
    }
    h2 {
      margin: 0 0 16px;
      font-size: var(--ha-font-size-l, 16px);
      font-weight: 500;
    }
    .dark {
      appearance: none;
      min-block-size: 48px;
      margin-block-start: 8px;
      padding: 8px 0;
      background: none;
      border: 0;
      color: var(--primary-text-color);
      font: inherit;
      text-decoration: underline;
      text-underline-offset: 4px;
      cursor: pointer;
    }
    .dark:focus-visible {
      outline: 2px solid var(--primary-text-color);
    }
  `;
}

defineElement(NIGHT_PAD_CARD, /** @type {any} */ (NightPadCard));
