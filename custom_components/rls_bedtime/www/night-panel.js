/** One night of the diary: its episodes, each to be changed or deleted, and what was forgotten to be added. All can be undone. */

import "./episode-form.js";
import { draftOf, edits, emptyDraft, entry } from "./lib/draft.js";
import { LitElement, ask, askBeside, choiceWord, css, define, fire, html } from "./lib/ha.js";
import { dates, list, number, time } from "./lib/locale.js";
import { shelf } from "./lib/shelf.js";
import { padStyles } from "./pad-styles.js";

/** @import { Draft } from "./lib/draft.js" */
/** @import { Hass, Words } from "./lib/ha.js" */
/** @import { Member } from "./lib/home.js" */
/** @import { Night } from "./lib/nights.js" */

/**
 * An episode that is being changed, or, without an id, added: as it was put on the form, and as it is there now.
 * @typedef {{id: string | null, night: string, given: Draft, draft: Draft}} Form
 */

/** @typedef {{hass: Hass, words: Words, sleeper: Member, night: Night}} Known */

/** How long after a change of ours the diary's news are still about it, in milliseconds. */
const OURS_WITHIN = 5000;

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
    /** @type {Night | undefined} */
    this.night = undefined;
    /** Another one as soon as the diary has changed. */
    this.told = "";
    /** @type {Record<string, any>[] | null} */
    this._episodes = null;
    /** @type {Form | null} */
    this._form = null;
    this._problem = "";
    /** @type {{text: string, at: number, isLast: boolean} | null} what was done here, and whether nothing was done since */
    this._done = null;
    this._isBusy = false;
  }

  /** @param {Map<string, any>} changed */
  willUpdate(changed) {
    const isAnother = changed.has("night") && changed.get("night")?.night !== this.night?.night;
    if (isAnother) {
      this._episodes = null;
      this._form = formOf(this.sleeper, this.night);
      this._problem = "";
    }
    if (changed.has("told") && this._done && Date.now() - this._done.at > OURS_WITHIN) this._done.isLast = false;
    if (isAnother || changed.has("told")) void this.#load();
  }

  render() {
    const { hass, words, sleeper, night } = this;
    if (!hass || !words || !sleeper || !night) return html``;
    const known = { hass, words, sleeper, night };
    const title = dates(hass, { weekday: "long", day: "numeric", month: "long", year: "numeric" })(night.night);
    return html`
      <h3 tabindex="-1">${words("night_of", { night: title })}</h3>
      <div class="line">
        <p role="status">${this._done?.text ?? ""}</p>
        ${this._done?.isLast ? html`<button @click=${() => this.#undo(known)}>${words("undo")}</button>` : ""}
      </div>
      ${this._problem && !this._form ? html`<p role="alert">${this._problem}</p>` : ""}
      ${this._form ? this.#editing(known) : this.#night(known)}
    `;
  }

  /** @param {Known} known */
  #night(known) {
    const { hass, words, night } = known;
    if (this._episodes === null) return "";
    const isClear = night.kind === "clear" && this._episodes.length === 0;
    const isUnrecorded = night.kind === "unrecorded" && this._episodes.length === 0;
    return html`
      <ul>
        ${this._episodes.map((episode) => html`<li>${this.#episode(known, episode)}</li>`)}
      </ul>
      ${isClear ? html`<p>${words("is_clear")}</p>` : ""} ${isUnrecorded ? html`<p>${words("is_unrecorded")}</p>` : ""}
      <div class="chips">
        <button @click=${() => this.#open(null, emptyDraft(night.night))}>${words("add")}</button>
        ${isUnrecorded ? html`<button @click=${() => this.#mark(known)}>${words("clear_night")}</button>` : ""}
        ${isClear && hass.states[known.sleeper.entities.diary]
          ? html`<button @click=${() => this.#unmark(known)}>${words("unmark")}</button>`
          : ""}
      </div>
    `;
  }

  /** @param {Known} known @param {Record<string, any>} episode */
  #episode(known, episode) {
    const { hass, words } = known;
    const at = this.#when(hass, episode);
    const change = () => this.#open(episode.id, draftOf(hass, episode));
    return html`
      <h4>
        ${at}
        ${episode.severity === null ? "" : html`<b>${words("severity_is", { severity: number(hass, episode.severity) })}</b>`}
      </h4>
      ${this.#saidOf(hass, words, episode).map((line) => html`<p>${line}</p>`)}
      <div class="chips">
        <button aria-label=${words("change_of", { time: at })} @click=${change}>${words("change")}</button>
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

  /** @param {Known} known */
  #editing(known) {
    const form = /** @type {Form} */ (this._form);
    return html`<rls-bedtime-episode-form
      .hass=${known.hass}
      .words=${known.words}
      .given=${form.given}
      .draft=${form.draft}
      .problem=${this._problem}
      .isBusy=${this._isBusy}
      @drafted=${(/** @type {CustomEvent} */ event) => this.#write({ ...form, draft: event.detail })}
      @saved=${() => this.#save(known, form)}
      @cancelled=${() => this.#write(null)}
    ></rls-bedtime-episode-form>`;
  }

  /** @param {string | null} id @param {Draft} draft */
  #open(id, draft) {
    this.#write({ id, night: /** @type {Night} */ (this.night).night, given: draft, draft });
  }

  /** Have a form, or none; Home Assistant makes its cards anew when it has been away. @param {Form | null} form */
  #write(form) {
    if (!form || !this._form) this._problem = "";
    this._form = form;
    if (this.sleeper) drafts(this.sleeper).write(form);
  }

  // --- what is done --------------------------------------------------------------------------------------------------

  /** @param {Known} known @param {Form} form */
  #save(known, { id, given, draft }) {
    const { hass, words } = known;
    if (id === null) {
      void this.#change(words("added"), () => this.#ask(known, "log_episode", entry(hass, draft)));
      return;
    }
    const changed = edits(hass, given, draft);
    if (changed === null) this.#write(null);
    else void this.#change(words("changed"), () => this.#ask(known, "update_episode", { episode_id: id, ...changed }));
  }

  /** @param {Known} known @param {Record<string, any>} episode */
  #delete(known, episode) {
    const text = known.words("deleted", { time: this.#when(known.hass, episode) });
    void this.#change(text, () => this.#ask(known, "delete_episode", { episode_id: episode.id }));
  }

  /** @param {Known} known */
  #mark(known) {
    void this.#change(known.words("clear"), () => this.#ask(known, "log_clear_night", { night: known.night.night }));
  }

  /** Take the mark of a clear night away, as the calendar does. @param {Known} known */
  #unmark({ hass, words, sleeper, night }) {
    const event = { entity_id: sleeper.entities.diary, uid: `clear_night_${night.night}` };
    void this.#change(words("unmarked"), () => askBeside(hass, { type: "calendar/event/delete", ...event }));
  }

  /** @param {Known} known */
  #undo(known) {
    void this.#change(known.words("taken_back"), () => this.#ask(known, "undo", {}), false);
  }

  /** @param {Known} known @param {string} action @param {Record<string, any>} data */
  #ask({ hass, sleeper }, action, data) {
    return ask(hass, action, { sleeper: sleeper.id, ...data });
  }

  /**
   * Change the diary, say so, and offer to undo it; or say why it is as it was, and keep what is on the form.
   * @param {string} text
   * @param {() => Promise<any>} act
   * @param {boolean} [isLast] whether there is something to undo
   */
  async #change(text, act, isLast = true) {
    if (this._isBusy) return;
    this._isBusy = true;
    this._problem = "";
    try {
      await act();
      this.#write(null);
      this._done = { text, at: Date.now(), isLast };
      fire(this, "haptic", "success");
      fire(this, "diary-changed");
      await this.#load();
    } catch (problem) {
      this._problem = this.#reason(problem);
    }
    this._isBusy = false;
    await this.updateComplete;
    if (!this._form) /** @type {HTMLElement | null} */ (this.renderRoot.querySelector("h3"))?.focus({ preventScroll: true });
  }

  /** @param {unknown} problem */
  #reason(problem) {
    return (problem instanceof Error && problem.message) || this.words?.("no_answer") || "";
  }

  async #load() {
    const { hass, sleeper, night } = this;
    if (!hass || !sleeper || !night) return;
    try {
      const of = { from: night.night, to: night.night, sleeper: sleeper.id };
      const { episodes } = await ask(hass, "get_episodes", of);
      if (night.night !== this.night?.night) return;
      if (this._episodes === null) this._problem = "";
      this._episodes = episodes.reverse();
    } catch (problem) {
      // What is shown already is better than nothing; the next news of the diary asks again.
      if (this._episodes === null) this._problem = this.#reason(problem);
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

/** Where a form is kept while the page is open. @param {Member} sleeper */
const drafts = (sleeper) => shelf(() => sessionStorage, `rls_bedtime.form.${sleeper.id}`);

/**
 * Return the form that somebody has left open on a night, if there is one.
 * @param {Member | undefined} sleeper
 * @param {Night | undefined} night
 * @returns {Form | null}
 */
function formOf(sleeper, night) {
  const form = sleeper && drafts(sleeper).read();
  return form && form.night === night?.night ? form : null;
}

/** Return the night on which somebody has left a form open, if there is one. @param {Member} sleeper @returns {string | null} */
export const unfinished = (sleeper) => drafts(sleeper).read()?.night ?? null;

define("rls-bedtime-night", /** @type {any} */ (NightPanel));
