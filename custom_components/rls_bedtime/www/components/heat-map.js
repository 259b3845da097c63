/** A calendar of nights: a column for each week, a cell for each night. Told by a number, a sign and a shade, not by its hue. */

import { LitElement, css, define, fire, html } from "../frontend/home-assistant.js";
import { dates, firstDay, number } from "../frontend/locale.js";
import { led, plus, weeks } from "../data/night-grid.js";

/** @import { Hass, Words } from "../frontend/home-assistant.js" */
/** @import { Night, Recorded, Week } from "../data/night-grid.js" */

/** Within how many pixels of its end the calendar counts as there. */
const NEAR = 16;

class HeatMap extends LitElement {
  static properties = {
    hass: { attribute: false },
    words: { attribute: false },
    nights: { attribute: false },
    chosen: { attribute: false },
    _at: { state: true },
  };

  constructor() {
    super();
    /** @type {Hass | undefined} */
    this.hass = undefined;
    /** @type {Words | undefined} */
    this.words = undefined;
    /** @type {{recorded: Recorded[], first: string | null, tonight: string} | null} */
    this.nights = null;
    /** @type {string | null} the night that is shown elsewhere */
    this.chosen = null;
    /** @type {string | null} where the keys have led */
    this._at = null;
    this._reaches = "";
    this._isAtNewest = true;
    /** @type {Week[]} */
    this._weeks = [];
    /** @type {string[]} the nights that are drawn, in order */
    this._drawn = [];
    this._sized = new ResizeObserver(() => this._isAtNewest && this.#toNewest());
  }

  connectedCallback() {
    super.connectedCallback();
    this._sized.observe(this);
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this._sized.disconnect();
  }

  /** Home Assistant gives itself anew with every state; thousands of nights are drawn anew only where it matters. @param {Map<string, any>} changed */
  shouldUpdate(changed) {
    const before = changed.get("hass");
    const isWrittenAlike = before?.locale === this.hass?.locale && before?.config === this.hass?.config;
    return changed.size > 1 || !changed.has("hass") || !isWrittenAlike;
  }

  /** @param {Map<string, any>} changed */
  willUpdate(changed) {
    const { hass, nights } = this;
    if (!hass || !nights || !(changed.has("nights") || changed.has("hass"))) return;
    this._weeks = weeks(nights.recorded, nights.first, nights.tonight, firstDay(hass));
    this._drawn = this._weeks.flatMap(({ days }) => days.flatMap((each) => each?.night ?? []));
  }

  render() {
    const { hass, words } = this;
    if (!hass || !words || !this._weeks.length) return html``;
    const tell = this.#teller(hass, words);
    const reachable = this.#reachable;
    const month = dates(hass, { month: "short" });
    const january = dates(hass, { month: "short", year: "numeric" });
    const weekday = dates(hass, { weekday: "short" });
    const { starts } = this._weeks[0];
    const days = [...Array(7).keys()].map((day) => weekday(plus(starts, day)));
    return html`
      <div
        class="scroller"
        role="group"
        aria-label=${words("calendar")}
        @click=${this.#tap}
        @keydown=${this.#press}
        @mouseover=${this.#point}
        @scroll=${this.#scrolled}
      >
        <div class="weekdays" aria-hidden="true">${["", ...days].map((day) => html`<span>${day}</span>`)}</div>
        ${this._weeks.map(
          (week) => html`<div class="week">
            <span class="month" aria-hidden="true"
              >${week.month && (week.month.slice(5, 7) === "01" ? january : month)(week.month)}</span
            >
            ${week.days.map((night) => (night ? this.#night(hass, night, tell, reachable) : html`<span></span>`))}
          </div>`,
        )}
      </div>
    `;
  }

  /** @param {Hass} hass @param {Night} night @param {(night: Night) => string} tell @param {string | null} reachable */
  #night(hass, night, tell, reachable) {
    const { night: date, kind, weight, worst, episodes } = night;
    const unrated = kind === "affected" ? "?" : "";
    return html`<button
      class="night ${kind} weight${weight}"
      data-night=${date}
      tabindex=${date === reachable ? 0 : -1}
      aria-pressed=${date === this.chosen}
      aria-label=${tell(night)}
      data-worst=${worst === null ? unrated : number(hass, worst)}
      data-times=${episodes > 1 ? `×${number(hass, episodes)}` : ""}
    ></button>`;
  }

  /** Return what tells of a night in words. @param {Hass} hass @param {Words} words */
  #teller(hass, words) {
    const date = dates(hass, { weekday: "long", day: "numeric", month: "long", year: "numeric" });
    return (/** @type {Night} */ { night, kind, episodes, worst }) =>
      words(kind === "affected" ? (worst === null ? "night_affected" : "night_affected_rated") : `night_${kind}`, {
        night: date(night),
        episodes: number(hass, episodes),
        severity: worst === null ? "" : number(hass, worst),
      });
  }

  /** The one night that Tab leads to. */
  get #reachable() {
    const [first, last] = [this._drawn[0], this._drawn.at(-1)];
    const wanted = [this._at, this.chosen, this.nights?.tonight];
    return wanted.find((night) => night && first && last && first <= night && night <= last) ?? null;
  }

  get #isRtl() {
    return getComputedStyle(this).direction === "rtl";
  }

