/** The trends card: the last 28 nights beside those before, a calendar of nights, and the details behind them. */

import "../components/change-comparison.js";
import "../components/comparisons.js";
import "../components/heat-map.js";
import "../components/marked-changes.js";
import "../components/night-details.js";
import "../components/report.js";
import { DiaryController } from "../components/diary-controller.js";
import { getErrorText, renderError } from "../components/errors.js";
import { renderStripLegend } from "../components/night-conditions.js";
import { renderOnsetHistogram } from "../components/onset-histogram.js";
import { renderDetails } from "../components/statistics.js";
import { renderHeadline } from "../components/trends-headline.js";
import { renderTrendsTile } from "../components/trends-tile.js";
import { createDiaryApi, showUndoToast } from "../components/undo-toast.js";
import { findSleepers, selectDevice } from "../data/devices.js";
import { applyEdit } from "../data/night-edits.js";
import { PERIODS } from "../data/night-grid.js";
import { createRequestId } from "../data/request-id.js";
import { getLastFormNight } from "../data/saved-forms.js";
import { TrendsStore } from "../data/trends-store.js";
import { getCurrentNight, getLastNight } from "../data/wall-clock.js";
import { defineElement, html, loadLocalize } from "../frontend/home-assistant.js";
import { BaseCard, formField, isInCardPicker, messageStyles } from "./base-card.js";
import { trendsCardStyles } from "./trends-card-styles.js";

/** @import { SleeperContext } from "../components/sleeper-element.js" */
/** @import { Trends } from "../data/trends-store.js" */
/** @import { HomeAssistant, LocalizeFunc } from "../frontend/home-assistant.js" */

const YEAR = "year";
const EVERYTHING = "everything";

/** How often the card checks whether a new night has started, in milliseconds. */
const CLOCK_INTERVAL = 60_000;

export const TRENDS_CARD = "rls-bedtime-trends-card";

class TrendsCard extends BaseCard {
  static properties = {
    ...BaseCard.properties,
    _period: { state: true },
    _night: { state: true },
    _isAdding: { state: true },
    _isExpanded: { state: true },
    _areDetailsOpen: { state: true },
    _isTableOpen: { state: true },
    _actionError: { state: true },
  };

  constructor() {
    super();
    this._period = YEAR;
    /** @type {string | null} the night whose dialog is open */
    this._night = null;
    /** Whether the dialog is only there to add an episode. */
    this._isAdding = false;
    /** Whether the compact card shows everything, in a dialog. */
    this._isExpanded = false;
    this._areDetailsOpen = false;
    this._isTableOpen = false;
    this._actionError = "";
    this._sleeperId = "";
    this._isInPicker = false;
    this._timer = 0;
    this._store = this.#createStore();
    this._diary = new DiaryController(this, { reachable: () => {}, changed: () => this.#load() });
  }

  connectedCallback() {
    super.connectedCallback();
    this._isInPicker = isInCardPicker(this);
    this._timer = window.setInterval(() => this.#checkForNewNight(), CLOCK_INTERVAL);
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    window.clearInterval(this._timer);
  }

  #createStore() {
    const store = new TrendsStore(async (days) => await this._diary.data?.diary.fetchTrends(days));
    store.addEventListener("changed", () => this.#storeChanged(store));
    return store;
  }

  /** A diary with nothing in the period may have something before. @param {TrendsStore} store */
  #storeChanged(store) {
    if (store.trends?.recorded.length === 0 && this._period !== EVERYTHING) {
      this._period = EVERYTHING;
      this.#load();
    }
    this.requestUpdate();
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
      this._night = this.#isPreview ? null : getLastFormNight(hass, sleeper);
      this._isAdding = false;
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

  /** In a preview, nothing is opened or changed. */
  get #isPreview() {
    return this.preview || this._isInPicker;
  }

  get #canChange() {
    return this._diary.data?.diary.access.canLog ?? true;
  }

  render() {
    const { hass, localize } = this;
    if (!hass || !localize) return html`<ha-card></ha-card>`;
    const sleeper = selectDevice(findSleepers(hass), this.config.sleeper);
    if (!sleeper) return this.renderNoDevice("sleeper", findSleepers(hass).length);
    const context = { hass, localize, sleeper };
    const { trends } = this._store;
    const title = this.config.name ?? localize("nights_of", { name: sleeper.name });
    if (this.config.compact) return this.#renderCompact(context, title);
    return html`
      <ha-card>
        <div class="header">
          <ha-icon icon="mdi:chart-timeline-variant"></ha-icon>
          <h2>${title}</h2>
          ${trends?.recorded.length && this.#canChange && !this._isInPicker ? this.#renderAddButton(context) : ""}
        </div>
        ${this.#renderContent(context)}
      </ha-card>
      ${trends ? this.#renderNight(context, trends) : ""}
    `;
  }

  /** @param {SleeperContext} context @param {string} title */
  #renderCompact(context, title) {
    const { hass, localize } = context;
    const { trends, isPrivate } = this._store;
    const expand = () => (this._isExpanded = !this.#isPreview);
    return html`
      <ha-card class="compact">${renderTrendsTile(hass, localize, { title, trends, isPrivate, onTap: expand })}</ha-card>
      ${this._isExpanded
        ? html`<rls-bedtime-dialog
            .heading=${title}
            .closeLabel=${localize("close")}
            @sheet-closed=${() => (this._isExpanded = false)}
          >
            <div class="expanded">${this.#renderContent(context)}</div>
          </rls-bedtime-dialog>`
        : ""}
      ${trends ? this.#renderNight(context, trends) : ""}
    `;
  }

  /** @param {SleeperContext} context */
  #renderAddButton({ hass, localize }) {
    return html`<ha-icon-button class="add" .label=${localize("log_past")} @click=${() => this.#addTo(hass)}>
      <ha-icon icon="mdi:plus"></ha-icon>
    </ha-icon-button>`;
  }

  /** @param {SleeperContext} context */
  #renderContent(context) {
    const { localize, sleeper } = context;
    const { trends, error, isPrivate } = this._store;
    return html`
      ${error === null ? "" : this.#renderError(localize, error)}
      ${renderError(this._actionError)}
      ${isPrivate ? html`<p role="status"><bdi>${localize("may_not_read", { name: sleeper.name })}</bdi></p>` : ""}
      ${trends ? (trends.recorded.length ? this.#renderTrends(context, trends) : this.#renderEmpty(context, trends)) : ""}
    `;
  }

