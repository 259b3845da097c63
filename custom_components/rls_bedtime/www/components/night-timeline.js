/** The timeline of a night: wind-down and bedtime, the present moment on it, and what its ends are. */

import { css, html } from "../frontend/home-assistant.js";
import { formatTime } from "../frontend/locale.js";

/** @import { Timeline } from "../data/bedroom-status.js" */
/** @import { HomeAssistant, LocalizeFunc } from "../frontend/home-assistant.js" */

/**
 * @param {HomeAssistant} hass
 * @param {LocalizeFunc} localize
 * @param {Timeline} timeline
 * @param {string} text what it says to a screen reader
 */
export function renderTimeline(hass, localize, { start, bedtime, end, bedtimePosition, position }, text) {
  const percent = Math.round(position * 100);
  const labels = [
    ...(bedtimePosition ? [{ key: "timeline_start", icon: "mdi:weather-sunset-down", at: start }] : []),
    { key: "timeline_bedtime", icon: "mdi:bed", at: bedtime },
    { key: "timeline_end", icon: "mdi:weather-sunset-up", at: end },
  ];
  return html`<div class="timeline" style="--bedtime: ${bedtimePosition * 100}%; --now: ${position * 100}%">
    <div
      class="track"
      role="progressbar"
      aria-label=${localize("timeline")}
      aria-valuenow=${percent}
      aria-valuemin="0"
      aria-valuemax="100"
      aria-valuetext=${text}
    >
      <div class="past"></div>
      <div class="now"></div>
    </div>
    <ul>
      ${labels.map(
        ({ key, icon, at }) => html`<li title=${localize(key)}>
          <ha-icon .icon=${icon}></ha-icon><span class="hidden">${localize(key)}</span> ${formatTime(hass, at)}
        </li>`,
      )}
    </ul>
  </div>`;
}

export const timelineStyles = css`
  .timeline {
    --wind-down-color: var(--orange-color);
    --bedtime-color: color-mix(in srgb, var(--indigo-color) 75%, var(--primary-text-color));
    padding: 8px 12px 4px;
  }
  .track {
    position: relative;
    block-size: 8px;
    border-radius: 4px;
    --stops: var(--wind-down-color) 0, var(--bedtime-color) var(--bedtime), var(--bedtime-color) 100%;
  }
  .track::before,
  .past {
    content: "";
    position: absolute;
    inset: 0;
    border-radius: inherit;
    background: linear-gradient(to right, var(--stops));
  }
  .track:dir(rtl)::before,
  .track:dir(rtl) .past {
    background: linear-gradient(to left, var(--stops));
  }
  .track::before {
    opacity: 0.3;
  }
  .past {
    clip-path: inset(0 calc(100% - var(--now)) 0 0 round 4px);
  }
  .past:dir(rtl) {
    clip-path: inset(0 0 0 calc(100% - var(--now)) round 4px);
  }
  .now {
    position: absolute;
    inset-block-start: -4px;
    inset-inline-start: clamp(8px, var(--now), 100% - 8px);
    inline-size: 10px;
    block-size: 10px;
    margin-inline-start: -8px;
    border: 3px solid var(--tile-color);
    border-radius: 50%;
    background: var(--card-background-color);
    transition: inset-inline-start 1s ease-in-out;
  }
  .timeline ul {
    display: flex;
    flex-wrap: wrap;
    gap: 2px 12px;
    margin: 8px 0 0;
    padding: 0;
    list-style: none;
    font-size: var(--ha-font-size-s, 12px);
    color: var(--secondary-text-color);
    --mdc-icon-size: 16px;
  }
  .timeline li {
    display: flex;
    align-items: center;
    gap: 4px;
  }
  /* The icon of bedtime stands where it is on the track. */
  .timeline li:first-child {
    min-inline-size: calc(var(--bedtime) - 20px);
  }
  .timeline li:last-child {
    margin-inline-start: auto;
  }
  @media (forced-colors: active) {
    .track {
      forced-color-adjust: none;
      --wind-down-color: color-mix(in srgb, CanvasText 50%, Canvas);
      --bedtime-color: CanvasText;
    }
    .now {
      border-color: CanvasText;
      background: Canvas;
    }
  }
  @media (prefers-reduced-motion: reduce) {
    .now {
      transition: none;
    }
  }
`;
