/** The night pad of a sleeper: one large button logs an episode, and its details can be added afterwards. */

import "./body-map.js";
import { getAvailableState, getRevision } from "../data/devices.js";
import { RELIEF_EFFECTS, RELIEF_MEASURES, toggleRelief } from "../data/episode-details.js";
import { getEpisodeQueue } from "../data/episode-queues.js";
import { LitElement, defineElement, fireEvent, html, localizeOption } from "../frontend/home-assistant.js";
import { formatList, formatNumber, formatTime, formatTimeWithDay } from "../frontend/locale.js";
import { nightPadStyles } from "./night-pad-styles.js";
import { renderChips, renderSeverityScale } from "./option-controls.js";
import { TapGuard } from "./tap-guard.js";

/** @import { Device } from "../data/devices.js" */
/** @import { EpisodeDetails } from "../data/episode-details.js" */
/** @import { EpisodeQueue, QueuedEpisode } from "../data/episode-queue.js" */
/** @import { HomeAssistant, LocalizeFunc } from "../frontend/home-assistant.js" */

/** @typedef {{hass: HomeAssistant, sleeper: Device, localize: LocalizeFunc, queue: EpisodeQueue}} RenderContext */

/** The entities of which at least one is updated whenever the diary changes, from wherever it is changed. */
const REVISION_SOURCES = ["episode", "last_episode", "episodes_tonight", "episode_ongoing"];

/** For how long the latest episode is shown with its details, in milliseconds. */
const MAX_EPISODE_AGE = 12 * 60 * 60 * 1000;

/** How often failed episodes are written again while the pad is on the page, in milliseconds. */
const RETRY_INTERVAL = 30_000;

/** The events by which a user scrolls. */
const USER_SCROLL_EVENTS = ["touchmove", "pointercancel", "wheel"];
const LISTENER_OPTIONS = { capture: true, passive: true };

