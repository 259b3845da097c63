/** The headline of the trends: the last 28 nights beside the 28 before, with what is not recorded. */

import { css, html } from "../frontend/home-assistant.js";
import { formatNumber, formatTimeOfDay } from "../frontend/locale.js";

/** @import { Summary } from "../data/trends-store.js" */
/** @import { HomeAssistant, LocalizeFunc } from "../frontend/home-assistant.js" */

/**
 * Return how many of the recorded nights were affected, such as "17 of 22", or an empty text if none is recorded.
 * @param {HomeAssistant} hass
 * @param {LocalizeFunc} localize
 * @param {Summary} period
 */
export const formatAffected = (hass, localize, { nights }) =>
  nights.recorded
    ? localize("of", { count: formatNumber(hass, nights.affected), n: formatNumber(hass, nights.recorded) })
    : "";

/**
 * Render the last 28 nights and the 28 before.
 * @param {HomeAssistant} hass
 * @param {LocalizeFunc} localize
 * @param {Summary} summary
 */
export const renderHeadline = (hass, localize, { recent, before }) => html`
  <div class="headline">
    ${renderPeriod(hass, localize, "last_nights", recent)} ${renderPeriod(hass, localize, "nights_before", before)}
  </div>
`;

/** @param {HomeAssistant} hass @param {LocalizeFunc} localize @param {"last_nights" | "nights_before"} name @param {Summary} period */
function renderPeriod(hass, localize, name, period) {
  const { nights, onset, severity } = period;
  const count = (/** @type {number} */ value) => formatNumber(hass, value);
  const lines = [
    onset.mean && localize("usually_from", { time: formatTimeOfDay(hass, onset.mean), n: count(onset.n) }),
    severity.mean !== null &&
      localize("severity_average", { severity: formatNumber(hass, severity.mean, 1), n: count(severity.n) }),
    nights.unrecorded > 0 && localize("not_recorded_nights", { nights: count(nights.unrecorded) }),
  ];
  return html`<section class="period ${name}">
    <h3><bdi>${localize(name)}</bdi></h3>
    <p class="affected">
      <b><bdi>${formatAffected(hass, localize, period) || localize("none_recorded")}</bdi></b>
      ${nights.recorded ? html`<bdi>${localize("recorded_affected")}</bdi>` : ""}
    </p>
    ${renderBar(nights)}
    <ul>
      ${lines.filter(Boolean).map((line) => html`<li><bdi>${line}</bdi></li>`)}
    </ul>
  </section>`;
}

/** Render the nights as parts of a bar, in the marks of the calendar. @param {Record<string, number>} nights */
const renderBar = ({ affected, clear, unrecorded }) =>
  html`<div class="bar" aria-hidden="true">
    ${[["affected", affected], ["clear", clear], ["unrecorded", unrecorded]].map(([kind, n]) =>
      n ? html`<i class=${kind} style="flex-grow: ${n}"></i>` : "",
    )}
  </div>`;

export const headlineStyles = css`
  .headline {
    display: grid;
    grid-template-columns: repeat(auto-fit, minmax(min(100%, 130px), 1fr));
    gap: var(--ha-space-4, 16px);
  }
  .period {
    display: flex;
    flex-direction: column;
    gap: var(--ha-space-1, 4px);
    min-inline-size: 0;
  }
  .period h3 {
    margin: 0;
    color: var(--secondary-text-color);
    font-size: var(--ha-font-size-s, 12px);
    font-weight: var(--ha-font-weight-normal, 400);
  }
  .affected {
    display: flex;
    flex-wrap: wrap;
    align-items: baseline;
    column-gap: 8px;
    margin: 0;
  }
  .affected b {
    font-size: 24px;
    font-weight: var(--ha-font-weight-medium, 500);
    line-height: 1.2;
  }
  .nights_before .affected b {
    color: var(--secondary-text-color);
  }
  .period .bar {
    display: flex;
    gap: 2px;
    block-size: 8px;
    margin-block: 2px 4px;
  }
  .bar i {
    forced-color-adjust: none;
    flex: 1 1 0;
    min-inline-size: 4px;
    border-radius: 2px;
  }
  .bar i:first-child {
    border-start-start-radius: 4px;
    border-end-start-radius: 4px;
  }
  .bar i:last-child {
    border-start-end-radius: 4px;
    border-end-end-radius: 4px;
  }
  .bar .affected {
    background: var(--severity-severe);
  }
  .nights_before .bar .affected {
    opacity: 0.6;
  }
  .bar .clear {
    background: var(--clear-color);
  }
  .bar .unrecorded {
    background: radial-gradient(circle at 2.5px 4px, var(--unrecorded-color) 1.5px, transparent 2px) 0 0 / 7px 8px;
  }
  .period ul {
    margin: 0;
    padding: 0;
    list-style: none;
    color: var(--secondary-text-color);
    font-size: var(--ha-font-size-s, 12px);
    line-height: 1.5;
  }
`;
