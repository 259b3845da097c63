/** A calendar of the nights, with a column per week. Shapes and numbers repeat what the shades show. */

import { createStrips, formatConditions } from "../data/night-conditions.js";
import { addDays, buildWeeks, fitWeeks, getNightForKey } from "../data/night-grid.js";
import { LitElement, css, defineElement, fireEvent, html } from "../frontend/home-assistant.js";
import { createDateFormatter, firstWeekdayIndex, formatNumber } from "../frontend/locale.js";
import { renderStripIcon, renderStripWeek, stripStyles } from "./night-conditions.js";
import { nightMarkStyles } from "./night-marks.js";

/** @import { NightConditions, Strip } from "../data/night-conditions.js" */
/** @import { NightCell, RecordedNight, Week } from "../data/night-grid.js" */
/** @import { HomeAssistant, LocalizeFunc } from "../frontend/home-assistant.js" */

/** How close to its end the calendar counts as scrolled to the end, in pixels. */
const SCROLL_TOLERANCE = 16;

/** Between two columns, and around the calendar for the ring of a cell, in pixels. */
const GAP = 4;
const PADDING = 3;

/** The smallest width of a column, for a finger and for a mouse. */
const COLUMN_WIDTH = 36;
const DENSE_COLUMN_WIDTH = 28;
const FINE_POINTER = "(pointer: fine) and (min-width: 870px)";

class HeatMap extends LitElement {
  static properties = {
    hass: { attribute: false },
    localize: { attribute: false },
    nights: { attribute: false },
    selected: { attribute: false },
    isLow: { type: Boolean, reflect: true, attribute: "low" },
    _focused: { state: true },
    _columns: { state: true },
  };

