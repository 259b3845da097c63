/** The trends card: a calendar of nights, the episodes of the selected night, and statistics. */

import "../components/heat-map.js";
import "../components/night-details.js";
import {
  renderMonthComparison,
  renderNightsTable,
  renderOnsetHistogram,
  renderReliefTable,
  statisticsStyles,
} from "../components/statistics.js";
import { DOMAIN, findSleepers, getRevision, selectDevice } from "../data/devices.js";
import { PERIODS } from "../data/night-grid.js";
import { getLastFormNight } from "../data/saved-forms.js";
import { TrendsStore } from "../data/trends-store.js";
import { toNightAndTime } from "../data/wall-clock.js";
import { callAction, callWebSocket, css, defineElement, html, loadLocalize } from "../frontend/home-assistant.js";
import { BaseCard, formField } from "./base-card.js";

/** @import { Device } from "../data/devices.js" */
/** @import { RecordedNight } from "../data/night-grid.js" */
/** @import { HomeAssistant, LocalizeFunc } from "../frontend/home-assistant.js" */

/** @typedef {{hass: HomeAssistant, localize: LocalizeFunc, sleeper: Device}} RenderContext */

/** The entities of which at least one is updated whenever the diary changes, from wherever it is changed. */
const REVISION_SOURCES = ["episode", "last_episode", "episodes_tonight", "episode_ongoing", "nights_affected"];

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
    this._revision = "";
    this._loadedKey = "";
    this._sleeperId = "";
    this._isConnected = true;
    this._timer = 0;
    this._store = this.#createStore("");
  }

  connectedCallback() {
    super.connectedCallback();
    this._timer = window.setInterval(() => this.#checkForNewNight(), CLOCK_INTERVAL);
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    window.clearInterval(this._timer);
  }

  /** @param {string} sleeper the device id */
  #createStore(sleeper) {
    const getHass = () => /** @type {HomeAssistant} */ (this.hass);
    const store = new TrendsStore({
      fetchNights: (from) => callWebSocket(getHass(), { type: `${DOMAIN}/nights`, sleeper, ...(from && { from }) }),
      callAction: (action, data) => callAction(getHass(), action, { sleeper, ...data }),
    });
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
    if (hass && !hass.connected) this._isConnected = false;
    if (!hass?.connected || !sleeper) return;
    if (sleeper.id !== this._sleeperId) {
      this._sleeperId = sleeper.id;
      this._store = this.#createStore(sleeper.id);
      this._night = this.preview ? null : getLastFormNight(hass, sleeper);
    }
    const isReconnected = !this._isConnected;
    this._isConnected = true;
    this._revision = getRevision(hass, sleeper, REVISION_SOURCES);
    const key = [sleeper.id, this._period, this._revision].join();
    if (key !== this._loadedKey || isReconnected) {
      this._loadedKey = key;
      void this._store.load(this._period);
    }
  }

  /** A new night starts at noon, even if no entity is updated then. */
  #checkForNewNight() {
    const { hass, _store: store } = this;
    if (!hass?.connected || !store.nights) return;
    const [tonight] = toNightAndTime({ ...hass, locale: { ...hass.locale, time_zone: "server" } }, Date.now());
    if (tonight > store.nights.tonight) void store.load(this._period);
  }

  render() {
    const { hass, localize } = this;
    if (!hass || !localize) return html`<ha-card></ha-card>`;
    const sleeper = selectDevice(findSleepers(hass), this.config.sleeper);
    if (!sleeper) return this.renderNoDevice("sleeper", findSleepers(hass).length);
    const context = { hass, localize, sleeper };
    const { nights, error } = this._store;
    return html`
      <ha-card>
        <div class="head">
          <h2>${this.config.name ?? localize("nights_of", { name: sleeper.name })}</h2>
          <label
            >${localize("period")}
            <select @change=${this.#periodChanged}>
              ${PERIODS.map(
                (period) => html`<option value=${period} ?selected=${period === this._period}>
                  ${localize(`period_${period}`)}
                </option>`,
              )}
            </select>
          </label>
        </div>
        ${error === null ? "" : this.#renderError(localize, error)}
        ${nights && sleeper.id === this._sleeperId ? this.#renderNights(context, nights) : ""}
      </ha-card>
    `;
  }

  /** @param {LocalizeFunc} localize @param {string} error */
  #renderError(localize, error) {
    return html`<div class="head">
      <p role="alert">${error || localize("no_answer")}</p>
      <button @click=${() => this._store.load(this._period)}>${localize("try_again")}</button>
    </div>`;
  }

  /** @param {RenderContext} context @param {NonNullable<TrendsStore["nights"]>} nights */
  #renderNights({ hass, localize, sleeper }, nights) {
    return html`
      <rls-bedtime-heat-map
        .hass=${hass}
        .localize=${localize}
        .nights=${nights}
        .selected=${this._night}
        @night-chosen=${this.#nightSelected}
      ></rls-bedtime-heat-map>
      ${this.#renderLegend(localize)}
      ${this._night
        ? html`<rls-bedtime-night
            .hass=${hass}
            .localize=${localize}
            .sleeper=${sleeper}
            .night=${this._night}
            .revision=${this._revision}
            @diary-changed=${this.#diaryChanged}
          ></rls-bedtime-night>`
        : html`<p>${localize("choose_night")}</p>`}
      ${nights.recorded.length
        ? this.#renderStatistics(hass, localize, nights.recorded)
        : html`<p>${localize("nothing_logged")}</p>`}
    `;
  }

  /** @param {HomeAssistant} hass @param {LocalizeFunc} localize @param {RecordedNight[]} recorded */
  #renderStatistics(hass, localize, recorded) {
    const { summary, monthSummaries } = this._store;
    return html`
      ${monthSummaries ? renderMonthComparison(hass, localize, monthSummaries) : ""}
      ${summary ? [renderOnsetHistogram(hass, localize, summary), renderReliefTable(hass, localize, summary)] : ""}
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
  };

  #tableToggled = (/** @type {Event} */ event) => {
    this._isTableOpen = /** @type {HTMLDetailsElement} */ (event.target).open;
  };

  #nightSelected = (/** @type {CustomEvent} */ event) => {
    event.stopPropagation();
    if (this.preview) return;
    this._night = event.detail === this._night ? null : event.detail;
  };

  #diaryChanged = (/** @type {Event} */ event) => {
    event.stopPropagation();
    void this._store.load(this._period);
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
