/** The card with the pad. While bedtime mode is on, it opens over the whole screen, in the dark. */

import { Card, field } from "./base-card.js";
import { darkPad } from "../components/fullscreen-pad.js";
import { css, define, html } from "../frontend/home-assistant.js";
import { bedroomOf, chosen, known, sleepers } from "../data/devices.js";

/** @import { Hass } from "../frontend/home-assistant.js" */
/** @import { Member } from "../data/devices.js" */

/** Who closes the dark pad wants to see the dashboard, for a while. In milliseconds. */
const LEAVE_ALONE = 15 * 60 * 1000;

export const NIGHT_PAD = "rls-bedtime-night-pad-card";

class NightPadCard extends Card {
  constructor() {
    super();
    this._phase = "off";
    this._seen = () => document.visibilityState === "visible" && this.#openByItself();
  }

  connectedCallback() {
    super.connectedCallback();
    document.addEventListener("visibilitychange", this._seen);
    this._phase = "off";
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    document.removeEventListener("visibilitychange", this._seen);
  }

  /** @returns {Member | undefined} */
  get sleeper() {
    return this.hass && chosen(sleepers(this.hass), this.config?.sleeper);
  }

  get phase() {
    const { hass, sleeper } = this;
    return (hass && sleeper && known(hass, bedroomOf(hass, sleeper), "phase")?.state) ?? "off";
  }

  updated() {
    if (!this.hass || !this.words) return;
    const before = this._phase;
    this._phase = this.phase;
    if (this._phase === "bedtime" && before !== "bedtime") this.#openByItself();
    const dark = darkPad();
    if (dark.isOpen && dark.sleeper?.id === this.sleeper?.id) dark.hass = this.hass;
  }

  render() {
    if (!this.hass || !this.words) return html`<ha-card></ha-card>`;
    const { sleeper } = this;
    if (!sleeper) return this.missing("sleeper", sleepers(this.hass).length);
    const title = this.config.name ?? this.words("pad_of", { name: sleeper.name });
    return html`
      <ha-card>
        <h2>${title}</h2>
        <rls-bedtime-pad
          .hass=${this.hass}
          .sleeper=${sleeper}
          .words=${this.words}
          @tapped=${() => this.phase !== "off" && this.#open()}
        ></rls-bedtime-pad>
        <button class="dark" @click=${() => this.#open()}>${this.words("open")}</button>
      </ha-card>
    `;
  }

  #openByItself() {
    const dark = darkPad();
    const isShown = this.isConnected && !this.preview && document.visibilityState === "visible";
    const isWanted = this.config?.opens_by_itself !== false && Date.now() - dark.closedAt > LEAVE_ALONE;
    if (isShown && isWanted && this.words && this.phase === "bedtime" && !dark.isOpen) this.#open();
  }

  #open() {
    const { hass, sleeper, words } = this;
    if (hass && sleeper && words && !this.preview) void darkPad().open({ hass, sleeper, words });
  }

  getCardSize() {
    return 6;
  }

  static getStubConfig(/** @type {Hass} */ hass) {
    return Card.stub("sleeper", sleepers(hass));
  }

  static getConfigForm() {
    return Card.form([
      field("sleeper", { device: { entity: [{ integration: "rls_bedtime", domain: "todo" }] } }),
      field("name", { text: {} }),
      field("opens_by_itself", { boolean: {} }, true),
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

define(NIGHT_PAD, /** @type {any} */ (NightPadCard));
