/** The card with the night pad, which opens in full screen while bedtime mode is on. It can be as small as a tile. */

import { getFullscreenPad } from "../components/fullscreen-pad.js";
import { LEG_ICON, NIGHT_ICON } from "../components/icons.js";
import { findBedroomOf, findSleepers, getAvailableState, getTonight, selectDevice } from "../data/devices.js";
import { getSleeperData } from "../data/sleeper-data.js";
import { getTonightText } from "../data/target-text.js";
import { css, defineElement, html } from "../frontend/home-assistant.js";
import { formatNumber } from "../frontend/locale.js";
import { BaseCard, formField, messageStyles } from "./base-card.js";

/** @import { Device } from "../data/devices.js" */
/** @import { HomeAssistant, LocalizeFunc } from "../frontend/home-assistant.js" */

/** For how long the full-screen pad does not open by itself after the user has closed it, in milliseconds. */
const REOPEN_DELAY = 15 * 60 * 1000;

export const NIGHT_PAD_CARD = "rls-bedtime-night-pad-card";

class NightPadCard extends BaseCard {
  constructor() {
    super();
    this._phase = "off";
    this._openedByItself = false;
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
    const { hass, localize } = this;
    const pad = html`<rls-bedtime-pad
      .hass=${hass}
      .sleeper=${sleeper}
      .localize=${localize}
      ?compact=${this.isCompact}
      @access-changed=${() => this.#closeIfUseless()}
      @tapped=${() => this.phase !== "off" && this.#open()}
    ></rls-bedtime-pad>`;
    if (this.isCompact) {
      return html`<ha-card class="tile">
        <button class="head" @click=${() => this.#open()}>${this.#renderHead(hass, localize, sleeper)}</button>
        ${pad}
      </ha-card>`;
    }
    return html`
      <ha-card>
        <div class="head">
          ${this.#renderHead(hass, localize, sleeper)}
          <button class="dark" aria-label=${localize("open")} title=${localize("open")} @click=${() => this.#open()}>
            ${NIGHT_ICON}
          </button>
        </div>
        <div class="content">${pad}</div>
      </ha-card>
    `;
  }

