/** The night pad of a sleeper: one large button logs an episode, and its details can be added afterwards. */

import { getAvailableState, getTonight } from "../data/devices.js";
import { RETRY_INTERVAL } from "../data/diary-client.js";
import { MAX_EPISODE_AGE } from "../data/episode-details.js";
import { SAME_TAP_WITHIN } from "../data/episode-queue.js";
import { getTargetText } from "../data/target-text.js";
import { NOON, getCurrentNight, getTimeAtHome } from "../data/wall-clock.js";
import { defineElement, fireEvent, html } from "../frontend/home-assistant.js";
import { formatNumber, formatTime, formatTimeWithDay } from "../frontend/locale.js";
import { DiaryController } from "./diary-controller.js";
import { renderMoreDetails } from "./episode-panels.js";
import { CHECK_ICON, PLUS_ICON, UNDO_ICON } from "./icons.js";
import { nightPadLayout } from "./night-pad-layout.js";
import { renderQueueProblems } from "./night-pad-problems.js";
import { NightPadRelief, nightPadReliefStyles } from "./night-pad-relief.js";
import { renderSeverityScale } from "./option-controls.js";
import { SleeperElement } from "./sleeper-element.js";
import { TapGuard } from "./tap-guard.js";

/** @import { Device } from "../data/devices.js" */
/** @import { Access } from "../data/diary-client.js" */
/** @import { EpisodeDetails } from "../data/episode-details.js" */
/** @import { EpisodeQueue } from "../data/episode-queue.js" */
/** @import { Panel } from "./episode-panels.js" */
/** @import { PadEpisode } from "../data/operations.js" */
/** @import { Text } from "../data/target-text.js" */
/** @import { HomeAssistant, LocalizeFunc } from "../frontend/home-assistant.js" */

/**
 * @typedef {object} RenderContext
 * @property {HomeAssistant} hass
 * @property {Device} sleeper
 * @property {LocalizeFunc} localize
 * @property {EpisodeQueue} queue
 * @property {Access} access
 */

/** For how long the compact pad offers to undo, in milliseconds. */
const COMPACT_UNDO_WITHIN = 5 * 60_000;

/** How long the target lights up under a tap, in milliseconds. */
const FILL_DURATION = 250;

/** The events by which a user scrolls. */
const USER_SCROLL_EVENTS = ["touchmove", "pointercancel", "wheel"];
const LISTENER_OPTIONS = { capture: true, passive: true };

/** The time from which a clear night can be logged, and the one from which it no longer can. */
const MORNING = ["04:00", NOON];

class NightPad extends SleeperElement {
  static properties = {
    ...SleeperElement.properties,
    dark: { type: Boolean, reflect: true },
    compact: { type: Boolean, reflect: true },
    _panel: { state: true },
    _shownEarlier: { state: true },
  };

