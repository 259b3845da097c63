/** The card of a bedroom: bedtime mode, how far the night is, and what it does to the devices. */

import { BedroomController } from "../components/bedroom-controller.js";
import { Clock } from "../components/clock.js";
import { renderButton, renderSwitch } from "../components/controls.js";
import "../components/entity-settings.js";
import { extendBedtime } from "../components/extend.js";
import { renderTimeline } from "../components/night-timeline.js";
import { renderTile, renderTileIcon, renderTileToggle, ripple } from "../components/tile.js";
import { getBedroomStatus } from "../data/bedroom-status.js";
import { findBedrooms, selectDevice } from "../data/devices.js";
import { callAction, defineElement, fireEvent, html, subscribe } from "../frontend/home-assistant.js";
import { formatDay, formatDuration, formatTime, formatTimeWithDay, hourOf } from "../frontend/locale.js";
import { BaseCard, formField, messageStyles } from "./base-card.js";
import { getName, renderApplied, renderFaults, renderReleased, renderRestores } from "./bedtime-card-devices.js";
import { renderCompactRelief, renderReliefs } from "./bedtime-card-relief.js";
import { bedtimeCardStyles } from "./bedtime-card-styles.js";

/** @import { BedroomStatus, Problem } from "../data/bedroom-status.js" */
/** @import { Device } from "../data/devices.js" */
/** @import { HomeAssistant, LocalizeFunc } from "../frontend/home-assistant.js" */
/** @import { ReliefContext } from "./bedtime-card-relief.js" */

/** @typedef {ReliefContext} RenderContext */

const ICONS = /** @type {Record<string, string>} */ ({ off: "mdi:bed", wind_down: "mdi:weather-sunset-down", bedtime: "mdi:bed" });

/** Shorter texts, for half of the width. */
const SHORT = { fading_bedtime_in: "bedtime_in", bedtime_until: "short_until", bedtime_ends_in: "short_ends_in" };

/** The entities of the usual times, in order. */
const SETTINGS = ["bedtime", "wake_up", "wind_down", "automatic_bedtime"];

/** Hours of the day: a bedtime between them is tonight's. */
const [EVENING, MORNING] = [17, 5];

export const BEDTIME_CARD = "rls-bedtime-card";

class BedtimeCard extends BaseCard {
  static properties = {
    ...BaseCard.properties,
    layout: { type: String },
    error: { state: true },
    areTimesOpen: { state: true },
    isReleasedOpen: { state: true },
  };

  #bedroom = new BedroomController(this, subscribe);
  #clock = new Clock(this);

  constructor() {
    super();
    this.error = "";
    this.areTimesOpen = false;
    this.isReleasedOpen = false;
  }

  /** @param {Map<string, any>} changed */
  willUpdate(changed) {
    super.willUpdate(changed);
    if (this.hass && changed.has("hass")) this.#bedroom.update(this.hass, this.#selectBedroom(this.hass));
  }

  render() {
    const { hass, localize } = this;
    if (!hass || !localize) return html`<ha-card></ha-card>`;
    const bedroom = this.#selectBedroom(hass);
    if (!bedroom) return this.renderNoDevice("bedroom", findBedrooms(hass).length);
    const now = Date.now();
    const status = getBedroomStatus(hass, bedroom, this.#bedroom.report, now);
    this.#clock.updateAt(status?.updateAt ?? null);
    if (!status) return this.renderMessage(localize("not_there", { name: bedroom.name }));
    const reapply = (/** @type {Problem} */ problem) => void this.#reapply(bedroom, problem);
    const call = (/** @type {string} */ action) => void this.#run(() => callAction(hass, action, { bedroom: bedroom.id }));
    const context = { hass, localize, bedroom, now, card: this, reapply, call };
    return this.config.compact ? this.#renderCompact(context, status) : this.#renderCard(context, status);
  }

  /** @param {RenderContext} context @param {BedroomStatus} status */
  #renderCompact(context, status) {
    const { localize, bedroom } = context;
    const relief = renderCompactRelief(context);
    const badge = status.faults.length || relief?.isFaulty
      ? html`<span class="tile-badge" title=${localize("troubles")}><ha-icon icon="mdi:exclamation-thick"></ha-icon></span>`
      : "";
    const toggle = () => void this.#toggle(bedroom, status);
    const icon = renderTileToggle(ICONS[status.phase], { label: localize("mode"), isOn: status.isOn, toggle }, badge);
    return html`<ha-card class="compact ${status.phase}">
      ${this.#renderTile(context, icon, relief?.text ?? this.#formatHeadline(context, status, SHORT), relief?.control)}
      ${this.#renderError()}
    </ha-card>`;
  }

