/** Nights that are drawn to be with or without something: what is drawn tonight, and in the end what came out. */

import "./experiment-dialog.js";
import { formatOptionNumber } from "../data/experiment.js";
import { applyEdit } from "../data/night-edits.js";
import { createRequestId } from "../data/request-id.js";
import { callAction, css, defineElement, html, localizeOption } from "../frontend/home-assistant.js";
import { createFullDateFormatter, formatNumber } from "../frontend/locale.js";
import { ActionElement } from "./action-element.js";
import { formatSigned } from "./comparison-panel.js";
import { getErrorText, renderError } from "./errors.js";
import { renderSideBySide, statisticsStyles } from "./statistics.js";
import { createDiaryApi, showUndoToast } from "./undo-toast.js";

/** @import { ExperimentNight, ExperimentReport } from "../data/experiment.js" */
/** @import { Trends } from "../data/trends-store.js" */
/** @import { HomeAssistant, LocalizeFunc } from "../frontend/home-assistant.js" */

class Experiment extends ActionElement {
  static properties = {
    ...ActionElement.properties,
    trends: { attribute: false },
    canChange: { attribute: false },
    _report: { state: true },
    _isDialogOpen: { state: true },
  };

  constructor() {
    super();
    /** @type {Trends | undefined} */
    this.trends = undefined;
    this.canChange = false;
    /** @type {ExperimentReport | null} */
    this._report = null;
    this._isDialogOpen = false;
    this._request = 0;
  }

  /** The trends are loaded anew whenever the diary changes, and when a night begins. @param {Map<string, any>} changed */
  willUpdate(changed) {
    if (changed.has("sleeper") && changed.get("sleeper")?.id !== this.sleeper?.id) this._report = null;
    if (changed.has("sleeper") || changed.has("trends")) void this.#load();
  }

  async #load() {
    const { hass, localize, sleeper, trends } = this;
    if (!hass || !localize || !sleeper || !trends) return;
    const request = ++this._request;
    try {
      const report = await callAction(hass, "get_experiment", { sleeper: sleeper.id });
      if (request !== this._request) return;
      this._report = report;
      this._error = "";
    } catch (error) {
      if (request === this._request) this._error = getErrorText(error, localize);
    }
  }

  render() {
    const { hass, localize, _report: report } = this;
    if (!hass || !localize || (!report && !this._error)) return html``;
    if (report && !report.experiment && !this.canChange) return html``;
    return html`
      <h3>${localize("experiment")}</h3>
      ${renderError(this._error)}
      ${report ? this.#renderReport(hass, localize, report) : ""}
      ${report && this._isDialogOpen
        ? html`<rls-bedtime-experiment-dialog
            .hass=${hass}
            .localize=${localize}
            .sleeper=${this.sleeper}
            .report=${report}
            .practices=${this.trends?.practices.filter(({ removed }) => !removed) ?? []}
            @experiment-closed=${this.#dialogClosed}
          ></rls-bedtime-experiment-dialog>`
        : ""}
    `;
  }

  /** @param {HomeAssistant} hass @param {LocalizeFunc} localize @param {ExperimentReport} report */
  #renderReport(hass, localize, report) {
    if (report.status === "running") return this.#renderRunning(hass, localize, report);
    return html`
      ${report.result ? renderResult(hass, localize, report) : html`<p class="note"><bdi>${localize("experiment_about")}</bdi></p>`}
      ${this.canChange
        ? html`<ha-button class="try" appearance="plain" @click=${() => (this._isDialogOpen = true)}
            >${localize("experiment_try")}</ha-button
          >`
        : ""}
    `;
  }

  /** @param {HomeAssistant} hass @param {LocalizeFunc} localize @param {ExperimentReport} report */
  #renderRunning(hass, localize, { experiment, tonight }) {
    if (!experiment) return "";
    return html`
      <p class="subject"><bdi>${formatSubject(localize, experiment)}</bdi></p>
      <p class="tonight" role="status">
        <bdi>${tonight ? formatTonight(hass, localize, experiment, tonight) : localize("experiment_begins")}</bdi>
      </p>
      ${tonight
        ? html`<p class="note">
            <bdi>
              ${localize("experiment_number", { number: formatNumber(hass, tonight.number), nights: formatNumber(hass, experiment.nights) })}
            </bdi>
          </p>`
        : ""}
      ${this.canChange ? this.#renderButtons(localize, experiment, tonight) : ""}
      <p class="note"><bdi>${localize("experiment_later")}</bdi></p>
    `;
  }

  /** @param {LocalizeFunc} localize @param {Record<string, any>} experiment @param {ExperimentNight | null} tonight */
  #renderButtons(localize, { kind }, tonight) {
    const skip = () => this.#apply("skip_experiment_night", { night: tonight?.night, skipped: true }, "experiment_skipped");
    const back = () => this.#apply("skip_experiment_night", { night: tonight?.night, skipped: false }, "experiment_back");
    const tick = () => this.#apply("log_experiment_night", { night: tonight?.night, done: !tonight?.done }, null);
    const stop = () => this.#apply("stop_experiment", {}, "experiment_stopped");
    return html`<div class="buttons">
      ${tonight && kind === "tag" && !tonight.skipped
        ? html`<ha-button
            class="done"
            appearance=${tonight.done ? "filled" : "outlined"}
            aria-pressed=${tonight.done}
            .disabled=${this._isBusy}
            @click=${tick}
          >
            <ha-icon slot="start" icon=${tonight.done ? "mdi:check-circle" : "mdi:circle-outline"}></ha-icon
            >${localize("experiment_done")}
          </ha-button>`
        : ""}
      ${tonight
        ? html`<ha-button class="away" appearance="plain" .disabled=${this._isBusy} @click=${tonight.skipped ? back : skip}
            >${localize(tonight.skipped ? "experiment_home" : "experiment_away")}</ha-button
          >`
        : ""}
      <ha-button class="stop" appearance="plain" .disabled=${this._isBusy} @click=${stop}>${localize("experiment_stop")}</ha-button>
    </div>`;
  }

  /**
   * Carry out an action, and offer to undo it if there is something to say.
   * @param {"skip_experiment_night" | "log_experiment_night" | "stop_experiment"} action
   * @param {Record<string, any>} data
   * @param {string | null} message
   */
  #apply(action, data, message) {
    void this.perform(async ({ hass, localize, sleeper }) => {
      const undo = await applyEdit(createDiaryApi(hass, sleeper), action, data, createRequestId());
      if (message) showUndoToast(localize, localize(message), undo);
      await this.#load();
    });
  }

  /** Home Assistant's dialogs leave it to the page where the focus goes. @param {Event} event */
  #dialogClosed = async (event) => {
    event.stopPropagation();
    this._isDialogOpen = false;
    await this.#load();
    await this.updateComplete;
    /** @type {HTMLElement | null} */ (this.renderRoot.querySelector("ha-button"))?.focus();
  };

  static styles = [
    statisticsStyles,
    css`
      :host {
        display: block;
        overflow-wrap: anywhere;
      }
      h3 {
        margin: 12px 0 4px;
        font-size: var(--ha-font-size-m, 14px);
        font-weight: var(--ha-font-weight-medium, 500);
      }
      p,
      ul {
        margin: 0;
      }
      ul {
        padding: 0;
        list-style: none;
      }
      .subject,
      .note {
        color: var(--secondary-text-color);
      }
      .note {
        font-size: var(--ha-font-size-s, 12px);
        line-height: 1.5;
      }
      .tonight,
      .leading {
        font-size: var(--ha-font-size-l, 16px);
        line-height: 1.4;
      }
      .leading,
      table {
        margin-block: 4px 12px;
      }
      .buttons {
        display: flex;
        flex-wrap: wrap;
        gap: 8px;
        margin-block: 8px;
      }
      ha-button {
        --ha-button-height: 44px;
      }
      .try {
        margin-block-start: 4px;
      }
    `,
  ];
}

