/** The dialog of one night: its episodes can be edited, deleted and added, and every change can be undone. */

import "./adaptive-dialog.js";
import "./episode-form.js";
import { createDraft, createEmptyDraft } from "../data/episode-draft.js";
import { addEpisode, applyEdit, updateEpisode } from "../data/night-edits.js";
import { formatConditions } from "../data/night-conditions.js";
import { createNightCell } from "../data/night-grid.js";
import { createRequestId } from "../data/request-id.js";
import { isEdited, loadForm, saveForm } from "../data/saved-forms.js";
import { callAction, defineElement, fireEvent, html } from "../frontend/home-assistant.js";
import { createDateFormatter, formatNumber } from "../frontend/locale.js";
import { formatEpisodeDetails, formatEpisodeTimes } from "./episode-texts.js";
import { getErrorText, renderError } from "./errors.js";
import { nightDetailsStyles } from "./night-details-styles.js";
import { renderChipGroup } from "./option-controls.js";
import { SleeperElement } from "./sleeper-element.js";
import { createDiaryApi, showUndoToast } from "./undo-toast.js";

/** @import { Device } from "../data/devices.js" */
/** @import { EpisodeDraft } from "../data/episode-draft.js" */
/** @import { Undo } from "../data/night-edits.js" */
/** @import { NightConditions } from "../data/night-conditions.js" */
/** @import { FormState } from "../data/saved-forms.js" */
/** @import { Practice } from "../data/trends-store.js" */
/** @import { HomeAssistant, LocalizeFunc } from "../frontend/home-assistant.js" */

/** @typedef {{hass: HomeAssistant, localize: LocalizeFunc, sleeper: Device, night: string}} RenderContext */

/** The last change made here: its text, and what undoes it. @typedef {{text: string, undo: Undo | null}} AppliedChange */

class NightDetails extends SleeperElement {
  static properties = {
    ...SleeperElement.properties,
    night: { attribute: false },
    revision: { attribute: false },
    practices: { attribute: false },
    conditions: { attribute: false },
    canChange: { attribute: false },
    opensForm: { attribute: false },
    _episodes: { state: true },
    _form: { state: true },
    _error: { state: true },
    _lastChange: { state: true },
    _isBusy: { state: true },
  };

