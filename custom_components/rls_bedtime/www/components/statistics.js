/** The statistics of a diary: month comparison, onset histogram, relief measures, nights. Each figure comes with its n. */

import { addDays, countNights } from "../data/night-grid.js";
import { css, html, localizeOption } from "../frontend/home-assistant.js";
import { createDateFormatter, formatHour, formatNumber, formatTimeOfDay } from "../frontend/locale.js";

/** @import { RecordedNight } from "../data/night-grid.js" */
/** @import { Summary, Trends } from "../data/trends-store.js" */
/** @import { HomeAssistant, LocalizeFunc } from "../frontend/home-assistant.js" */

const NOON = 12;
const HOURS_PER_DAY = 24;

/**
 * Render the current month next to the previous one.
 * @param {HomeAssistant} hass
 * @param {LocalizeFunc} localize
 * @param {Summary[]} summaries
 */
export function renderMonthComparison(hass, localize, summaries) {
  const formatMonth = createDateFormatter(hass, { month: "long" });
  const [currentMonth, previousMonth] = summaries.map(({ first_night }) => formatMonth(first_night));
  const formatCount = (/** @type {number} */ value) => formatNumber(hass, value);
  const formatDecimal = (/** @type {number} */ value) => formatNumber(hass, value, 1);
  const formatMinutes = (/** @type {number} */ value) => localize("minutes", { minutes: formatCount(value) });
  /** @type {[string, (summary: Summary) => unknown][]} */
  const rows = [
    ["recorded", ({ nights }) => formatCount(nights.recorded)],
    ["affected", ({ nights }) => formatCount(nights.affected)],
    ["clear_nights", ({ nights }) => formatCount(nights.clear)],
    ["unrecorded", ({ nights }) => formatCount(nights.unrecorded)],
    ["per_night", ({ episodes }) => renderValue(hass, localize, episodes.per_recorded_night, formatDecimal)],
    ["mean_severity", ({ severity }) => renderValue(hass, localize, severity.mean, formatDecimal, severity.n)],
    ["usual_start", ({ onset }) => renderValue(hass, localize, onset.mean, (mean) => formatTimeOfDay(hass, mean), onset.n)],
    ["lasted", ({ duration }) => renderValue(hass, localize, duration.median, formatMinutes, duration.n)],
  ];
  return html`
    <table class="months">
      <caption>
        ${localize("months")}
      </caption>
      <thead>
        <tr>
          <td></td>
          <th scope="col">${localize("so_far", { month: currentMonth })}</th>
          <th scope="col">${previousMonth}</th>
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          ([label, render]) => html`<tr>
            <th scope="row">${localize(label)}</th>
            ${summaries.map((summary) => html`<td>${render(summary)}</td>`)}
          </tr>`,
        )}
      </tbody>
    </table>
  `;
}

/**
 * Render how many episodes started in each hour, from noon to noon. The chart is hidden from screen readers, which get a table.
 * @param {HomeAssistant} hass
 * @param {LocalizeFunc} localize
 * @param {Summary} summary
 */
export function renderOnsetHistogram(hass, localize, { onset }) {
  const max = Math.max(1, ...onset.histogram);
  const bars = onset.histogram.map((/** @type {number} */ n, /** @type {number} */ index) => ({
    n,
    hour: formatHour(hass, (NOON + index) % HOURS_PER_DAY),
    index,
  }));
  return html`
    <figure>
      <figcaption>${localize("starts", { n: formatNumber(hass, onset.n) })}</figcaption>
      <div class="hours" aria-hidden="true">
        ${bars.map(
          (/** @type {{n: number, hour: string, index: number}} */ { n, hour, index }) => html`<div
            class="hour"
            title="${hour}: ${formatNumber(hass, n)}"
          >
            <i style="block-size: ${(100 * n) / max}%"></i>
            <span>${index % 3 === 0 ? hour : ""}</span>
          </div>`,
        )}
      </div>
      <table class="read">
        <caption>
          ${localize("starts", { n: formatNumber(hass, onset.n) })}
        </caption>
        <thead>
          <tr>
            <th scope="col">${localize("hour_from")}</th>
            <th scope="col">${localize("episodes")}</th>
          </tr>
        </thead>
        <tbody>
          ${bars
            .filter((/** @type {{n: number}} */ { n }) => n > 0)
            .map(
              (/** @type {{n: number, hour: string}} */ { n, hour }) => html`<tr>
                <th scope="row">${hour}</th>
                <td>${formatNumber(hass, n)}</td>
              </tr>`,
            )}
        </tbody>
      </table>
    </figure>
  `;
}

/**
 * Render how often each relief measure was used, and how often it helped.
 * @param {HomeAssistant} hass
 * @param {LocalizeFunc} localize
 * @param {Summary} summary
 */
