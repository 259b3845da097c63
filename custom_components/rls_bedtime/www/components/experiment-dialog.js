/** The dialog that starts an experiment on nights that are drawn to be with or without something. */

import { KINDS, chooseOption, createExperimentDraft, getUnit, toStartData } from "../data/experiment.js";
import { applyEdit } from "../data/night-edits.js";
import { createRequestId } from "../data/request-id.js";
import { getOptions } from "../data/vocabulary.js";
import { css, defineElement, fireEvent, html, localizeOption } from "../frontend/home-assistant.js";
import { formatNumber } from "../frontend/locale.js";
import { ActionElement } from "./action-element.js";
import { focusContent } from "./adaptive-dialog.js";
import { dialogFormStyles } from "./dialog-form-styles.js";
import { renderError } from "./errors.js";
import { createDiaryApi, showUndoToast } from "./undo-toast.js";

/** @import { ExperimentDraft, ExperimentReport } from "../data/experiment.js" */
/** @import { HomeAssistant, LocalizeFunc } from "../frontend/home-assistant.js" */

/** @typedef {{uid: string, text: string, removed: boolean}} Practice */

class ExperimentDialog extends ActionElement {
  static properties = {
    ...ActionElement.properties,
    report: { attribute: false },
    practices: { attribute: false },
    _draft: { state: true },
  };

  constructor() {
    super();
    /** @type {ExperimentReport | undefined} */
    this.report = undefined;
    /** @type {Practice[]} the items of the evening routine */
    this.practices = [];
    /** @type {ExperimentDraft | null} */
    this._draft = null;
    this._requestId = createRequestId();
  }

  willUpdate() {
    this._draft ??= createExperimentDraft(this.practices);
  }

  render() {
    const { hass, localize, report, _draft: draft } = this;
    if (!hass || !localize || !report || !draft) return html``;
    const heading = localize("experiment_try");
    return html`
      <rls-bedtime-dialog
        .heading=${heading}
        .closeLabel=${localize("close")}
        @sheet-opened=${focusContent}
        @sheet-closed=${this.#closed}
      >
        <div class="content" tabindex="-1" role="group" aria-label=${heading}>
          <p>${localize("experiment_about")}</p>
          ${this.#renderSelect("kind", localize("experiment_what"), this.#getKinds(localize))}
          ${this.#renderSubject(hass, localize, report, draft)}
          ${this.#renderSelect("nights", localize("experiment_nights"), this.#getLengths(hass, localize, report), "list")}
          <p class="note">${localize("experiment_power_note")}</p>
          <p class="medicine"><ha-icon icon="mdi:pill-off"></ha-icon>${localize("experiment_medicine")}</p>
        </div>
        <div slot="footer" class="footer">
          ${renderError(this._error)}
          <div class="buttons">
            <ha-button appearance="plain" .disabled=${this._isBusy} @click=${this.#close}>${localize("cancel")}</ha-button>
            <ha-button class="start" .disabled=${this._isBusy || !toStartData(draft)} @click=${this.#start}
              >${localize("experiment_start")}</ha-button
            >
          </div>
        </div>
      </rls-bedtime-dialog>
    `;
  }

