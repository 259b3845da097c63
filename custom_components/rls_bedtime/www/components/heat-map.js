/** A calendar heat map of the nights, with a column per week. Numbers and symbols repeat what the shades show. */

import { addDays, buildWeeks, getNightForKey } from "../data/night-grid.js";
import { LitElement, css, defineElement, fireEvent, html } from "../frontend/home-assistant.js";
import { createDateFormatter, firstWeekdayIndex, formatNumber } from "../frontend/locale.js";

/** @import { NightCell, RecordedNight, Week } from "../data/night-grid.js" */
/** @import { HomeAssistant, LocalizeFunc } from "../frontend/home-assistant.js" */

/** How close to its end the calendar counts as scrolled to the end, in pixels. */
const SCROLL_TOLERANCE = 16;

class HeatMap extends LitElement {
  static properties = {
    hass: { attribute: false },
    localize: { attribute: false },
    nights: { attribute: false },
    selected: { attribute: false },
    _focused: { state: true },
  };

  constructor() {
    super();
    /** @type {HomeAssistant | undefined} */
    this.hass = undefined;
    /** @type {LocalizeFunc | undefined} */
    this.localize = undefined;
    /** @type {{recorded: RecordedNight[], firstNight: string, tonight: string} | null} */
    this.nights = null;
    /** @type {string | null} */
    this.selected = null;
    /** @type {string | null} the night that was focused or tapped last */
    this._focused = null;
    this._range = "";
    this._isAtNewest = true;
    /** @type {Week[]} */
    this._weeks = [];
    /** @type {string[]} the nights of the weeks, in order */
    this._shownNights = [];
    this._resizeObserver = new ResizeObserver(() => this._isAtNewest && this.#scrollToNewest());
  }

  connectedCallback() {
    super.connectedCallback();
    this._resizeObserver.observe(this);
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this._resizeObserver.disconnect();
  }

  /**
   * Skip updates of `hass`, which come with every state change, unless they affect the format: there may be thousands of
   * cells.
   * @param {Map<string, any>} changed
   */
  shouldUpdate(changed) {
    const previous = changed.get("hass");
    const isSameFormat = previous?.locale === this.hass?.locale && previous?.config === this.hass?.config;
    return changed.size > 1 || !changed.has("hass") || !isSameFormat;
  }

  /** @param {Map<string, any>} changed */
  willUpdate(changed) {
    const { hass, nights } = this;
    if (!hass || !nights || !(changed.has("nights") || changed.has("hass"))) return;
    this._weeks = buildWeeks(nights.recorded, nights.firstNight, nights.tonight, firstWeekdayIndex(hass));
    this._shownNights = this._weeks.flatMap(({ days }) => days.flatMap((cell) => cell?.night ?? []));
  }

  render() {
    const { hass, localize } = this;
    if (!hass || !localize || !this._weeks.length) return html``;
    const formatLabel = this.#createLabelFormatter(hass, localize);
    const tabStop = this.#tabStop;
    const formatMonth = createDateFormatter(hass, { month: "short" });
    const formatJanuary = createDateFormatter(hass, { month: "short", year: "numeric" });
    const formatWeekday = createDateFormatter(hass, { weekday: "short" });
    const { start } = this._weeks[0];
    const weekdays = [...Array(7).keys()].map((day) => formatWeekday(addDays(start, day)));
    return html`
      <div
        class="scroller"
        role="group"
        aria-label=${localize("calendar")}
        @click=${this.#clicked}
        @keydown=${this.#keyPressed}
        @mouseover=${this.#hovered}
        @scroll=${this.#scrolled}
      >
        <div class="weekdays" aria-hidden="true">${["", ...weekdays].map((weekday) => html`<span>${weekday}</span>`)}</div>
        ${this._weeks.map(
          (week) => html`<div class="week">
            <span class="month" aria-hidden="true"
              >${week.month && (week.month.slice(5, 7) === "01" ? formatJanuary : formatMonth)(week.month)}</span
            >
            ${week.days.map((cell) => (cell ? this.#renderCell(hass, cell, formatLabel, tabStop) : html`<span></span>`))}
          </div>`,
        )}
      </div>
    `;
  }

  /**
   * @param {HomeAssistant} hass
   * @param {NightCell} cell
   * @param {(cell: NightCell) => string} formatLabel
   * @param {string | null} tabStop
   */
  #renderCell(hass, cell, formatLabel, tabStop) {
    const { night, kind, severityLevel, worst, episodes } = cell;
    const withoutSeverity = kind === "affected" ? "?" : "";
    return html`<button
      class="night ${kind} level${severityLevel}"
      data-night=${night}
      tabindex=${night === tabStop ? 0 : -1}
      aria-pressed=${night === this.selected}
      aria-label=${formatLabel(cell)}
      data-worst=${worst === null ? withoutSeverity : formatNumber(hass, worst)}
      data-times=${episodes > 1 ? `×${formatNumber(hass, episodes)}` : ""}
    ></button>`;
  }

  /** Return a function that describes a cell in words. @param {HomeAssistant} hass @param {LocalizeFunc} localize */
  #createLabelFormatter(hass, localize) {
    const formatDate = createDateFormatter(hass, { weekday: "long", day: "numeric", month: "long", year: "numeric" });
    return (/** @type {NightCell} */ { night, kind, episodes, worst }) =>
      localize(`night_${kind}${episodes === 1 ? "_once" : ""}${worst === null ? "" : "_rated"}`, {
        night: formatDate(night),
        episodes: formatNumber(hass, episodes),
        severity: worst === null ? "" : formatNumber(hass, worst),
      });
  }

  /** The only night that Tab focuses; arrow keys reach the others. */
  get #tabStop() {
    const [first, last] = [this._shownNights[0], this._shownNights.at(-1)];
    const candidates = [this._focused, this.selected, this.nights?.tonight];
    return candidates.find((night) => night && first && last && first <= night && night <= last) ?? null;
  }

  get #isRtl() {
    return getComputedStyle(this).direction === "rtl";
  }

