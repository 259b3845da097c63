/** The details of one night: its episodes can be edited, deleted and added, and every change can be undone. */

import "./episode-form.js";
import { createDraft, createEmptyDraft } from "../data/episode-draft.js";
import { addEpisode, applyEdit, updateEpisode } from "../data/night-edits.js";
import { createRequestId } from "../data/request-id.js";
import { loadForm, saveForm } from "../data/saved-forms.js";
import { LitElement, callAction, css, defineElement, fireEvent, html, localizeOption } from "../frontend/home-assistant.js";
import { createDateFormatter, formatList, formatNumber, formatTime } from "../frontend/locale.js";
import { nightPadStyles } from "./night-pad-styles.js";
import { renderChipGroup } from "./option-controls.js";

/** @import { Device } from "../data/devices.js" */
/** @import { EpisodeDraft } from "../data/episode-draft.js" */
/** @import { DiaryApi, Undo } from "../data/night-edits.js" */
/** @import { FormState } from "../data/saved-forms.js" */
/** @import { Practice } from "../data/trends-store.js" */
/** @import { HomeAssistant, LocalizeFunc } from "../frontend/home-assistant.js" */

/** @typedef {{hass: HomeAssistant, localize: LocalizeFunc, sleeper: Device, night: string}} RenderContext */

/** The last change made here: its text, and what undoes it. @typedef {{text: string, undo: Undo | null}} AppliedChange */

class NightDetails extends LitElement {
  static properties = {
    hass: { attribute: false },
    localize: { attribute: false },
    sleeper: { attribute: false },
    night: { attribute: false },
    revision: { attribute: false },
    practices: { attribute: false },
    canChange: { attribute: false },
    _episodes: { state: true },
    _form: { state: true },
    _error: { state: true },
    _lastChange: { state: true },
    _isBusy: { state: true },
  };

  constructor() {
    super();
    /** @type {HomeAssistant | undefined} */
    this.hass = undefined;
    /** @type {LocalizeFunc | undefined} */
    this.localize = undefined;
    /** @type {Device | undefined} */
    this.sleeper = undefined;
    /** The date on which the night starts. */
    this.night = "";
    /** Differs after every change of the diary. */
    this.revision = 0;
    /** @type {Practice[]} the items of the evening routine, if it is known whether they were done on this night */
    this.practices = [];
    this.canChange = true;
    /** @type {Record<string, any>[] | null} */
    this._episodes = null;
    this._isClear = false;
    /** @type {FormState | null} */
    this._form = null;
    this._error = "";
    /** @type {AppliedChange | null} */
    this._lastChange = null;
    this._isBusy = false;
    this._shownKey = "";
    /** @type {{key: string, id: string} | null} the request that got no response, if the diary has not changed since */
    this._openRequest = null;
  }

  /** @param {Map<string, any>} changed */
  willUpdate(changed) {
    const { hass, sleeper, night } = this;
    if (!hass || !sleeper || !night) return;
    const key = `${sleeper.id} ${night}`;
    const isOtherNight = key !== this._shownKey;
    if (isOtherNight) {
      this._shownKey = key;
      this._episodes = this._lastChange = null;
      this._form = loadForm(hass, sleeper, night);
      this._error = "";
    }
    if (changed.has("revision")) this._openRequest = null;
    if (isOtherNight || changed.has("revision")) void this.#load();
  }

