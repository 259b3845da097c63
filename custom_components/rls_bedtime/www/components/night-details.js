/** One night of the diary: its episodes, each to be changed or deleted, and what was forgotten to be added. All can be undone. */

import "./episode-form.js";
import { add, edit, mark, remove, trying, unmark } from "../data/night-edits.js";
import { draftOf, emptyDraft } from "../data/episode-draft.js";
import { formOf, keep } from "../data/saved-forms.js";
import { LitElement, ask, askBeside, choiceWord, css, define, fire, html } from "../frontend/home-assistant.js";
import { dates, list, number, time } from "../frontend/locale.js";
import { padStyles } from "./night-pad-styles.js";

/** @import { Around, Undo } from "../data/night-edits.js" */
/** @import { Draft } from "../data/episode-draft.js" */
/** @import { Form } from "../data/saved-forms.js" */
/** @import { Hass, Words } from "../frontend/home-assistant.js" */
/** @import { Member } from "../data/devices.js" */

/** @typedef {{hass: Hass, words: Words, sleeper: Member, night: string}} Known */

/** What was done here, and what undoes it. @typedef {{text: string, undo: Undo | null}} Done */

/** How long the news of a change take to reach the card once it has been answered, in milliseconds. */
const SETTLES = 300;

class NightPanel extends LitElement {
  static properties = {
    hass: { attribute: false },
    words: { attribute: false },
    sleeper: { attribute: false },
    night: { attribute: false },
    told: { attribute: false },
    _episodes: { state: true },
    _form: { state: true },
    _problem: { state: true },
    _done: { state: true },
    _isBusy: { state: true },
  };

  constructor() {
    super();
    /** @type {Hass | undefined} */
    this.hass = undefined;
    /** @type {Words | undefined} */
    this.words = undefined;
    /** @type {Member | undefined} */
    this.sleeper = undefined;
    /** The date on which it begins. */
    this.night = "";
    /** Another one as soon as the diary has changed. */
    this.told = "";
    /** @type {Record<string, any>[] | null} */
    this._episodes = null;
    this._isClear = false;
    /** @type {Form | null} */
    this._form = null;
    this._problem = "";
    /** @type {Done | null} */
    this._done = null;
    this._isBusy = false;
    this._shows = "";
  }

  /** @param {Map<string, any>} changed */
  willUpdate(changed) {
    const { hass, sleeper, night } = this;
    if (!hass || !sleeper || !night) return;
    const shows = `${sleeper.id} ${night}`;
    const isAnother = shows !== this._shows;
    if (isAnother) {
      this._shows = shows;
      this._episodes = this._done = null;
      this._form = formOf(hass, sleeper, night);
      this._problem = "";
    }
    if (isAnother || changed.has("told")) void this.#load();
  }

