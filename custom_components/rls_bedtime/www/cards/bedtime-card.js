/** The card of a bedroom: the bedtime mode, its progress, the times of tonight, and the devices that had problems. */

import { getBedroomStatus } from "../data/bedroom-status.js";
import { findBedrooms, getAvailableState, selectDevice } from "../data/devices.js";
import { callAction, defineElement, fireEvent, html } from "../frontend/home-assistant.js";
import { formatTimeWithDay } from "../frontend/locale.js";
import { BaseCard, formField } from "./base-card.js";
import { bedtimeCardStyles } from "./bedtime-card-styles.js";

/** @import { BedroomStatus } from "../data/bedroom-status.js" */
/** @import { Device } from "../data/devices.js" */
/** @import { HomeAssistant, LocalizeFunc } from "../frontend/home-assistant.js" */

/** @typedef {{hass: HomeAssistant, localize: LocalizeFunc, bedroom: Device}} RenderContext */

const TIME_ENTITIES = /** @type {const} */ (["bedtime", "wake_up"]);

/** How often the progress is updated while the card is on the page, in milliseconds. */
const UPDATE_INTERVAL = 60_000;

export const BEDTIME_CARD = "rls-bedtime-card";

class BedtimeCard extends BaseCard {
  static properties = { ...BaseCard.properties, error: { state: true } };

  constructor() {
    super();
    this.error = "";
    this._timer = 0;
  }

  connectedCallback() {
    super.connectedCallback();
    this._timer = window.setInterval(() => this.requestUpdate(), UPDATE_INTERVAL);
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    window.clearInterval(this._timer);
  }

  render() {
    const { hass, localize } = this;
    if (!hass || !localize) return html`<ha-card></ha-card>`;
    const bedroom = selectDevice(findBedrooms(hass), this.config.bedroom);
    if (!bedroom) return this.renderNoDevice("bedroom", findBedrooms(hass).length);
    const status = getBedroomStatus(hass, bedroom, Date.now());
    if (!status) return html`<ha-card><p>${localize("not_there", { name: bedroom.name })}</p></ha-card>`;
    const context = { hass, localize, bedroom };
    return html`
      <ha-card>
        ${this.#renderMode(context, status)} ${this.#renderProgress(context, status)}
        <div class="times">
          ${TIME_ENTITIES.map((name) => this.#renderTime(context, name))} ${this.#renderExtend(context, status)}
        </div>
        ${this.error ? html`<p role="alert">${this.error}</p>` : ""} ${this.#renderProblems(context, status)}
      </ha-card>
    `;
  }

  /** @param {RenderContext} context @param {BedroomStatus} status */
  #renderMode({ hass, localize, bedroom }, { isOn, phase }) {
    const toggle = () => this.#callEntity("switch", isOn ? "turn_off" : "turn_on", bedroom.entities.bedtime_mode);
    return html`
      <div class="mode">
        <h2>
          ${this.config.name ?? bedroom.name}
          <span class="phase">${hass.formatEntityState(hass.states[bedroom.entities.phase], phase)}</span>
        </h2>
        <button class="switch" role="switch" aria-checked=${isOn} aria-label=${localize("mode")} @click=${toggle}>
          <span></span>
        </button>
      </div>
    `;
  }

  /** @param {RenderContext} context @param {BedroomStatus} status */
  #renderProgress({ hass, localize, bedroom }, { nextEvent, progress, bedtime, phase }) {
    const format = (/** @type {number} */ timestamp) => formatTimeWithDay(hass, timestamp, Date.now());
    const text = localize(nextEvent.at === null ? "by_hand" : nextEvent.key, {
      time: nextEvent.at === null ? "" : format(nextEvent.at),
      bedtime: bedtime === null ? "" : format(bedtime),
    });
    const percent = progress === null ? 0 : Math.round(progress * 100);
    const label = hass.formatEntityState(hass.states[bedroom.entities.phase], phase);
    const bar = html`<div
      class="bar"
      role="progressbar"
      aria-label=${label}
      aria-valuenow=${percent}
      aria-valuemin="0"
      aria-valuemax="100"
    >
      <div style="inline-size: ${percent}%"></div>
    </div>`;
    return html`${progress === null ? "" : bar}
      <p class="next">${text}</p>`;
  }

  /** @param {RenderContext} context @param {"bedtime" | "wake_up"} name */
  #renderTime({ hass, localize, bedroom }, name) {
    const value = getAvailableState(hass, bedroom, name)?.state.slice(0, 5) ?? "";
    return html`<label>
      ${localize(`time_${name}`)}
      <input
        type="time"
        .value=${value}
        ?disabled=${!value}
        @change=${(/** @type {Event} */ event) => this.#setTime(bedroom.entities[name], event, value)}
      />
    </label>`;
  }

  /** @param {RenderContext} context @param {BedroomStatus} status */
  #renderExtend({ localize, bedroom }, { canExtend, phase }) {
    const label = localize(phase === "bedtime" ? "extend" : "delay");
    return html`<button ?disabled=${!canExtend} @click=${() => this.#extend(bedroom)}>${label}</button>`;
  }

  /** @param {RenderContext} context @param {BedroomStatus} status */
  #renderProblems({ hass, localize, bedroom }, { problems }) {
    if (problems.length === 0) return "";
    const formatOutcome = (/** @type {string} */ outcome) =>
      hass.formatEntityAttributeName(hass.states[bedroom.entities.problem], outcome);
    return html`
      <ul aria-label=${localize("troubles")}>
        ${problems.map(
          ({ entity_id, outcome }) => html`<li>
            <button @click=${() => fireEvent(this, "hass-more-info", { entityId: entity_id })}>
              ${hass.states[entity_id]?.attributes.friendly_name ?? entity_id}
            </button>
            <span>${formatOutcome(outcome)}</span>
          </li>`,
        )}
      </ul>
    `;
  }

  // --- actions -------------------------------------------------------------------------------------------------------

  /** @param {string} entityId @param {Event} event @param {string} currentValue */
  #setTime(entityId, event, currentValue) {
    const input = /** @type {HTMLInputElement} */ (event.target);
    if (input.value) void this.#callEntity("time", "set_value", entityId, { time: `${input.value}:00` });
    else input.value = currentValue;
  }

  /** @param {Device} bedroom */
  #extend({ id }) {
    void this.#run((hass) => callAction(hass, "extend", { bedroom: id, minutes: 30 }));
  }

  /** @param {string} domain @param {string} action @param {string} entityId @param {Record<string, any>} [data] */
  #callEntity(domain, action, entityId, data) {
    return this.#run((hass) => callAction(hass, action, { entity_id: entityId, ...data }, domain));
  }

  /** Run a call and show its error, if it fails. @param {(hass: HomeAssistant) => Promise<any>} call */
  async #run(call) {
    const { hass, localize } = this;
    if (!hass || !localize) return;
    fireEvent(this, "haptic", "light");
    this.error = "";
    try {
      await call(hass);
    } catch (error) {
      this.error = (error instanceof Error && error.message) || localize("no_answer");
    }
  }

  getCardSize() {
    return 4;
  }

  /** @param {HomeAssistant} hass */
  static getStubConfig(hass) {
    return BaseCard.createStubConfig("bedroom", findBedrooms(hass));
  }

  static getConfigForm() {
    return BaseCard.createConfigForm([
      formField("bedroom", { device: { entity: [{ integration: "rls_bedtime", domain: "switch" }] } }),
      formField("name", { text: {} }),
    ]);
  }

  static styles = bedtimeCardStyles;
}

defineElement(BEDTIME_CARD, /** @type {any} */ (BedtimeCard));