  /** @param {LocalizeFunc} localize */
  #getKinds(localize) {
    const kinds = KINDS.filter((kind) => kind !== "practice" || this.practices.length);
    return kinds.map((value) => ({ value, label: localize(`experiment_${value}`) }));
  }

  /** @param {HomeAssistant} hass @param {LocalizeFunc} localize @param {ExperimentReport} report */
  #getLengths(hass, localize, { lengths }) {
    return lengths.map(({ nights, power_percent: percent }) => ({
      value: String(nights),
      label: localize("experiment_power", { nights: formatNumber(hass, nights), percent: formatNumber(hass, percent) }),
    }));
  }

  /** @param {HomeAssistant} hass @param {LocalizeFunc} localize @param {ExperimentReport} report @param {ExperimentDraft} draft */
  #renderSubject(hass, localize, report, draft) {
    if (draft.kind === "tag") return this.#renderSelector("tag", localize("experiment_field_tag"), { text: {} });
    if (draft.kind === "practice") {
      const items = this.practices.map(({ uid, text }) => ({ value: uid, label: text }));
      return this.#renderSelect("practice", localize("experiment_field_practice"), items);
    }
    const options = getOptions(hass, "option", "start_experiment");
    const choices = options.map((value) => ({ value, label: localizeOption(localize, "option", value) }));
    return html`${this.#renderSelect("option", localize("experiment_field_option"), choices)}
    ${draft.option ? this.#renderValues(hass, localize, report, draft) : ""}`;
  }

  /** @param {HomeAssistant} hass @param {LocalizeFunc} localize @param {ExperimentReport} report @param {ExperimentDraft} draft */
  #renderValues(hass, localize, { options }, { option }) {
    const unit = getUnit(option, hass.config);
    const selector =
      typeof options[option] === "boolean"
        ? { boolean: {} }
        : { number: { mode: "box", min: 0, step: "any", unit_of_measurement: unit } };
    return html`<div class="row">
      ${/** @type {const} */ (["with", "without"]).map((arm) =>
        this.#renderSelector(arm, localizeOption(localize, "arm", arm), selector),
      )}
    </div>`;
  }

  /** @param {keyof ExperimentDraft} name @param {string} label @param {{value: string, label: string}[]} options @param {string} [mode] */
  #renderSelect(name, label, options, mode = "dropdown") {
    return this.#renderSelector(name, label, { select: { mode, options } });
  }

  /** @param {keyof ExperimentDraft} name @param {string} label @param {Record<string, any>} selector */
  #renderSelector(name, label, selector) {
    const value = this._draft?.[name];
    return html`<ha-selector
      class=${name}
      .hass=${this.hass}
      .selector=${selector}
      .label=${label}
      .value=${value === "" || value === null ? undefined : value}
      .required=${true}
      .disabled=${this._isBusy}
      @value-changed=${(/** @type {CustomEvent} */ event) => this.#fieldChanged(name, event)}
    ></ha-selector>`;
  }

  /** Another form is another request. @param {keyof ExperimentDraft} name @param {CustomEvent} event */
  #fieldChanged(name, event) {
    event.stopPropagation();
    const { _draft: draft, report } = this;
    if (!draft || !report || this._isBusy) return;
    const value = event.detail.value ?? (name === "with" || name === "without" ? null : "");
    this._draft = name === "option" ? chooseOption(draft, value, report.options) : { ...draft, [name]: value };
    this._requestId = createRequestId();
    this._error = "";
  }

  /** The card may be in a dialog itself, which stays open. @param {Event} event */
  #closed = (event) => {
    event.stopPropagation();
    fireEvent(this, "experiment-closed");
  };

  #close = () => /** @type {any} */ (this.renderRoot.querySelector("rls-bedtime-dialog"))?.close();

  #start = () => {
    const data = this._draft && toStartData(this._draft);
    if (!data) return;
    void this.perform(async ({ hass, localize, sleeper }) => {
      const undo = await applyEdit(createDiaryApi(hass, sleeper), "start_experiment", data, this._requestId);
      fireEvent(this, "haptic", "success");
      showUndoToast(localize, localize("experiment_started"), undo);
      this.#close();
    });
  };

  static styles = [
    dialogFormStyles,
    css`
      .note {
        color: var(--secondary-text-color);
        font-size: var(--ha-font-size-s, 12px);
        line-height: 1.5;
      }
      .medicine {
        display: flex;
        gap: 12px;
      }
      .medicine ha-icon {
        flex: none;
        color: var(--secondary-text-color);
      }
    `,
  ];
}

defineElement("rls-bedtime-experiment-dialog", /** @type {any} */ (ExperimentDialog));
