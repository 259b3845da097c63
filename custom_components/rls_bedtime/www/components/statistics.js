/** The figures of a diary, drawn: this month beside the last, when episodes begin, and what helped. Each with its n. */

import { choiceWord, css, html } from "../frontend/home-assistant.js";
import { dates, hour, number, timeOfDay } from "../frontend/locale.js";
import { plus } from "../data/night-grid.js";

/** @import { Hass, Words } from "../frontend/home-assistant.js" */
/** @import { Recorded } from "../data/night-grid.js" */
/** @import { Summary } from "../data/trends-store.js" */

const NOON = 12;
const HOURS = 24;

/**
 * Return this month beside the last.
 * @param {Hass} hass
 * @param {Words} words
 * @param {Summary[]} months
 */
export function comparison(hass, words, months) {
  const month = dates(hass, { month: "long" });
  const [now, before] = months.map(({ first_night }) => month(first_night));
  const whole = (/** @type {number} */ value) => number(hass, value);
  const broken = (/** @type {number} */ value) => number(hass, value, 1);
  /** @type {[string, (of: Summary) => unknown][]} */
  const rows = [
    ["recorded", ({ nights }) => whole(nights.recorded)],
    ["affected", ({ nights }) => whole(nights.affected)],
    ["clear_nights", ({ nights }) => whole(nights.clear)],
    ["unrecorded", ({ nights }) => whole(nights.unrecorded)],
    ["per_night", ({ episodes }) => known(hass, words, episodes.per_recorded_night, broken)],
    ["mean_severity", ({ severity }) => known(hass, words, severity.mean, broken, severity.n)],
    ["usual_start", ({ onset }) => known(hass, words, onset.mean, (mean) => timeOfDay(hass, mean), onset.n)],
    ["lasted", ({ duration }) => known(hass, words, duration.median, (median) => words("minutes", { minutes: whole(median) }), duration.n)],
  ];
  return html`
    <table class="months">
      <caption>
        ${words("months")}
      </caption>
      <thead>
        <tr>
          <td></td>
          <th scope="col">${words("so_far", { month: now })}</th>
          <th scope="col">${before}</th>
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          ([name, value]) => html`<tr>
            <th scope="row">${words(name)}</th>
            ${months.map((each) => html`<td>${value(each)}</td>`)}
          </tr>`,
        )}
      </tbody>
    </table>
  `;
}

/**
 * Return when the episodes of a period began, by the hour, from noon to noon.
 * @param {Hass} hass
 * @param {Words} words
 * @param {Summary} summary
 */
export function histogram(hass, words, { onset }) {
  const most = Math.max(1, ...onset.histogram);
  const of = onset.histogram.map((/** @type {number} */ n, /** @type {number} */ index) => ({
    n,
    at: hour(hass, (NOON + index) % HOURS),
    index,
  }));
  return html`
    <figure>
      <figcaption>${words("starts", { n: number(hass, onset.n) })}</figcaption>
      <div class="hours" aria-hidden="true">
        ${of.map(
          (/** @type {{n: number, at: string, index: number}} */ { n, at, index }) => html`<div class="hour" title="${at}: ${number(hass, n)}">
            <i style="block-size: ${(100 * n) / most}%"></i>
            <span>${index % 3 === 0 ? at : ""}</span>
          </div>`,
        )}
      </div>
      <table class="read">
        <caption>
          ${words("starts", { n: number(hass, onset.n) })}
        </caption>
        <thead>
          <tr>
            <th scope="col">${words("hour_from")}</th>
            <th scope="col">${words("episodes")}</th>
          </tr>
        </thead>
        <tbody>
          ${of
            .filter((/** @type {{n: number}} */ { n }) => n > 0)
            .map(
              (/** @type {{n: number, at: string}} */ { n, at }) => html`<tr>
                <th scope="row">${at}</th>
                <td>${number(hass, n)}</td>
              </tr>`,
            )}
        </tbody>
      </table>
    </figure>
  `;
}

/**
 * Return what was done about the episodes of a period, and how often it helped.
 * @param {Hass} hass
 * @param {Words} words
 * @param {Summary} summary
 */
export function relief(hass, words, { relief: measures }) {
  const used = Object.entries(measures);
  if (used.length === 0) return html`<p>${words("no_relief")}</p>`;
  const helped = (/** @type {{rated: number, helped: number | null}} */ { rated, helped: some }) =>
    some === null ? words("not_known") : words("helped_of", { helped: number(hass, some), n: number(hass, rated) });
  return html`
    <table>
      <caption>
        ${words("relief_measures")}
      </caption>
      <thead>
        <tr>
          <td></td>
          <th scope="col">${words("used")}</th>
          <th scope="col">${words("some_or_full")}</th>
        </tr>
      </thead>
      <tbody>
        ${used.map(
          ([measure, figures]) => html`<tr>
            <th scope="row">${choiceWord(words, "relief", measure)}</th>
            <td>${number(hass, figures.used)}</td>
            <td>${helped(figures)}</td>
          </tr>`,
        )}
      </tbody>
    </table>
  `;
}

/**
 * Return all recorded nights, a row for each, the newest first.
 * @param {Hass} hass
 * @param {Words} words
 * @param {Recorded[]} recorded
 */
export function nightsTable(hass, words, recorded) {
  const date = dates(hass, { weekday: "short", day: "numeric", month: "short", year: "numeric" });
  const next = dates(hass, { day: "numeric", month: "short" });
  return html`
    <table>
      <caption>
        ${words("table_of")}
      </caption>
      <thead>
        <tr>
          <th scope="col">${words("night")}</th>
          <th scope="col">${words("episodes")}</th>
          <th scope="col">${words("worst")}</th>
        </tr>
      </thead>
      <tbody>
        ${recorded.map(
          ([night, episodes, worst]) => html`<tr>
            <th scope="row">${words("from_to", { from: date(night), to: next(plus(night, 1)) })}</th>
            <td>${episodes ? number(hass, episodes) : words("is_clear_short")}</td>
            <td>${episodes ? known(hass, words, worst, (severity) => number(hass, severity)) : ""}</td>
          </tr>`,
        )}
      </tbody>
    </table>
  `;
}

/**
 * Return a figure with its n, if that is given, or that nobody knows.
 * @template T
 * @param {Hass} hass
 * @param {Words} words
 * @param {T | null} value
 * @param {(value: T) => string} write
 * @param {number} [n]
 */
function known(hass, words, value, write, n) {
  if (value === null) return words("not_known");
  return n === undefined ? write(value) : html`${write(value)} <small>${words("n_is", { n: number(hass, n) })}</small>`;
}

export const figureStyles = css`
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