  updated() {
    const range = `${this._weeks[0]?.start} ${this._weeks.at(-1)?.start}`;
    if (range === this._range) return;
    this._range = range;
    this.#scrollToNewest();
  }

  #scrollToNewest() {
    const scroller = this.renderRoot.querySelector(".scroller");
    if (scroller) scroller.scrollLeft = (this.#isRtl ? -1 : 1) * scroller.scrollWidth;
  }

  /** Remember whether the newest nights are visible, to keep them visible when the window is resized. */
  #scrolled = (/** @type {Event} */ { target }) => {
    const { scrollLeft, clientWidth, scrollWidth } = /** @type {HTMLElement} */ (target);
    this._isAtNewest = Math.abs(scrollLeft) + clientWidth > scrollWidth - SCROLL_TOLERANCE;
  };

  #clicked = (/** @type {Event} */ event) => {
    const night = /** @type {HTMLElement} */ (event.target).closest("button")?.dataset.night;
    if (!night) return;
    this._focused = night;
    fireEvent(this, "night-chosen", night);
  };

  /** Set the tooltip only when it is needed: one per cell would take long to render. */
  #hovered = (/** @type {Event} */ event) => {
    const cell = /** @type {HTMLElement} */ (event.target).closest("button");
    if (cell) cell.title = cell.ariaLabel ?? "";
  };

  #keyPressed = async (/** @type {KeyboardEvent} */ event) => {
    const { night } = /** @type {HTMLElement} */ (event.target).dataset;
    const [first, last] = [this._shownNights[0], /** @type {string} */ (this._shownNights.at(-1))];
    const target = night && getNightForKey(night, event.key, first, last, this.#isRtl);
    if (!target) return;
    event.preventDefault();
    this._focused = target;
    await this.updateComplete;
    /** @type {HTMLElement | null} */ (this.renderRoot.querySelector(`[data-night="${target}"]`))?.focus();
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
    /* Only visual, as the label of the button says the same. Text nodes would double the time to render. */
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
    .level1 {
      background: var(--trends-mild);
    }
    .level2 {
      background: var(--trends-moderate);
    }
    .level3 {
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

defineElement("rls-bedtime-heat-map", /** @type {any} */ (HeatMap));
