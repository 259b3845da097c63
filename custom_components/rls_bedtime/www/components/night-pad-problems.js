/** What the night pad says about taps that are not in the diary: why not yet, and what Home Assistant refused. */

import { html } from "../frontend/home-assistant.js";
import { formatTimeWithDay } from "../frontend/locale.js";

/** @import { EpisodeQueue, QueuedOperation } from "../data/episode-queue.js" */
/** @import { HomeAssistant, LocalizeFunc } from "../frontend/home-assistant.js" */

/** @typedef {{hass: HomeAssistant, localize: LocalizeFunc, queue: EpisodeQueue}} QueueContext */

/** Render why something is not saved yet, and what was refused. @param {QueueContext} context */
export function renderQueueProblems(context) {
  const { hass, localize, queue } = context;
  const { failed, refused } = queue;
  const error = failed.find((operation) => operation.error)?.error;
  const problem = error ?? (hass.connected || failed.length ? "" : localize("no_connection"));
  return html`
    ${problem || failed.length
      ? html`<div class="problem">
          <p aria-live="polite">${problem}</p>
          ${failed.length ? html`<button @click=${() => queue.retry()}>${localize("try_again")}</button>` : ""}
        </div>`
      : ""}
    ${refused.map((operation) => renderRefused(context, operation))}
  `;
}

/**
 * Render what Home Assistant refused for good, with the reason. It stays until the user discards it.
 * @param {QueueContext} context
 * @param {QueuedOperation} operation
 */
function renderRefused({ hass, localize, queue }, operation) {
  const { kind, at, error } = operation;
  const what = localize(`tapped_${kind}`, { time: formatTimeWithDay(hass, at, Date.now()) });
  return html`
    <div class="problem" role="alert">
      <p>${localize("not_accepted", { what })}<br />${error}</p>
      <button aria-label=${localize("discard_of", { what })} @click=${() => queue.discard(operation)}>
        ${localize("discard")}
      </button>
    </div>
  `;
}
