/** The nights with and without each item of the evening routine, bedtime mode and warmth: one table each, in their order. */

import "./experiment.js";
import { getSleeperData } from "../data/sleeper-data.js";
import { css, defineElement, html } from "../frontend/home-assistant.js";
import { ComparisonPanel, formatSentences, getDifferenceLines, getSideRows } from "./comparison-panel.js";
import { renderError } from "./errors.js";
import { renderSideBySide } from "./statistics.js";

/** @import { Device } from "../data/devices.js" */
/** @import { HomeAssistant, LocalizeFunc } from "../frontend/home-assistant.js" */
/** @import { Comparison } from "./comparison-panel.js" */

class Comparisons extends ComparisonPanel {
  static properties = { ...ComparisonPanel.properties, canChange: { attribute: false } };

  constructor() {
    super();
    this.heading = "compare_section";
    /** Whether the user may change the diary. */
    this.canChange = false;
  }

  /** @param {HomeAssistant} hass @param {Device} sleeper */
  async fetch(hass, sleeper) {
    return await getSleeperData(hass, sleeper).diary.fetchComparisons();
  }

  /** @param {HomeAssistant} hass @param {LocalizeFunc} localize */
  renderContent(hass, localize) {
    const { sleeper, trends, canChange, _comparison: comparison } = this;
    return html`<rls-bedtime-experiment
        .hass=${hass}
        .localize=${localize}
        .sleeper=${sleeper}
        .trends=${trends}
        .canChange=${canChange}
      ></rls-bedtime-experiment>
      ${renderError(this._error)} ${comparison ? renderItems(hass, localize, comparison) : ""}
      ${comparison || this._error ? "" : html`<p role="status">${localize("compare_loading")}</p>`}`;
  }

  static styles = [
    ...ComparisonPanel.styles,
    css`
      section {
        padding-block-end: 8px;
      }
      h4 {
        margin: 0;
        font-size: var(--ha-font-size-m, 14px);
        font-weight: var(--ha-font-weight-medium, 500);
      }
      section > * + * {
        margin-block-start: 8px;
      }
    `,
  ];
}

const FEW_NIGHTS = "few_nights";

/** @param {HomeAssistant} hass @param {LocalizeFunc} localize @param {Comparison} comparison */
function renderItems(hass, localize, { items, sentences }) {
  const counted = items.filter((/** @type {Comparison} */ item) => item.with.recorded + item.without.recorded > 0);
  if (!counted.length) return renderSentences(formatSentences(localize, [{ key: "nothing_to_compare", values: {} }]));
  // Said once, rather than of each item.
  const few = counted.flatMap((/** @type {Comparison} */ item) => item.sentences).find(isAboutFewNights);
  return html`
    ${counted.map((/** @type {Comparison} */ item) => renderItem(hass, localize, item))}
    ${renderSentences(formatSentences(localize, few ? [few, ...sentences] : sentences))}
  `;
}

/** @param {{key: string}} sentence */
const isAboutFewNights = ({ key }) => key === FEW_NIGHTS;

/** @param {HomeAssistant} hass @param {LocalizeFunc} localize @param {Comparison} item */
function renderItem(hass, localize, item) {
  const { difference } = item;
  const own = item.sentences.filter((/** @type {{key: string}} */ sentence) => !isAboutFewNights(sentence));
  const [counts, ...cautions] = formatSentences(localize, own);
  return html`<section>
    ${difference ? renderTable(hass, localize, item) : html`<h4><bdi>${getTitle(localize, item)}</bdi></h4>`}
    <p><bdi>${counts}</bdi></p>
    ${difference ? renderDifference(hass, localize, item) : ""} ${renderSentences(cautions)}
  </section>`;
}

/** @param {HomeAssistant} hass @param {LocalizeFunc} localize @param {Comparison} item */
const renderTable = (hass, localize, item) =>
  renderSideBySide(
    localize,
    getSides(localize, item.kind),
    [item.with, item.without],
    getSideRows(hass, localize, item.confidence),
    html`<bdi>${getTitle(localize, item)}</bdi>`,
  );

/** @param {HomeAssistant} hass @param {LocalizeFunc} localize @param {Comparison} item */
const renderDifference = (hass, localize, { difference, confidence }) =>
  html`<ul>
    ${getDifferenceLines(hass, localize, difference, confidence)
      .filter(Boolean)
      .map((line) => html`<li><bdi>${line}</bdi></li>`)}
  </ul>`;

/** @param {string[]} sentences */
const renderSentences = (sentences) =>
  html`<ul class="cautions">
    ${sentences.map((sentence) => html`<li><bdi>${sentence}</bdi></li>`)}
  </ul>`;

/** Return what is compared. @param {LocalizeFunc} localize @param {Comparison} item */
function getTitle(localize, { kind, text, removed }) {
  if (text !== null) return removed ? localize("practice_removed", { item: text }) : text;
  return localize(kind === "bedtime_mode" ? "selector.report.options.bedtime_mode" : `compare_${kind}`);
}

/** Return the titles of the nights with it and of those without it. @param {LocalizeFunc} localize @param {string} kind */
const getSides = (localize, kind) =>
  kind === "practice" || kind === "bedtime_mode"
    ? [localize("compare_with"), localize("compare_without")]
    : [localize(`compare_${kind}_above`), localize(`compare_${kind}_below`)];

defineElement("rls-bedtime-comparisons", /** @type {any} */ (Comparisons));