export function renderReliefTable(hass, localize, { relief }) {
  const measures = Object.entries(relief);
  if (measures.length === 0) return html`<p>${localize("no_relief")}</p>`;
  const formatHelped = (/** @type {{rated: number, helped: number | null}} */ { rated, helped }) =>
    helped === null
      ? localize("not_known")
      : localize("helped_of", { helped: formatNumber(hass, helped), n: formatNumber(hass, rated) });
  return html`
    <table>
      <caption>
        ${localize("relief_measures")}
      </caption>
      <thead>
        <tr>
          <td></td>
          <th scope="col">${localize("used")}</th>
          <th scope="col">${localize("some_or_full")}</th>
        </tr>
      </thead>
      <tbody>
        ${measures.map(
          ([measure, figures]) => html`<tr>
            <th scope="row">${localizeOption(localize, "relief", measure)}</th>
            <td>${formatNumber(hass, figures.used)}</td>
            <td>${formatHelped(figures)}</td>
          </tr>`,
        )}
      </tbody>
    </table>
  `;
}

/**
 * Render on how many nights each item of the evening routine was done, of those since its first one. For one that was removed
 * from the routine, it is not known how many that are.
 * @param {HomeAssistant} hass
 * @param {LocalizeFunc} localize
 * @param {Trends} trends
 */
export function renderPracticesTable(hass, localize, { practices, firstNight, tonight }) {
  const shown = practices.filter(({ removed, nights }) => !removed || nights.length);
  if (shown.length === 0) return "";
  const countKnown = (/** @type {string | null} */ since, /** @type {string[]} */ nights) => {
    const first = [since, ...nights].filter((night) => night !== null).sort()[0] ?? firstNight;
    return countNights(first > firstNight ? first : firstNight, tonight);
  };
  return html`
    <table>
      <caption>
        ${localize("practices")}
      </caption>
      <thead>
        <tr>
          <td></td>
          <th scope="col">${localize("nights_done")}</th>
        </tr>
      </thead>
      <tbody>
        ${shown.map(({ text, since, removed, nights }) => {
          const values = { nights: formatNumber(hass, nights.length), n: formatNumber(hass, countKnown(since, nights)) };
          return html`<tr>
            <th scope="row">${removed ? localize("practice_removed", { item: text }) : text}</th>
            <td>${removed ? values.nights : localize("nights_done_of", values)}</td>
          </tr>`;
        })}
      </tbody>
    </table>
  `;
}

/**
 * Render a row for each recorded night.
 * @param {HomeAssistant} hass
 * @param {LocalizeFunc} localize
 * @param {RecordedNight[]} recorded the newest first
 */
export function renderNightsTable(hass, localize, recorded) {
  const formatStart = createDateFormatter(hass, { weekday: "short", day: "numeric", month: "short", year: "numeric" });
  const formatEnd = createDateFormatter(hass, { day: "numeric", month: "short" });
  return html`
    <table>
      <caption>
        ${localize("table_of")}
      </caption>
      <thead>
        <tr>
          <th scope="col">${localize("night")}</th>
          <th scope="col">${localize("episodes")}</th>
          <th scope="col">${localize("worst")}</th>
        </tr>
      </thead>
      <tbody>
        ${recorded.map(
          ([night, episodes, worst]) => html`<tr>
            <th scope="row">${localize("from_to", { from: formatStart(night), to: formatEnd(addDays(night, 1)) })}</th>
            <td>${episodes ? formatNumber(hass, episodes) : localize("is_clear_short")}</td>
            <td>${episodes ? renderValue(hass, localize, worst, (severity) => formatNumber(hass, severity)) : ""}</td>
          </tr>`,
        )}
      </tbody>
    </table>
  `;
}

/**
 * Render a value with its n, if that is given, or that it is not known.
 * @template T
 * @param {HomeAssistant} hass
 * @param {LocalizeFunc} localize
 * @param {T | null} value
 * @param {(value: T) => string} format
 * @param {number} [n]
 */
function renderValue(hass, localize, value, format, n) {
  if (value === null) return localize("not_known");
  if (n === undefined) return format(value);
  return html`${format(value)} <small>${localize("n_is", { n: formatNumber(hass, n) })}</small>`;
}

export const statisticsStyles = css`
  figure {
    margin: 0;
  }
  caption,
  figcaption {
    margin-block-end: 8px;
    font-size: var(--ha-font-size-l, 16px);
    text-align: start;
  }
  table {
    inline-size: 100%;
    border-collapse: collapse;
  }
  th,
  td {
    padding: 6px 0;
    border-block-end: 1px solid var(--divider-color);
    font-weight: 400;
    text-align: end;
    font-variant-numeric: tabular-nums;
  }
  th:first-child {
    text-align: start;
  }
  thead th {
    color: var(--secondary-text-color);
  }
  small {
    color: var(--secondary-text-color);
    white-space: nowrap;
  }
  .hours {
    display: grid;
    grid-template-columns: repeat(24, 1fr);
    gap: 2px;
    block-size: 120px;
  }
  .hour {
    position: relative;
    display: flex;
    flex-direction: column;
    justify-content: end;
    padding-block-end: 20px;
  }
  .hour i {
    display: block;
    min-block-size: 1px;
    border-radius: 3px 3px 0 0;
    background: var(--trends-ink);
  }
  .hour span {
    position: absolute;
    inset-block-end: 0;
    inset-inline-start: 0;
    color: var(--secondary-text-color);
    font-size: 12px;
    white-space: nowrap;
  }
  .read {
    position: absolute;
    inline-size: 1px;
    block-size: 1px;
    overflow: hidden;
    clip-path: inset(50%);
    white-space: nowrap;
  }
`;