/** The first hour in which a clear night can be logged, and the first one in which it no longer can. */
const MORNING = [4, 12];

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
    this._revision = "";
    this._isConnected = true;
    this._retryTimer = 0;
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
    const queue = getEpisodeQueue(this.hass, this.sleeper.id);
    if (queue !== this._queue) {
      this._queue?.removeEventListener("changed", this._queueChanged);
      queue.addEventListener("changed", this._queueChanged);
      this._queue = queue;
      this._revision = "";
    }
    const isReconnected = this.hass.connected && !this._isConnected;
    this._isConnected = this.hass.connected;
    const revision = getRevision(this.hass, this.sleeper, REVISION_SOURCES);
    if (this.hass.connected && (revision !== this._revision || isReconnected)) {
      this._revision = revision;
      void queue.retry().then(() => queue.load());
    }
  }

  render() {
    const { hass, sleeper, localize, _queue: queue } = this;
    if (!hass || !sleeper || !localize || !queue) return html``;
    const context = { hass, sleeper, localize, queue };
    const { current } = queue;
    const isRecent = current !== undefined && Date.now() - current.startedAt < MAX_EPISODE_AGE;
    return html`
      <button class="target" @click=${this.#logTapped}>
        <span class="wish">${localize("log")}</span>
        <span class="how">${localize("log_how")}</span>
      </button>
      ${this.#renderStatus(context, isRecent)}
      ${isRecent ? this.#renderDetails(context, current) : this.#renderClearNight(context)}
    `;
  }

  // --- status --------------------------------------------------------------------------------------------------------

  /** @param {RenderContext} context @param {boolean} isRecent */
  #renderStatus(context, isRecent) {
    const { hass, localize, queue } = context;
    const [text, buttons] = this.#getStatus(context, isRecent);
    const hasFailed = queue.failed.length > 0;
    const error = queue.failed.find((episode) => episode.error)?.error;
    return html`
      <div class="line">
        <p role="status">
          ${text} ${error ? html`<span class="problem">${error}</span>` : ""}
          ${hass.connected || hasFailed ? "" : html`<span class="problem">${localize("no_connection")}</span>`}
        </p>
        ${hasFailed ? html`<button @click=${() => queue.retry()}>${localize("try_again")}</button>` : ""}
        ${buttons.map(([label, onTap]) => html`<button @click=${onTap}>${localize(label)}</button>`)}
      </div>
    `;
  }

  /**
   * Return the status text, and its buttons by the key of their label.
   * @param {RenderContext} context
   * @param {boolean} isRecent
   * @returns {[string, [string, () => void][]]}
   */
  #getStatus({ hass, localize, queue }, isRecent) {
    const { current, notice } = queue;
    if (notice) {
      const values = { time: formatTime(hass, notice.at) };
      const text = notice.kind === "refused" ? notice.message || localize("no_answer") : localize(notice.kind, values);
      const label = notice.kind === "undone" ? "bring_back" : "undo";
      return [text, notice.canUndo ? [[label, () => queue.undoLastChange()]] : []];
    }
    const notDeleted = queue.failed.find((episode) => episode.isDeleted);
    if (notDeleted) return [localize("not_undone", { time: formatTime(hass, notDeleted.startedAt) }), []];
    if (!current) return [localize("nothing_logged"), []];
    const { severity } = current.details;
    const suffix = severity === null ? "" : "_rated";
    const key = !isRecent ? "last" : { saved: "logged", failed: "kept", waiting: "saving" }[current.state];
    const text = localize(`${key}${suffix}`, {
      time: formatTimeWithDay(hass, current.startedAt, Date.now()),
      severity: severity === null ? "" : formatNumber(hass, severity),
    });
    return [text, isRecent ? [["undo", () => queue.deleteCurrent()]] : []];
  }

  // --- details of the current episode --------------------------------------------------------------------------------

  /** @param {RenderContext} context @param {QueuedEpisode} current */
  #renderDetails({ hass, localize, queue }, current) {
    const { details, endedAt } = current;
    const eased = endedAt === null ? localize("eased") : localize("eased_at", { time: formatTime(hass, endedAt) });
    const formatSummary = (/** @type {string} */ key, /** @type {string[]} */ selected) =>
      localize(selected.length ? `${key}_said` : key, { what: formatList(hass, selected) });
    const parts = details.body_parts.map((part) => localizeOption(localize, "body_parts", part));
    const sides = details.side === null ? [] : [localizeOption(localize, "side", details.side)];
    const measures = details.relief.map((measure) => localizeOption(localize, "relief", measure));
    return html`
      ${renderSeverityScale(hass, localize, details.severity, (severity) => this.#setDetails({ ...details, severity }))}
      <button class="eased" aria-pressed=${endedAt !== null} @click=${() => queue.toggleEnded()}>${eased}</button>
      <details>
        <summary>${formatSummary("where", [...parts, ...sides])}</summary>
        <rls-bedtime-figure .details=${details} .localize=${localize} @said=${this.#bodyMapChanged}></rls-bedtime-figure>
      </details>
      <details>
        <summary>${formatSummary("helped", measures)}</summary>
        <div class="chips" role="group" aria-label=${localize("helped")}>
          ${renderChips(localize, "relief", RELIEF_MEASURES, details.relief, (measure) =>
            this.#setDetails(toggleRelief(details, measure)),
          )}
        </div>
        ${details.relief.length ? this.#renderReliefEffect(localize, details) : ""}
      </details>
    `;
  }

  /** @param {LocalizeFunc} localize @param {EpisodeDetails} details */
  #renderReliefEffect(localize, details) {
    return html`<div class="chips" role="group" aria-labelledby="effect">
      <span id="effect">${localize("effect")}</span>
      ${renderChips(localize, "relief_effect", RELIEF_EFFECTS, details.relief_effect, (effect) =>
        this.#setDetails({ ...details, relief_effect: details.relief_effect === effect ? null : effect }),
      )}
    </div>`;
  }

  /** @param {RenderContext} context */
  #renderClearNight({ hass, sleeper, localize, queue }) {
    const hour = new Date().getHours();
    const episodesTonight = getAvailableState(hass, sleeper, "episodes_tonight")?.state;
    const isLogged = queue.notice?.kind === "clear";
    if (hour < MORNING[0] || hour >= MORNING[1] || episodesTonight !== "0" || isLogged) return "";
    return html`<button class="clear" @click=${() => queue.logClearNight()}>${localize("clear_night")}</button>`;
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

  /** Update the pad, and schedule a retry if an episode could not be written. */
  #queueChanged() {
    this.requestUpdate();
    window.clearTimeout(this._retryTimer);
    if (this._queue?.failed.length) this._retryTimer = window.setTimeout(() => this._queue?.retry(), RETRY_INTERVAL);
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
