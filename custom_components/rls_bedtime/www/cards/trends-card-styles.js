/** The styles of the trends card. */

import { hiddenStyles } from "../components/hidden-styles.js";
import { stripStyles } from "../components/night-conditions.js";
import { nightMarkStyles } from "../components/night-marks.js";
import { onsetHistogramStyles } from "../components/onset-histogram.js";
import { statisticsStyles } from "../components/statistics.js";
import { headlineStyles } from "../components/trends-headline.js";
import { trendsTileStyles } from "../components/trends-tile.js";
import { css } from "../frontend/home-assistant.js";

export const trendsCardStyles = [
  ...nightMarkStyles,
  stripStyles,
  statisticsStyles,
  onsetHistogramStyles,
  hiddenStyles,
  headlineStyles,
  trendsTileStyles,
  css`
    :host {
      display: block;
      block-size: 100%;
    }
    ha-card,
    .expanded {
      container-type: inline-size;
      color: var(--primary-text-color);
      font-size: var(--ha-font-size-m, 14px);
      line-height: 1.4;
    }
    ha-card:not(.compact),
    .expanded {
      display: flex;
      flex-direction: column;
      gap: var(--ha-space-4, 16px);
    }
    ha-card:not(.compact, .message) {
      padding: var(--ha-space-3, 12px) var(--ha-space-4, 16px) var(--ha-space-4, 16px);
    }
    .header {
      display: flex;
      align-items: center;
      gap: var(--ha-space-3, 12px);
      min-block-size: 48px;
    }
    .header > ha-icon {
      flex: none;
      color: var(--severity-severe);
    }
    h2,
    p {
      margin: 0;
    }
    h2 {
      flex: 1;
      min-inline-size: 0;
      overflow-wrap: anywhere;
      font-size: var(--ha-font-size-l, 16px);
      font-weight: var(--ha-font-weight-medium, 500);
    }
    .add {
      margin-inline-end: -12px;
      color: var(--primary-color);
    }
    .error,
    .empty {
      display: flex;
      flex-wrap: wrap;
      align-items: center;
      gap: 8px;
    }
    .empty p {
      flex: 1 1 100%;
      color: var(--secondary-text-color);
    }
    .overview {
      display: grid;
      grid-template-columns: minmax(0, 1fr);
      gap: var(--ha-space-5, 20px);
    }
    .calendar {
      min-inline-size: 0;
    }
    @container (min-width: 720px) {
      .overview {
        grid-template-columns: 340px minmax(0, 1fr);
        grid-template-rows: auto 1fr;
        column-gap: var(--ha-space-8, 32px);
      }
      .overview .calendar {
        grid-column: 2;
        grid-row: 1 / 3;
      }
    }
    ha-expansion-panel {
      --expansion-panel-summary-padding: 0;
      --expansion-panel-content-padding: 0;
    }
    ha-control-select {
      max-inline-size: 420px;
      --control-select-color: var(--primary-color);
      --control-select-thickness: 40px;
    }
    @container (max-width: 300px) {
      ha-control-select {
        --ha-font-size-m: 11px;
        font-size: 11px;
      }
    }
    .legend {
      display: flex;
      flex-wrap: wrap;
      gap: 4px 16px;
      margin: 8px 0 0;
      padding: 0;
      list-style: none;
      color: var(--secondary-text-color);
      font-size: var(--ha-font-size-s, 12px);
    }
    .legend li {
      display: flex;
      align-items: center;
      gap: 6px;
    }
    .legend .mark {
      inline-size: 16px;
      block-size: 16px;
      border-radius: 5px;
    }
    .legend .level1 {
      border-width: 2px;
      border-radius: 6px;
    }
    .legend .level2 {
      border-width: 1px;
    }
  `,
];