  constructor() {
    super();
    this.tapGuard = new TapGuard();
    this._relief = new NightPadRelief(this, () => this.#log());
    this.dark = false;
    this.compact = false;
    /** @type {Panel | null} the details that are open */
    this._panel = null;
    /** @type {string | null} the id of the episode that is shown although another one was just deleted */
    this._shownEarlier = null;
    this._tapTimer = 0;
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
    window.clearTimeout(this._tapTimer);
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
    if (!access.canLog) return html`<div class="status"><p role="status"><bdi>${localize("may_not_log")}</bdi></p></div>`;
    const context = { hass, sleeper, localize, queue, access };
    const { current } = queue;
    const isRecent = current !== undefined && Date.now() - current.startedAt < MAX_EPISODE_AGE;
    if (this.compact) return this.#renderCompact(context, isRecent);
    const eased = isRecent ? this.#renderEased(context, current) : this.#renderOngoing(context);
    const hasRelief = this._relief.getReliefs(context).length > 0;
    return html`
      ${this.#renderTarget(context, isRecent)} ${this.#renderStatus(context, isRecent)}
      ${hasRelief ? this._relief.renderRow(context, eased) : ""}
      <div class="details" ?data-panel=${this._panel !== null} @scroll=${this.#detailsScrolled}>
        ${this._relief.renderProblems(context)} ${renderQueueProblems(context)}
        ${isRecent ? this.#renderCurrent(context, current, hasRelief ? "" : eased) : hasRelief ? "" : eased}
        ${isRecent ? "" : this.#renderClearNight(context)}
      </div>
    `;
  }

  // --- the target ----------------------------------------------------------------------------------------------------

  /** @param {RenderContext} context @param {boolean} isRecent */
  #renderTarget({ hass, sleeper, localize, queue }, isRecent) {
    const tapped = queue.isSameTap ? queue.current : undefined;
    const tonight = tapped ? queue.tonightWithLast : getTonight(hass, sleeper);
    const { text, hint, isLogged } = getTargetText({ tapped, tonight, isAnother: isRecent });
    const localizeText = (/** @type {Text} */ [key, { at, count }]) =>
      localize(key, {
        time: at === undefined ? "" : formatTimeWithDay(hass, at, Date.now()),
        count: count === undefined ? "" : formatNumber(hass, count),
      });
    return html`
      <button class="target ${isLogged ? "logged" : ""}" @click=${this.#logTapped}>
        <span class="fill"></span>
        <span class="wish">${isLogged ? CHECK_ICON : ""}<bdi>${localizeText(text)}</bdi></span>
        ${hint ? html`<span class="how"><bdi>${localizeText(hint)}</bdi></span>` : ""}
      </button>
    `;
  }

