/** The controls that select the details of an episode, shared by the night pad and the form: a severity scale and chips. */

import { SEVERITIES } from "../data/episode-details.js";
import { html, localizeOption } from "../frontend/home-assistant.js";
import { formatNumber } from "../frontend/locale.js";

/** @import { HomeAssistant, LocalizeFunc } from "../frontend/home-assistant.js" */

/**
 * Render the severity scale. A tap on the selected severity deselects it.
 * @param {HomeAssistant} hass
 * @param {LocalizeFunc} localize
 * @param {number | null} selected
 * @param {(severity: number | null) => void} onSelect
 */
export const renderSeverityScale = (hass, localize, selected, onSelect) => html`
  <fieldset class="severity">
    <legend>${localize("severity")}</legend>
    <div class="scale">
      ${SEVERITIES.map(
        (severity) => html`<label style="--size: ${17 + severity}px">
          <input
            type="radio"
            name="severity"
            .checked=${selected === severity}
            @click=${() => onSelect(selected === severity ? null : severity)}
          />
          <span>${formatNumber(hass, severity)}</span>
        </label>`,
      )}
    </div>
    <div class="ends" aria-hidden="true"><span>${localize("least")}</span><span>${localize("most")}</span></div>
  </fieldset>
`;

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
  <legend>${label}</legend>
  <div class="chips">${chips}</div>
</fieldset>`;
