/** The form that edits an episode, or adds one that was not logged at night. */

import "./body-map.js";
import { toggleRelief } from "../data/episode-details.js";
import { createEmptyDraft } from "../data/episode-draft.js";
import { getOptions } from "../data/vocabulary.js";
import { LitElement, css, defineElement, fireEvent, html } from "../frontend/home-assistant.js";
import { nightPadStyles } from "./night-pad-styles.js";
import { renderChipGroup, renderChips, renderSeverityScale } from "./option-controls.js";

/** @import { EpisodeDraft } from "../data/episode-draft.js" */
/** @import { HomeAssistant, LocalizeFunc } from "../frontend/home-assistant.js" */

/** Later dates could exceed the four-digit years that ISO 8601 can represent. */
const MAX_DATE = "9998-12-31";

class EpisodeForm extends LitElement {
  static properties = {
    hass: { attribute: false },
    localize: { attribute: false },
    original: { attribute: false },
    draft: { attribute: false },
    error: { attribute: false },
    isBusy: { attribute: false },
  };

  constructor() {
    super();
    /** @type {HomeAssistant | undefined} */
    this.hass = undefined;
    /** @type {LocalizeFunc | undefined} */
    this.localize = undefined;
    /** @type {EpisodeDraft} the draft before the edit */
    this.original = createEmptyDraft("");
    /** @type {EpisodeDraft} */
    this.draft = this.original;
    this.error = "";
    this.isBusy = false;
  }

  render() {
    const { hass, localize, draft } = this;
    if (!hass || !localize) return html``;
    return html`
      <form @submit=${this.#submitted}>
        <fieldset class="all" ?disabled=${this.isBusy}>
          <div class="times">
            ${this.#renderInput(localize, "date", "night")} ${this.#renderInput(localize, "time", "start")}
            ${this.#renderInput(localize, "time", "end")}
          </div>
          ${renderSeverityScale(hass, localize, draft.severity, (severity) => this.#update({ severity }))}
          <details ?open=${this.original.body_parts.length > 0}>
            <summary>${localize("where")}</summary>
            <rls-bedtime-figure .details=${draft} .localize=${localize} @said=${this.#bodyMapChanged}></rls-bedtime-figure>
          </details>
          <details ?open=${this.original.relief.length > 0}>
            <summary>${localize("helped")}</summary>
            <div class="chips" role="group" aria-label=${localize("helped")}>
              ${renderChips(localize, "relief", getOptions(hass, "relief"), draft.relief, (measure) =>
                this.#update(toggleRelief(/** @type {any} */ (draft), measure)),
              )}
            </div>
            ${draft.relief.length
              ? renderChipGroup(localize("effect"), this.#renderSingleSelect(hass, localize, "relief_effect"))
              : ""}
          </details>
          <details ?open=${this.#hasMoreDetails}>
            <summary>${localize("form_more")}</summary>
            ${renderChipGroup(localize("form_sensations"), this.#renderMultiSelect(hass, localize, "sensations"))}
            ${renderChipGroup(localize("form_activity"), this.#renderSingleSelect(hass, localize, "activity"))}
            ${renderChipGroup(localize("form_sleep_impact"), this.#renderSingleSelect(hass, localize, "sleep_impact"))}
            <label
              >${localize("form_tags")}
              <input
                type="text"
                .value=${draft.tags}
                @input=${(/** @type {Event} */ event) => this.#update({ tags: getValue(event) })}
              />
            </label>
            <label
              >${localize("form_note")}
              <textarea
                rows="3"
                .value=${draft.note}
                @input=${(/** @type {Event} */ event) => this.#update({ note: getValue(event) })}
              ></textarea>
            </label>
          </details>
          ${this.error ? html`<p role="alert">${this.error}</p>` : ""}
          <div class="chips">
            <button class="save">${localize("save")}</button>
            <button type="button" @click=${() => fireEvent(this, "cancelled")}>${localize("cancel")}</button>
          </div>
        </fieldset>
      </form>
    `;
  }

  /** @param {LocalizeFunc} localize @param {"date" | "time"} type @param {"night" | "start" | "end"} name */
  #renderInput(localize, type, name) {
    return html`<label
      >${localize(`form_${name}`)}
      <input
        type=${type}
        ?required=${name !== "end"}
        max=${type === "date" ? MAX_DATE : ""}
        .value=${this.draft[name]}
        @change=${(/** @type {Event} */ event) => this.#update({ [name]: getValue(event) })}
      />
    </label>`;
  }

  /** @param {HomeAssistant} hass @param {LocalizeFunc} localize @param {"relief_effect" | "activity" | "sleep_impact"} name */
  #renderSingleSelect(hass, localize, name) {
    const selected = this.draft[name];
    return renderChips(localize, name, getOptions(hass, name), selected, (option) =>
      this.#update({ [name]: option === selected ? null : option }),
    );
  }

  /** @param {HomeAssistant} hass @param {LocalizeFunc} localize @param {"sensations"} name */
  #renderMultiSelect(hass, localize, name) {
    const selected = this.draft[name];
    const without = (/** @type {string} */ option) => selected.filter((each) => each !== option);
    return renderChips(localize, name, getOptions(hass, name), selected, (option) =>
      this.#update({ [name]: selected.includes(option) ? without(option) : [...selected, option] }),
    );
  }

  get #hasMoreDetails() {
    const { sensations, activity, sleep_impact, tags, note } = this.original;
    return Boolean(sensations.length || activity || sleep_impact || tags || note);
  }

  /** @param {Partial<EpisodeDraft>} changes */
  #update(changes) {
    fireEvent(this, "drafted", { ...this.draft, ...changes });
  }

  #bodyMapChanged = (/** @type {CustomEvent} */ event) => {
    event.stopPropagation();
    this.#update(event.detail);
  };

  #submitted = (/** @type {Event} */ event) => {
    event.preventDefault();
    if (!this.isBusy) fireEvent(this, "saved");
  };

  static styles = [
    ...nightPadStyles,
    css`
      .all {
        display: flex;
        flex-direction: column;
        gap: 12px;
      }
      .times {
        display: flex;
        flex-wrap: wrap;
        gap: 12px;
      }
      label {
        display: flex;
        flex-direction: column;
        flex: 1 1 120px;
        gap: 4px;
        margin-block-end: 8px;
      }
      input:not([type="radio"]),
      textarea {
        box-sizing: border-box;
        min-block-size: 48px;
        padding: 8px 12px;
        background: none;
        border: 1px solid var(--pad-line);
        border-radius: 12px;
        color: inherit;
        font: inherit;
        color-scheme: inherit;
      }
      .save {
        background: var(--primary-text-color);
        color: var(--card-background-color);
        font-weight: 600;
      }
      .all:disabled {
        opacity: 0.5;
      }
    `,
  ];
}

defineElement("rls-bedtime-episode-form", /** @type {any} */ (EpisodeForm));

/** @param {Event} event */
const getValue = (event) => /** @type {HTMLInputElement} */ (event.target).value;
