/** The form of an episode, by day: what is known of it, and what can be said of one that was forgotten. */

import "./body-map.js";
import { chips, named, severityScale } from "./option-controls.js";
import { emptyDraft } from "../data/episode-draft.js";
import { ACTIVITIES, EFFECTS, IMPACTS, RELIEFS, SENSATIONS, tapRelief } from "../data/episode-details.js";
import { LitElement, css, define, fire, html } from "../frontend/home-assistant.js";
import { padStyles } from "./night-pad-styles.js";

/** @import { Draft } from "../data/episode-draft.js" */
/** @import { Hass, Words } from "../frontend/home-assistant.js" */

/** Dates beyond have more digits than a moment can be written with. */
const LAST = "9998-12-31";

class EpisodeForm extends LitElement {
  static properties = {
    hass: { attribute: false },
    words: { attribute: false },
    given: { attribute: false },
    draft: { attribute: false },
    problem: { attribute: false },
    isBusy: { attribute: false },
  };

  constructor() {
    super();
    /** @type {Hass | undefined} */
    this.hass = undefined;
    /** @type {Words | undefined} */
    this.words = undefined;
    /** @type {Draft} what is on the form at first */
    this.given = emptyDraft("");
    /** @type {Draft} what is on it now */
    this.draft = this.given;
    this.problem = "";
    this.isBusy = false;
  }

  render() {
    const { hass, words, draft } = this;
    if (!hass || !words) return html``;
    return html`
      <form @submit=${this.#submit}>
        <fieldset class="all" ?disabled=${this.isBusy}>
          <div class="times">
            ${this.#time(words, "date", "night")} ${this.#time(words, "time", "start")} ${this.#time(words, "time", "end")}
          </div>
          ${severityScale(hass, words, draft.severity, (severity) => this.#say({ severity }))}
          <details ?open=${this.given.body_parts.length > 0}>
            <summary>${words("where")}</summary>
            <rls-bedtime-figure
              .facts=${draft}
              .words=${words}
              @said=${(/** @type {CustomEvent} */ event) => {
                event.stopPropagation();
                this.#say(event.detail);
              }}
            ></rls-bedtime-figure>
          </details>
          <details ?open=${this.given.relief.length > 0}>
            <summary>${words("helped")}</summary>
            <div class="chips" role="group" aria-label=${words("helped")}>
              ${chips(words, "relief", RELIEFS, draft.relief, (measure) => this.#say(tapRelief(/** @type {any} */ (draft), measure)))}
            </div>
            ${draft.relief.length ? named(words("effect"), this.#one(words, "relief_effect", EFFECTS)) : ""}
          </details>
          <details ?open=${this.#saysMore}>
            <summary>${words("form_more")}</summary>
            ${named(words("form_sensations"), this.#several(words, "sensations", SENSATIONS))}
            ${named(words("form_activity"), this.#one(words, "activity", ACTIVITIES))}
            ${named(words("form_sleep_impact"), this.#one(words, "sleep_impact", IMPACTS))}
            <label
              >${words("form_tags")}
              <input
                type="text"
                .value=${draft.tags}
                @input=${(/** @type {Event} */ event) => this.#say({ tags: valueOf(event) })}
              />
            </label>
            <label
              >${words("form_note")}
              <textarea
                rows="3"
                .value=${draft.note}
                @input=${(/** @type {Event} */ event) => this.#say({ note: valueOf(event) })}
              ></textarea>
            </label>
          </details>
          ${this.problem ? html`<p role="alert">${this.problem}</p>` : ""}
          <div class="chips">
            <button class="save">${words("save")}</button>
            <button type="button" @click=${() => fire(this, "cancelled")}>${words("cancel")}</button>
          </div>
        </fieldset>
      </form>
    `;
  }

  /** @param {Words} words @param {"date" | "time"} type @param {"night" | "start" | "end"} name */
  #time(words, type, name) {
    return html`<label
      >${words(`form_${name}`)}
      <input
        type=${type}
        ?required=${name !== "end"}
        max=${type === "date" ? LAST : ""}
        .value=${this.draft[name]}
        @change=${(/** @type {Event} */ event) => this.#say({ [name]: valueOf(event) })}
      />
    </label>`;
  }

  /** @param {Words} words @param {"relief_effect" | "activity" | "sleep_impact"} name @param {readonly string[]} choices */
  #one(words, name, choices) {
    const chosen = this.draft[name];
    return chips(words, name, choices, chosen, (choice) => this.#say({ [name]: choice === chosen ? null : choice }));
  }

  /** @param {Words} words @param {"sensations"} name @param {readonly string[]} choices */
  #several(words, name, choices) {
    const chosen = this.draft[name];
    const without = (/** @type {string} */ choice) => chosen.filter((each) => each !== choice);
    return chips(words, name, choices, chosen, (choice) =>
      this.#say({ [name]: chosen.includes(choice) ? without(choice) : [...chosen, choice] }),
    );
  }

  get #saysMore() {
    const { sensations, activity, sleep_impact, tags, note } = this.given;
    return Boolean(sensations.length || activity || sleep_impact || tags || note);
  }

  /** @param {Partial<Draft>} more */
  #say(more) {
    fire(this, "drafted", { ...this.draft, ...more });
  }

  #submit = (/** @type {Event} */ event) => {
    event.preventDefault();
    if (!this.isBusy) fire(this, "saved");
  };

  static styles = [
    ...padStyles,
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

define("rls-bedtime-episode-form", /** @type {any} */ (EpisodeForm));

/** @param {Event} event */
const valueOf = (event) => /** @type {HTMLInputElement} */ (event.target).value;
