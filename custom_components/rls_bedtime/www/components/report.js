/** The report for a doctor: a button, and the dialog that makes links to the page and the tables. */

import { PERIODS } from "../data/night-grid.js";
import { callAction, css, defineElement, html } from "../frontend/home-assistant.js";
import { ActionElement } from "./action-element.js";
import { focusContent } from "./adaptive-dialog.js";
import { renderError } from "./errors.js";

/** @import { LocalizeFunc } from "../frontend/home-assistant.js" */

/** The formats to download, beside the page. */
const DOWNLOADS = Object.freeze(["episodes", "nights", "json"]);

/**
 * What the dialog asks for.
 * @typedef {{period: string, name: string, notes: boolean, comparisons: boolean}} ReportDraft
 */

class Report extends ActionElement {
  static properties = {
    ...ActionElement.properties,
    isDisabled: { attribute: false },
    _draft: { state: true },
    _links: { state: true },
  };

  constructor() {
    super();
    /** Whether the dialog does not open, as in a preview. */
    this.isDisabled = false;
    /** @type {ReportDraft | null} null while the dialog is closed */
    this._draft = null;
    /** @type {Record<string, string> | null} */
    this._links = null;
  }

  render() {
    const { hass, localize, _draft: draft } = this;
    if (!hass || !localize) return html``;
    return html`
      <ha-button appearance="plain" @click=${this.#open}>
        <ha-icon slot="start" icon="mdi:file-document-outline"></ha-icon>${localize("for_doctor")}
      </ha-button>
      ${draft ? this.#renderDialog(localize, draft) : ""}
    `;
  }

  /** @param {LocalizeFunc} localize @param {ReportDraft} draft */
  #renderDialog(localize, draft) {
    const heading = localize("for_doctor");
    const periods = PERIODS.map((value) => ({ value, label: localize(`period_${value}`) }));
    return html`<rls-bedtime-dialog
      .heading=${heading}
      .closeLabel=${localize("close")}
      @sheet-opened=${focusContent}
      @sheet-closed=${this.#closed}
    >
      <div class="content" tabindex="-1" role="group" aria-label=${heading}>
        ${this.#renderField("period", { select: { mode: "dropdown", options: periods } }, localize("period"), draft.period)}
        ${this.#renderField("name", { text: {} }, localize("report_name"), draft.name)}
        ${this.#renderField("notes", { boolean: {} }, localize("report_notes"), draft.notes)}
        ${this.#renderField("comparisons", { boolean: {} }, localize("report_comparisons"), draft.comparisons)}
        ${this._links ? this.#renderLinks(localize, this._links) : ""}
      </div>
      <div slot="footer" class="footer">
        ${renderError(this._error)}
        ${this._links
          ? ""
          : html`<ha-button .disabled=${this._isBusy} @click=${this.#make}>${localize("report_make")}</ha-button>`}
      </div>
    </rls-bedtime-dialog>`;
  }

  /** @param {keyof ReportDraft} name @param {Record<string, any>} selector @param {string} label @param {unknown} value */
  #renderField(name, selector, label, value) {
    return html`<ha-selector
      class=${name}
      .hass=${this.hass}
      .selector=${selector}
      .label=${label}
      .value=${value}
      .required=${name === "period"}
      .disabled=${this._isBusy}
      @value-changed=${(/** @type {CustomEvent} */ event) => this.#fieldChanged(name, event)}
    ></ha-selector>`;
  }

  /**
   * Links, not scripts: the apps of Home Assistant open them in the browser of the phone, where a page can be printed.
   * @param {LocalizeFunc} localize
   * @param {Record<string, string>} links
   */
  #renderLinks(localize, links) {
    const url = (/** @type {string} */ format) => this.hass?.hassUrl?.(links[format]) ?? links[format];
    return html`<div class="links" role="status">
      <a class="open" href=${url("page")} target="_blank" rel="noreferrer">${localize("report_open")}</a>
      ${DOWNLOADS.map(
        (format) => html`<a href=${url(format)} target="_blank" rel="noreferrer" download>${localize(`report_${format}`)}</a>`,
      )}
      <p>${localize("report_how")}</p>
    </div>`;
  }

  #open = () => {
    if (this.isDisabled) return;
    this._links = null;
    this._error = "";
    this._draft = { period: PERIODS[0], name: this.sleeper?.name ?? "", notes: false, comparisons: false };
  };

  /** The card may be in a dialog itself, which stays open. @param {Event} event */
  #closed = (event) => {
    event.stopPropagation();
    this._draft = null;
    /** @type {HTMLElement | null} */ (this.renderRoot.querySelector("ha-button"))?.focus();
  };

  /** Links are those of what was asked for: another choice needs others. @param {keyof ReportDraft} name @param {CustomEvent} event */
  #fieldChanged(name, event) {
    event.stopPropagation();
    if (!this._draft || this._isBusy) return;
    this._draft = { ...this._draft, [name]: event.detail.value ?? "" };
    this._links = null;
  }

  #make = () => {
    if (!this._draft) return;
    const { period, name, notes, comparisons } = this._draft;
    void this.perform(async ({ hass, sleeper }) => {
      const data = { sleeper: sleeper.id, period, notes, comparisons, name: name.trim(), language: hass.language };
      this._links = (await callAction(hass, "get_report", data)).links;
    });
  };

  static styles = css`
    .content,
    .links {
      display: flex;
      flex-direction: column;
      gap: 16px;
    }
    .content {
      padding-block-end: 8px;
    }
    .content:focus {
      outline: 0;
    }
    .links {
      gap: 4px;
    }
    a {
      display: flex;
      align-items: center;
      min-block-size: 48px;
      color: var(--primary-color);
    }
    .open {
      font-size: var(--ha-font-size-l, 16px);
      font-weight: var(--ha-font-weight-medium, 500);
    }
    p {
      margin: 0;
      color: var(--secondary-text-color);
    }
    .footer {
      display: flex;
      flex-direction: column;
      align-items: flex-end;
      gap: 8px;
      inline-size: 100%;
    }
    [role="alert"] {
      inline-size: 100%;
      box-sizing: border-box;
      padding: 8px 12px;
      border-radius: var(--ha-border-radius-md, 8px);
      background: color-mix(in srgb, var(--error-color) 12%, transparent);
      color: inherit;
    }
  `;
}

defineElement("rls-bedtime-report", /** @type {any} */ (Report));
