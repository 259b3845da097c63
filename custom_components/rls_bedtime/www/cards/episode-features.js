/** Features of Home Assistant's tile card for a leg diary: one logs an episode, with an undo; one rates the latest episode. */

import { DiaryController } from "../components/diary-controller.js";
import "../components/night-pad.js";
import { MAX_EPISODE_AGE, SEVERITY_LEVELS, getSeverityLevel } from "../data/episode-details.js";
import { findSleepers } from "../data/devices.js";
import { css, defineElement, fireEvent, html } from "../frontend/home-assistant.js";
import { formatTimeWithDay } from "../frontend/locale.js";
import { BaseCard } from "./base-card.js";

/** @import { Device } from "../data/devices.js" */
/** @import { EpisodeQueue } from "../data/episode-queue.js" */
/** @import { HomeAssistant } from "../frontend/home-assistant.js" */

export const LOG_FEATURE = "rls-bedtime-log-feature";
export const SEVERITY_FEATURE = "rls-bedtime-severity-feature";

class EpisodeFeature extends BaseCard {
  static properties = { ...BaseCard.properties, context: { attribute: false } };

  constructor() {
    super();
    /** @type {{entity_id?: string} | undefined} */
    this.context = undefined;
  }

  /** The sleeper whose entity the tile shows. @param {HomeAssistant} hass @returns {Device | undefined} */
  findSleeper(hass) {
    const entityId = this.context?.entity_id;
    return entityId ? findSleepers(hass).find(({ entities }) => Object.values(entities).includes(entityId)) : undefined;
  }
}

class LogFeature extends EpisodeFeature {
  render() {
    const { hass, localize } = this;
    const sleeper = hass && this.findSleeper(hass);
    if (!localize || !sleeper) return "";
    return html`<rls-bedtime-pad compact feature .hass=${hass} .sleeper=${sleeper} .localize=${localize}></rls-bedtime-pad>`;
  }

  static getStubConfig() {
    return { type: `custom:${LOG_FEATURE}` };
  }

  static styles = css`
    :host {
      display: block;
      container-type: inline-size;
    }
  `;
}

class SeverityFeature extends EpisodeFeature {
  constructor() {
    super();
    /** @type {EpisodeQueue | undefined} */
    this._queue = undefined;
    this._queueChanged = () => this.requestUpdate();
    this._diary = new DiaryController(this, { reachable: () => {}, changed: () => this.#diaryChanged() });
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.#follow(undefined);
  }

  /** @param {Map<string, any>} changed */
  willUpdate(changed) {
    super.willUpdate(changed);
    const sleeper = this.hass && this.findSleeper(this.hass);
    if (!this.hass || !sleeper) return;
    this._diary.update(this.hass, sleeper);
    this.#follow(this._diary.data?.queue);
  }

  render() {
    const { hass, localize, _queue: queue } = this;
    if (!hass || !localize || !queue || !this._diary.data) return "";
    const { current } = queue;
    const isRecent = current !== undefined && Date.now() - current.startedAt < MAX_EPISODE_AGE;
    // After an undo, the latest episode is not the one that the user saw last.
    const canRate = isRecent && this._diary.data.diary.access.canRead && !queue.isAfterDeletion;
    const level = canRate && current.details.severity ? getSeverityLevel(current.details.severity) : "";
    const question = canRate ? localize("severity_of", { time: formatTimeWithDay(hass, current.startedAt, Date.now()) }) : "";
    const rate = (/** @type {string} */ each, /** @type {number} */ severity) => {
      if (!current) return;
      fireEvent(this, "haptic", "selection");
      void queue.setDetails({ ...current.details, severity: each === level ? null : severity });
    };
    return html`<div class="levels" role="group" aria-label=${question || localize("severity")} title=${question}>
      ${Object.entries(SEVERITY_LEVELS).map(
        ([each, severity]) => html`<button
          class=${each}
          aria-pressed=${each === level}
          ?disabled=${!canRate}
          @click=${() => rate(each, severity)}
        >
          ${localize(`level_${each}`)}
        </button>`,
      )}
    </div>`;
  }

  #diaryChanged() {
    const { diary, queue } = this._diary.data ?? {};
    if (diary?.access.canRead) void queue?.load();
    this.requestUpdate();
  }

  /** @param {EpisodeQueue | undefined} queue */
  #follow(queue) {
    if (queue === this._queue) return;
    this._queue?.removeEventListener("changed", this._queueChanged);
    this._queue = queue;
    queue?.addEventListener("changed", this._queueChanged);
  }

  static getStubConfig() {
    return { type: `custom:${SEVERITY_FEATURE}` };
  }

  static styles = css`
    :host {
      display: block;
      container-type: inline-size;
    }
    .levels {
      display: flex;
      gap: 4px;
    }
    button {
      flex: 1 1 auto;
      min-inline-size: 0;
      min-block-size: var(--feature-height, 42px);
      padding: 0 2px;
      border: 0;
      border-radius: var(--feature-border-radius, 12px);
      background: color-mix(in srgb, var(--disabled-color) 20%, transparent);
      color: var(--primary-text-color);
      font: inherit;
      font-size: var(--ha-font-size-s, 12px);
      font-weight: var(--ha-font-weight-medium, 500);
      overflow: hidden;
      text-overflow: ellipsis;
      cursor: pointer;
      touch-action: manipulation;
      -webkit-tap-highlight-color: transparent;
    }
    @container (max-width: 150px) {
      button {
        font-size: 10px;
      }
    }
    button:active {
      background: color-mix(in srgb, var(--feature-color, var(--primary-color)) 40%, transparent);
    }
    button[aria-pressed="true"] {
      background: var(--feature-color, var(--primary-color));
      color: var(--card-background-color);
    }
    button:disabled {
      color: var(--disabled-text-color);
      cursor: default;
    }
    button:focus-visible {
      outline: 2px solid var(--primary-text-color);
      outline-offset: 2px;
    }
    @media (forced-colors: active) {
      button {
        border: 1px solid ButtonText;
      }
      button[aria-pressed="true"] {
        forced-color-adjust: none;
        background: Highlight;
        color: HighlightText;
      }
    }
  `;
}

defineElement(LOG_FEATURE, /** @type {any} */ (LogFeature));
defineElement(SEVERITY_FEATURE, /** @type {any} */ (SeverityFeature));
