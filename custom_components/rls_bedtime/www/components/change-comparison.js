/** The nights before and after a marked change, led by how unusual the difference is for this diary. */

import { LitElement, callAction, css, defineElement, html, localizeOption } from "../frontend/home-assistant.js";
import { createDateFormatter, createFullDateFormatter, formatList, formatNumber, formatTimeOfDay } from "../frontend/locale.js";
import { statisticsStyles } from "./statistics.js";
import { getErrorText } from "./undo-toast.js";

/** @import { Device } from "../data/devices.js" */
/** @import { MarkedChange } from "../data/marked-changes.js" */
/** @import { Trends } from "../data/trends-store.js" */
/** @import { HomeAssistant, LocalizeFunc } from "../frontend/home-assistant.js" */

/** The response of `compare`. @typedef {Record<string, any>} Comparison */

/** Return a text of the page for a doctor. @param {LocalizeFunc} localize @param {string} key @param {Record<string, string>} values */
const getReportText = (localize, key, values) => localize(`selector.report.options.${key}`, values);

/** A laboratory value changes nothing, so there is no before and after. @param {Trends} trends */
const getComparable = ({ changes }) => changes.filter(({ kind }) => kind !== "laboratory");

class ChangeComparison extends LitElement {
  static properties = {
    hass: { attribute: false },
    localize: { attribute: false },
    sleeper: { attribute: false },
    trends: { attribute: false },
    _isOpen: { state: true },
    _chosen: { state: true },
    _comparison: { state: true },
    _error: { state: true },
  };

  constructor() {
    super();
    /** @type {HomeAssistant | undefined} */
    this.hass = undefined;
    /** @type {LocalizeFunc | undefined} */
    this.localize = undefined;
    /** @type {Device | undefined} */
    this.sleeper = undefined;
    /** @type {Trends | undefined} */
    this.trends = undefined;
    this._isOpen = false;
    /** @type {string | null} the id of the change that was chosen */
    this._chosen = null;
    /** @type {Comparison | null} */
    this._comparison = null;
    this._error = "";
    this._request = 0;
  }

  /** @returns {MarkedChange | undefined} the chosen change, else the newest */
  get #change() {
    const changes = this.trends ? getComparable(this.trends) : [];
    return changes.find(({ id }) => id === this._chosen) ?? changes[0];
  }

  /** @param {Map<string, any>} changed */
  willUpdate(changed) {
    const isOther = changed.has("sleeper") && changed.get("sleeper")?.id !== this.sleeper?.id;
    if (isOther) this._comparison = null;
    if (this._isOpen && (isOther || ["trends", "_chosen", "_isOpen"].some((name) => changed.has(name)))) void this.#load();
  }

  async #load() {
    const { hass, localize, sleeper } = this;
    const change = this.#change;
    if (!hass || !localize || !sleeper || !change) return;
    const request = ++this._request;
    try {
      const comparison = await callAction(hass, "compare", { sleeper: sleeper.id, change: change.id });
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
    const change = this.#change;
    if (!hass || !localize || !trends || !change) return html``;
    // The panel opens itself: if it were told to be open meanwhile, it would keep the height that it has at first.
    return html`<ha-expansion-panel
      .header=${localize("compare_title")}
      @expanded-will-change=${this.#toggled}
    >
      ${this._isOpen ? this.#renderContent(hass, localize, change) : ""}
    </ha-expansion-panel>`;
  }

  /** @param {HomeAssistant} hass @param {LocalizeFunc} localize @param {MarkedChange} change */
  #renderContent(hass, localize, change) {
    const comparison = this._comparison;
    return html`<div class="content">
      ${this.#renderChoice(hass, localize, change)}
      ${this._error ? html`<p role="alert"><bdi>${this._error}</bdi></p>` : ""}
      ${comparison ? renderComparison(hass, localize, comparison) : ""}
    </div>`;
  }

  /** @param {HomeAssistant} hass @param {LocalizeFunc} localize @param {MarkedChange} change */
  #renderChoice(hass, localize, change) {
    const format = createFullDateFormatter(hass);
    const options = getComparable(/** @type {Trends} */ (this.trends)).map(({ id, date, kind, name }) => ({
      value: id,
      label: [format(date), localizeOption(localize, "kind", kind), name].filter(Boolean).join(", "),
    }));
    return html`<ha-selector
      .hass=${hass}
      .selector=${{ select: { mode: "dropdown", options } }}
      .label=${localize("compare_change")}
      .value=${change.id}
      .required=${true}
      @value-changed=${this.#chosen}
    ></ha-selector>`;
  }

  #chosen = (/** @type {CustomEvent} */ event) => {
    event.stopPropagation();
    this._chosen = event.detail.value ?? this._chosen;
  };

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