  updated() {
    const reaches = `${this._weeks[0]?.starts} ${this._weeks.at(-1)?.starts}`;
    if (reaches === this._reaches) return;
    this._reaches = reaches;
    this.#toNewest();
  }

  #toNewest() {
    const scroller = this.renderRoot.querySelector(".scroller");
    if (scroller) scroller.scrollLeft = (this.#isRtl ? -1 : 1) * scroller.scrollWidth;
  }

  /** Notice whether the newest nights are in sight: they are to stay so when the window changes. */
  #scrolled = (/** @type {Event} */ { target }) => {
    const { scrollLeft, clientWidth, scrollWidth } = /** @type {HTMLElement} */ (target);
    this._isAtNewest = Math.abs(scrollLeft) + clientWidth > scrollWidth - NEAR;
  };

  #tap = (/** @type {Event} */ event) => {
    const night = /** @type {HTMLElement} */ (event.target).closest("button")?.dataset.night;
    if (!night) return;
    this._at = night;
    fire(this, "night-chosen", night);
  };

  /** Say in words what a mouse points at. */
  #point = (/** @type {Event} */ event) => {
    const night = /** @type {HTMLElement} */ (event.target).closest("button");
    if (night) night.title = night.ariaLabel ?? "";
  };

  #press = async (/** @type {KeyboardEvent} */ event) => {
    const { night } = /** @type {HTMLElement} */ (event.target).dataset;
    const [first, last] = [this._drawn[0], /** @type {string} */ (this._drawn.at(-1))];
    const to = night && led(night, event.key, first, last, this.#isRtl);
    if (!to) return;
    event.preventDefault();
    this._at = to;
    await this.updateComplete;
    /** @type {HTMLElement | null} */ (this.renderRoot.querySelector(`[data-night="${to}"]`))?.focus();
  };

  static styles = css`
    .scroller {
      display: flex;
      gap: 3px;
      overflow-x: auto;
      overscroll-behavior-x: contain;
      padding: 3px;
      margin: 0 -3px;
    }
    .week,
    .weekdays {
      flex: none;
      display: grid;
      grid-template-rows: 20px repeat(7, 32px);
      gap: 3px;
    }
    .week {
      inline-size: 32px;
    }
    .weekdays {
      position: sticky;
      inset-inline-start: -3px;
      z-index: 1;
      padding-inline: 3px 6px;
      background: var(--ha-card-background, var(--card-background-color));
      color: var(--secondary-text-color);
      font-size: 12px;
      align-items: center;
    }
    .month {
      color: var(--secondary-text-color);
      font-size: 12px;
      white-space: nowrap;
    }
    .night {
      appearance: none;
      box-sizing: border-box;
      display: flex;
      flex-direction: column;
      align-items: center;
      justify-content: center;
      padding: 0;
      border: 1px solid var(--secondary-text-color);
      border-radius: 8px;
      background: none;
      color: var(--primary-text-color);
      font: inherit;
      font-size: 13px;
      line-height: 1;
      cursor: pointer;
      font-variant-numeric: tabular-nums;
    }
    /* For the eye: the name of the button says the same in words. A text each would take as long again to draw. */
    .night::before {
      content: attr(data-worst);
      font-weight: 600;
    }
    .night::after {
      content: attr(data-times);
      font-size: 10px;
    }
    .unrecorded {
      border: 1px dashed color-mix(in srgb, var(--secondary-text-color) 60%, transparent);
    }
    .clear {
      border-radius: 50%;
    }
    .clear::before {
      content: "";
      inline-size: 8px;
      block-size: 8px;
      border: 2px solid currentColor;
      border-radius: 50%;
    }
    .weight1 {
      background: var(--trends-mild);
    }
    .weight2 {
      background: var(--trends-moderate);
    }
    .weight3 {
      background: var(--trends-ink);
      color: var(--card-background-color);
    }
    .night[aria-pressed="true"] {
      outline: 3px solid var(--primary-text-color);
    }
    .night:focus-visible {
      outline: 3px solid var(--primary-text-color);
      outline-offset: 1px;
    }
  `;
}

define("rls-bedtime-heat-map", /** @type {any} */ (HeatMap));
