/** The styles of the bedtime card. */

import { controlStyles } from "../components/controls.js";
import { hiddenStyles } from "../components/hidden-styles.js";
import { timelineStyles } from "../components/night-timeline.js";
import { tileStyles } from "../components/tile.js";
import { css } from "../frontend/home-assistant.js";
import { reliefStyles } from "./bedtime-card-relief.js";

const cardStyles = css`
  ha-card {
    --tile-color: var(--state-inactive-color);
    block-size: 100%;
    color: var(--primary-text-color);
  }
  ha-card.wind_down {
    --tile-color: var(--orange-color);
  }
  ha-card.bedtime {
    --tile-color: color-mix(in srgb, var(--indigo-color) 75%, var(--primary-text-color));
  }
  p {
    margin: 0;
    padding: 16px;
  }
  .tile-info p {
    padding: 0;
  }
  /* Where there is little room, or type is large, the switch goes below the name, which must not be cut. */
  ha-card:not(.compact) .tile {
    flex-wrap: wrap;
  }
  .compact .tile {
    block-size: 100%;
  }
  .compact .tile-info > * {
    white-space: nowrap;
    overflow: hidden;
    text-overflow: ellipsis;
  }
  /* A text in another language than the page keeps its own order of words, at the side where the page has it. */
  .text,
  .name > span,
  .difference,
  .restores,
  .tile-info p {
    unicode-bidi: plaintext;
    text-align: left;
  }
  :is(.text, .name > span, .difference, .tile-info p):dir(rtl) {
    text-align: right;
  }
  .difference,
  .restores,
  .error {
    padding: 4px 12px;
    font-size: var(--ha-font-size-s, 12px);
    line-height: var(--ha-line-height-condensed, 1.2);
    letter-spacing: 0.4px;
  }
  .restores {
    padding-block: 0 8px;
    color: var(--secondary-text-color);
  }
  .restores,
  .restores:dir(rtl) {
    text-align: center;
  }
  .error {
    font-size: var(--ha-font-size-m, 14px);
    color: var(--error-color);
  }
  .applied {
    display: flex;
    flex-wrap: wrap;
    gap: 8px;
    margin: 0;
    padding: 8px 12px 4px;
    list-style: none;
    --mdc-icon-size: 18px;
  }
  .applied li {
    display: flex;
    align-items: center;
    gap: 6px;
    min-block-size: 28px;
    padding-inline: 8px 10px;
    border-radius: 14px;
    background: color-mix(in srgb, var(--tile-color) 16%, transparent);
    font-size: var(--ha-font-size-s, 12px);
    font-weight: var(--ha-font-weight-medium, 500);
  }
  .devices {
    margin: 0;
    padding: 0 12px;
    list-style: none;
  }
  .devices li {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 0 8px;
    min-block-size: 56px;
  }
  .warning {
    flex: none;
    color: var(--warning-color);
  }
  .line,
  .name {
    position: relative;
    display: flex;
    align-items: center;
    min-block-size: 48px;
    border: 0;
    background: none;
    color: inherit;
    font: inherit;
    font-size: var(--ha-font-size-m, 14px);
    text-align: start;
    cursor: pointer;
    overflow: hidden;
    border-radius: var(--ha-border-radius-lg, 12px);
  }
  .line {
    gap: 12px;
    inline-size: 100%;
    padding: 4px 16px;
    color: var(--secondary-text-color);
    --mdc-icon-size: 20px;
  }
  .line .text {
    flex: 1;
  }
  .name {
    flex: 1 1 120px;
    flex-direction: column;
    align-items: flex-start;
    justify-content: center;
    padding: 4px;
  }
  .more {
    font-size: var(--ha-font-size-s, 12px);
    color: var(--secondary-text-color);
  }
  .line:focus-visible,
  .name:focus-visible {
    outline: 2px solid var(--primary-text-color);
    outline-offset: -2px;
  }
  .chevron {
    transition: transform var(--ha-animation-duration-normal, 250ms);
  }
  [aria-expanded="true"] > .chevron {
    transform: rotate(180deg);
  }
  .actions {
    display: flex;
    flex-wrap: wrap;
    gap: 12px;
    padding: 8px 12px;
  }
  .actions > * {
    flex: 1 1 140px;
  }
  .settings {
    padding: 0 16px 12px;
  }
  .settings,
  .devices,
  .timeline,
  .applied {
    animation: appear var(--ha-animation-duration-normal, 250ms) ease-out;
  }
  @keyframes appear {
    from {
      opacity: 0;
      transform: translateY(-4px);
    }
  }
  .wind_down span.tile-icon {
    animation: fade 6s ease-in-out infinite alternate;
  }
  @keyframes fade {
    to {
      background-color: color-mix(in srgb, var(--tile-color) 36%, transparent);
    }
  }
  @media (prefers-reduced-motion: reduce) {
    .settings,
    .devices,
    .timeline,
    .applied,
    .wind_down span.tile-icon {
      animation: none;
    }
    .chevron {
      transition: none;
    }
  }
`;

export const bedtimeCardStyles = [tileStyles, controlStyles, timelineStyles, cardStyles, reliefStyles, hiddenStyles];
