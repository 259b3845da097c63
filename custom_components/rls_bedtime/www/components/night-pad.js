/** The night pad of a sleeper: one large button logs an episode, and its details can be added afterwards. */

import "./body-map.js";
import { getAvailableState } from "../data/devices.js";
import { toggleRelief } from "../data/episode-details.js";
import { getOptions } from "../data/vocabulary.js";
import { NOON, getCurrentNight, getTimeAtHome } from "../data/wall-clock.js";
import { LitElement, defineElement, fireEvent, html, localizeOption } from "../frontend/home-assistant.js";
import { formatList, formatNumber, formatTime, formatTimeWithDay } from "../frontend/locale.js";
import { DiaryController } from "./diary-controller.js";
import { nightPadStyles } from "./night-pad-styles.js";
import { renderChips, renderSeverityScale } from "./option-controls.js";
import { TapGuard } from "./tap-guard.js";

/** @import { Device } from "../data/devices.js" */
/** @import { Access } from "../data/diary-client.js" */
/** @import { EpisodeDetails } from "../data/episode-details.js" */
/** @import { EpisodeQueue, QueuedOperation } from "../data/episode-queue.js" */
/** @import { PadEpisode } from "../data/operations.js" */
/** @import { HomeAssistant, LocalizeFunc } from "../frontend/home-assistant.js" */

/**
 * @typedef {object} RenderContext
 * @property {HomeAssistant} hass
 * @property {Device} sleeper
 * @property {LocalizeFunc} localize
 * @property {EpisodeQueue} queue
 * @property {Access} access
 */

/** For how long the latest episode is shown with its details, in milliseconds. */
const MAX_EPISODE_AGE = 12 * 60 * 60 * 1000;

/** How often what failed is written again while the pad is on the page, in milliseconds. */
const RETRY_INTERVAL = 30_000;

/** The events by which a user scrolls. */
const USER_SCROLL_EVENTS = ["touchmove", "pointercancel", "wheel"];
const LISTENER_OPTIONS = { capture: true, passive: true };

/** The time from which a clear night can be logged, and the one from which it no longer can. */
const MORNING = ["04:00", NOON];

class NightPad extends LitElement {
  static properties = {
    hass: { attribute: false },
    sleeper: { attribute: false },
    localize: { attribute: false },
    dark: { type: Boolean, reflect: true },
  };

  constructor() {
    super();
    this.tapGuard = new TapGuard();
    /** @type {HomeAssistant | undefined} */
    this.hass = undefined;
    /** @type {Device | undefined} */
    this.sleeper = undefined;
    /** @type {LocalizeFunc | undefined} */
    this.localize = undefined;
    this.dark = false;
    /** @type {EpisodeQueue | undefined} */
    this._queue = undefined;
    this._retryTimer = 0;
    this._diary = new DiaryController(this, {
      reachable: () => void this._diary.data?.queue.retry(),
      changed: () => this.#diaryChanged(),
    });
    this._queueChanged = () => this.#queueChanged();
    this._pageScrolled = (/** @type {Event} */ { timeStamp }) => this.tapGuard.recordPageScroll(timeStamp);
    this._userScrolled = (/** @type {Event} */ { timeStamp }) => this.tapGuard.recordUserScroll(timeStamp);
    this.addEventListener("pointerdown", (/** @type {PointerEvent} */ { clientX: x, clientY: y, timeStamp: at }) =>
      this.tapGuard.recordPointerDown({ x, y, at }),
    );
    this.addEventListener("click", (/** @type {MouseEvent} */ event) => this.#stopAccidentalClick(event), true);
  }

  connectedCallback() {
    super.connectedCallback();
    window.addEventListener("scroll", this._pageScrolled, LISTENER_OPTIONS);
    for (const type of USER_SCROLL_EVENTS) window.addEventListener(type, this._userScrolled, LISTENER_OPTIONS);
    this._queue?.addEventListener("changed", this._queueChanged);
    this.#scheduleRetry();
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    window.removeEventListener("scroll", this._pageScrolled, LISTENER_OPTIONS);
    for (const type of USER_SCROLL_EVENTS) window.removeEventListener(type, this._userScrolled, LISTENER_OPTIONS);
    this._queue?.removeEventListener("changed", this._queueChanged);
    window.clearTimeout(this._retryTimer);
  }

  willUpdate() {
    if (!this.hass || !this.sleeper) return;
    this._diary.update(this.hass, this.sleeper);
    const queue = this._diary.data?.queue;
    if (queue === this._queue) return;
    this._queue?.removeEventListener("changed", this._queueChanged);
    this._queue = queue;
    queue?.addEventListener("changed", this._queueChanged);
    this.#scheduleRetry();
  }

  render() {
    const { hass, sleeper, localize } = this;
    const { queue, diary } = this._diary.data ?? {};
    if (!hass || !sleeper || !localize || !queue || !diary) return html``;
    const { access } = diary;
    if (!access.canLog) return html`<p role="status">${localize("may_not_log")}</p>`;
    const context = { hass, sleeper, localize, queue, access };
    const { current } = queue;
    const isRecent = current !== undefined && Date.now() - current.startedAt < MAX_EPISODE_AGE;
    return html`
      <button class="target" @click=${this.#logTapped}>
        <span class="wish">${localize("log")}</span>
        <span class="how">${localize("log_how")}</span>
      </button>
      ${this.#renderStatus(context, isRecent)} ${queue.refused.map((operation) => this.#renderRefused(context, operation))}
      ${isRecent ? this.#renderEpisode(context, current) : this.#renderOngoing(context)}
      ${isRecent ? "" : this.#renderClearNight(context)}
    `;
  }

  // --- status --------------------------------------------------------------------------------------------------------

  /** @param {RenderContext} context @param {boolean} isRecent */
  #renderStatus(context, isRecent) {
    const { hass, localize, queue } = context;
    const [text, buttons] = this.#getStatus(context, isRecent);
    const { failed } = queue;
    const error = failed.find((operation) => operation.error)?.error;
    return html`
      <div class="line">
        <p role="status">
          ${text} ${error ? html`<span class="problem">${error}</span>` : ""}
          ${hass.connected || failed.length ? "" : html`<span class="problem">${localize("no_connection")}</span>`}
        </p>
        ${failed.length ? html`<button @click=${() => queue.retry()}>${localize("try_again")}</button>` : ""}
        ${buttons.map(([label, onTap]) => html`<button @click=${onTap}>${localize(label)}</button>`)}
      </div>
    `;
  }

