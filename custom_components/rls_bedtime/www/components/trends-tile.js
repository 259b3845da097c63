/** The trends in the size of a tile: the last 28 nights in a line, and as a strip. */

import { addDays, createNightCell } from "../data/night-grid.js";
import { css, html } from "../frontend/home-assistant.js";
import { formatAffected } from "./trends-headline.js";

/** @import { Trends } from "../data/trends-store.js" */
/** @import { HomeAssistant, LocalizeFunc } from "../frontend/home-assistant.js" */

const NIGHTS = 28;
const MAX_SEVERITY = 10;

/**
 * Render the content of the card.
 * @param {HomeAssistant} hass
 * @param {LocalizeFunc} localize
 * @param {{title: string, trends: Trends | null, isPrivate: boolean, onTap: () => void}} options
 */
export function renderTrendsTile(hass, localize, { title, trends, isPrivate, onTap }) {
  const affected = trends && formatAffected(hass, localize, trends.summary.recent);
  const text = affected ? localize("nights_affected", { affected }) : trends ? localize("none_recorded") : "";
  return html`<ha-tile-container .interactive=${true} .actionHandlerOptions=${{}} @action=${onTap}>
    <ha-tile-icon slot="icon" .icon=${"mdi:chart-timeline-variant"}></ha-tile-icon>
    <ha-tile-info slot="info">
      <span slot="primary">${title}</span>
      <span slot="secondary"><bdi>${isPrivate ? localize("private") : text}</bdi></span>
    </ha-tile-info>
  </ha-tile-container>
    ${affected && trends ? html`<div class="strip" aria-hidden="true">${renderStrip(trends)}</div>` : ""}`;
}

/** Render a bar per night, as high as its worst severity. @param {Trends} trends */
function renderStrip({ recorded, tonight }) {
  const recordedByNight = new Map(recorded.map((each) => [each[0], each]));
  const nights = [...Array(NIGHTS).keys()].map((index) => addDays(tonight, index + 1 - NIGHTS));
  return nights.map((night) => {
    const { kind, worst, severityLevel } = createNightCell(night, recordedByNight.get(night));
    const height = kind === "affected" ? Math.max(20, (100 * (worst ?? 0)) / MAX_SEVERITY) : 0;
    return html`<i class="${kind} level${severityLevel}" style="block-size: ${height}%"></i>`;
  });
}

export const trendsTileStyles = css`
  .compact {
    block-size: 100%;
    --tile-color: var(--severity-severe);
  }
  .compact ha-tile-icon {
    --tile-icon-color: var(--severity-severe);
  }
  .strip {
    position: absolute;
    inset-block: 0;
    inset-inline-end: var(--ha-space-3, 12px);
    inline-size: 34%;
    display: flex;
    align-items: end;
    gap: 2px;
    block-size: 32px;
    margin-block: auto;
    pointer-events: none;
  }
  .compact:has(.strip) ha-tile-info {
    max-inline-size: calc(64% - 56px);
  }
  .strip i {
    forced-color-adjust: none;
    flex: 1 1 0;
    min-inline-size: 2px;
    min-block-size: 3px;
    border-radius: 2px;
  }
  .strip .affected {
    background: color-mix(in srgb, var(--severity-severe) 55%, transparent);
  }
  .strip .level3 {
    background: var(--severity-severe);
  }
  .strip .clear {
    background: var(--clear-color);
  }
  .strip .unrecorded {
    background: var(--divider-color);
    min-block-size: 1px;
  }
  @container (max-width: 340px) {
    .strip {
      inline-size: 26%;
      gap: 1px;
    }
    .compact:has(.strip) ha-tile-info {
      max-inline-size: calc(72% - 56px);
    }
  }
  @container (max-width: 280px) {
    .strip {
      display: none;
    }
    .compact:has(.strip) ha-tile-info {
      max-inline-size: none;
    }
  }
`;