/** Return what an experiment is about. @param {LocalizeFunc} localize @param {Record<string, any>} experiment */
const formatSubject = (localize, { kind, subject, text }) => (kind === "option" ? localizeOption(localize, "option", subject) : text);

/** @param {HomeAssistant} hass @param {LocalizeFunc} localize @param {Record<string, any>} experiment @param {ExperimentNight} tonight */
function formatTonight(hass, localize, experiment, { arm, skipped }) {
  const text = localizeOption(localize, "experiment_tonight", skipped ? "skipped" : arm);
  if (skipped || experiment.kind !== "option") return text;
  return html`${text} <bdi>(${formatValue(hass, localize, experiment.subject, experiment[arm])})</bdi>`;
}

/** @param {HomeAssistant} hass @param {LocalizeFunc} localize @param {string} option @param {unknown} value */
function formatValue(hass, localize, option, value) {
  if (typeof value === "boolean") return localizeOption(localize, "experiment_tonight", value ? "on" : "off");
  if (typeof value !== "number") return localize("not_known");
  return formatOptionNumber(hass, localize, option, value);
}

/** @param {HomeAssistant} hass @param {LocalizeFunc} localize @param {ExperimentReport} report */
function renderResult(hass, localize, { experiment, result, sentences }) {
  if (!experiment || !result) return "";
  const [leading, ...others] = sentences.map(({ key, values }) => localize(`selector.experiment_result.options.${key}`, values));
  const date = createFullDateFormatter(hass)(experiment.first_night);
  return html`
    <p class="subject">
      <bdi>${formatSubject(localize, experiment)}</bdi>
      <bdi class="note">${localize("experiment_over", { nights: formatNumber(hass, result.with.nights + result.without.nights), date })}</bdi>
    </p>
    <p class="leading"><bdi>${leading}</bdi></p>
    ${renderArms(hass, localize, result)}
    <ul class="note">
      ${[...others, formatDifference(hass, localize, result)].filter(Boolean).map((text) => html`<li><bdi>${text}</bdi></li>`)}
    </ul>
  `;
}

/** The figures of each arm, by the keys of their labels. @type {[string, string][]} */
const FIGURES = [
  ["experiment_drawn", "nights"],
  ["recorded", "recorded"],
  ["affected", "affected"],
  ["experiment_done", "done"],
];

/** @param {HomeAssistant} hass @param {LocalizeFunc} localize @param {Record<string, any>} result */
const renderArms = (hass, localize, result) =>
  renderSideBySide(
    localize,
    ["with", "without"].map((arm) => localizeOption(localize, "arm", arm)),
    [result.with, result.without],
    FIGURES.map(([label, figure]) => [label, (side) => formatNumber(hass, side[figure])]),
  );

/** @param {HomeAssistant} hass @param {LocalizeFunc} localize @param {Record<string, any>} result */
function formatDifference(hass, localize, { difference }) {
  if (!difference) return "";
  const { affected_points: points, affected_interval: interval } = difference;
  const format = (/** @type {number} */ value) => formatSigned(hass, value);
  return localize("experiment_interval", { points: format(points), low: format(interval.low), high: format(interval.high) });
}

defineElement("rls-bedtime-experiment", /** @type {any} */ (Experiment));
