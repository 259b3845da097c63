/** The pad of a sleeper: one large target logs now; what else is said of the episode is said afterwards, if wanted. */

import "./body-map.js";
import { chips, severityScale } from "./option-controls.js";
import { EFFECTS, RELIEFS, tapRelief } from "../data/episode-details.js";
import { LitElement, choiceWord, define, fire, html } from "../frontend/home-assistant.js";
import { known as stateOf, signature } from "../data/devices.js";
import { keeperOf } from "../data/episode-queues.js";
import { list, moment, number, time } from "../frontend/locale.js";
import { padStyles } from "./night-pad-styles.js";
import { TapGuard } from "./tap-guard.js";

/** @import { Facts } from "../data/episode-details.js" */
/** @import { Hass, Words } from "../frontend/home-assistant.js" */
/** @import { Member } from "../data/devices.js" */
/** @import { Entry, Keeper } from "../data/episode-queue.js" */

/**
 * What the pad needs to be drawn.
 * @typedef {{hass: Hass, sleeper: Member, words: Words, keeper: Keeper}} Known
 */

/** What tells that the diary has changed, by whatever hand. */
const TOLD_BY = ["episode", "last_episode", "episodes_tonight", "episode_ongoing"];

/** An episode is spoken of as tonight's, and can be said more of, for so long. In milliseconds. */
const RECENT = 12 * 60 * 60 * 1000;

/** How long after a vain try another is made, in milliseconds, while the pad is on a page. */
const RETRY_EVERY = 30_000;

/** With what a page is moved. */
const DRAGS = ["touchmove", "pointercancel", "wheel"];
const LISTENING = { capture: true, passive: true };

/** From which hour to which one may say that the night was clear. */
const MORNING = [4, 12];

class Pad extends LitElement {
  static properties = {
    hass: { attribute: false },
    sleeper: { attribute: false },
    words: { attribute: false },
    dark: { type: Boolean, reflect: true },
  };

  constructor() {
    super();
    this.guard = new TapGuard();
    /** @type {Hass | undefined} */
    this.hass = undefined;
    /** @type {Member | undefined} */
    this.sleeper = undefined;
    /** @type {Words | undefined} */
    this.words = undefined;
    this.dark = false;
    /** @type {Keeper | undefined} */
    this._keeper = undefined;
    this._told = "";
    this._isConnected = true;
    this._retry = 0;
    this._changed = () => this.#keeperChanged();
    this._scrolled = (/** @type {Event} */ { timeStamp }) => this.guard.scrolled(timeStamp);
    this._dragged = (/** @type {Event} */ { timeStamp }) => this.guard.dragged(timeStamp);
    this.addEventListener("pointerdown", (/** @type {PointerEvent} */ { clientX: x, clientY: y, timeStamp: at }) =>
      this.guard.down({ x, y, at }),
    );
    this.addEventListener("click", (/** @type {MouseEvent} */ event) => this.#stopSlips(event), true);
  }

  connectedCallback() {
    super.connectedCallback();
    window.addEventListener("scroll", this._scrolled, LISTENING);
    for (const type of DRAGS) window.addEventListener(type, this._dragged, LISTENING);
    this._keeper?.addEventListener("changed", this._changed);
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    window.removeEventListener("scroll", this._scrolled, LISTENING);
    for (const type of DRAGS) window.removeEventListener(type, this._dragged, LISTENING);
    this._keeper?.removeEventListener("changed", this._changed);
    window.clearTimeout(this._retry);
  }

  willUpdate() {
    if (!this.hass || !this.sleeper) return;
    const keeper = keeperOf(this.hass, this.sleeper.id);
    if (keeper !== this._keeper) {
      this._keeper?.removeEventListener("changed", this._changed);
      keeper.addEventListener("changed", this._changed);
      this._keeper = keeper;
      this._told = "";
    }
    const isBack = this.hass.connected && !this._isConnected;
    this._isConnected = this.hass.connected;
    const told = signature(this.hass, this.sleeper, TOLD_BY);
    if (this.hass.connected && (told !== this._told || isBack)) {
      this._told = told;
      void keeper.retry().then(() => keeper.load());
    }
  }

  render() {
    const { hass, sleeper, words, _keeper: keeper } = this;
    if (!hass || !sleeper || !words || !keeper) return html``;
    const known = { hass, sleeper, words, keeper };
    const { current } = keeper;
    const isRecent = current !== undefined && Date.now() - current.at < RECENT;
    return html`
      <button class="target" @click=${this.#tap}>
        <span class="wish">${words("log")}</span>
        <span class="how">${words("log_how")}</span>
      </button>
      ${this.#line(known, isRecent)}
      ${isRecent ? this.#details(known, current) : this.#clearNight(known)}
    `;
  }

  // --- the line that stays -------------------------------------------------------------------------------------------

  /** @param {Known} known @param {boolean} isRecent */
  #line(known, isRecent) {
    const { hass, words, keeper } = known;
    const [text, actions] = this.#said(known, isRecent);
    const kept = keeper.kept.length > 0;
    const problem = keeper.kept.find((entry) => entry.problem)?.problem;
    return html`
      <div class="line">
        <p role="status">
          ${text} ${problem ? html`<span class="problem">${problem}</span>` : ""}
          ${hass.connected || kept ? "" : html`<span class="problem">${words("no_connection")}</span>`}
        </p>
        ${kept ? html`<button @click=${() => keeper.retry()}>${words("try_again")}</button>` : ""}
        ${actions.map(([name, act]) => html`<button @click=${act}>${words(name)}</button>`)}
      </div>
    `;
  }

