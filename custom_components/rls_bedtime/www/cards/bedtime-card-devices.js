/** The devices of the bedtime card: what is dimmed, lowered and silent, what failed, and what somebody has taken over. */

import { renderButton } from "../components/controls.js";
import { ripple } from "../components/tile.js";
import { fireEvent, html } from "../frontend/home-assistant.js";
import { formatList, formatNumber } from "../frontend/locale.js";

/** @import { BedroomStatus, Problem } from "../data/bedroom-status.js" */
/** @import { HomeAssistant, LocalizeFunc } from "../frontend/home-assistant.js" */

/**
 * @typedef {object} DevicesContext
 * @property {HomeAssistant} hass
 * @property {LocalizeFunc} localize
 * @property {HTMLElement} card
 * @property {(problem: Problem) => void} reapply
 */

const ICONS = /** @type {Record<string, string>} */ ({
  lights: "mdi:lightbulb-night",
  climate: "mdi:thermometer-low",
  screens: "mdi:television-off",
  covers: "mdi:roller-shade-closed",
  phones: "mdi:cellphone-off",
});

/** Return the end of the key of a text about one or several. @param {number} count */
const onceOf = (count) => (count === 1 ? "_once" : "");

/** @param {DevicesContext} context @param {BedroomStatus} status */
export function renderApplied({ hass, localize }, { applied }) {
  if (applied.length === 0) return "";
  return html`<ul class="applied">
    ${applied.map(([kind, count]) => {
      const text = localize(`applied_${kind}${onceOf(count)}`, { count: formatNumber(hass, count) });
      return html`<li title=${text}>
        <ha-icon .icon=${ICONS[kind]}></ha-icon><span aria-hidden="true">${formatNumber(hass, count)}</span
        ><span class="hidden">${text}</span>
      </li>`;
    })}
  </ul>`;
}

/** @param {DevicesContext} context @param {BedroomStatus} status */
export function renderRestores({ hass, localize }, { restores }) {
  if (restores.length === 0) return "";
  const what = restores.map(([kind, count]) => localize(`restores_${kind}${onceOf(count)}`, { count: formatNumber(hass, count) }));
  return html`<p class="restores">${localize("restores", { what: formatList(hass, what) })}</p>`;
}

/** @param {DevicesContext} context @param {BedroomStatus} status */
export function renderFaults(context, { faults }) {
  const { localize } = context;
  if (faults.length === 0) return "";
  return html`<ul class="devices" aria-label=${localize("troubles")}>
    ${faults.map((problem) => {
      const name = getName(context, problem);
      return html`<li>
        ${renderFault(context, problem)}
        ${renderButton({
          icon: "mdi:refresh",
          text: localize("try_again"),
          label: localize("try_again_of", { name }),
          press: () => context.reapply(problem),
        })}
      </li>`;
    })}
  </ul>`;
}

/** @param {Pick<DevicesContext, "hass" | "localize" | "card">} context @param {Problem} problem */
export const renderFault = (context, problem) => html`
  <ha-icon class="warning" icon="mdi:alert"></ha-icon>
  ${renderName(context, problem, context.localize(`fault_${problem.outcome}`, { name: getName(context, problem) }))}
`;

/**
 * Render what somebody has taken over: one line, which opens the list.
 * @param {DevicesContext} context
 * @param {BedroomStatus} status
 * @param {{isOpen: boolean, toggle: () => void}} list
 */
export function renderReleased(context, { released }, { isOpen, toggle }) {
  const { hass, localize } = context;
  if (released.length === 0) return "";
  return html`
    <button class="line" aria-expanded=${isOpen} @click=${toggle}>
      ${ripple}<ha-icon icon="mdi:hand-back-right-outline"></ha-icon>
      <span class="text">${localize("changed_by_hand", { count: formatNumber(hass, released.length) })}</span>
      <ha-icon class="chevron" icon="mdi:chevron-down"></ha-icon>
    </button>
    ${isOpen
      ? html`<ul class="devices" aria-label=${localize("changed_by_hand_list")}>
          ${released.map((problem) => {
            const name = getName(context, problem);
            return html`<li>
              ${renderName(context, problem, name, localize(`by_${problem.by ?? "person"}`))}
              ${renderButton({
                text: localize("take_back"),
                label: localize("take_back_of", { name }),
                press: () => context.reapply(problem),
              })}
            </li>`;
          })}
        </ul>`
      : ""}
  `;
}

/** @param {Pick<DevicesContext, "hass">} context @param {Problem} problem @returns {string} */
export const getName = ({ hass }, { entity_id }) => hass.states[entity_id]?.attributes.friendly_name ?? entity_id;

/** @param {Pick<DevicesContext, "card">} context @param {Problem} problem @param {string} text @param {string} [more] */
function renderName({ card }, { entity_id }, text, more = "") {
  const showDetails = () => fireEvent(card, "hass-more-info", { entityId: entity_id });
  return html`<button class="name" @click=${showDetails}>
    ${ripple}<span>${text}</span>${more ? html`<span class="more">${more}</span>` : ""}
  </button>`;
}
