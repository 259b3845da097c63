/** The nights before and after a marked change, led by how unusual the difference is for this diary. */

import { callAction, defineElement, html, localizeOption } from "../frontend/home-assistant.js";
import { createDateFormatter, createFullDateFormatter, formatList, formatNumber } from "../frontend/locale.js";
import { ComparisonPanel, formatSentences, getDifferenceLines, getReportText, getSideRows } from "./comparison-panel.js";
import { renderError } from "./errors.js";
import { renderSideBySide } from "./statistics.js";

/** @import { Device } from "../data/devices.js" */
/** @import { MarkedChange } from "../data/marked-changes.js" */
/** @import { Trends } from "../data/trends-store.js" */
/** @import { HomeAssistant, LocalizeFunc } from "../frontend/home-assistant.js" */
/** @import { Comparison } from "./comparison-panel.js" */

/** A laboratory value changes nothing, so there is no before and after. @param {Trends} trends */
const getComparable = ({ changes }) => changes.filter(({ kind }) => kind !== "laboratory");

class ChangeComparison extends ComparisonPanel {
  static properties = { ...ComparisonPanel.properties, _chosen: { state: true } };

  constructor() {
    super();
    this.heading = "compare_title";
    /** @type {string | null} the id of the change that was chosen */
    this._chosen = null;
  }

  /** @returns {MarkedChange | undefined} the chosen change, else the newest */
  get #change() {
    const changes = this.trends ? getComparable(this.trends) : [];
    return changes.find(({ id }) => id === this._chosen) ?? changes[0];
  }

  get isShown() {
    return this.#change !== undefined;
  }

  /** @param {Map<string, any>} changed */
  isOutdated(changed) {
    return super.isOutdated(changed) || changed.has("_chosen");
  }

  /** @param {HomeAssistant} hass @param {Device} sleeper */
  async fetch(hass, sleeper) {
    return await callAction(hass, "compare", { sleeper: sleeper.id, change: this.#change?.id });
  }

  /** @param {HomeAssistant} hass @param {LocalizeFunc} localize */
  renderContent(hass, localize) {
    const [change, comparison] = [this.#change, this._comparison];
    return html`${change ? this.#renderChoice(hass, localize, change) : ""} ${renderError(this._error)}
    ${comparison ? renderComparison(hass, localize, comparison) : ""}`;
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
}

/**
 * Render a comparison: the leading sentence, both sides, their differences, the facts since a medicine, and the cautions.
 * @param {HomeAssistant} hass
 * @param {LocalizeFunc} localize
 * @param {Comparison} comparison
 */
function renderComparison(hass, localize, { sentences, before, after, difference, medicine, new_body_parts: parts }) {
  const [leading, ...cautions] = formatSentences(localize, sentences);
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
      ${cautions.map((sentence) => html`<li><bdi>${sentence}</bdi></li>`)}
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
  return renderSideBySide(
    localize,
    [localize("compare_before"), localize("compare_after")],
    [before, after],
    [
      ["recorded", ({ recorded }) => count(recorded)],
      ["unrecorded", ({ unrecorded }) => count(unrecorded)],
      ...getSideRows(hass, localize),
    ],
  );
}

/** @param {HomeAssistant} hass @param {LocalizeFunc} localize @param {Comparison} difference @param {Record<string, string>} parts */
function renderDifference(hass, localize, difference, parts) {
  const lines = [
    ...getDifferenceLines(hass, localize, difference),
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
