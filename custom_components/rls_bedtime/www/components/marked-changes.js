/** The time line of the changes that a sleeper marked: where they are in the period, and what they were. */

import "./change-dialog.js";
import { createChangeDraft, createEmptyChangeDraft, placeChanges } from "../data/marked-changes.js";
import { createRequestId } from "../data/request-id.js";
import { getToday } from "../data/wall-clock.js";
import { css, defineElement, html, localizeOption } from "../frontend/home-assistant.js";
import { createFullDateFormatter, formatNumber } from "../frontend/locale.js";
import { SleeperElement } from "./sleeper-element.js";

/** @import { ChangeForm, MarkedChange } from "../data/marked-changes.js" */
/** @import { Trends } from "../data/trends-store.js" */
/** @import { HomeAssistant, LocalizeFunc } from "../frontend/home-assistant.js" */

/** How many changes are listed at first. */
const SHORT_LIST = 5;

/** The kind of a new change, until another one is chosen. */
const FIRST_KIND = "medicine_started";

const MAX_DECIMALS = 6;

/**
 * Return what a change was, in a line: its name, and its amount or value.
 * @param {HomeAssistant} hass
 * @param {MarkedChange} change
 */
const formatChange = (hass, { name, amount, value, unit }) =>
  [name, value === null ? null : formatNumber(hass, value, MAX_DECIMALS), unit, amount].filter(Boolean).join(" ");

class MarkedChanges extends SleeperElement {
  static properties = {
    ...SleeperElement.properties,
    trends: { attribute: false },
    canChange: { attribute: false },
    _form: { state: true },
    _isLong: { state: true },
  };

  constructor() {
    super();
    /** @type {Trends | undefined} */
    this.trends = undefined;
    this.canChange = false;
    /** @type {ChangeForm | null} the form whose dialog is open */
    this._form = null;
    /** Whether all changes are listed. */
    this._isLong = false;
  }

  render() {
    const { hass, localize, trends } = this;
    if (!hass || !localize || !trends || (!trends.changes.length && !this.canChange)) return html``;
    const { changes } = trends;
    return html`
      <div class="header">
        <h3>${localize("changes")}</h3>
        ${this.canChange
          ? html`<ha-icon-button class="add" .label=${localize("add_change")} @click=${() => this.#add(hass)}>
              <ha-icon icon="mdi:flag-plus-outline"></ha-icon>
            </ha-icon-button>`
          : ""}
      </div>
      ${changes.length ? this.#renderLine(hass, trends) : html`<p class="none">${localize("no_changes")}</p>`}
      <ul>
        ${(this._isLong ? changes : changes.slice(0, SHORT_LIST)).map((change) => this.#renderChange(hass, localize, change))}
      </ul>
      ${changes.length > SHORT_LIST
        ? html`<ha-button appearance="plain" @click=${() => (this._isLong = !this._isLong)}
            >${this._isLong ? localize("fewer_changes") : localize("all_changes", { n: formatNumber(hass, changes.length) })}</ha-button
          >`
        : ""}
      ${this.#renderDialog(hass, localize, trends)}
    `;
  }

  /** The list says in words what the line shows. @param {HomeAssistant} hass @param {Trends} trends */
  #renderLine(hass, { changes, firstNight, tonight }) {
    const { start, positions } = placeChanges(changes, firstNight, tonight);
    const format = createFullDateFormatter(hass);
    return html`<div class="line" aria-hidden="true">
      <div class="track">
        ${positions.map((position) => html`<i style="inset-inline-start: ${position * 100}%"></i>`)}
      </div>
      <div class="ends"><span>${format(start)}</span><span>${format(tonight)}</span></div>
    </div>`;
  }

