/** The statistics of a diary: two months side by side, and what was logged. Each figure comes with its n. */

import { addDays, countNights } from "../data/night-grid.js";
import { css, html, localizeOption } from "../frontend/home-assistant.js";
import { createDateFormatter, formatNumber, formatTimeOfDay } from "../frontend/locale.js";

/** @import { RecordedNight } from "../data/night-grid.js" */
/** @import { Summary, Trends } from "../data/trends-store.js" */
/** @import { HomeAssistant, LocalizeFunc } from "../frontend/home-assistant.js" */

/** What was logged of episodes: the part of the summary, the field that has its options, and its title. */
const COUNTED = /** @type {const} */ ([
  ["sensations", "sensations", "form_sensations"],
  ["body_parts", "body_parts", "where"],
  ["sides", "side", "side"],
  ["activities", "activity", "form_activity"],
  ["sleep_impacts", "sleep_impact", "form_sleep_impact"],
  ["tags", null, "tags"],
]);

/**
 * Render everything behind the headline and the calendar.
 * @param {HomeAssistant} hass
 * @param {LocalizeFunc} localize
 * @param {Trends} trends
 * @param {{isTableOpen: boolean, onTableToggled: () => void}} table
 */
export const renderDetails = (hass, localize, trends, { isTableOpen, onTableToggled }) => html`
  <div class="details">
    ${renderMonthComparison(hass, localize, trends.months)} ${renderPracticesTable(hass, localize, trends)}
    ${renderReliefTable(hass, localize, trends.summary)}
    ${COUNTED.map(([part, field, title]) => renderCounts(hass, localize, trends.summary[part], field, title))}
  </div>
  <ha-button appearance="plain" @click=${onTableToggled}>${localize(isTableOpen ? "hide_table" : "table")}</ha-button>
  ${isTableOpen ? renderNightsTable(hass, localize, trends.recorded) : ""}
`;

/**
 * Render in how many episodes each value was logged, of those in which any was.
 * @param {HomeAssistant} hass
 * @param {LocalizeFunc} localize
 * @param {{n: number, counts: Record<string, number>}} figures
 * @param {string | null} field whose options the values are; null if they are the user's own words
 * @param {string} title
 */
function renderCounts(hass, localize, { n, counts }, field, title) {
  const values = Object.entries(counts);
  if (values.length === 0) return "";
  return html`<table class="counts">
    <caption>
      ${localize(title)} ${renderN(hass, localize, n)}
    </caption>
    <tbody>
      ${values.map(
        ([value, count]) => html`<tr>
          <th scope="row">
            ${field === null ? value : localizeOption(localize, field, value)}
            <div class="share" aria-hidden="true"><i style="inline-size: ${(100 * count) / n}%"></i></div>
          </th>
          <td>${formatNumber(hass, count)}</td>
        </tr>`,
      )}
    </tbody>
  </table>`;
}

/**
 * Render the current month next to the previous one.
 * @param {HomeAssistant} hass
 * @param {LocalizeFunc} localize
 * @param {Summary[]} summaries
 */
function renderMonthComparison(hass, localize, summaries) {
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
    ["bedtime_varies", ({ bedtimes: { standard_deviation, n } }) => renderValue(hass, localize, standard_deviation, formatMinutes, n)],
  ];
  const columns = [localize("so_far", { month: currentMonth }), previousMonth];
  return renderSideBySide(localize, columns, summaries, rows, localize("months"));
}

/**
 * Render a table with a column for each set of nights, and a row for each figure of them.
 * @template T
 * @param {LocalizeFunc} localize
 * @param {string[]} titles of the columns
 * @param {T[]} columns
 * @param {[string, (column: T) => unknown][]} rows the key of the label, and what is in a column
 * @param {unknown} [caption]
 */
