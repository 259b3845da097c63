/** The card by day: what the nights were like, and each of them with its episodes. */

import "../components/heat-map.js";
import "../components/night-details.js";
import { Card, field } from "./base-card.js";
import { comparison, figureStyles, histogram, nightsTable, relief } from "../components/statistics.js";
import { unfinished } from "../data/saved-forms.js";
import { ask, askBeside, css, define, html, wordsOf } from "../frontend/home-assistant.js";
import { DOMAIN, chosen, signature, sleepers } from "../data/devices.js";
import { PERIODS } from "../data/night-grid.js";
import { Trends } from "../data/trends-store.js";
import { nightAt } from "../data/wall-clock.js";

/** @import { Hass, Words } from "../frontend/home-assistant.js" */
/** @import { Member } from "../data/devices.js" */
/** @import { Recorded } from "../data/night-grid.js" */

/** @typedef {{hass: Hass, words: Words, sleeper: Member}} Known */

/** What tells that the diary has changed, by whatever hand. */
const TOLD_BY = ["episode", "last_episode", "episodes_tonight", "episode_ongoing", "nights_affected"];

const YEAR = "year";

/** How often the card looks whether another night has begun, in milliseconds, while it is on a page. */
const STEP = 60_000;

export const TRENDS = "rls-bedtime-trends-card";

class TrendsCard extends Card {
  static properties = { ...Card.properties, _period: { state: true }, _night: { state: true }, _isTable: { state: true } };

  constructor() {
    super();
    this._period = YEAR;
    /** @type {string | null} the night that is looked at */
    this._night = null;
    this._isTable = false;
    this._told = "";
    this._asks = "";
    this._sleeper = "";
    this._isConnected = true;
    this._timer = 0;
    this._trends = this.#trends("");
  }

  connectedCallback() {
    super.connectedCallback();
    this._timer = window.setInterval(() => this.#followTheClock(), STEP);
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    window.clearInterval(this._timer);
  }

  /** Return what asks for a sleeper's nights. @param {string} sleeper the device's id */
  #trends(sleeper) {
    const hass = () => /** @type {Hass} */ (this.hass);
    const trends = new Trends({
      askNights: (from) => askBeside(hass(), { type: `${DOMAIN}/nights`, sleeper, ...(from && { from }) }),
      ask: (action, data) => ask(hass(), action, { sleeper, ...data }),
    });
    trends.addEventListener("changed", () => this.requestUpdate());
    return trends;
  }

  /** @param {Record<string, any>} config */
  setConfig(config) {
    super.setConfig(config);
    this._period = PERIODS.includes(config.period) ? config.period : YEAR;
  }

  /** @param {Map<string, any>} changed */
  willUpdate(changed) {
    super.willUpdate(changed);
    const { hass } = this;
    const sleeper = hass && chosen(sleepers(hass), this.config.sleeper);
    if (hass && !hass.connected) this._isConnected = false;
    if (!hass?.connected || !sleeper) return;
    if (sleeper.id !== this._sleeper) {
      this._sleeper = sleeper.id;
      this._trends = this.#trends(sleeper.id);
      this._night = this.preview ? null : unfinished(hass, sleeper);
    }
    const isBack = !this._isConnected;
    this._isConnected = true;
    this._told = signature(hass, sleeper, TOLD_BY);
    const asks = [sleeper.id, this._period, this._told].join();
    if (asks !== this._asks || isBack) {
      this._asks = asks;
      void this._trends.load(this._period);
    }
  }

