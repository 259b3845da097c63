/** The trends card: a calendar of nights, the episodes of the selected night, and statistics. */

import "../components/heat-map.js";
import "../components/night-details.js";
import {
  renderMonthComparison,
  renderNightsTable,
  renderOnsetHistogram,
  renderPracticesTable,
  renderReliefTable,
  statisticsStyles,
} from "../components/statistics.js";
import { DiaryController } from "../components/diary-controller.js";
import { findSleepers, selectDevice } from "../data/devices.js";
import { PERIODS } from "../data/night-grid.js";
import { getLastFormNight } from "../data/saved-forms.js";
import { TrendsStore } from "../data/trends-store.js";
import { getCurrentNight } from "../data/wall-clock.js";
import { css, defineElement, html, loadLocalize } from "../frontend/home-assistant.js";
import { BaseCard, formField } from "./base-card.js";

/** @import { Device } from "../data/devices.js" */
/** @import { Trends } from "../data/trends-store.js" */
/** @import { HomeAssistant, LocalizeFunc } from "../frontend/home-assistant.js" */

/** @typedef {{hass: HomeAssistant, localize: LocalizeFunc, sleeper: Device}} RenderContext */

const YEAR = "year";

/** How often the card checks whether a new night has started, in milliseconds. */
const CLOCK_INTERVAL = 60_000;

export const TRENDS_CARD = "rls-bedtime-trends-card";

class TrendsCard extends BaseCard {
  static properties = {
    ...BaseCard.properties,
    _period: { state: true },
    _night: { state: true },
    _isTableOpen: { state: true },
  };

  constructor() {
    super();
    this._period = YEAR;
    /** @type {string | null} the selected night */
    this._night = null;
    this._isTableOpen = false;
    this._sleeperId = "";
    this._timer = 0;
    this._store = this.#createStore();
    this._diary = new DiaryController(this, { reachable: () => {}, changed: () => this.#load() });
  }

  connectedCallback() {
    super.connectedCallback();
    this._timer = window.setInterval(() => this.#checkForNewNight(), CLOCK_INTERVAL);
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    window.clearInterval(this._timer);
  }

  #createStore() {
    const store = new TrendsStore(async (days) => await this._diary.data?.diary.fetchTrends(days));
    store.addEventListener("changed", () => this.requestUpdate());
    return store;
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
    const sleeper = hass && selectDevice(findSleepers(hass), this.config.sleeper);
    if (!sleeper) return;
    if (sleeper.id !== this._sleeperId) {
      this._sleeperId = sleeper.id;
      this._store = this.#createStore();
      this._night = this.preview ? null : getLastFormNight(hass, sleeper);
    }
    this._diary.update(hass, sleeper);
  }

  #load() {
    if (this._diary.data?.diary.access.canRead) void this._store.load(this._period);
    else this._store.hide();
  }

  /** A new night starts at noon, even if the diary does not change then. */
  #checkForNewNight() {
    const { hass, _store: store } = this;
    if (hass?.connected && store.trends && getCurrentNight(hass, Date.now()) > store.trends.tonight) this.#load();
  }

  render() {
    const { hass, localize } = this;
    if (!hass || !localize) return html`<ha-card></ha-card>`;
    const sleeper = selectDevice(findSleepers(hass), this.config.sleeper);
    if (!sleeper) return this.renderNoDevice("sleeper", findSleepers(hass).length);
    const context = { hass, localize, sleeper };
    const { trends, error, isPrivate } = this._store;
    return html`
      <ha-card>
        <div class="head">
          <h2>${this.config.name ?? localize("nights_of", { name: sleeper.name })}</h2>
          ${isPrivate ? "" : this.#renderPeriods(localize)}
        </div>
        ${error === null ? "" : this.#renderError(localize, error)}
        ${isPrivate ? html`<p role="status">${localize("may_not_read", { name: sleeper.name })}</p>` : ""}
        ${trends ? this.#renderNights(context, trends) : ""}
      </ha-card>
    `;
  }

