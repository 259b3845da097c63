/** The controls that select the details of an episode, shared by the night pad and the form: a severity scale and chips. */

import { SEVERITY_ROWS, getSeverityLevel } from "../data/episode-details.js";
import { html, localizeOption } from "../frontend/home-assistant.js";
import { formatNumber } from "../frontend/locale.js";

/** @import { HomeAssistant, LocalizeFunc } from "../frontend/home-assistant.js" */

/** The words for the ends of the scale, by severity. */
const END_KEYS = /** @type {Record<number, string>} */ ({ 1: "severity_least", 10: "severity_most" });

/**
 * Render the severity scale: two rows of five, and none apart. A tap on the selected severity deselects it.
 * @param {HomeAssistant} hass
 * @param {LocalizeFunc} localize
 * @param {number | null} selected
 * @param {(severity: number | null) => void} onSelect
 * @param {string} [question]
 */
export function renderSeverityScale(hass, localize, selected, onSelect, question = localize("severity")) {
  const renderChoice = (/** @type {number} */ severity, /** @type {string} */ level, /** @type {string} */ word) =>
    html`<label class=${level}>
      <input
        type="radio"
        name="severity"
        .checked=${selected === severity}
        @click=${() => onSelect(selected === severity ? null : severity)}
      />
      <span><b>${formatNumber(hass, severity)}</b> ${word ? html`<small>${word}</small>` : ""}</span>
    </label>`;
  return html`
    <fieldset class="severity">
      <legend><bdi>${question}</bdi></legend>
      <div class="scale">
        ${SEVERITY_ROWS.flat().map((severity) =>
          renderChoice(severity, getSeverityLevel(severity), END_KEYS[severity] ? localize(END_KEYS[severity]) : ""),
        )}
        ${renderChoice(0, "none", localize("severity_none"))}
      </div>
    </fieldset>
  `;
}

/**
 * Render a chip for each option of a field.
 * @param {LocalizeFunc} localize
 * @param {string} field the selector that has the translations
 * @param {readonly string[]} options
 * @param {string | null | readonly string[]} selected one option or several
 * @param {(option: string) => void} onTap
 */
export const renderChips = (localize, field, options, selected, onTap) =>
  options.map(
    (option) => html`<button
      type="button"
      aria-pressed=${Array.isArray(selected) ? selected.includes(option) : selected === option}
      @click=${() => onTap(option)}
    >
      ${localizeOption(localize, field, option)}
    </button>`,
  );

/**
 * Render chips as a group with a label.
 * @param {string} label
 * @param {unknown} chips
 */
export const renderChipGroup = (label, chips) => html`<fieldset>
  <legend><bdi>${label}</bdi></legend>
  <div class="chips">${chips}</div>
</fieldset>`;
