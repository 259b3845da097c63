/** What was measured in the nights, as strips under the calendar. */

import { STRIP_HEIGHT, STRIP_WIDTH, createStrips, drawWeek, formatStripValue } from "../data/night-conditions.js";
import { css, html } from "../frontend/home-assistant.js";

/** @import { NightConditions, Strip } from "../data/night-conditions.js" */
/** @import { HomeAssistant, LocalizeFunc } from "../frontend/home-assistant.js" */

const ICONS = { temperature: "mdi:thermometer", asleep: "mdi:sleep" };

/** Keep a text in its own direction, within a text that may have the other one. @param {string} text */
const isolate = (text) => `\u2068${text}\u2069`;

/** Render the icon that stands before a strip. @param {Strip} strip */
export const renderStripIcon = ({ name }) => html`<ha-icon class="measured" icon=${ICONS[name]}></ha-icon>`;

/** Render what a strip shows of a week. Only visual, as the labels of the nights say the same. @param {Strip} strip @param {string} start */
export function renderStripWeek(strip, start) {
  const { line, dots } = drawWeek(strip, start);
  return html`<svg class="measured" aria-hidden="true" viewBox="0 0 ${STRIP_WIDTH} ${STRIP_HEIGHT}" preserveAspectRatio="none">
    <path d=${line}></path>
    <path class="dots" d=${dots}></path>
  </svg>`;
}

/**
 * Render what the strips show, and between which values; nothing if nothing is known.
 * @param {HomeAssistant} hass
 * @param {LocalizeFunc} localize
 * @param {Iterable<NightConditions>} conditions
 */
export function renderStripLegend(hass, localize, conditions) {
  const strips = createStrips(conditions);
  if (!strips.length) return "";
  return html`<ul class="legend">
    ${strips.map((strip) => {
      const [lowest, highest] = [strip.lowest, strip.highest].map((value) => isolate(formatStripValue(hass, strip, value)));
      return html`<li>${renderStripIcon(strip)}<bdi>${localize(`strip_${strip.name}`, { lowest, highest })}</bdi></li>`;
    })}
  </ul>`;
}

/** A line and dots have the color of the text, so that forced colors replace it. */
export const stripStyles = css`
  svg.measured {
    display: block;
    inline-size: 100%;
    block-size: 100%;
    overflow: visible;
    fill: none;
    stroke: currentColor;
  }
  .measured path {
    stroke-width: 1px;
    stroke-opacity: 0.6;
    vector-effect: non-scaling-stroke;
  }
  .measured .dots {
    stroke-width: 4px;
    stroke-opacity: 1;
    stroke-linecap: round;
  }
  .measured:dir(rtl) {
    transform: scaleX(-1);
  }
  ha-icon.measured {
    --mdc-icon-size: 16px;
    inline-size: 16px;
    block-size: 16px;
    transform: none;
  }
`;