  constructor() {
    super();
    /** The date on which the night starts. */
    this.night = "";
    /** Differs after every change of the diary. */
    this.revision = 0;
    /** @type {Practice[]} the items of the evening routine, if it is known whether they were done on this night */
    this.practices = [];
    /** @type {NightConditions | undefined} what was measured in this night, if it is known */
    this.conditions = undefined;
    this.canChange = true;
    /** Whether the dialog is only there to add an episode: it opens with the form, and closes with it. */
    this.opensForm = false;
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
    this._applied = Promise.resolve();
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
      if (this.opensForm && !this._form) this.#openForm(null, createEmptyDraft(night));
      this._error = "";
    }
    if (changed.has("revision")) this._openRequest = null;
    if (isOtherNight || changed.has("revision")) void this.#load();
  }

  render() {
    const { hass, localize, sleeper, night, _form: form } = this;
    if (!hass || !localize || !sleeper || !night) return html``;
    const context = { hass, localize, sleeper, night };
    const heading = localize("night_of", { night: this.#formatNight(hass, "short") });
    return html`
      <rls-bedtime-dialog
        .heading=${form ? localize(form.id === null ? "add" : "edit_episode") : heading}
        .subheading=${form ? heading : ""}
        .closeLabel=${localize("close")}
        .isLocked=${form !== null && isEdited(form)}
        @sheet-opened=${this.#sheetOpened}
        @sheet-closed=${this.#dialogClosed}
      >
        <div class="content" tabindex="-1" role="group" aria-label=${localize("night_of", { night: this.#formatNight(hass, "long") })}>
          ${form ? this.#renderForm(context, form) : this.#renderNight(context)}
        </div>
        <div slot="footer" class="footer">
          ${renderError(this._error)} ${this.#renderLastChange(localize)}
          <div class="buttons">${form ? this.#renderFormButtons(context, form) : this.#renderButtons(context)}</div>
        </div>
      </rls-bedtime-dialog>
    `;
  }

  /** Return the date of the night, short enough for a heading on a phone or in full. @param {HomeAssistant} hass @param {"short" | "long"} style */
  #formatNight(hass, style) {
    const isThisYear = this.night.startsWith(String(new Date().getFullYear()));
    const year = isThisYear && style === "short" ? undefined : "numeric";
    return createDateFormatter(hass, { weekday: style, day: "numeric", month: style, year })(this.night);
  }

  /** Render what was changed last, which can be undone. It is always on the page, so that screen readers tell of a change. */
  #renderLastChange(/** @type {LocalizeFunc} */ localize) {
    const undo = this._form || this._isBusy ? null : this._lastChange?.undo;
    return html`<div class="last-change">
      <p role="status">${this._form ? "" : (this._lastChange?.text ?? "")}</p>
      ${undo
        ? html`<ha-button
            appearance="plain"
            @click=${() => this.#apply(localize("taken_back"), () => undo().then(() => null))}
            >${localize("undo")}</ha-button
          >`
        : ""}
    </div>`;
  }

  get #isClearNight() {
    return this._isClear && this._episodes?.length === 0;
  }

  get #isUnrecorded() {
    return !this._isClear && this._episodes?.length === 0;
  }

  /** @param {RenderContext} context */
  #renderNight(context) {
    const { hass, localize } = context;
    if (this._episodes === null) return "";
    const conditions = formatConditions(hass, localize, this.conditions);
    return html`
      <ul>
        ${this._episodes.map((episode) => html`<li>${this.#renderEpisode(context, episode)}</li>`)}
      </ul>
      ${this.#isClearNight ? html`<p class="state"><i class="mark clear"></i>${localize("is_clear")}</p>` : ""}
      ${this.#isUnrecorded ? html`<p class="state"><i class="mark unrecorded"></i>${localize("is_unrecorded")}</p>` : ""}
      ${conditions ? html`<p class="conditions"><bdi>${conditions}</bdi></p>` : ""}
      ${this.practices.length ? renderChipGroup(localize("practices_of"), this.#renderPractices(context)) : ""}
    `;
  }

  /** @param {RenderContext} context */
  #renderButtons(context) {
    const { localize, night } = context;
    if (!this.canChange || this._episodes === null) return "";
    const mark = () => this.#edit(context, localize("clear"), "log_clear_night", { night });
    const unmark = () => this.#edit(context, localize("unmarked"), "delete_clear_night", { night });
    return html`
      ${this.#isUnrecorded ? html`<ha-button appearance="plain" @click=${mark}>${localize("clear_night")}</ha-button>` : ""}
      ${this.#isClearNight ? html`<ha-button appearance="plain" @click=${unmark}>${localize("unmark")}</ha-button>` : ""}
      <ha-button @click=${() => this.#openForm(null, createEmptyDraft(night))}>${localize("add")}</ha-button>
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
    const { severity } = episode;
    const time = formatEpisodeTimes(hass, episode);
    const { severityLevel } = createNightCell("", ["", 1, severity]);
    return html`
      <i
        class="mark affected level${severityLevel}"
        data-worst=${severity === null ? "?" : formatNumber(hass, severity)}
        aria-hidden="true"
      ></i>
      <div class="episode">
        <h3>
          ${time}
          ${severity === null ? "" : html`<span>${localize("severity_is", { severity: formatNumber(hass, severity) })}</span>`}
        </h3>
        ${formatEpisodeDetails(hass, localize, episode).map((line) => html`<p><bdi>${line}</bdi></p>`)}
      </div>
      ${this.canChange ? this.#renderEpisodeButtons(context, episode, time) : ""}
    `;
  }

  /** @param {RenderContext} context @param {Record<string, any>} episode @param {string} time */
  #renderEpisodeButtons(context, episode, time) {
    const { hass, localize } = context;
    const change = () => this.#openForm(episode.id, createDraft(hass, episode));
    return html`
      <ha-icon-button .label=${localize("change_of", { time })} @click=${change}>
        <ha-icon icon="mdi:pencil"></ha-icon>
      </ha-icon-button>
      <ha-icon-button
        class="delete"
        .label=${localize("delete_of", { time })}
        @click=${() => this.#delete(context, episode)}
      >
        <ha-icon icon="mdi:delete"></ha-icon>
      </ha-icon-button>
    `;
  }

  // --- form ----------------------------------------------------------------------------------------------------------

  /** @param {RenderContext} context @param {FormState} form */
  #renderForm(context, form) {
    return html`<rls-bedtime-episode-form
      .hass=${context.hass}
      .localize=${context.localize}
      .original=${form.original}
      .draft=${form.draft}
      .isBusy=${this._isBusy}
      @drafted=${(/** @type {CustomEvent} */ event) => this.#setForm({ ...form, draft: event.detail })}
    ></rls-bedtime-episode-form>`;
  }

  /** @param {RenderContext} context @param {FormState} form */
  #renderFormButtons(context, form) {
    const { localize } = context;
    const cancel = () => this.#closeForm(context, form);
    return html`
      <ha-button appearance="plain" .disabled=${this._isBusy} @click=${cancel}>${localize("cancel")}</ha-button>
      <ha-button .disabled=${this._isBusy} @click=${() => this.#save(context, form)}>${localize("save")}</ha-button>
    `;
  }

  /** @param {string | null} id @param {EpisodeDraft} draft */
  #openForm(id, draft) {
    this._error = "";
    this.#setForm({ id, night: this.night, original: draft, draft, requestId: createRequestId() });
    void this.#focusContent();
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
    if (this.opensForm) this.#dialog?.close();
    else void this.#focusContent();
  }

  /** What was typed is there again when the night is opened, and what was changed last can still be undone. */
  #dialogClosed = () => {
    const { hass, localize, sleeper, _form: form, _lastChange: lastChange } = this;
    if (localize && lastChange?.undo) showUndoToast(localize, lastChange.text, lastChange.undo);
    if (form && hass && sleeper) saveForm(hass, sleeper, form.night, isEdited(form) ? { ...form, isDismissed: true } : null);
    fireEvent(this, "night-closed", this.night);
  };

  /** @returns {{close(): void} | null} */
  get #dialog() {
    return /** @type {any} */ (this.renderRoot.querySelector("rls-bedtime-dialog"));
  }

  /** Focus the content when the dialog has opened: screen readers tell its label, and the keyboard starts there. */
  #sheetOpened = () => void this.#focusContent();

  /**
   * Focus the content: the button that had the focus no longer exists, which would leave keyboard and screen reader users
   * lost.
   */
  async #focusContent() {
    await this.updateComplete;
    /** @type {HTMLElement | null} */ (this.renderRoot.querySelector(".content"))?.focus({ preventScroll: true });
  }

  // --- changes -------------------------------------------------------------------------------------------------------

  /** @param {RenderContext} context @param {FormState} form */
  #save(context, form) {
    const { hass, localize, sleeper } = context;
    const { id, original, draft } = form;
    if (!draft.start) {
      this._error = localize("start_missing");
      return;
    }
    void this.#apply(localize(id === null ? "added" : "changed"), async () => {
      const api = createDiaryApi(hass, sleeper);
      const undo = await (id === null ? addEpisode(api, form) : updateEpisode(api, id, original, draft));
      this.#closeForm(context, form);
      return undo;
    });
  }

  /** @param {RenderContext} context @param {Record<string, any>} episode */
  #delete(context, episode) {
    const text = context.localize("deleted", { time: formatEpisodeTimes(context.hass, episode) });
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
    void this.#apply(text, async () => {
      const requestId = this._openRequest?.key === key ? this._openRequest.id : createRequestId();
      this._openRequest = { key, id: requestId };
      const undo = await applyEdit(createDiaryApi(context.hass, context.sleeper), action, data, requestId);
      this._openRequest = null;
      return undo;
    });
  }

  /** Apply a change once those before it are. @param {string} text @param {() => Promise<Undo | null>} change */
  #apply(text, change) {
    const key = this._shownKey;
    this._applied = this._applied.then(() => this.#applyNext(key, text, change));
    return this._applied;
  }

  /**
   * Apply a change and offer to undo it. If it fails, show the error and leave the form open.
   * @param {string} key what was shown when it was asked for
   * @param {string} text
   * @param {() => Promise<Undo | null>} change
   */
  async #applyNext(key, text, change) {
    this._isBusy = true;
    this._error = "";
    try {
      const undo = await change();
      if (key === this._shownKey) this._lastChange = { text, undo };
      fireEvent(this, "haptic", "success");
      if (!this._form) void this.#focusContent();
    } catch (error) {
      if (key === this._shownKey) this._error = this.#getMessage(error);
    }
    this._isBusy = false;
  }

  /** @param {unknown} error */
  #getMessage(error) {
    return this.localize ? getErrorText(error, this.localize) : "";
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

  static styles = nightDetailsStyles;
}

defineElement("rls-bedtime-night", /** @type {any} */ (NightDetails));
