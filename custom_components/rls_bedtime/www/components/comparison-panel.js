/** What panels that compare nights have in common: they load when they are opened, and again when the diary changes. */

import { css, html } from "../frontend/home-assistant.js";
import { formatNumber, formatTimeOfDay } from "../frontend/locale.js";
import { getErrorText } from "./errors.js";
import { SleeperElement } from "./sleeper-element.js";
import { renderValue, statisticsStyles } from "./statistics.js";

/** @import { Device } from "../data/devices.js" */
/** @import { Trends } from "../data/trends-store.js" */
/** @import { HomeAssistant, LocalizeFunc } from "../frontend/home-assistant.js" */

/** A comparison, or a part of one, as the integration sends it. @typedef {Record<string, any>} Comparison */

/** The confidence of an interval with which none is given. */
const CONFIDENCE = 0.95;

/** Return a text of the page for a doctor. @param {LocalizeFunc} localize @param {string} key @param {Record<string, string>} values */
export const getReportText = (localize, key, values) => localize(`selector.report.options.${key}`, values);

/** @param {LocalizeFunc} localize @param {{key: string, values: Record<string, string>}[]} sentences */
export const formatSentences = (localize, sentences) =>
  sentences.map(({ key, values }) => localize(`selector.comparison.options.${key}`, values));

/**
 * Return the rows of a table of sets of nights: how many were affected, how severe, and from when.
 * @param {HomeAssistant} hass
 * @param {LocalizeFunc} localize
 * @param {number} [confidence]
 * @returns {[string, (side: Comparison) => unknown][]}
 */
export const getSideRows = (hass, localize, confidence = CONFIDENCE) => [
  ["affected", (side) => formatAffected(hass, localize, side, confidence)],
  [
    "compare_severity",
    ({ severity_median: median, rated }) => renderValue(hass, localize, median, (value) => formatNumber(hass, value, 1), rated),
  ],
  [
    "usual_start",
    ({ onset_mean: mean, episodes }) => renderValue(hass, localize, mean, (value) => formatTimeOfDay(hass, value), episodes),
  ],
];

/** @param {HomeAssistant} hass @param {LocalizeFunc} localize @param {Comparison} side @param {number} confidence */
function formatAffected(hass, localize, { affected, recorded, affected_interval: interval }, confidence) {
  if (!interval) return localize("not_known");
  const [low, high] = [interval.low, interval.high].map((value) => formatNumber(hass, value));
  const values = { low, high, confidence: formatConfidence(hass, confidence) };
  return html`${localize("of", { count: formatNumber(hass, affected), n: formatNumber(hass, recorded) })}<br /><small class="interval"
      >${getReportText(localize, "interval", values)}</small
    >`;
}

/**
 * Return the differences between two sets of nights that are known.
 * @param {HomeAssistant} hass
 * @param {LocalizeFunc} localize
 * @param {Comparison} difference
 * @param {number} [confidence]
 */
export function getDifferenceLines(hass, localize, difference, confidence = CONFIDENCE) {
  const { affected_points: points, affected_interval: interval, severity_shift: shift, onset_minutes: onset } = difference;
  const signed = (/** @type {number} */ value) => formatSigned(hass, value);
  return [
    points !== null &&
      localize("compare_points", {
        points: signed(points),
        low: signed(interval.low),
        high: signed(interval.high),
        confidence: formatConfidence(hass, confidence),
      }),
    shift !== null && localize("compare_shift", { shift: formatSigned(hass, shift, 1) }),
    onset !== null && localize("compare_onset", { minutes: signed(onset) }),
  ];
}

/** @param {HomeAssistant} hass @param {number} confidence */
const formatConfidence = (hass, confidence) => formatNumber(hass, 100 * confidence, confidence === CONFIDENCE ? 0 : 1);

/** Format a difference with its sign. @param {HomeAssistant} hass @param {number} value @param {number} [decimals] */
export function formatSigned(hass, value, decimals = 0) {
  const text = formatNumber(hass, Math.abs(value), decimals);
  return Number(value.toFixed(decimals)) === 0 ? text : `${value < 0 ? "−" : "+"}${text}`;
}

export class ComparisonPanel extends SleeperElement {
  static properties = {
    ...SleeperElement.properties,
    trends: { attribute: false },
    _isOpen: { state: true },
    _comparison: { state: true },
    _error: { state: true },
  };

  constructor() {
    super();
    /** The key of the heading. */
    this.heading = "";
    /** @type {Trends | undefined} */
    this.trends = undefined;
    this._isOpen = false;
    /** @type {Comparison | null} */
    this._comparison = null;
    this._error = "";
    this._request = 0;
  }

  /** Whether there is anything to compare. */
  get isShown() {
    return true;
  }

  /** Return whether what was loaded is outdated. @param {Map<string, any>} changed */
  isOutdated(changed) {
    return changed.has("trends") || changed.has("_isOpen");
  }

  /** @param {HomeAssistant} _hass @param {Device} _sleeper @returns {Promise<Comparison>} */
  fetch(_hass, _sleeper) {
    throw new Error("not implemented");
  }

  /** @param {HomeAssistant} _hass @param {LocalizeFunc} _localize @returns {unknown} */
  renderContent(_hass, _localize) {
    throw new Error("not implemented");
  }

  /** @param {Map<string, any>} changed */
  willUpdate(changed) {
    const isOther = changed.has("sleeper") && changed.get("sleeper")?.id !== this.sleeper?.id;
    if (isOther) this._comparison = null;
    if (this._isOpen && (isOther || this.isOutdated(changed))) void this.#load();
  }

  async #load() {
    const { hass, localize, sleeper } = this;
    if (!hass || !localize || !sleeper || !this.isShown) return;
    const request = ++this._request;
    try {
      const comparison = await this.fetch(hass, sleeper);
      if (request !== this._request) return;
      this._comparison = comparison;
      this._error = "";
    } catch (error) {
      if (request !== this._request) return;
      this._comparison = null;
      this._error = getErrorText(error, localize);
    }
  }

  render() {
    const { hass, localize, trends } = this;
    if (!hass || !localize || !trends || !this.isShown) return html``;
    // The panel opens itself: if it were told to be open meanwhile, it would keep the height that it has at first.
    return html`<ha-expansion-panel .header=${localize(this.heading)} @expanded-will-change=${this.#toggled}>
      ${this._isOpen ? html`<div class="content">${this.renderContent(hass, localize)}</div>` : ""}
    </ha-expansion-panel>`;
  }

  #toggled = (/** @type {CustomEvent} */ event) => {
    event.stopPropagation();
    if (event.target === event.currentTarget) this._isOpen = event.detail.expanded;
  };

  static styles = [
    statisticsStyles,
    css`
      ha-expansion-panel {
        --expansion-panel-summary-padding: 0;
        --expansion-panel-content-padding: 0;
      }
      .content {
        display: flex;
        flex-direction: column;
        gap: 12px;
        margin-block: 12px;
        overflow-wrap: anywhere;
      }
      p,
      ul {
        margin: 0;
      }
      ul {
        padding: 0;
        list-style: none;
      }
      .leading {
        font-size: var(--ha-font-size-l, 16px);
        line-height: 1.4;
      }
      .cautions {
        color: var(--secondary-text-color);
        font-size: var(--ha-font-size-s, 12px);
        line-height: 1.5;
      }
      h4 {
        margin: 0 0 4px;
        font-size: inherit;
        font-weight: var(--ha-font-weight-medium, 500);
      }
    `,
  ];
}