/**
 * Render a comparison: the leading sentence, both sides, their differences, the facts since a medicine, and the cautions.
 * @param {HomeAssistant} hass
 * @param {LocalizeFunc} localize
 * @param {Comparison} comparison
 */
function renderComparison(hass, localize, { sentences, before, after, difference, medicine, new_body_parts: parts }) {
  const [leading, ...cautions] = sentences.map((/** @type {any} */ { key, values }) =>
    localize(`selector.comparison.options.${key}`, values),
  );
  const facts = medicine ? getMedicineFacts(hass, localize, medicine) : [];
  return html`
    <p class="leading"><bdi>${leading}</bdi></p>
    ${renderSides(hass, localize, before, after)}
    ${difference ? renderDifference(hass, localize, difference, medicine ? {} : parts) : ""}
    ${medicine
      ? html`<section>
          <h4><bdi>${formatMedicine(hass, localize, medicine)}</bdi></h4>
          <ul>
            ${facts.map((fact) => html`<li><bdi>${fact}</bdi></li>`)}
          </ul>
        </section>`
      : ""}
    <ul class="cautions">
      ${cautions.map((/** @type {string} */ sentence) => html`<li><bdi>${sentence}</bdi></li>`)}
    </ul>
  `;
}

/** @param {HomeAssistant} hass @param {LocalizeFunc} localize @param {Comparison} medicine */
function formatMedicine(hass, localize, { name, since, until }) {
  const format = createFullDateFormatter(hass);
  const values = { name: name ?? localizeOption(localize, "kind", "medicine_started"), date: format(since) };
  return until
    ? getReportText(localize, "since_until", { ...values, end: format(until) })
    : getReportText(localize, "since", values);
}

/** @param {HomeAssistant} hass @param {LocalizeFunc} localize @param {Comparison} before @param {Comparison} after */
function renderSides(hass, localize, before, after) {
  const count = (/** @type {number} */ value) => formatNumber(hass, value);
  /** @type {[string, (side: Comparison) => unknown][]} */
  const rows = [
    ["recorded", ({ recorded }) => count(recorded)],
    ["unrecorded", ({ unrecorded }) => count(unrecorded)],
    ["affected", (side) => formatAffected(hass, localize, side)],
    ["compare_severity", ({ severity_median: median, rated }) => withN(hass, localize, median, rated, (value) => formatNumber(hass, value, 1))],
    ["usual_start", ({ onset_mean: mean, episodes }) => withN(hass, localize, mean, episodes, (value) => formatTimeOfDay(hass, value))],
  ];
  return html`<table class="months">
    <thead>
      <tr>
        <td></td>
        <th scope="col">${localize("compare_before")}</th>
        <th scope="col">${localize("compare_after")}</th>
      </tr>
    </thead>
    <tbody>
      ${rows.map(
        ([label, render]) => html`<tr>
          <th scope="row">${localize(label)}</th>
          ${[before, after].map((side) => html`<td>${render(side)}</td>`)}
        </tr>`,
      )}
    </tbody>
  </table>`;
}

/** @param {HomeAssistant} hass @param {LocalizeFunc} localize @param {Comparison} side */
function formatAffected(hass, localize, { affected, recorded, affected_interval: interval }) {
  if (!interval) return localize("not_known");
  const values = { low: formatNumber(hass, interval.low), high: formatNumber(hass, interval.high) };
  return html`${localize("of", { count: formatNumber(hass, affected), n: formatNumber(hass, recorded) })}<br /><small
      >${getReportText(localize, "interval", values)}</small
    >`;
}