  /**
   * Render the icon, the name and the state, as a tile has them.
   * @param {HomeAssistant} hass
   * @param {LocalizeFunc} localize
   * @param {Device} sleeper
   */
  #renderHead(hass, localize, sleeper) {
    const isOngoing = getAvailableState(hass, sleeper, "episode_ongoing")?.state === "on";
    const tonight = getTonight(hass, sleeper);
    const name = this.config.name ?? localize("pad_of", { name: sleeper.name });
    return html`
      <span class="shape ${isOngoing ? "ongoing" : ""}">${LEG_ICON}</span>
      <span class="info">
        ${this.isCompact ? html`<span class="name"><bdi>${name}</bdi></span>` : html`<h2 class="name"><bdi>${name}</bdi></h2>`}
        <span class="state"><bdi>${tonight === undefined ? "" : this.#localizeTonight(hass, localize, tonight)}</bdi></span>
      </span>
    `;
  }

  /** @param {HomeAssistant} hass @param {LocalizeFunc} localize @param {number} count */
  #localizeTonight(hass, localize, count) {
    return localize(getTonightText(count)[0], { count: formatNumber(hass, count) });
  }

  #openByItself() {
    const pad = getFullscreenPad();
    const isShown = this.isConnected && !this.preview && document.visibilityState === "visible";
    const isAllowed = this.config?.opens_by_itself !== false && Date.now() - pad.closedAt > REOPEN_DELAY;
    if (!isShown || !isAllowed || !this.localize || this.phase !== "bedtime" || pad.isOpen || !this.#canLog) return;
    this._openedByItself = true;
    this.#open();
  }

  /** What the user may do is known only after the pad has opened: in the dark, nobody waits for it. */
  #closeIfUseless() {
    if (!this._openedByItself || this.#canLog) return;
    this._openedByItself = false;
    getFullscreenPad().close();
  }

  get #canLog() {
    const { hass, sleeper } = this;
    return hass && sleeper ? getSleeperData(hass, sleeper).diary.access.canLog : false;
  }

  #open() {
    const { hass, sleeper, localize } = this;
    if (hass && sleeper && localize && !this.preview) void getFullscreenPad().open({ hass, sleeper, localize });
  }

  get isCompact() {
    return Boolean(this.config?.compact);
  }

  getCardSize() {
    return this.isCompact ? 1 : 6;
  }

  /** @returns {any} */
  getGridOptions() {
    return this.isCompact ? { columns: 12, rows: 1, min_columns: 6, min_rows: 1 } : super.getGridOptions();
  }

  static getStubConfig(/** @type {HomeAssistant} */ hass) {
    return BaseCard.createStubConfig("sleeper", findSleepers(hass));
  }

  static getConfigForm() {
    return BaseCard.createConfigForm([
      formField("sleeper", { device: { entity: [{ integration: "rls_bedtime", domain: "todo" }] } }),
      formField("name", { text: {} }),
      formField("compact", { boolean: {} }),
      formField("opens_by_itself", { boolean: {} }, true),
    ]);
  }

  static styles = [
    messageStyles,
    css`
      ha-card {
        block-size: 100%;
      }
      /* The measures are those of Home Assistant's own tiles. */
      .head {
        appearance: none;
        box-sizing: border-box;
        display: flex;
        align-items: center;
        gap: 10px;
        min-block-size: 56px;
        padding: 0 10px;
        background: none;
        border: 0;
        border-radius: var(--ha-card-border-radius, var(--ha-border-radius-lg, 12px));
        color: var(--primary-text-color);
        font: inherit;
        text-align: start;
      }
      .shape {
        flex: none;
        display: grid;
        place-content: center;
        inline-size: 36px;
        block-size: 36px;
        border-radius: var(--ha-tile-icon-border-radius, 50%);
        --tile-color: var(--state-inactive-color, var(--secondary-text-color));
        background: color-mix(in srgb, var(--tile-color) 20%, transparent);
        color: var(--tile-color);
      }
      .shape.ongoing {
        --tile-color: var(--state-active-color, var(--amber-color, var(--primary-color)));
      }
      .icon {
        inline-size: 24px;
        block-size: 24px;
      }
      .info {
        flex: 1;
        min-inline-size: 0;
        display: flex;
        flex-direction: column;
        justify-content: center;
      }
      .name {
        margin: 0;
        font-size: var(--ha-font-size-m, 14px);
        font-weight: var(--ha-font-weight-medium, 500);
        line-height: 1.43;
        letter-spacing: 0.1px;
      }
      .state {
        font-size: var(--ha-font-size-s, 12px);
        line-height: 1.33;
        letter-spacing: 0.4px;
      }
      .content {
        padding: 0 12px 12px;
      }
      .dark {
        appearance: none;
        display: grid;
        place-content: center;
        inline-size: 48px;
        block-size: 48px;
        margin-inline-end: -6px;
        padding: 0;
        background: none;
        border: 0;
        border-radius: 50%;
        color: var(--secondary-text-color);
        cursor: pointer;
      }
      .tile {
        display: flex;
        align-items: center;
        padding-inline-end: 4px;
      }
      .tile .head {
        flex: 1;
        min-inline-size: 0;
        block-size: 100%;
        cursor: pointer;
      }
      .tile .name,
      .tile .state {
        overflow: hidden;
        text-overflow: ellipsis;
        white-space: nowrap;
      }
      button:focus-visible {
        outline: 2px solid var(--primary-text-color);
        outline-offset: -2px;
      }
    `,
  ];
}

defineElement(NIGHT_PAD_CARD, /** @type {any} */ (NightPadCard));