  /**
   * Return what the line says, and what can be done about it.
   * @param {Known} known
   * @param {boolean} isRecent
   * @returns {[string, [string, () => void][]]}
   */
  #said({ hass, words, keeper }, isRecent) {
    const { current, notice } = keeper;
    if (notice) {
      const values = { time: time(hass, notice.at) };
      const text = notice.kind === "refused" ? notice.message || words("no_answer") : words(notice.kind, values);
      const name = notice.kind === "undone" ? "bring_back" : "undo";
      return [text, notice.isInDiary ? [[name, () => keeper.takeBack()]] : []];
    }
    const unwanted = keeper.kept.find((entry) => entry.unwanted);
    if (unwanted) return [words("not_undone", { time: time(hass, unwanted.at) }), []];
    if (!current) return [words("nothing_logged"), []];
    const { severity } = current.facts;
    const rating = severity === null ? "" : "_rated";
    const stem = !isRecent ? "last" : { saved: "logged", kept: "kept", waiting: "saving" }[current.state];
    const text = words(`${stem}${rating}`, {
      time: moment(hass, current.at, Date.now()),
      severity: severity === null ? "" : number(hass, severity),
    });
    return [text, isRecent ? [["undo", () => keeper.undo()]] : []];
  }

  // --- what may be said of the episode -------------------------------------------------------------------------------

  /** @param {Known} known @param {Entry} current */
  #details({ hass, words, keeper }, current) {
    const { facts, endedAt } = current;
    const eased = endedAt === null ? words("eased") : words("eased_at", { time: time(hass, endedAt) });
    const summary = (/** @type {string} */ name, /** @type {string[]} */ chosen) =>
      words(chosen.length ? `${name}_said` : name, { what: list(hass, chosen) });
    const parts = facts.body_parts.map((each) => choiceWord(words, "body_parts", each));
    const sides = facts.side === null ? [] : [choiceWord(words, "side", facts.side)];
    return html`
      ${severityScale(hass, words, facts.severity, (severity) => this.#say({ ...facts, severity }))}
      <button class="eased" aria-pressed=${endedAt !== null} @click=${() => keeper.ease()}>${eased}</button>
      <details>
        <summary>${summary("where", [...parts, ...sides])}</summary>
        <rls-bedtime-figure .facts=${facts} .words=${words} @said=${this.#figureSaid}></rls-bedtime-figure>
      </details>
      <details>
        <summary>${summary("helped", facts.relief.map((each) => choiceWord(words, "relief", each)))}</summary>
        <div class="chips" role="group" aria-label=${words("helped")}>
          ${chips(words, "relief", RELIEFS, facts.relief, (measure) => this.#say(tapRelief(facts, measure)))}
        </div>
        ${facts.relief.length ? this.#effect(words, facts) : ""}
      </details>
    `;
  }

  /** @param {Words} words @param {Facts} facts */
  #effect(words, facts) {
    return html`<div class="chips" role="group" aria-labelledby="effect">
      <span id="effect">${words("effect")}</span>
      ${chips(words, "relief_effect", EFFECTS, facts.relief_effect, (effect) =>
        this.#say({ ...facts, relief_effect: facts.relief_effect === effect ? null : effect }),
      )}
    </div>`;
  }

  /** @param {Known} known */
  #clearNight({ hass, sleeper, words, keeper }) {
    const hour = new Date().getHours();
    const tonight = stateOf(hass, sleeper, "episodes_tonight")?.state;
    const isDone = keeper.notice?.kind === "clear";
    if (hour < MORNING[0] || hour >= MORNING[1] || tonight !== "0" || isDone) return "";
    return html`<button class="clear" @click=${() => keeper.clearNight()}>${words("clear_night")}</button>`;
  }

  // --- taps ----------------------------------------------------------------------------------------------------------

  #tap = () => {
    fire(this, "haptic", "light");
    void this._keeper?.tap();
    fire(this, "tapped");
  };

  #figureSaid = (/** @type {CustomEvent} */ event) => {
    event.stopPropagation();
    this.#say(event.detail);
  };

  /** @param {Facts} facts */
  #say(facts) {
    fire(this, "haptic", "selection");
    void this._keeper?.say(facts);
  }

  /** Show what is new, and do not leave it at that where something could not be written. */
  #keeperChanged() {
    this.requestUpdate();
    window.clearTimeout(this._retry);
    if (this._keeper?.kept.length) this._retry = window.setTimeout(() => this._keeper?.retry(), RETRY_EVERY);
  }

  /** Let nothing happen where a finger meant to scroll. @param {MouseEvent} event */
  #stopSlips(event) {
    const { clientX: x, clientY: y, detail, timeStamp: at } = event;
    if (this.guard.isMeant({ x, y, detail, at })) return;
    event.preventDefault();
    event.stopImmediatePropagation();
  }

  static styles = padStyles;
}

define("rls-bedtime-pad", /** @type {any} */ (Pad));