  /** @param {LocalizeFunc} localize */
  #renderPeriods(localize) {
    return html`<label
      >${localize("period")}
      <select @change=${this.#periodChanged}>
        ${PERIODS.map(
          (period) => html`<option value=${period} ?selected=${period === this._period}>
            ${localize(`period_${period}`)}
          </option>`,
        )}
      </select>
    </label>`;
  }

  /** @param {LocalizeFunc} localize @param {string} error */
  #renderError(localize, error) {
    return html`<div class="head">
      <p role="alert">${error || localize("no_answer")}</p>
      <button @click=${() => this.#load()}>${localize("try_again")}</button>
    </div>`;
  }

  /** @param {RenderContext} context @param {Trends} trends */
  #renderNights({ hass, localize, sleeper }, trends) {
    const night = this._night;
    return html`
      <rls-bedtime-heat-map
        .hass=${hass}
        .localize=${localize}
        .nights=${trends}
        .selected=${this._night}
        @night-chosen=${this.#nightSelected}
      ></rls-bedtime-heat-map>
      ${this.#renderLegend(localize)}
      ${night
        ? html`<rls-bedtime-night
            .hass=${hass}
            .localize=${localize}
            .sleeper=${sleeper}
            .night=${night}
            .revision=${this._diary.data?.diary.revision ?? 0}
            .canChange=${this._diary.data?.diary.access.canLog ?? true}
            .practices=${trends.firstNight <= night && night <= trends.tonight ? trends.practices : []}
          ></rls-bedtime-night>`
        : html`<p>${localize("choose_night")}</p>`}
      ${trends.recorded.length
        ? this.#renderStatistics(hass, localize, trends)
        : html`<p>${localize("nothing_logged")}</p>`}
      ${renderPracticesTable(hass, localize, trends)}
    `;
  }

  /** @param {HomeAssistant} hass @param {LocalizeFunc} localize @param {Trends} trends */
  #renderStatistics(hass, localize, { recorded, summary, months }) {
    return html`
      ${renderMonthComparison(hass, localize, months)} ${renderOnsetHistogram(hass, localize, summary)}
      ${renderReliefTable(hass, localize, summary)}
      <details @toggle=${this.#tableToggled}>
        <summary>${localize("table")}</summary>
        ${this._isTableOpen ? renderNightsTable(hass, localize, recorded) : ""}
      </details>
    `;
  }

  /** @param {LocalizeFunc} localize */
  #renderLegend(localize) {
    return html`<ul class="legend" aria-hidden="true">
      ${["mild", "moderate", "severe", "unrated", "clear", "unrecorded"].map(
        (name) => html`<li><i class=${name}></i>${localize(`legend_${name}`)}</li>`,
      )}
    </ul>`;
  }

  #periodChanged = (/** @type {Event} */ event) => {
    this._period = /** @type {HTMLSelectElement} */ (event.target).value;
    this.#load();
  };

  #tableToggled = (/** @type {Event} */ event) => {
    this._isTableOpen = /** @type {HTMLDetailsElement} */ (event.target).open;
  };

  #nightSelected = (/** @type {CustomEvent} */ event) => {
    event.stopPropagation();
    if (this.preview) return;
    this._night = event.detail === this._night ? null : event.detail;
  };

  getCardSize() {
    return 12;
  }

  static getStubConfig(/** @type {HomeAssistant} */ hass) {
    return BaseCard.createStubConfig("sleeper", findSleepers(hass));
  }

  /** The options are translated here, because the editor translates only the labels of the fields. */
  static async getConfigForm() {
    const localize = await loadLocalize(/** @type {any} */ (document.querySelector("home-assistant")).hass);
    const options = PERIODS.map((period) => ({ value: period, label: localize(`period_${period}`) }));
    return BaseCard.createConfigForm([
      formField("sleeper", { device: { entity: [{ integration: "rls_bedtime", domain: "todo" }] } }),
      formField("name", { text: {} }),
      formField("period", { select: { mode: "dropdown", options } }, YEAR),
    ]);
  }

  static styles = [
    statisticsStyles,
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

defineElement(TRENDS_CARD, /** @type {any} */ (TrendsCard));