/**
 * @template T
 * @param {HomeAssistant} hass
 * @param {LocalizeFunc} localize
 * @param {T | null} value
 * @param {number} n
 * @param {(value: T) => string} format
 */
const withN = (hass, localize, value, n, format) =>
  value === null
    ? localize("not_known")
    : html`${format(value)} <small>${localize("n_is", { n: formatNumber(hass, n) })}</small>`;

/** Format a difference with its sign. @param {HomeAssistant} hass @param {number} value @param {number} [decimals] */
function formatSigned(hass, value, decimals = 0) {
  const text = formatNumber(hass, Math.abs(value), decimals);
  return Number(value.toFixed(decimals)) === 0 ? text : `${value < 0 ? "−" : "+"}${text}`;
}

/** @param {HomeAssistant} hass @param {LocalizeFunc} localize @param {Comparison} difference @param {Record<string, string>} parts */
function renderDifference(hass, localize, difference, parts) {
  const { affected_points: points, affected_interval: interval, severity_shift: shift, onset_minutes: onset } = difference;
  const [low, high] = [interval.low, interval.high].map((value) => formatSigned(hass, value));
  const lines = [
    localize("compare_points", { points: formatSigned(hass, points), low, high }),
    shift !== null && localize("compare_shift", { shift: formatSigned(hass, shift, 1) }),
    onset !== null && localize("compare_onset", { minutes: formatSigned(hass, onset) }),
    Object.keys(parts).length > 0 && formatNewParts(hass, localize, parts),
  ];
  return html`<section>
    <h4>${localize("compare_difference")}</h4>
    <ul>
      ${lines.filter(Boolean).map((line) => html`<li><bdi>${line}</bdi></li>`)}
    </ul>
  </section>`;
}

/** @param {HomeAssistant} hass @param {LocalizeFunc} localize @param {Record<string, string>} parts nights by part */
function formatNewParts(hass, localize, parts) {
  const format = createDateFormatter(hass);
  const named = Object.entries(parts).map(([part, night]) => `${localizeOption(localize, "body_parts", part)} (${format(night)})`);
  return getReportText(localize, "new_parts", { parts: formatList(hass, named) });
}

/**
 * Return the four facts since a medicine was started, as they are on the page for a doctor.
 * @param {HomeAssistant} hass
 * @param {LocalizeFunc} localize
 * @param {Comparison} medicine
 */
function getMedicineFacts(hass, localize, { onset_minutes, severity_shift, new_body_parts, doses, before, recent }) {
  const text = (/** @type {string} */ key, /** @type {Record<string, string>} */ values = {}) =>
    getReportText(localize, key, values);
  const shift = (/** @type {string} */ what, /** @type {number | null} */ value, /** @type {"episodes" | "rated"} */ n, decimals = 0) => {
    const rounded = value === null ? null : Number(value.toFixed(decimals));
    const kind = rounded === null ? "unknown" : rounded < 0 ? "less" : rounded > 0 ? "more" : "same";
    const values = { before: formatNumber(hass, before[n]), recent: formatNumber(hass, recent[n]) };
    return text(`${what}_${kind}`, { shift: formatNumber(hass, Math.abs(rounded ?? 0), decimals), ...values });
  };
  const format = createDateFormatter(hass);
  const changes = doses.map((/** @type {any} */ { date, amount }) => [format(date), amount].filter(Boolean).join(": "));
  return [
    shift("onset", onset_minutes, "episodes"),
    shift("severity", severity_shift, "rated", 1),
    Object.keys(new_body_parts).length ? formatNewParts(hass, localize, new_body_parts) : text("no_new_parts"),
    changes.length ? text("doses", { doses: formatList(hass, changes) }) : text("no_doses"),
  ];
}

defineElement("rls-bedtime-comparison", /** @type {any} */ (ChangeComparison));
