/** The form that edits an episode, or adds one that was not logged at night. Its buttons are in the footer of the dialog. */

import "./body-map.js";
import { toggleRelief } from "../data/episode-details.js";
import { createEmptyDraft } from "../data/episode-draft.js";
import { getOptions } from "../data/vocabulary.js";
import { LitElement, css, defineElement, fireEvent, html } from "../frontend/home-assistant.js";
import { nightPadStyles } from "./night-pad-styles.js";
import { renderChipGroup, renderChips, renderSeverityScale } from "./option-controls.js";

/** @import { EpisodeDraft } from "../data/episode-draft.js" */
/** @import { HomeAssistant, LocalizeFunc } from "../frontend/home-assistant.js" */

/** The selectors of Home Assistant that edit the fields. They follow the user's profile. */
const SELECTORS = Object.freeze({
  night: { date: {} },
  start: { time: { no_second: true } },
  end: { time: { no_second: true } },
  tags: { text: {} },
  note: { text: { multiline: true } },
});

class EpisodeForm extends LitElement {
  static properties = {
    hass: { attribute: false },
    localize: { attribute: false },
    original: { attribute: false },
    draft: { attribute: false },
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
    this.isBusy = false;
  }

  render() {
    const { hass, localize, draft } = this;
    if (!hass || !localize) return html``;
    return html`
      <div class="times">
        ${this.#renderField("night", true)} ${this.#renderField("start", true)} ${this.#renderField("end")}
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
        ${this.#renderField("tags")} ${this.#renderField("note")}
      </details>
    `;
  }

  /** @param {keyof typeof SELECTORS} name @param {boolean} [isRequired] */
  #renderField(name, isRequired = false) {
    const isTime = "time" in SELECTORS[name];
    const value = this.draft[name];
    return html`<ha-selector
      class=${name}
      .hass=${this.hass}
      .selector=${SELECTORS[name]}
      .label=${this.localize?.(`form_${name}`)}
      .value=${isTime ? (value ? `${value}:00` : undefined) : value}
      .required=${isRequired}
      .disabled=${this.isBusy}
      @value-changed=${(/** @type {CustomEvent} */ event) => this.#fieldChanged(name, event)}
    ></ha-selector>`;
  }

  /** @param {keyof typeof SELECTORS} name @param {CustomEvent} event */
  #fieldChanged(name, event) {
    event.stopPropagation();
    const value = event.detail.value ?? "";
    if (name === "night" && !value) return;
    this.#update({ [name]: "time" in SELECTORS[name] ? value.slice(0, 5) : value });
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
    if (!this.isBusy) fireEvent(this, "drafted", { ...this.draft, ...changes });
  }

  #bodyMapChanged = (/** @type {CustomEvent} */ event) => {
    event.stopPropagation();
    this.#update(event.detail);
  };

  static styles = [
    ...nightPadStyles,
    css`
      .times {
        display: flex;
        flex-wrap: wrap;
        gap: 16px;
      }
      .times ha-selector {
        --time-input-flex: 1;
        flex: 1 1 200px;
        min-inline-size: 0;
      }
      .times .night {
        flex-basis: 100%;
      }
      .tags,
      .note {
        display: block;
        margin-block-end: 16px;
      }
    `,
  ];
}

defineElement("rls-bedtime-episode-form", /** @type {any} */ (EpisodeForm));
