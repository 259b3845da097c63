/** A chart of when episodes start, by the hour of the night. */

import { css, html } from "../frontend/home-assistant.js";
import { formatHour, formatNumber } from "../frontend/locale.js";

/** @import { Summary } from "../data/trends-store.js" */
/** @import { HomeAssistant, LocalizeFunc } from "../frontend/home-assistant.js" */

const NOON = 12;
const HOURS_PER_DAY = 24;

/** The hours that the chart shows at least, counted from noon: 6 PM to 8 AM. */
const EVENING = 6;
const MORNING = 20;

/** With more hours than this, only every sixth has a label. */
const MAX_HOURS_LABELED_OFTEN = 15;

/**
 * Render how many episodes started in each hour of the night. The chart is hidden from screen readers, which get a table.
 * @param {HomeAssistant} hass
 * @param {LocalizeFunc} localize
 * @param {Summary} summary
 * @param {string} period
 */
export function renderOnsetHistogram(hass, localize, { onset }, period) {
  const histogram = /** @type {number[]} */ (onset.histogram);
  const [first, last] = [histogram.findIndex(Boolean), histogram.findLastIndex(Boolean)];
  if (first < 0) return "";
  const max = Math.max(...histogram);
  const bars = histogram
    .map((n, index) => ({ n, index, hour: formatHour(hass, (NOON + index) % HOURS_PER_DAY) }))
    .slice(Math.min(first, EVENING), Math.max(last, MORNING) + 1);
  const labelStep = bars.length > MAX_HOURS_LABELED_OFTEN ? 6 : 3;
  const title = localize("starts", { period, n: formatNumber(hass, onset.n) });
  return html`
    <figure>
      <figcaption>${title}</figcaption>
      <div class="hours" aria-hidden="true">
        ${bars.map(
          ({ n, index, hour }) => html`<div class="hour" title="${hour}: ${formatNumber(hass, n)}">
            <i class=${n ? "" : "none"} style="block-size: ${(100 * n) / max}%"></i>
            ${index % labelStep === 0 ? html`<span class=${index % (2 * labelStep) ? "optional" : ""}>${hour}</span>` : ""}
          </div>`,
        )}
      </div>
      <div class="hidden">
        <table>
          <caption>
            ${title}
          </caption>
          <thead>
            <tr>
              <th scope="col">${localize("hour_from")}</th>
              <th scope="col">${localize("episodes")}</th>
            </tr>
          </thead>
          <tbody>
            ${bars
              .filter(({ n }) => n > 0)
              .map(
                ({ n, hour }) => html`<tr>
                  <th scope="row">${hour}</th>
                  <td>${formatNumber(hass, n)}</td>
                </tr>`,
              )}
          </tbody>
        </table>
      </div>
    </figure>
  `;
}

export const onsetHistogramStyles = css`
  figure {
    position: relative;
    margin: 0;
    min-inline-size: 0;
  }
  figcaption {
    margin-block-end: 8px;
    font-size: var(--ha-font-size-m, 14px);
    font-weight: var(--ha-font-weight-medium, 500);
    text-align: start;
  }
  .hours {
    display: flex;
    gap: 2px;
    block-size: 120px;
  }
  .hour {
    flex: 1 1 0;
    min-inline-size: 0;
    position: relative;
    display: flex;
    flex-direction: column;
    justify-content: end;
    padding-block-end: 20px;
  }
  .hour i {
    forced-color-adjust: none;
    min-block-size: 2px;
    border-radius: 4px 4px 1px 1px;
    background: var(--severity-severe);
  }
  .hour .none {
    background: var(--divider-color);
  }
  .hour span {
    position: absolute;
    inset-block-end: 0;
    inset-inline-start: 0;
    color: var(--secondary-text-color);
    font-size: var(--ha-font-size-s, 12px);
    white-space: nowrap;
  }
  @container (max-width: 220px) {
    .hour .optional {
      display: none;
    }
  }
`;