  /**
   * Render what Home Assistant refused for good, with the reason. It stays until the user discards it.
   * @param {RenderContext} context
   * @param {QueuedOperation} operation
   */
  #renderRefused({ hass, localize, queue }, operation) {
    const { kind, at, error } = operation;
    const what = localize(`tapped_${kind}`, { time: formatTimeWithDay(hass, at, Date.now()) });
    return html`
      <div class="line refused" role="alert">
        <p>${localize("not_accepted", { what })} <span class="problem">${error}</span></p>
        <button aria-label=${localize("discard_of", { what })} @click=${() => queue.discard(operation)}>
          ${localize("discard")}
        </button>
      </div>
    `;
  }

  /**
   * Return the status text, and its buttons by the key of their label.
   * @param {RenderContext} context
   * @param {boolean} isRecent
   * @returns {[string, [string, () => void][]]}
   */
  #getStatus({ hass, localize, queue, access }, isRecent) {
    const { current, notice } = queue;
    const pending = queue.operations.findLast(({ state }) => state !== "refused");
    if (pending && ["delete", "clear_night", "undo"].includes(pending.kind)) {
      const isFailed = pending.state === "failed" || pending.state === "held";
      const text = localize(`operation_${pending.kind}_${isFailed ? "kept" : "saving"}`);
      const label = pending.kind === "delete" ? "bring_back" : "undo";
      const canUndo = pending.kind !== "undo" && access.canRead;
      return [text, canUndo ? [[label, () => queue.undo(pending)]] : []];
    }
    if (notice) {
      const text = localize(notice.kind, { time: formatTime(hass, notice.at) });
      const label = notice.kind === "undone" ? "bring_back" : "undo";
      const canUndo = notice.changeId !== null && access.canRead;
      return [text, canUndo ? [[label, () => queue.undoNotice()]] : []];
    }
    if (!current) return [localize(access.canRead ? "nothing_logged" : "log_only"), []];
    const { severity } = current.details;
    const suffix = severity === null ? "" : "_rated";
    const key = !isRecent ? "last" : { saved: "logged", failed: "kept", waiting: "saving" }[current.state];
    const text = localize(`${key}${suffix}`, {
      time: formatTimeWithDay(hass, current.startedAt, Date.now()),
      severity: severity === null ? "" : formatNumber(hass, severity),
    });
    return [text, isRecent && access.canRead ? [["undo", () => queue.deleteCurrent()]] : []];
  }

  // --- details of the current episode --------------------------------------------------------------------------------

  /**
   * Render what can be changed of an episode: only its end, for a user who may not change it.
   * @param {RenderContext} context
   * @param {PadEpisode} current
   */
  #renderEpisode({ hass, localize, queue, access }, current) {
    const { details, endedAt } = current;
    const isEnded = endedAt !== null;
    const eased = isEnded ? localize("eased_at", { time: formatTime(hass, endedAt) }) : localize("eased");
    const toggle = () => (access.canRead || !isEnded) && queue.toggleEnded();
    const button = html`<button class="eased" aria-pressed=${isEnded} @click=${toggle}>${eased}</button>`;
    if (!access.canRead) return button;
    return html`
      ${renderSeverityScale(hass, localize, details.severity, (severity) => this.#setDetails({ ...details, severity }))}
      ${button} ${this.#renderDetails(hass, localize, details)}
    `;
  }

  /** @param {HomeAssistant} hass @param {LocalizeFunc} localize @param {EpisodeDetails} details */
  #renderDetails(hass, localize, details) {
    const formatSummary = (/** @type {string} */ key, /** @type {string[]} */ selected) =>
      localize(selected.length ? `${key}_said` : key, { what: formatList(hass, selected) });
    const parts = details.body_parts.map((part) => localizeOption(localize, "body_parts", part));
    const sides = details.side === null ? [] : [localizeOption(localize, "side", details.side)];
    const measures = details.relief.map((measure) => localizeOption(localize, "relief", measure));
    return html`
      <details>
        <summary>${formatSummary("where", [...parts, ...sides])}</summary>
        <rls-bedtime-figure .details=${details} .localize=${localize} @said=${this.#bodyMapChanged}></rls-bedtime-figure>
      </details>
      <details>
        <summary>${formatSummary("helped", measures)}</summary>
        <div class="chips" role="group" aria-label=${localize("helped")}>
          ${renderChips(localize, "relief", getOptions(hass, "relief"), details.relief, (measure) =>
            this.#setDetails(toggleRelief(details, measure)),
          )}
        </div>
        ${details.relief.length ? this.#renderReliefEffect(hass, localize, details) : ""}
      </details>
    `;
  }

  /** @param {HomeAssistant} hass @param {LocalizeFunc} localize @param {EpisodeDetails} details */
  #renderReliefEffect(hass, localize, details) {
    return html`<div class="chips" role="group" aria-labelledby="effect">
      <span id="effect">${localize("effect")}</span>
      ${renderChips(localize, "relief_effect", getOptions(hass, "relief_effect"), details.relief_effect, (effect) =>
        this.#setDetails({ ...details, relief_effect: details.relief_effect === effect ? null : effect }),
      )}
    </div>`;
  }

  /**
   * Render the button that ends the ongoing episode, for a user who may not see which one that is.
   * @param {RenderContext} context
   */
  #renderOngoing({ hass, sleeper, localize, queue, access }) {
    const isOngoing = getAvailableState(hass, sleeper, "episode_ongoing")?.state === "on";
    if (access.canRead || !isOngoing || queue.operations.some(({ kind }) => kind === "end")) return "";
    return html`<button class="eased" aria-pressed="false" @click=${() => queue.endOngoing()}>${localize("eased")}</button>`;
  }

  /** @param {RenderContext} context */
  #renderClearNight({ hass, sleeper, localize, queue }) {
    const time = getTimeAtHome(hass, Date.now());
    const episodesTonight = getAvailableState(hass, sleeper, "episodes_tonight")?.state;
    const isLogged = queue.notice?.kind === "clear" || queue.operations.some(({ kind }) => kind === "clear_night");
    if (time < MORNING[0] || time >= MORNING[1] || episodesTonight !== "0" || isLogged) return "";
    const log = () => queue.logClearNight(getCurrentNight(hass, Date.now()));
    return html`<button class="clear" @click=${log}>${localize("clear_night")}</button>`;
  }

  // --- events --------------------------------------------------------------------------------------------------------

  #logTapped = () => {
    fireEvent(this, "haptic", "light");
    void this._queue?.logEpisode();
    fireEvent(this, "tapped");
  };

  #bodyMapChanged = (/** @type {CustomEvent} */ event) => {
    event.stopPropagation();
    this.#setDetails(event.detail);
  };

  /** @param {EpisodeDetails} details */
  #setDetails(details) {
    fireEvent(this, "haptic", "selection");
    void this._queue?.setDetails(details);
  }

  #diaryChanged() {
    const { diary, queue } = this._diary.data ?? {};
    if (diary?.access.canRead) void queue?.load();
    this.requestUpdate();
  }

  #queueChanged() {
    this.requestUpdate();
    this.#scheduleRetry();
  }

  /** Schedule a retry if something is not in the diary yet. */
  #scheduleRetry() {
    window.clearTimeout(this._retryTimer);
    if (this._queue?.isRetryDue) this._retryTimer = window.setTimeout(() => this._queue?.retry(), RETRY_INTERVAL);
  }

  /** Stop a click that was meant to scroll. @param {MouseEvent} event */
  #stopAccidentalClick(event) {
    const { clientX: x, clientY: y, detail, timeStamp: at } = event;
    if (this.tapGuard.isIntentional({ x, y, detail, at })) return;
    event.preventDefault();
    event.stopImmediatePropagation();
  }

  static styles = nightPadStyles;
}

defineElement("rls-bedtime-pad", /** @type {any} */ (NightPad));
