/** The dialog that marks a change on a date, or edits or deletes one. */

import { LABORATORY, getChangeEdit, isChangeEdited, offerNames, saveChange } from "../data/marked-changes.js";
import { applyEdit } from "../data/night-edits.js";
import { createRequestId } from "../data/request-id.js";
import { getOptions } from "../data/vocabulary.js";
import { css, defineElement, fireEvent, html, localizeOption } from "../frontend/home-assistant.js";
import { ActionElement } from "./action-element.js";
import { focusContent } from "./adaptive-dialog.js";
import { dialogFormStyles } from "./dialog-form-styles.js";
import { renderError } from "./errors.js";
import { nightPadStyles } from "./night-pad-styles.js";
import { createDiaryApi, showUndoToast } from "./undo-toast.js";

/** @import { ChangeDraft, ChangeForm } from "../data/marked-changes.js" */
/** @import { DiaryApi, Undo } from "../data/night-edits.js" */
/** @import { HomeAssistant, LocalizeFunc } from "../frontend/home-assistant.js" */

/** The selectors of Home Assistant that edit the fields of one kind each. They follow the user's profile. */
const SELECTORS = Object.freeze({
  date: { date: {} },
  name: { text: {} },
  amount: { text: {} },
  value: { number: { mode: "box", step: "any" } },
  unit: { text: {} },
  note: { text: { multiline: true } },
});

class ChangeDialog extends ActionElement {
  static properties = {
    ...ActionElement.properties,
    form: { attribute: false },
    names: { attribute: false },
  };

  constructor() {
    super();
    /** @type {ChangeForm | undefined} */
    this.form = undefined;
    /** @type {string[]} the names of earlier changes, which are offered again */
    this.names = [];
    this._deleteRequestId = createRequestId();
  }

  render() {
    const { hass, localize, form } = this;
    if (!hass || !localize || !form) return html``;
    const heading = localize(form.id === null ? "add_change" : "edit_change");
    return html`
      <rls-bedtime-dialog
        .heading=${heading}
        .closeLabel=${localize("close")}
        .isLocked=${isChangeEdited(form)}
        @sheet-opened=${focusContent}
        @sheet-closed=${this.#closed}
      >
        <div class="content" tabindex="-1" role="group" aria-label=${heading}>
          ${this.#renderSelector("date", SELECTORS.date, true)} ${this.#renderKind(hass, localize, form)}
          ${this.#renderName(localize, form)}
          ${form.draft.kind === LABORATORY
            ? html`<div class="row">
                ${this.#renderSelector("value", SELECTORS.value, true)} ${this.#renderSelector("unit", SELECTORS.unit)}
              </div>`
            : this.#renderSelector("amount", SELECTORS.amount)}
          ${this.#renderSelector("note", SELECTORS.note)}
        </div>
        <div slot="footer" class="footer">
          ${renderError(this._error)}
          <div class="buttons">${this.#renderButtons(localize, form)}</div>
        </div>
      </rls-bedtime-dialog>
    `;
  }

  /** @param {HomeAssistant} hass @param {LocalizeFunc} localize @param {ChangeForm} form */
  #renderKind(hass, localize, form) {
    const kinds = getOptions(hass, "kind", "log_change");
    const options = kinds.map((kind) => ({ value: kind, label: localizeOption(localize, "kind", kind) }));
    const known = options.some(({ value }) => value === form.draft.kind) ? [] : [{ value: form.draft.kind, label: form.draft.kind }];
    return this.#renderSelector("kind", { select: { mode: "dropdown", options: [...options, ...known] } }, true);
  }

  /** Earlier names are offered again: those that contain what is typed. @param {LocalizeFunc} localize @param {ChangeForm} form */
  #renderName(localize, form) {
    const offered = offerNames(this.names, form.draft.name);
    return html`<div>
      ${this.#renderSelector("name", SELECTORS.name, form.draft.kind === LABORATORY)}
      ${offered.length
        ? html`<div class="chips" role="group" aria-label=${localize("earlier_names")}>
            ${offered.map(
              (name) => html`<button type="button" ?disabled=${this._isBusy} @click=${() => this.#update({ name })}>
                <bdi>${name}</bdi>
              </button>`,
            )}
          </div>`
        : ""}
    </div>`;
  }

  /** @param {keyof ChangeDraft} name @param {Record<string, any>} selector @param {boolean} [isRequired] */
  #renderSelector(name, selector, isRequired = false) {
    const value = this.form?.draft[name];
    return html`<ha-selector
      class=${name}
      .hass=${this.hass}
      .selector=${selector}
      .label=${this.localize?.(name === "note" ? "form_note" : `form_change_${name}`)}
      .value=${value === "" || value === null ? undefined : value}
      .required=${isRequired}
      .disabled=${this._isBusy}
      @value-changed=${(/** @type {CustomEvent} */ event) => this.#fieldChanged(name, event)}
    ></ha-selector>`;
  }

  /** @param {LocalizeFunc} localize @param {ChangeForm} form */
  #renderButtons(localize, form) {
    return html`
      ${form.id === null
        ? ""
        : html`<ha-button class="delete" appearance="plain" variant="danger" .disabled=${this._isBusy} @click=${this.#delete}
            >${localize("delete_change")}</ha-button
          >`}
      <ha-button appearance="plain" .disabled=${this._isBusy} @click=${this.#close}>${localize("cancel")}</ha-button>
      <ha-button .disabled=${this._isBusy} @click=${this.#save}>${localize("save")}</ha-button>
    `;
  }

  /** @param {keyof ChangeDraft} name @param {CustomEvent} event */
  #fieldChanged(name, event) {
    event.stopPropagation();
    const value = event.detail.value ?? (name === "value" ? null : "");
    if (value || (name !== "date" && name !== "kind")) this.#update({ [name]: value });
  }

  /** @param {Partial<ChangeDraft>} changes */
  #update(changes) {
    const { form } = this;
    if (form && !this._isBusy) fireEvent(this, "change-drafted", { ...form, draft: { ...form.draft, ...changes } });
  }

  /** The card may be in a dialog itself, which stays open. @param {Event} event */
  #closed = (event) => {
    event.stopPropagation();
    fireEvent(this, "change-closed");
  };

  #close = () => /** @type {any} */ (this.renderRoot.querySelector("rls-bedtime-dialog"))?.close();

  #save = () => {
    const { form } = this;
    if (!form) return;
    if (form.id !== null && getChangeEdit(form.original, form.draft) === null) this.#close();
    else this.#apply(form.id === null ? "change_marked" : "change_saved", (api) => saveChange(api, form));
  };

  #delete = () => {
    const data = { change: this.form?.id };
    this.#apply("change_deleted", (api) => applyEdit(api, "delete_change", data, this._deleteRequestId));
  };

  /**
   * Apply a change, close the dialog, and offer to undo it. If it fails, the form stays open.
   * @param {string} message
   * @param {(api: DiaryApi) => Promise<Undo | null>} change
   */
  #apply(message, change) {
    void this.perform(async ({ hass, localize, sleeper }) => {
      const undo = await change(createDiaryApi(hass, sleeper));
      fireEvent(this, "haptic", "success");
      showUndoToast(localize, localize(message), undo);
      this.#close();
    });
  }

  static styles = [
    ...nightPadStyles,
    dialogFormStyles,
    css`
      .chips {
        margin-block-start: 8px;
      }
      .chips button {
        max-inline-size: 100%;
        overflow-wrap: anywhere;
      }
      .delete {
        margin-inline-end: auto;
      }
    `,
  ];
}

defineElement("rls-bedtime-change-dialog", /** @type {any} */ (ChangeDialog));
