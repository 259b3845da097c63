/** The card of a bedroom: its mode, how far the night is, tonight's times, and what did not go as it should. */

import { Card, field } from "./base-card.js";
import { bedtimeStyles } from "./bedtime-card-styles.js";
import { ask, define, fire, html } from "../frontend/home-assistant.js";
import { nightOf } from "../data/bedroom-status.js";
import { bedrooms, chosen, known } from "../data/devices.js";
import { moment } from "../frontend/locale.js";

/** @import { Night } from "../data/bedroom-status.js" */
/** @import { Hass, Words } from "../frontend/home-assistant.js" */
/** @import { Member } from "../data/devices.js" */

/** @typedef {{hass: Hass, words: Words, bedroom: Member}} Known */

const TIMES = /** @type {const} */ (["bedtime", "wake_up"]);

/** How often the progress is drawn anew, in milliseconds, while the card is on a page. */
const STEP = 60_000;

export const BEDTIME = "rls-bedtime-card";

class BedtimeCard extends Card {
  static properties = { ...Card.properties, problem: { state: true } };

  constructor() {
    super();
    this.problem = "";
    this._timer = 0;
  }

  connectedCallback() {
    super.connectedCallback();
    this._timer = window.setInterval(() => this.requestUpdate(), STEP);
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    window.clearInterval(this._timer);
  }

  render() {
    const { hass, words } = this;
    if (!hass || !words) return html`<ha-card></ha-card>`;
    const bedroom = chosen(bedrooms(hass), this.config.bedroom);
    if (!bedroom) return this.missing("bedroom", bedrooms(hass).length);
    const night = nightOf(hass, bedroom, Date.now());
    if (!night) return html`<ha-card><p>${words("not_there", { name: bedroom.name })}</p></ha-card>`;
    const about = { hass, words, bedroom };
    return html`
      <ha-card>
        ${this.#mode(about, night)} ${this.#progress(about, night)}
        <div class="times">${TIMES.map((name) => this.#time(about, name))} ${this.#more(about, night)}</div>
        ${this.problem ? html`<p role="alert">${this.problem}</p>` : ""} ${this.#troubles(about, night)}
      </ha-card>
    `;
  }

  /** @param {Known} about @param {Night} night */
  #mode({ hass, words, bedroom }, { isOn, phase }) {
    const act = () => this.#call("switch", isOn ? "turn_off" : "turn_on", { entity_id: bedroom.entities.bedtime_mode });
    return html`
      <div class="mode">
        <h2>
          ${this.config.name ?? bedroom.name}
          <span class="phase">${hass.formatEntityState(hass.states[bedroom.entities.phase], phase)}</span>
        </h2>
        <button class="switch" role="switch" aria-checked=${isOn} aria-label=${words("mode")} @click=${act}>
          <span></span>
        </button>
      </div>
    `;
  }

  /** @param {Known} about @param {Night} night */
  #progress({ hass, words }, { next, progress, bedtime, phase }) {
    const at = (/** @type {number} */ when) => moment(hass, when, Date.now());
    const text = words(next.at === null ? "by_hand" : next.key, {
      time: next.at === null ? "" : at(next.at),
      bedtime: bedtime === null ? "" : at(bedtime),
    });
    const percent = progress === null ? 0 : Math.round(progress * 100);
    const name = hass.formatEntityState(hass.states[this.#entity("phase")], phase);
    const bar = html`<div
      class="bar"
      role="progressbar"
      aria-label=${name}
      aria-valuenow=${percent}
      aria-valuemin="0"
      aria-valuemax="100"
    >
      <div style="inline-size: ${percent}%"></div>
    </div>`;
    return html`${progress === null ? "" : bar}
      <p class="next">${text}</p>`;
  }

  /** @param {Known} about @param {"bedtime" | "wake_up"} name */
  #time({ hass, words, bedroom }, name) {
    const value = known(hass, bedroom, name)?.state.slice(0, 5) ?? "";
    return html`<label>
      ${words(`time_${name}`)}
      <input
        type="time"
        .value=${value}
        ?disabled=${!value}
        @change=${(/** @type {Event} */ event) => this.#setTime(bedroom.entities[name], event, value)}
      />
    </label>`;
  }

  /** @param {Known} about @param {Night} night */
  #more({ words, bedroom }, { canExtend }) {
    return html`<button ?disabled=${!canExtend} @click=${() => this.#extend(bedroom)}>${words("more")}</button>`;
  }

  /** @param {Known} about @param {Night} night */
  #troubles({ hass, words, bedroom }, { troubles }) {
    if (troubles.length === 0) return "";
    const reason = (/** @type {string} */ outcome) =>
      hass.formatEntityAttributeName(hass.states[bedroom.entities.problem], outcome);
    return html`
      <ul aria-label=${words("troubles")}>
        ${troubles.map(
          ({ entity_id, outcome }) => html`<li>
            <button @click=${() => fire(this, "hass-more-info", { entityId: entity_id })}>
              ${hass.states[entity_id]?.attributes.friendly_name ?? entity_id}
            </button>
            <span>${reason(outcome)}</span>
          </li>`,
        )}
      </ul>
    `;
  }

  // --- taps ----------------------------------------------------------------------------------------------------------

  /** @param {string} name */
  #entity(name) {
    return (this.hass && chosen(bedrooms(this.hass), this.config.bedroom)?.entities[name]) ?? "";
  }

  /** @param {string} entity_id @param {Event} event @param {string} before */
  #setTime(entity_id, event, before) {
    const input = /** @type {HTMLInputElement} */ (event.target);
    if (input.value) void this.#call("time", "set_value", { entity_id, time: `${input.value}:00` });
    else input.value = before;
  }

  /** @param {Member} bedroom */
  #extend({ id }) {
    void this.#say((hass) => ask(hass, "extend", { bedroom: id, minutes: 30 }));
  }

  /** @param {string} domain @param {string} action @param {Record<string, any>} data */
  #call(domain, action, data) {
    return this.#say((hass) => ask(hass, action, data, domain));
  }

  /** Do something, and say what the hub says if it cannot be done. @param {(hass: Hass) => Promise<any>} act */
  async #say(act) {
    const { hass, words } = this;
    if (!hass || !words) return;
    fire(this, "haptic", "light");
    this.problem = "";
    try {
      await act(hass);
    } catch (problem) {
      this.problem = (problem instanceof Error && problem.message) || words("no_answer");
    }
  }

  getCardSize() {
    return 4;
  }

  /** @param {Hass} hass */
  static getStubConfig(hass) {
    return Card.stub("bedroom", bedrooms(hass));
  }

  static getConfigForm() {
    return Card.form([
      field("bedroom", { device: { entity: [{ integration: "rls_bedtime", domain: "switch" }] } }),
      field("name", { text: {} }),
    ]);
  }

  static styles = bedtimeStyles;
}

define(BEDTIME, /** @type {any} */ (BedtimeCard));