  render() {
    const { hass, words, sleeper, night } = this;
    if (!hass || !words || !sleeper || !night) return html``;
    const known = { hass, words, sleeper, night };
    const title = dates(hass, { weekday: "long", day: "numeric", month: "long", year: "numeric" })(night);
    const undo = this._form || this._isBusy ? null : this._done?.undo;
    return html`
      <h3 tabindex="-1">${words("night_of", { night: title })}</h3>
      <div class="line">
        <p role="status">${this._done?.text ?? ""}</p>
        ${undo ? html`<button @click=${() => this.#change(words("taken_back"), () => undo().then(() => null))}>${words("undo")}</button>` : ""}
      </div>
      ${this._problem && !this._form ? html`<p role="alert">${this._problem}</p>` : ""}
      ${this._form ? this.#editing(known, this._form) : this.#night(known)}
    `;
  }

  /** @param {Known} known */
  #night(known) {
    const { hass, words, night, sleeper } = known;
    if (this._episodes === null) return "";
    const isClear = this._isClear && this._episodes.length === 0;
    const isUnrecorded = !this._isClear && this._episodes.length === 0;
    return html`
      <ul>
        ${this._episodes.map((episode) => html`<li>${this.#episode(known, episode)}</li>`)}
      </ul>
      ${isClear ? html`<p>${words("is_clear")}</p>` : ""} ${isUnrecorded ? html`<p>${words("is_unrecorded")}</p>` : ""}
      <div class="chips">
        <button @click=${() => this.#open(null, emptyDraft(night))}>${words("add")}</button>
        ${isUnrecorded ? html`<button @click=${() => this.#change(words("clear"), () => mark(this.#around(known), night))}>${words("clear_night")}</button>` : ""}
        ${isClear && hass.states[sleeper.entities.diary]
          ? html`<button @click=${() => this.#change(words("unmarked"), () => unmark(this.#around(known), night))}>${words("unmark")}</button>`
          : ""}
      </div>
    `;
  }

  /** @param {Known} known @param {Record<string, any>} episode */
  #episode(known, episode) {
    const { hass, words } = known;
    const at = this.#when(hass, episode);
    return html`
      <h4>
        ${at}
        ${episode.severity === null ? "" : html`<b>${words("severity_is", { severity: number(hass, episode.severity) })}</b>`}
      </h4>
      ${this.#saidOf(hass, words, episode).map((line) => html`<p>${line}</p>`)}
      <div class="chips">
        <button aria-label=${words("change_of", { time: at })} @click=${() => this.#open(episode.id, draftOf(hass, episode))}>
          ${words("change")}
        </button>
        <button aria-label=${words("delete_of", { time: at })} @click=${() => this.#delete(known, episode)}>
          ${words("delete")}
        </button>
      </div>
    `;
  }

  /** @param {Hass} hass @param {Record<string, any>} episode */
  #when(hass, { started_at, ended_at }) {
    const [start, end] = [started_at, ended_at].map((each) => each && time(hass, Date.parse(each)));
    return end ? `${start} – ${end}` : start;
  }

  /** Return what was said of an episode, beside its times and its severity, a line for each kind. @param {Hass} hass @param {Words} words @param {Record<string, any>} episode */
  #saidOf(hass, words, episode) {
    const word = (/** @type {string} */ field) =>
      [episode[field] ?? []].flat().map((/** @type {string} */ each) => choiceWord(words, field, each));
    const effect = word("relief_effect").map((each) => words("effect_was", { effect: each }));
    const lines = [
      [...word("body_parts"), ...word("side")],
      word("sensations"),
      [...word("relief"), ...effect],
      [...word("activity"), ...word("sleep_impact").map((each) => words("sleep_was", { impact: each }))],
      episode.tags,
    ];
    const told = lines.filter((each) => each.length).map((each) => list(hass, each));
    return episode.note ? [...told, episode.note] : told;
  }

  // --- the form ------------------------------------------------------------------------------------------------------

  /** @param {Known} known @param {Form} form */
  #editing(known, form) {
    return html`<rls-bedtime-episode-form
      .hass=${known.hass}
      .words=${known.words}
      .given=${form.given}
      .draft=${form.draft}
      .problem=${this._problem}
      .isBusy=${this._isBusy}
      @drafted=${(/** @type {CustomEvent} */ event) => this.#write({ ...form, draft: event.detail })}
      @saved=${() => this.#save(known, form)}
      @cancelled=${() => this.#close(known, form)}
    ></rls-bedtime-episode-form>`;
  }

  /** @param {string | null} id @param {Draft} draft */
  #open(id, draft) {
    this._problem = "";
    this.#write({ id, night: this.night, given: draft, draft });
    void this.#toHeading();
  }

  /** @param {Form} form */
  #write(form) {
    this._form = form;
    if (this.hass && this.sleeper) keep(this.hass, this.sleeper, form.night, form);
  }

  /** Let go of a form; another, opened meanwhile, stays. @param {Known} known @param {Form} form */
  #close({ hass, sleeper }, { id, night }) {
    keep(hass, sleeper, night, null);
    if (this._form?.night !== night || this._form.id !== id) return;
    this._form = null;
    this._problem = "";
    void this.#toHeading();
  }

  /** Lead on whoever reads or works by keys: what they had pressed is gone. */
  async #toHeading() {
    await this.updateComplete;
    /** @type {HTMLElement | null} */ (this.renderRoot.querySelector("h3"))?.focus({ preventScroll: true });
  }

  // --- what is done --------------------------------------------------------------------------------------------------

  /** @param {Known} known @returns {Around} */
  #around({ hass, sleeper }) {
    const event = { type: "calendar/event/delete", entity_id: sleeper.entities.diary };
    return {
      writing: /** @type {any} */ (hass),
      ask: (action, data) => ask(hass, action, { sleeper: sleeper.id, ...data }),
      forgetClear: (night) => askBeside(hass, { ...event, uid: `clear_night_${night}` }),
    };
  }

  /** @param {Known} known @param {Form} form */
  #save(known, form) {
    const { id, given, draft } = form;
    void this.#change(known.words(id === null ? "added" : "changed"), async () => {
      const around = this.#around(known);
      // Before it is tried: who knows whether the answer arrives.
      if (id === null) this.#write({ ...form, tried: trying(around, form, (this._episodes ?? []).map((each) => each.id)) });
      const undo = await (id === null ? add(around, form) : edit(around, id, given, draft));
      this.#close(known, form);
      return undo;
    });
  }

  /** @param {Known} known @param {Record<string, any>} episode */
  #delete(known, episode) {
    const text = known.words("deleted", { time: this.#when(known.hass, episode) });
    void this.#change(text, () => remove(this.#around(known), episode.id, () => this.#look(known)));
  }

  /** Look at what the diary tells, once the news of a change of ours have reached the page. @param {Known} known */
  async #look({ words }) {
    await new Promise((resolve) => setTimeout(resolve, SETTLES));
    const { told } = this;
    return () => {
      if (this.told !== told) throw new Error(words("cannot_undo"));
    };
  }

  /**
   * Change the diary, say so, and offer to undo it; or say why it is as it was, and keep what is on the form.
   * @param {string} text
   * @param {() => Promise<Undo | null>} act
   */
  async #change(text, act) {
    if (this._isBusy) return;
    const shows = this._shows;
    this._isBusy = true;
    this._problem = "";
    try {
      const undo = await act();
      if (shows === this._shows) this._done = { text, undo };
      fire(this, "haptic", "success");
      fire(this, "diary-changed");
      void this.#toHeading();
    } catch (problem) {
      if (shows === this._shows) this._problem = this.#reason(problem);
    }
    this._isBusy = false;
    await this.#load();
  }

  /** @param {unknown} problem */
  #reason(problem) {
    return (problem instanceof Error && problem.message) || this.words?.("no_answer") || "";
  }

  async #load() {
    const { hass, sleeper, night, _shows: shows } = this;
    if (!hass || !sleeper || !night) return;
    try {
      const { episodes, clear_nights } = await ask(hass, "get_episodes", { from: night, to: night, sleeper: sleeper.id });
      if (shows !== this._shows) return;
      if (this._episodes === null) this._problem = "";
      this._isClear = clear_nights.includes(night);
      this._episodes = episodes.reverse();
    } catch (problem) {
      // What is shown already is better than nothing; the next news of the diary asks again.
      if (shows === this._shows && this._episodes === null) this._problem = this.#reason(problem);
    }
  }

  static styles = [
    ...padStyles,
    css`
      :host {
        gap: 8px;
        padding-block-start: 8px;
      }
      h3,
      h4,
      p {
        margin: 0;
        font-size: 16px;
        font-weight: 500;
      }
      p {
        font-weight: 400;
        overflow-wrap: anywhere;
        white-space: pre-line;
      }
      h3:focus {
        outline: 0;
      }
      h4 b {
        margin-inline-start: 8px;
      }
      ul {
        list-style: none;
        margin: 0;
        padding: 0;
      }
      li {
        padding-block: 8px;
        border-block-start: 1px solid var(--divider-color);
      }
      .line {
        min-block-size: 0;
      }
      .chips {
        margin-block: 8px;
      }
    `,
  ];
}

define("rls-bedtime-night", /** @type {any} */ (NightPanel));