  /** @param {HomeAssistant} hass @param {LocalizeFunc} localize @param {MarkedChange} change */
  #renderChange(hass, localize, change) {
    const date = createFullDateFormatter(hass)(change.date);
    const kind = localizeOption(localize, "kind", change.kind);
    const text = formatChange(hass, change);
    const edit = () => (this._form = this.#createForm(change.id, createChangeDraft(change)));
    return html`<li>
      <div class="change">
        <span class="date">${date}</span>
        ${change.name === kind ? "" : html`<span class="kind">${kind}</span>`}
        ${text ? html`<bdi class="text">${text}</bdi>` : ""}
        ${change.note ? html`<bdi class="note">${change.note}</bdi>` : ""}
      </div>
      ${this.canChange
        ? html`<ha-icon-button
            data-change=${change.id}
            .label=${localize("edit_change_of", { change: [date, kind, text].filter(Boolean).join(", ") })}
            @click=${edit}
          >
            <ha-icon icon="mdi:pencil"></ha-icon>
          </ha-icon-button>`
        : ""}
    </li>`;
  }

  /** @param {HomeAssistant} hass @param {LocalizeFunc} localize @param {Trends} trends */
  #renderDialog(hass, localize, trends) {
    const { _form: form } = this;
    if (!form) return "";
    return html`<rls-bedtime-change-dialog
      .hass=${hass}
      .localize=${localize}
      .sleeper=${this.sleeper}
      .form=${form}
      .names=${trends.changeNames}
      @change-drafted=${(/** @type {CustomEvent} */ event) => (this._form = event.detail)}
      @change-closed=${this.#closed}
    ></rls-bedtime-change-dialog>`;
  }

  /** @param {HomeAssistant} hass */
  #add(hass) {
    this._form = this.#createForm(null, createEmptyChangeDraft(getToday(hass, Date.now()), FIRST_KIND));
  }

  /** @param {string | null} id @param {ChangeForm["draft"]} draft @returns {ChangeForm} */
  #createForm(id, draft) {
    return { id, original: draft, draft, requestId: createRequestId() };
  }

  /** Home Assistant's dialogs leave it to the page where the focus goes. @param {CustomEvent} event */
  #closed = async (event) => {
    event.stopPropagation();
    const id = this._form?.id;
    this._form = null;
    await this.updateComplete;
    const buttons = /** @type {HTMLElement[]} */ ([...this.renderRoot.querySelectorAll("ha-icon-button")]);
    (buttons.find((button) => button.dataset.change === id) ?? buttons[0])?.focus();
  };

  static styles = css`
    :host {
      display: block;
    }
    .header {
      display: flex;
      align-items: center;
      min-block-size: 48px;
    }
    h3 {
      flex: 1;
      margin: 0;
      font-size: var(--ha-font-size-m, 14px);
      font-weight: var(--ha-font-weight-medium, 500);
    }
    .add {
      margin-inline-end: -12px;
      color: var(--primary-color);
    }
    .none {
      margin: 0;
      color: var(--secondary-text-color);
    }
    .line {
      padding-inline: 8px;
    }
    .track {
      position: relative;
      block-size: 2px;
      margin-block: 12px 10px;
      background: var(--divider-color);
    }
    .track i {
      position: absolute;
      inset-block-start: -5px;
      inline-size: 10px;
      block-size: 10px;
      margin-inline-start: -6px;
      border: 1px solid var(--card-background-color);
      background: var(--primary-text-color);
      transform: rotate(45deg);
    }
    .ends {
      display: flex;
      justify-content: space-between;
      gap: 8px;
      margin-inline: -8px;
      color: var(--secondary-text-color);
      font-size: var(--ha-font-size-s, 12px);
    }
    ul {
      margin: 0;
      padding: 0;
      list-style: none;
    }
    li {
      display: flex;
      align-items: center;
      min-block-size: 48px;
    }
    li + li {
      border-block-start: 1px solid var(--divider-color);
    }
    li ha-icon-button {
      margin-inline-end: -12px;
      color: var(--secondary-text-color);
    }
    .change {
      display: flex;
      flex: 1;
      flex-wrap: wrap;
      column-gap: 12px;
      min-inline-size: 0;
      padding-block: 8px;
      overflow-wrap: anywhere;
    }
    .date,
    .note {
      color: var(--secondary-text-color);
    }
    .date {
      min-inline-size: 96px;
    }
    .text {
      font-weight: var(--ha-font-weight-medium, 500);
    }
    .note {
      flex: 1 1 100%;
      font-size: var(--ha-font-size-s, 12px);
      white-space: pre-line;
    }
  `;
}

defineElement("rls-bedtime-changes", /** @type {any} */ (MarkedChanges));