export const renderSideBySide = (localize, titles, columns, rows, caption) =>
  html`<table class="months">
    ${caption === undefined ? "" : html`<caption>${caption}</caption>`}
    <thead>
      <tr>
        <td></td>
        ${titles.map((title) => html`<th scope="col">${title}</th>`)}
      </tr>
    </thead>
    <tbody>
      ${rows.map(
        ([label, render]) => html`<tr>
          <th scope="row">${localize(label)}</th>
          ${columns.map((column) => html`<td>${render(column)}</td>`)}
        </tr>`,
      )}
    </tbody>
  </table>`;

/**
 * Render how often each relief measure was used, and how often it helped.
 * @param {HomeAssistant} hass
 * @param {LocalizeFunc} localize
 * @param {Summary} summary
 */
function renderReliefTable(hass, localize, { relief }) {
  const measures = Object.entries(relief);
  if (measures.length === 0) return "";
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
function renderPracticesTable(hass, localize, { practices, firstNight, tonight }) {
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
function renderNightsTable(hass, localize, recorded) {
  const formatStart = createDateFormatter(hass, { weekday: "short", day: "numeric", month: "short", year: "numeric" });
  const formatEnd = createDateFormatter(hass, { day: "numeric", month: "short" });
  return html`
    <table class="nights">
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
export function renderValue(hass, localize, value, format, n) {
  if (value === null) return localize("not_known");
  if (n === undefined) return format(value);
  return html`${format(value)} ${renderN(hass, localize, n)}`;
}

/** @param {HomeAssistant} hass @param {LocalizeFunc} localize @param {number} n */
const renderN = (hass, localize, n) => html`<small>${localize("n_is", { n: formatNumber(hass, n) })}</small>`;

export const statisticsStyles = css`
  .details {
    display: grid;
    grid-template-columns: repeat(auto-fit, minmax(min(100%, 300px), 1fr));
    gap: var(--ha-space-6, 24px) var(--ha-space-8, 32px);
    align-items: start;
    margin-block: var(--ha-space-4, 16px);
  }
  caption {
    margin-block-end: 8px;
    font-size: var(--ha-font-size-m, 14px);
    font-weight: var(--ha-font-weight-medium, 500);
    text-align: start;
  }
  table {
    inline-size: 100%;
    border-collapse: collapse;
    font-size: var(--ha-font-size-m, 14px);
  }
  th,
  td {
    padding: 8px 0;
    font-weight: 400;
    text-align: end;
    vertical-align: top;
    font-variant-numeric: tabular-nums;
    overflow-wrap: break-word;
    hyphens: auto;
  }
  th + td,
  td + td,
  th + th,
  td + th {
    padding-inline-start: 12px;
  }
  /* Numbers keep their order in a text of another language than the page's. */
  td {
    unicode-bidi: plaintext;
    text-align: right;
  }
  td:dir(rtl) {
    text-align: left;
  }
  tbody tr + tr {
    border-block-start: 1px solid var(--divider-color);
  }
  th:first-child {
    text-align: start;
  }
  thead th,
  tbody th {
    color: var(--secondary-text-color);
  }
  .nights thead th:first-child {
    inline-size: 55%;
  }
  @container (max-width: 300px) {
    .months,
    .nights {
      table-layout: fixed;
      font-size: var(--ha-font-size-s, 12px);
    }
    th + td,
    td + td,
    th + th,
    td + th {
      padding-inline-start: 6px;
    }
  }
  small {
    color: var(--secondary-text-color);
    font-weight: 400;
    white-space: nowrap;
  }
  .interval {
    white-space: normal;
  }
  .counts th {
    inline-size: 100%;
    color: inherit;
  }
  .counts tbody tr + tr {
    border: 0;
  }
  .counts th,
  .counts td {
    padding-block: 4px;
  }
  .share {
    block-size: 6px;
    margin-block-start: 4px;
    border-radius: 3px;
    background: color-mix(in srgb, var(--secondary-text-color) 12%, transparent);
  }
  .share i {
    display: block;
    forced-color-adjust: none;
    block-size: 100%;
    border-radius: 3px;
    background: var(--severity-severe);
  }
`;