  /** A night begins at noon, whether or not anything else happens then. */
  #followTheClock() {
    const { hass, _trends: trends } = this;
    if (!hass?.connected || !trends.nights) return;
    const [tonight] = nightAt({ ...hass, locale: { ...hass.locale, time_zone: "server" } }, Date.now());
    if (tonight > trends.nights.tonight) void trends.load(this._period);
  }

  render() {
    const { hass, words } = this;
    if (!hass || !words) return html`<ha-card></ha-card>`;
    const sleeper = chosen(sleepers(hass), this.config.sleeper);
    if (!sleeper) return this.missing("sleeper", sleepers(hass).length);
    const about = { hass, words, sleeper };
    const { nights, problem } = this._trends;
    return html`
      <ha-card>
        <div class="head">
          <h2>${this.config.name ?? words("nights_of", { name: sleeper.name })}</h2>
          <label
            >${words("period")}
            <select @change=${(/** @type {Event} */ event) => (this._period = /** @type {HTMLSelectElement} */ (event.target).value)}>
              ${PERIODS.map((period) => html`<option value=${period} ?selected=${period === this._period}>${words(`period_${period}`)}</option>`)}
            </select>
          </label>
        </div>
        ${problem === null ? "" : this.#wrong(words, problem)}
        ${nights && sleeper.id === this._sleeper ? this.#nights(about, nights) : ""}
      </ha-card>
    `;
  }

  /** @param {Words} words @param {string} problem */
  #wrong(words, problem) {
    return html`<div class="head">
      <p role="alert">${problem || words("no_answer")}</p>
      <button @click=${() => this._trends.load(this._period)}>${words("try_again")}</button>
    </div>`;
  }

  /** @param {Known} about @param {NonNullable<Trends["nights"]>} nights */
  #nights({ hass, words, sleeper }, nights) {
    return html`
      <rls-bedtime-heat-map
        .hass=${hass}
        .words=${words}
        .nights=${nights}
        .chosen=${this._night}
        @night-chosen=${this.#choose}
      ></rls-bedtime-heat-map>
      ${this.#legend(words)}
      ${this._night
        ? html`<rls-bedtime-night
            .hass=${hass}
            .words=${words}
            .sleeper=${sleeper}
            .night=${this._night}
            .told=${this._told}
            @diary-changed=${this.#reload}
          ></rls-bedtime-night>`
        : html`<p>${words("choose_night")}</p>`}
      ${nights.recorded.length ? this.#figures(hass, words, nights.recorded) : html`<p>${words("nothing_logged")}</p>`}
    `;
  }

  /** @param {Hass} hass @param {Words} words @param {Recorded[]} recorded */
  #figures(hass, words, recorded) {
    const { summary, months } = this._trends;
    return html`
      ${months ? comparison(hass, words, months) : ""}
      ${summary ? [histogram(hass, words, summary), relief(hass, words, summary)] : ""}
      <details @toggle=${(/** @type {Event} */ event) => (this._isTable = /** @type {HTMLDetailsElement} */ (event.target).open)}>
        <summary>${words("table")}</summary>
        ${this._isTable ? nightsTable(hass, words, recorded) : ""}
      </details>
    `;
  }

  /** @param {Words} words */
  #legend(words) {
    return html`<ul class="legend" aria-hidden="true">
      ${["mild", "moderate", "severe", "unrated", "clear", "unrecorded"].map(
        (name) => html`<li><i class=${name}></i>${words(`legend_${name}`)}</li>`,
      )}
    </ul>`;
  }

  #choose = (/** @type {CustomEvent} */ event) => {
    event.stopPropagation();
    if (this.preview) return;
    this._night = event.detail === this._night ? null : event.detail;
  };

  #reload = (/** @type {Event} */ event) => {
    event.stopPropagation();
    void this._trends.load(this._period);
  };

  getCardSize() {
    return 12;
  }

  static getStubConfig(/** @type {Hass} */ hass) {
    return Card.stub("sleeper", sleepers(hass));
  }

  /** The editor translates labels, but not what there is to choose from. */
  static async getConfigForm() {
    const words = await wordsOf(/** @type {any} */ (document.querySelector("home-assistant")).hass);
    const options = PERIODS.map((period) => ({ value: period, label: words(`period_${period}`) }));
    return Card.form([
      field("sleeper", { device: { entity: [{ integration: "rls_bedtime", domain: "todo" }] } }),
      field("name", { text: {} }),
      field("period", { select: { mode: "dropdown", options } }, YEAR),
    ]);
  }

  static styles = [
    figureStyles,
    css`
      :host {
        --trends-ink: color-mix(in srgb, var(--primary-text-color) 65%, var(--primary-color));
        --trends-mild: color-mix(in srgb, var(--trends-ink) 16%, transparent);
        --trends-moderate: color-mix(in srgb, var(--trends-ink) 38%, transparent);
      }
      ha-card {
        display: flex;
        flex-direction: column;
        gap: 16px;
        padding: 16px;
        color: var(--primary-text-color);
        line-height: 1.4;
      }
      h2,
      p {
        margin: 0;
      }
      h2 {
        font-size: var(--ha-font-size-l, 16px);
        font-weight: 500;
      }
      .head {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        justify-content: space-between;
        gap: 8px 16px;
      }
      select,
      button {
        min-block-size: 44px;
        padding: 4px 8px;
        border: 1px solid var(--secondary-text-color);
        border-radius: 12px;
        background: var(--ha-card-background, var(--card-background-color));
        color: inherit;
        font: inherit;
        cursor: pointer;
      }
      :focus-visible {
        outline: 2px solid var(--primary-text-color);
        outline-offset: 2px;
      }
      summary {
        min-block-size: 44px;
        line-height: 44px;
        cursor: pointer;
      }
      .legend {
        display: flex;
        flex-wrap: wrap;
        gap: 4px 16px;
        margin: 0;
        padding: 0;
        list-style: none;
        color: var(--secondary-text-color);
        font-size: 12px;
      }
      .legend li {
        display: flex;
        align-items: center;
        gap: 6px;
      }
      .legend i {
        box-sizing: border-box;
        display: flex;
        inline-size: 16px;
        block-size: 16px;
        border: 1px solid var(--secondary-text-color);
        border-radius: 4px;
      }
      .legend .mild {
        background: var(--trends-mild);
      }
      .legend .moderate {
        background: var(--trends-moderate);
      }
      .legend .severe {
        background: var(--trends-ink);
      }
      .legend .unrated::before {
        content: "?";
        font: 600 11px/1 sans-serif;
        margin: auto;
      }
      .legend .clear {
        border-radius: 50%;
      }
      .legend .clear::before {
        content: "";
        inline-size: 4px;
        block-size: 4px;
        margin: auto;
        border: 1px solid currentColor;
        border-radius: 50%;
      }
      .legend .unrecorded {
        border-style: dashed;
        opacity: 0.6;
      }
    `,
  ];
}

define(TRENDS, /** @type {any} */ (TrendsCard));