  /** @param {SleeperContext} context @param {Trends} trends */
  #renderChanges({ hass, localize, sleeper }, trends) {
    return html`<rls-bedtime-changes
      .hass=${hass}
      .localize=${localize}
      .sleeper=${sleeper}
      .trends=${trends}
      .canChange=${this.#canChange && !this.#isPreview}
      ></rls-bedtime-changes>
      <rls-bedtime-comparison .hass=${hass} .localize=${localize} .sleeper=${sleeper} .trends=${trends}></rls-bedtime-comparison>
      <rls-bedtime-comparisons
        .hass=${hass}
        .localize=${localize}
        .sleeper=${sleeper}
        .trends=${trends}
        .canChange=${this.#canChange && !this.#isPreview}
      ></rls-bedtime-comparisons>
      <rls-bedtime-report .hass=${hass} .localize=${localize} .sleeper=${sleeper} .isDisabled=${this.#isPreview}></rls-bedtime-report>`;
  }

  /** @param {LocalizeFunc} localize @param {string} error */
  #renderError(localize, error) {
    return html`<div class="error">
      <p role="alert"><bdi>${error || localize("no_answer")}</bdi></p>
      <ha-button appearance="plain" @click=${() => this.#load()}>${localize("try_again")}</ha-button>
    </div>`;
  }

  /** @param {SleeperContext} context @param {Trends} trends */
  #renderEmpty(context, trends) {
    const { hass, localize } = context;
    return html`
      <div class="empty">
        <p><bdi>${localize("nothing_recorded")}</bdi></p>
        ${this.#canChange
          ? html`<ha-button appearance="filled" @click=${() => this.#addTo(hass)}>${localize("log_past")}</ha-button>
              <ha-button appearance="plain" @click=${() => this.#markLastNightClear(context)}
                >${localize("mark_last_clear")}</ha-button
              >`
          : ""}
      </div>
      ${this._isInPicker ? "" : this.#renderChanges(context, trends)}
    `;
  }

  /** @param {SleeperContext} context @param {Trends} trends */
  #renderTrends(context, trends) {
    const { hass, localize } = context;
    const heatMap = html`<rls-bedtime-heat-map
      .hass=${hass}
      .localize=${localize}
      .nights=${trends}
      .selected=${this._night}
      .isLow=${this._isInPicker}
      @night-chosen=${this.#nightSelected}
    ></rls-bedtime-heat-map>`;
    if (this._isInPicker) return heatMap;
    return html`
      <div class="overview">
        ${renderHeadline(hass, localize, trends.summary)}
        <div class="calendar">
          ${heatMap} ${renderStripLegend(hass, localize, trends.conditions.values())} ${this.#renderLegend(localize)}
        </div>
        ${renderOnsetHistogram(hass, localize, trends.summary, localize(`period_${this._period}`))}
      </div>
      ${this.#renderChanges(context, trends)}
      <ha-expansion-panel
        .header=${localize("form_more")}
        @expanded-will-change=${this.#detailsToggled}
      >
        ${this._areDetailsOpen ? this.#renderDetails(hass, localize, trends) : ""}
      </ha-expansion-panel>
    `;
  }

  /** @param {HomeAssistant} hass @param {LocalizeFunc} localize @param {Trends} trends */
  #renderDetails(hass, localize, trends) {
    const options = PERIODS.map((value) => ({ value, label: localize(`period_${value}`) }));
    return html`
      <ha-control-select
        .value=${this._period}
        .options=${options}
        .label=${localize("period")}
        @value-changed=${this.#periodChanged}
      ></ha-control-select>
      ${renderDetails(hass, localize, trends, { isTableOpen: this._isTableOpen, onTableToggled: this.#tableToggled })}
    `;
  }

  /** @param {SleeperContext} context @param {Trends} trends */
  #renderNight({ hass, localize, sleeper }, trends) {
    const night = this._night;
    if (!night) return "";
    return html`<rls-bedtime-night
      .hass=${hass}
      .localize=${localize}
      .sleeper=${sleeper}
      .night=${night}
      .opensForm=${this._isAdding}
      .revision=${this._diary.data?.diary.revision ?? 0}
      .canChange=${this.#canChange}
      .practices=${trends.firstNight <= night && night <= trends.tonight ? trends.practices : []}
      .conditions=${trends.conditions.get(night)}
      @night-closed=${this.#nightClosed}
    ></rls-bedtime-night>`;
  }

  /** @param {LocalizeFunc} localize */
  #renderLegend(localize) {
    return html`<ul class="legend" aria-hidden="true">
      ${["mild", "moderate", "severe", "unrated", "clear", "unrecorded"].map(
        (name, index) => html`<li>
          <i class="mark ${index < 4 ? `affected level${(index + 1) % 4}` : name}"></i>${localize(`legend_${name}`)}
        </li>`,
      )}
    </ul>`;
  }

  #periodChanged = (/** @type {CustomEvent} */ event) => {
    event.stopPropagation();
    this._period = event.detail.value ?? this._period;
    this.#load();
  };

  #detailsToggled = (/** @type {CustomEvent} */ event) => {
    if (event.target === event.currentTarget) this._areDetailsOpen = event.detail.expanded;
  };

  #tableToggled = () => {
    this._isTableOpen = !this._isTableOpen;
  };

  #nightSelected = (/** @type {CustomEvent} */ event) => {
    event.stopPropagation();
    if (this.#isPreview) return;
    this._isAdding = false;
    this._night = event.detail;
  };

  /** Home Assistant's dialogs leave it to the page where the focus goes. @param {CustomEvent} event */
  #nightClosed = (event) => {
    event.stopPropagation();
    const wasAdding = this._isAdding;
    this._night = null;
    this._isAdding = false;
    const heatMap = /** @type {any} */ (this.renderRoot.querySelector("rls-bedtime-heat-map"));
    const button = /** @type {HTMLElement | null} */ (this.renderRoot.querySelector(".add"));
    if (wasAdding && button) button.focus();
    else void heatMap?.focusNight(event.detail);
  };

  /** Open the form for an episode of last night. @param {HomeAssistant} hass */
  #addTo(hass) {
    if (this.#isPreview) return;
    this._isAdding = true;
    this._night = getLastNight(hass, Date.now());
  }

  /** @param {SleeperContext} context */
  async #markLastNightClear({ hass, localize, sleeper }) {
    if (this.#isPreview) return;
    const night = getLastNight(hass, Date.now());
    this._actionError = "";
    try {
      const undo = await applyEdit(createDiaryApi(hass, sleeper), "log_clear_night", { night }, createRequestId());
      showUndoToast(localize, localize("clear"), undo);
    } catch (error) {
      this._actionError = getErrorText(error, localize);
    }
  }

  getCardSize() {
    return this.config.compact ? 1 : 12;
  }

  getGridOptions() {
    return this.config.compact ? { columns: 12, min_columns: 6, rows: 1, min_rows: 1 } : super.getGridOptions();
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
      formField("compact", { boolean: {} }, false),
      formField("period", { select: { mode: "dropdown", options } }, YEAR),
    ]);
  }

  static styles = [...trendsCardStyles, messageStyles];
}

defineElement(TRENDS_CARD, /** @type {any} */ (TrendsCard));
