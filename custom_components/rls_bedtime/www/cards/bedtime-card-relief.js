/** Relief at night on the bedtime card: what is on and until when, how to end it, and what could not be turned on. */

import { renderButton } from "../components/controls.js";
import { formatRelief, formatUntil } from "../components/relief-text.js";
import { ripple } from "../components/tile.js";
import { RELIEF_ACTIONS, getReliefs } from "../data/relief.js";
import { css, html } from "../frontend/home-assistant.js";
import { renderFault } from "./bedtime-card-devices.js";

/** @import { Device } from "../data/devices.js" */
/** @import { DevicesContext } from "./bedtime-card-devices.js" */

/** @typedef {DevicesContext & {bedroom: Device, now: number, call: (action: string) => void}} ReliefContext */

const ICONS = /** @type {const} */ ({ walk: "mdi:walk", device: "mdi:foot-print" });
const STOP_ICONS = /** @type {const} */ ({ walk: "mdi:bed", device: "mdi:stop" });

/** @param {Pick<ReliefContext, "hass" | "bedroom">} context */
const getRunning = ({ hass, bedroom }) => getReliefs(hass, bedroom).filter(({ isOn }) => isOn);

/** Render a line for all that is on. @param {ReliefContext} context */
export function renderReliefs(context) {
  const { hass, localize } = context;
  const running = getRunning(context);
  if (running.length === 0) return "";
  return html`<ul class="devices">
    ${running.map((relief) => {
      const text = formatRelief(hass, localize, relief);
      const stop = localize(`relief_stop_${relief.aid}`);
      const press = () => context.call(RELIEF_ACTIONS[relief.aid].stop);
      return html`<li>
          <ha-icon class="running" .icon=${ICONS[relief.aid]}></ha-icon><span class="running-text" role="status">${text}</span>
          ${renderButton({ icon: STOP_ICONS[relief.aid], text: stop, label: `${stop}: ${text}`, press })}
        </li>
        ${relief.unreachable.map((id) => html`<li>${renderFault(context, toProblem(context, id))}</li>`)}`;
    })}
  </ul>`;
}

/**
 * Return the line of a tile while something is on, and what ends it.
 * @param {ReliefContext} context
 */
export function renderCompactRelief(context) {
  const { hass, localize } = context;
  const [relief] = getRunning(context);
  if (!relief) return null;
  const text = formatRelief(hass, localize, relief);
  const label = `${localize(`relief_stop_${relief.aid}`)}: ${text}`;
  return {
    text: html`<span class="running-line" title=${text}>
      <ha-icon class="running" .icon=${ICONS[relief.aid]}></ha-icon>
      <span class="hidden">${text}</span>
      <span class="wide" aria-hidden="true">${text}</span><span class="narrow" aria-hidden="true">${formatUntil(hass, relief)}</span>
    </span>`,
    isFaulty: relief.unreachable.length > 0,
    control: html`<button
      class="stop"
      aria-label=${label}
      title=${label}
      @click=${() => context.call(RELIEF_ACTIONS[relief.aid].stop)}
    >
      ${ripple}<ha-icon .icon=${STOP_ICONS[relief.aid]}></ha-icon>
    </button>`,
  };
}

/** @param {Pick<ReliefContext, "hass">} context @param {string} id */
const toProblem = ({ hass }, id) => ({
  entity_id: id,
  outcome: hass.states[id]?.state === "unavailable" ? "unreachable" : "failed",
  by: null,
});

export const reliefStyles = css`
  .running {
    flex: none;
    color: var(--state-light-active-color, var(--amber-color));
  }
  .running-line {
    display: flex;
    align-items: center;
    gap: 4px;
    --mdc-icon-size: 14px;
  }
  .compact .tile-info {
    container-type: inline-size;
  }
  .running-line .wide {
    overflow: hidden;
    text-overflow: ellipsis;
  }
  .running-line .narrow {
    display: none;
  }
  @container (max-width: 190px) {
    .running-line .wide {
      display: none;
    }
    .running-line .narrow {
      display: inline;
    }
  }
  .running-text {
    flex: 1 1 120px;
    font-size: var(--ha-font-size-m, 14px);
    unicode-bidi: plaintext;
    text-align: left;
  }
  .running-text:dir(rtl) {
    text-align: right;
  }
  .stop {
    flex: none;
    overflow: hidden;
    display: grid;
    place-content: center;
    inline-size: 48px;
    block-size: 48px;
    margin-block: -6px;
    margin-inline: -14px -10px;
    padding: 0;
    border: 0;
    border-radius: 50%;
    background: none;
    color: var(--primary-text-color);
    cursor: pointer;
  }
  .stop:focus-visible {
    outline: 2px solid var(--primary-text-color);
    outline-offset: -2px;
  }
`;