  constructor() {
    super();
    /** @type {HomeAssistant | undefined} */
    this.hass = undefined;
    /** @type {LocalizeFunc | undefined} */
    this.localize = undefined;
    /** @type {{recorded: RecordedNight[], knownFrom: string | null, tonight: string, conditions: Map<string, NightConditions>} | null} */
    this.nights = null;
    /** @type {string | null} */
    this.selected = null;
    /** Whether the calendar has little height, as in a preview. */
    this.isLow = false;
    /** @type {string | null} the night that was focused or tapped last */
    this._focused = null;
    this._columns = 0;
    this._range = "";
    this._isAtNewest = true;
    this._fittedWidth = 0;
    /** @type {Week[]} */
    this._weeks = [];
    /** @type {Strip[]} */
    this._strips = [];
    /** @type {string[]} the nights of the weeks, in order */
    this._shownNights = [];
    /** @type {string | null} the night that had the focus before an update */
    this._cellWithFocus = null;
    this._resizeObserver = new ResizeObserver(([{ contentRect }]) => this.#fit(contentRect.width));
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
    this._cellWithFocus = this.#cellWithFocus;
    if (!hass || !nights || !["nights", "hass", "_columns"].some((name) => changed.has(name))) return;
    this._weeks = buildWeeks(nights.recorded, nights.knownFrom, nights.tonight, firstWeekdayIndex(hass), this._columns || 1);
    this._strips = this.isLow ? [] : createStrips(nights.conditions.values());
    this._shownNights = this._weeks.flatMap(({ days }) => days.flatMap((cell) => cell?.night ?? []));
  }

  render() {
    const { hass, localize } = this;
    if (!hass || !localize || !this._weeks.length) return html``;
    const formatLabel = this.#createLabelFormatter(hass, localize);
    const tabStop = this.#tabStop;
    const formatMonth = createDateFormatter(hass, { month: "short" });
    const formatYear = createDateFormatter(hass, { year: "numeric" });
    const formatWeekday = createDateFormatter(hass, { weekday: "short" });
    const { start } = this._weeks[0];
    const weekdays = [...Array(7).keys()].map((day) => formatWeekday(addDays(start, day)));
    return html`
      <div class="weekdays" aria-hidden="true">
        ${["", ...weekdays].map((weekday) => html`<span>${weekday}</span>`)} ${this._strips.map(renderStripIcon)}
      </div>
      <div
        class="scroller"
        role="group"
        aria-label=${localize("calendar")}
        @click=${this.#clicked}
        @keydown=${this.#keyPressed}
        @mouseover=${this.#hovered}
        @scroll=${this.#scrolled}
      >
        ${this._weeks.map(
          ({ start: first, month, year, days }) => html`<div class="week">
            <span class="month" aria-hidden="true">${month ? formatMonth(month) : year && formatYear(year)}</span>
            ${days.map((cell) => (cell ? this.#renderCell(hass, cell, formatLabel, tabStop) : html`<span></span>`))}
            ${this._strips.map((strip) => renderStripWeek(strip, first))}
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
      class="mark ${kind} level${severityLevel} ${night === this.nights?.tonight ? "tonight" : ""}"
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
      [
        localize(`night_${kind}${episodes === 1 ? "_once" : ""}${worst === null ? "" : "_rated"}`, {
          night: formatDate(night),
          episodes: formatNumber(hass, episodes),
          severity: worst === null ? "" : formatNumber(hass, worst),
        }),
        formatConditions(hass, localize, this.nights?.conditions.get(night)),
      ]
        .filter(Boolean)
        .join(" · ");
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

  /** The night whose cell has the focus. @returns {string | null} */
  get #cellWithFocus() {
    return /** @type {HTMLElement | null | undefined} */ (this.renderRoot?.activeElement)?.dataset.night ?? null;
  }

  /** @returns {HTMLElement | null} */
  get #scroller() {
    return this.renderRoot.querySelector(".scroller");
  }

  updated() {
    const scroller = this.#scroller;
    if (!scroller) return;
    this._resizeObserver.observe(scroller);
    // With more weeks, the same element is another night.
    const { _cellWithFocus: night } = this;
    if (night && night !== this.#cellWithFocus) this.#findCell(night)?.focus({ preventScroll: true });
    const range = `${this._weeks[0]?.start} ${this._weeks.at(-1)?.start}`;
    if (range === this._range) return;
    this._range = range;
    this.#scrollToNewest();
  }

  /** Let as many columns fill the width as fit, so that none is cut. @param {number} width inside the padding */
  #fit(width) {
    if (!width) return;
    const isDense = window.matchMedia(FINE_POINTER).matches;
    const { count, size } = fitWeeks(width, isDense ? DENSE_COLUMN_WIDTH : COLUMN_WIDTH, GAP);
    this.style.setProperty("--column-width", `${size}px`);
    this._columns = count;
    this._fittedWidth = this.#scroller?.clientWidth ?? 0;
    if (this._isAtNewest) this.#scrollToNewest();
  }

  #scrollToNewest() {
    const scroller = this.#scroller;
    if (scroller) scroller.scrollLeft = (this.#isRtl ? -1 : 1) * scroller.scrollWidth;
  }

  /** Focus a night, from where a dialog was opened. @param {string} night */
  async focusNight(night) {
    this._focused = night;
    await this.updateComplete;
    this.#findCell(night)?.focus();
  }

  /** @param {string} night @returns {HTMLElement | null} */
  #findCell(night) {
    return this.renderRoot.querySelector(`[data-night="${night}"]`);
  }

  /**
   * Remember whether the newest nights are visible, to keep them visible when the window is resized. A browser that snaps
   * to a column then scrolls by itself, before the columns fit the new width.
   */
  #scrolled = (/** @type {Event} */ { target }) => {
    const { scrollLeft, clientWidth, scrollWidth } = /** @type {HTMLElement} */ (target);
    if (clientWidth !== this._fittedWidth) return;
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

  #keyPressed = (/** @type {KeyboardEvent} */ event) => {
    const { night } = /** @type {HTMLElement} */ (event.target).dataset;
    const [first, last] = [this._shownNights[0], /** @type {string} */ (this._shownNights.at(-1))];
    const target = night && getNightForKey(night, event.key, first, last, this.#isRtl);
    if (!target) return;
    event.preventDefault();
    void this.focusNight(target);
  };

  static styles = [
    ...nightMarkStyles,
    stripStyles,
    css`
      :host {
        display: flex;
        gap: ${GAP}px;
        --row-height: 36px;
      }
      :host([low]) {
        --row-height: 18px;
      }
      .scroller {
        flex: 1;
        min-inline-size: 0;
        display: flex;
        gap: ${GAP}px;
        overflow-x: auto;
        overscroll-behavior-x: contain;
        padding: ${PADDING}px;
        scroll-padding-inline: ${PADDING}px;
        scroll-snap-type: x mandatory;
        scrollbar-width: none;
      }
      @media (pointer: fine) {
        .scroller {
          scrollbar-width: thin;
          scrollbar-color: var(--divider-color) transparent;
        }
      }
      .week,
      .weekdays {
        flex: none;
        display: grid;
        grid-template-rows: 20px repeat(7, var(--row-height));
        grid-auto-rows: 28px;
        gap: ${GAP}px;
        align-items: center;
        color: var(--secondary-text-color);
        font-size: var(--ha-font-size-s, 12px);
      }
      .week {
        inline-size: var(--column-width, ${COLUMN_WIDTH}px);
        scroll-snap-align: start;
      }
      .weekdays {
        padding-block: ${PADDING}px;
      }
      .month {
        white-space: nowrap;
      }
      .week button {
        block-size: 100%;
      }
      :host([low]) .mark::after {
        content: none;
      }
    `,
  ];
}

defineElement("rls-bedtime-heat-map", /** @type {any} */ (HeatMap));