  render() {
    const { hass, localize, sleeper, night } = this;
    if (!hass || !localize || !sleeper || !night) return html``;
    const context = { hass, localize, sleeper, night };
    const date = createDateFormatter(hass, { weekday: "long", day: "numeric", month: "long", year: "numeric" })(night);
    const undo = this._form || this._isBusy ? null : this._lastChange?.undo;
    return html`
      <h3 tabindex="-1">${localize("night_of", { night: date })}</h3>
      <div class="line">
        <p role="status">${this._lastChange?.text ?? ""}</p>
        ${undo
          ? html`<button @click=${() => this.#apply(localize("taken_back"), () => undo().then(() => null))}>
              ${localize("undo")}
            </button>`
          : ""}
      </div>
      ${this._error && !this._form ? html`<p role="alert">${this._error}</p>` : ""}
      ${this._form ? this.#renderForm(context, this._form) : this.#renderNight(context)}
    `;
  }

  /** @param {RenderContext} context */
  #renderNight(context) {
    const { localize, night } = context;
    if (this._episodes === null) return "";
    const isClear = this._isClear && this._episodes.length === 0;
    const isUnrecorded = !this._isClear && this._episodes.length === 0;
    const mark = () => this.#edit(context, localize("clear"), "log_clear_night", { night });
    const unmark = () => this.#edit(context, localize("unmarked"), "delete_clear_night", { night });
    return html`
      <ul>
        ${this._episodes.map((episode) => html`<li>${this.#renderEpisode(context, episode)}</li>`)}
      </ul>
      ${isClear ? html`<p>${localize("is_clear")}</p>` : ""}
      ${isUnrecorded ? html`<p>${localize("is_unrecorded")}</p>` : ""}
      ${this.canChange
        ? html`<div class="chips">
            <button @click=${() => this.#openForm(null, createEmptyDraft(night))}>${localize("add")}</button>
            ${isUnrecorded ? html`<button @click=${mark}>${localize("clear_night")}</button>` : ""}
            ${isClear ? html`<button @click=${unmark}>${localize("unmark")}</button>` : ""}
          </div>`
        : ""}
      ${this.practices.length ? renderChipGroup(localize("practices_of"), this.#renderPractices(context)) : ""}
    `;
  }

  /**
   * Render a chip for each item of the evening routine, which says whether it was done. One that was removed from the routine
   * is shown only if it was.
   * @param {RenderContext} context
   */
  #renderPractices(context) {
    const { localize, night } = context;
    const items = this.practices.map((practice) => ({ ...practice, done: practice.nights.includes(night) }));
    return items
      .filter(({ removed, done }) => done || !removed)
      .map(({ uid, text, removed, done }) => {
        const change = localize(done ? "practice_undone" : "practice_done", { item: text });
        const toggle = () => this.#edit(context, change, "log_practice", { item: uid, night, done: !done });
        const isFixed = removed || !this.canChange;
        return html`<button type="button" ?disabled=${isFixed} aria-pressed=${done} @click=${toggle}>${text}</button>`;
      });
  }

  /** @param {RenderContext} context @param {Record<string, any>} episode */
  #renderEpisode(context, episode) {
    const { hass, localize } = context;
    const time = this.#formatTimes(hass, episode);
    return html`
      <h4>
        ${time}
        ${episode.severity === null
          ? ""
          : html`<b>${localize("severity_is", { severity: formatNumber(hass, episode.severity) })}</b>`}
      </h4>
      ${this.#formatDetails(hass, localize, episode).map((line) => html`<p>${line}</p>`)}
      ${this.canChange ? this.#renderButtons(context, episode, time) : ""}
    `;
  }

  /** @param {RenderContext} context @param {Record<string, any>} episode @param {string} time */
  #renderButtons(context, episode, time) {
    const { hass, localize } = context;
    const change = () => this.#openForm(episode.id, createDraft(hass, episode));
    return html`<div class="chips">
      <button aria-label=${localize("change_of", { time })} @click=${change}>${localize("change")}</button>
      <button aria-label=${localize("delete_of", { time })} @click=${() => this.#delete(context, episode)}>
        ${localize("delete")}
      </button>
    </div>`;
  }

  /** @param {HomeAssistant} hass @param {Record<string, any>} episode */
  #formatTimes(hass, { started_at, ended_at }) {
    const [start, end] = [started_at, ended_at].map((each) => each && formatTime(hass, Date.parse(each)));
    return end ? `${start} – ${end}` : start;
  }

  /**
   * Return the other details of an episode, a line for each kind.
   * @param {HomeAssistant} hass
   * @param {LocalizeFunc} localize
   * @param {Record<string, any>} episode
   */
  #formatDetails(hass, localize, episode) {
    const localizeField = (/** @type {string} */ field) =>
      [episode[field] ?? []].flat().map((/** @type {string} */ option) => localizeOption(localize, field, option));
    const effects = localizeField("relief_effect").map((effect) => localize("effect_was", { effect }));
    const impacts = localizeField("sleep_impact").map((impact) => localize("sleep_was", { impact }));
    const groups = [
      [...localizeField("body_parts"), ...localizeField("side")],
      localizeField("sensations"),
      [...localizeField("relief"), ...effects],
      [...localizeField("activity"), ...impacts],
      episode.tags,
    ];
    const lines = groups.filter((group) => group.length).map((group) => formatList(hass, group));
    return episode.note ? [...lines, episode.note] : lines;
  }

  // --- form ----------------------------------------------------------------------------------------------------------

  /** @param {RenderContext} context @param {FormState} form */
  #renderForm(context, form) {
    return html`<rls-bedtime-episode-form
      .hass=${context.hass}
      .localize=${context.localize}
      .original=${form.original}
      .draft=${form.draft}
      .error=${this._error}
      .isBusy=${this._isBusy}
      @drafted=${(/** @type {CustomEvent} */ event) => this.#setForm({ ...form, draft: event.detail })}
      @saved=${() => this.#save(context, form)}
      @cancelled=${() => this.#closeForm(context, form)}
    ></rls-bedtime-episode-form>`;
  }

  /** @param {string | null} id @param {EpisodeDraft} draft */
  #openForm(id, draft) {
    this._error = "";
    this.#setForm({ id, night: this.night, original: draft, draft, requestId: createRequestId() });
    void this.#focusHeading();
  }

  /** @param {FormState} form */
  #setForm(form) {
    this._form = form;
    if (this.hass && this.sleeper) saveForm(this.hass, this.sleeper, form.night, form);
  }

  /** Close a form, unless another one has been opened meanwhile. @param {RenderContext} context @param {FormState} form */
  #closeForm({ hass, sleeper }, { id, night }) {
    saveForm(hass, sleeper, night, null);
    if (this._form?.night !== night || this._form.id !== id) return;
    this._form = null;
    this._error = "";
    void this.#focusHeading();
  }

  /**
   * Focus the heading: the button that had the focus no longer exists, which would leave keyboard and screen reader users
   * lost.
   */
  async #focusHeading() {
    await this.updateComplete;
    /** @type {HTMLElement | null} */ (this.renderRoot.querySelector("h3"))?.focus({ preventScroll: true });
  }

  // --- changes -------------------------------------------------------------------------------------------------------

  /** @param {RenderContext} context @returns {DiaryApi} */
  #createApi({ hass, sleeper }) {
    return {
      settings: /** @type {any} */ (hass),
      callAction: (action, data) => callAction(hass, action, { sleeper: sleeper.id, ...data }),
    };
  }

  /** @param {RenderContext} context @param {FormState} form */
  #save(context, form) {
    const { id, original, draft } = form;
    void this.#apply(context.localize(id === null ? "added" : "changed"), async () => {
      const api = this.#createApi(context);
      const undo = await (id === null ? addEpisode(api, form) : updateEpisode(api, id, original, draft));
      this.#closeForm(context, form);
      return undo;
    });
  }

  /** @param {RenderContext} context @param {Record<string, any>} episode */
  #delete(context, episode) {
    const text = context.localize("deleted", { time: this.#formatTimes(context.hass, episode) });
    this.#edit(context, text, "delete_episode", { episode_id: episode.id });
  }

  /**
   * Apply an edit that is one call. The same edit again is the same request, as long as that got no response.
   * @param {RenderContext} context
   * @param {string} text
   * @param {Parameters<typeof applyEdit>[1]} action
   * @param {Record<string, any>} data
   */
  #edit(context, text, action, data) {
    const key = JSON.stringify([action, data]);
    const requestId = this._openRequest?.key === key ? this._openRequest.id : createRequestId();
    this._openRequest = { key, id: requestId };
    void this.#apply(text, async () => {
      const undo = await applyEdit(this.#createApi(context), action, data, requestId);
      this._openRequest = null;
      return undo;
    });
  }

  /**
   * Apply a change and offer to undo it. If it fails, show the error and leave the form open.
   * @param {string} text
   * @param {() => Promise<Undo | null>} change
   */
  async #apply(text, change) {
    if (this._isBusy) return;
    const key = this._shownKey;
    this._isBusy = true;
    this._error = "";
    try {
      const undo = await change();
      if (key === this._shownKey) this._lastChange = { text, undo };
      fireEvent(this, "haptic", "success");
      void this.#focusHeading();
    } catch (error) {
      if (key === this._shownKey) this._error = this.#getMessage(error);
    }
    this._isBusy = false;
  }

  /** @param {unknown} error */
  #getMessage(error) {
    return (error instanceof Error && error.message) || this.localize?.("no_answer") || "";
  }

  async #load() {
    const { hass, sleeper, night, _shownKey: key } = this;
    if (!hass || !sleeper || !night) return;
    try {
      const response = await callAction(hass, "get_episodes", { from: night, to: night, sleeper: sleeper.id });
      if (key !== this._shownKey) return;
      if (this._episodes === null) this._error = "";
      this._isClear = response.clear_nights.includes(night);
      this._episodes = response.episodes.reverse();
    } catch (error) {
      // Keep what is shown already. The next revision loads it again.
      if (key === this._shownKey && this._episodes === null) this._error = this.#getMessage(error);
    }
  }

  static styles = [
    ...nightPadStyles,
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

defineElement("rls-bedtime-night", /** @type {any} */ (NightDetails));