  /**
   * Render the pad in one row of a tile: what can be undone, and the target.
   * @param {RenderContext} context
   * @param {boolean} isRecent
   */
  #renderCompact(context, isRecent) {
    const { localize, queue } = context;
    const { current, isSameTap } = queue;
    const [text, buttons] = this.#getStatus(context, isRecent);
    const isUndoShown = queue.notice || (current && Date.now() - current.startedAt < COMPACT_UNDO_WITHIN);
    const key = isSameTap && current ? { saved: "logged", waiting: "saving", failed: "kept" }[current.state] : "log";
    return html`
      <p class="hidden" role="status">${text}</p>
      ${(isUndoShown ? buttons : []).map(
        ([label, onTap]) => html`<button class="undo" @click=${onTap} aria-label=${localize(label)}>${UNDO_ICON}</button>`,
      )}
      ${this._relief.renderCompact(context)}
      <button class="target ${key === "logged" ? "logged" : ""}" @click=${this.#logTapped}>
        <span class="fill"></span>
        ${key === "logged" ? CHECK_ICON : key === "log" ? PLUS_ICON : ""}<span>${localize(`${key}_short`)}</span>
      </button>
    `;
  }

  // --- status --------------------------------------------------------------------------------------------------------

  /** @param {RenderContext} context @param {boolean} isRecent */
  #renderStatus(context, isRecent) {
    const [text, buttons] = this.#getStatus(context, isRecent);
    return html`
      <div class="status">
        <p role="status"><bdi>${text}</bdi></p>
        ${buttons.map(([label, onTap]) => html`<button @click=${onTap}>${UNDO_ICON}${context.localize(label)}</button>`)}
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
   * Render the details of the current episode. If that is an earlier one than the user saw last, they must ask for it, so
   * that nobody rates another episode than the one they mean.
   * @param {RenderContext} context
   * @param {PadEpisode} current
   * @param {unknown} eased the button that ends it, unless that is elsewhere
   */
  #renderCurrent(context, current, eased) {
    const { hass, localize, queue } = context;
    if (!queue.isAfterDeletion) return this.#renderEpisode(context, current, eased);
    const isShown = this._shownEarlier === current.id;
    const toggle = () => (this._shownEarlier = isShown ? null : current.id);
    return html`
      ${isShown ? this.#renderEpisode(context, current, eased) : ""}
      <button class="earlier" aria-expanded=${isShown} @click=${toggle}>
        <bdi>${localize("earlier", { time: formatTimeWithDay(hass, current.startedAt, Date.now()) })}</bdi>
      </button>
    `;
  }

  /** Render the button that ends an episode that is shown. @param {RenderContext} context @param {PadEpisode} current */
  #renderEased({ hass, localize, queue, access }, { id, endedAt }) {
    if (queue.isAfterDeletion && this._shownEarlier !== id) return "";
    const isEnded = endedAt !== null;
    const eased = isEnded ? localize("eased_at", { time: formatTime(hass, endedAt) }) : localize("eased");
    const toggle = () => (access.canRead || !isEnded) && queue.toggleEnded();
    return html`<button class="eased" aria-pressed=${isEnded} @click=${toggle}>${eased}</button>`;
  }

  /**
   * Render what can be changed of an episode: only its end, for a user who may not change it.
   * @param {RenderContext} context
   * @param {PadEpisode} current
   * @param {unknown} eased
   */
  #renderEpisode(context, current, eased) {
    const { hass, localize, queue, access } = context;
    const { details, startedAt } = current;
    if (!access.canRead) return eased;
    const question = localize("severity_of", { time: formatTimeWithDay(hass, startedAt, Date.now()) });
    const onSelect = (/** @type {number | null} */ severity) => this.#setDetails({ ...details, severity });
    return html`
      <div class="main">
        ${renderSeverityScale(hass, localize, details.severity, onSelect, question)}
        ${this._relief.renderQuestion(context, current, (changed) => this.#setDetails(changed))} ${eased}
      </div>
      <div class="more">
        ${renderMoreDetails(hass, localize, details, {
          earlier: queue.earlierDetails,
          panel: this._panel,
          isDark: this.dark,
          onOpen: (panel) => (this._panel = panel),
          onChange: (changed) => this.#setDetails(changed),
        })}
      </div>
    `;
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
    const isLogged = queue.notice?.kind === "clear" || queue.operations.some(({ kind }) => kind === "clear_night");
    if (time < MORNING[0] || time >= MORNING[1] || getTonight(hass, sleeper) !== 0 || isLogged) return "";
    const log = () => queue.logClearNight(getCurrentNight(hass, Date.now()));
    return html`<button class="clear" @click=${log}>${localize("clear_night")}</button>`;
  }

  // --- events --------------------------------------------------------------------------------------------------------

  #logTapped = () => {
    fireEvent(this, "haptic", "light");
    this.#lightUp();
    void this.#log();
    fireEvent(this, "tapped");
  };

  /** Log an episode, and return once it is in the diary, or kept for later. */
  async #log() {
    const { hass, sleeper, _queue: queue } = this;
    if (!hass || !sleeper || !queue) return;
    if (!queue.isSameTap) this._panel = null;
    // From then on, another tap logs another episode, and the target says so.
    window.clearTimeout(this._tapTimer);
    this._tapTimer = window.setTimeout(() => this.requestUpdate(), SAME_TAP_WITHIN + 1);
    await queue.logEpisode(getTonight(hass, sleeper));
  }

  #lightUp() {
    if (window.matchMedia("(prefers-reduced-motion: reduce)").matches) return;
    this.renderRoot.querySelector(".fill")?.animate({ opacity: [1, 0] }, FILL_DURATION);
  }

  #detailsScrolled = (/** @type {Event} */ { timeStamp }) => this.tapGuard.recordPageScroll(timeStamp);

  /** @param {EpisodeDetails} details */
  #setDetails(details) {
    fireEvent(this, "haptic", "selection");
    void this._queue?.setDetails(details);
  }

  #diaryChanged() {
    const { diary, queue } = this._diary.data ?? {};
    if (diary?.access.canRead) void queue?.load();
    fireEvent(this, "access-changed");
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

  static styles = [...nightPadLayout, nightPadReliefStyles];
}

defineElement("rls-bedtime-pad", /** @type {any} */ (NightPad));