  /** @param {RenderContext} context @param {BedroomStatus} status */
  #renderCard(context, status) {
    const { hass, localize, bedroom } = context;
    const control = renderSwitch({
      label: localize("mode"),
      isOn: status.isOn,
      toggle: () => this.#toggle(bedroom, status),
    });
    const headline = this.#formatHeadline(context, status);
    const toggleReleased = () => (this.isReleasedOpen = !this.isReleasedOpen);
    return html`<ha-card class=${status.phase}>
      ${this.#renderTile(context, renderTileIcon(ICONS[status.phase]), headline, control)}
      ${status.timeline ? renderTimeline(hass, localize, status.timeline, headline) : ""}
      ${renderReliefs(context)} ${this.#renderDifference(context, status)} ${renderApplied(context, status)} ${renderFaults(context, status)}
      ${renderReleased(context, status, { isOpen: this.isReleasedOpen, toggle: toggleReleased })}
      ${this.#renderActions(context, status)} ${this.#renderError()} ${this.#renderUsualTimes(context, status)}
    </ha-card>`;
  }

  /** @param {RenderContext} context @param {any} icon @param {string} state @param {any} [control] */
  #renderTile({ bedroom, localize }, icon, state, control) {
    const name = this.config.name ?? bedroom.name;
    return renderTile({
      icon,
      name,
      state,
      detailsLabel: localize("details_of", { name }),
      showDetails: () => fireEvent(this, "hass-more-info", { entityId: bedroom.entities.bedtime_mode }),
      control,
    });
  }

  /**
   * Return the one short line of the tile.
   * @param {RenderContext} context
   * @param {BedroomStatus} status
   * @param {Record<string, string>} [shorter] keys of shorter texts
   */
  #formatHeadline({ hass, localize, bedroom, now }, { headline: { key, at }, phase }, shorter = {}) {
    if (key === "off" || key === "bedtime" || key === "wind_down") {
      return hass.formatEntityState(hass.states[bedroom.entities.phase], phase);
    }
    return localize(shorter[key] ?? key, { duration: formatDuration(hass, at - now), time: formatTime(hass, at) });
  }

  /** Render tonight's times where they are not the usual ones. @param {RenderContext} context @param {BedroomStatus} status */
  #renderDifference({ hass, localize, now }, { phase, times: { bedtime, end, usualBedtime, usualEnd } }) {
    const line = (/** @type {string} */ key, /** @type {number} */ time, /** @type {number} */ usual) =>
      html`<p class="difference">
        ${localize(key, { time: formatTimeWithDay(hass, time, now), usual: formatTime(hass, usual) })}
      </p>`;
    if (phase === "bedtime") return usualEnd !== null && end !== null ? line("end_differs", end, usualEnd) : "";
    if (usualBedtime === null || bedtime === null) return "";
    const hour = hourOf(hass, bedtime);
    return line(hour >= EVENING || hour < MORNING ? "tonight_differs" : "bedtime_differs", bedtime, usualBedtime);
  }

  /** @param {RenderContext} context @param {BedroomStatus} status */
  #renderActions(context, status) {
    const { localize, bedroom } = context;
    if (!status.canExtend) return "";
    const end = { icon: "mdi:weather-sunny", text: localize("end"), press: () => void this.#toggle(bedroom, status) };
    const extend = {
      icon: "mdi:clock-plus-outline",
      text: localize(status.phase === "bedtime" ? "extend" : "delay"),
      press: () => void this.#run((hass) => extendBedtime(hass, context.localize, bedroom)),
    };
    return html`
      <div class="actions">${renderButton(extend)} ${status.isOn ? renderButton(end) : ""}</div>
      ${renderRestores(context, status)}
    `;
  }

  /** @param {RenderContext} context @param {BedroomStatus} status */
  #renderUsualTimes({ hass, localize, bedroom, now }, { isOn, times: { start, bedtime } }) {
    const settings = SETTINGS.map((key) => bedroom.entities[key]).filter((entity) => hass.states[entity]);
    const text = isOn ? localize("usual_times") : this.#formatNext(hass, localize, start, bedtime, now);
    return html`
      <button
        class="line"
        aria-expanded=${this.areTimesOpen}
        @click=${() => (this.areTimesOpen = !this.areTimesOpen)}
      >
        ${ripple}<ha-icon icon="mdi:clock-outline"></ha-icon><span class="text">${text}</span>
        <span class="hidden">${isOn ? "" : localize("usual_times")}</span>
        <ha-icon class="chevron" icon="mdi:chevron-down"></ha-icon>
      </button>
      ${this.areTimesOpen
        ? html`<rls-bedtime-entity-settings
            class="settings"
            .hass=${hass}
            .entities=${settings}
          ></rls-bedtime-entity-settings>`
        : ""}
    `;
  }

  /**
   * Return what comes next by day.
   * @param {HomeAssistant} hass
   * @param {LocalizeFunc} localize
   * @param {number | null} start
   * @param {number | null} bedtime
   * @param {number} now
   */
  #formatNext(hass, localize, start, bedtime, now) {
    if (start === null || bedtime === null) return localize("by_hand");
    const day = formatDay(hass, start, now);
    const texts = { day, time: formatTime(hass, start), bedtime: formatTime(hass, bedtime) };
    if (start === bedtime) return localize(day ? "next_bedtime_on" : "next_bedtime", texts);
    return localize(day ? "begins_on" : "begins", texts);
  }

  #renderError() {
    return this.error ? html`<p class="error" role="alert">${this.error}</p>` : "";
  }

  // --- actions -------------------------------------------------------------------------------------------------------

  /** @param {HomeAssistant} hass */
  #selectBedroom(hass) {
    return selectDevice(findBedrooms(hass), this.config.bedroom);
  }

  /** @param {Device} bedroom @param {BedroomStatus} status */
  #toggle({ entities }, { isOn }) {
    const data = { entity_id: entities.bedtime_mode };
    return this.#run((hass) => callAction(hass, isOn ? "turn_off" : "turn_on", data, "switch"));
  }

  /** Bring a device to bedtime again. @param {Device} bedroom @param {Problem} problem */
  #reapply({ id }, problem) {
    const { entity_id } = problem;
    return this.#run(async (hass) => {
      const { entities } = await callAction(hass, "reapply", { bedroom: id, entity_id });
      const key = /** @type {Record<string, string>} */ ({ unreachable: "still_unreachable", failed: "still_failed" });
      const text = key[entities[entity_id]];
      if (text) fireEvent(this, "hass-notification", { message: this.localize?.(text, { name: getName({ hass }, problem) }) });
    });
  }

  /** Run a call, and return whether it did not fail; if it did, show its error. @param {(hass: HomeAssistant) => Promise<any>} call */
  async #run(call) {
    const { hass, localize } = this;
    if (!hass || !localize) return false;
    fireEvent(this, "haptic", "light");
    this.error = "";
    try {
      await call(hass);
      return true;
    } catch (error) {
      this.error = (error instanceof Error && error.message) || localize("no_answer");
      return false;
    }
  }

  getCardSize() {
    return this.config.compact ? 1 : 4;
  }

  getGridOptions() {
    return this.config.compact ? { columns: 6, min_columns: 6, rows: 1, min_rows: 1 } : super.getGridOptions();
  }

  /** @param {HomeAssistant} hass */
  static getStubConfig(hass) {
    return BaseCard.createStubConfig("bedroom", findBedrooms(hass));
  }

  static getConfigForm() {
    return BaseCard.createConfigForm([
      formField("bedroom", { device: { entity: [{ integration: "rls_bedtime", domain: "switch" }] } }),
      formField("name", { text: {} }),
      formField("compact", { boolean: {} }),
    ]);
  }

  static styles = [...bedtimeCardStyles, messageStyles];
}

defineElement(BEDTIME_CARD, /** @type {any} */ (BedtimeCard));
