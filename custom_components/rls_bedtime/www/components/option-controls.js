/** How the choices of an episode are drawn, on the pad and on the form: a scale, and chips. */

import { SEVERITIES } from "../data/episode-details.js";
import { choiceWord, html } from "../frontend/home-assistant.js";
import { number } from "../frontend/locale.js";

/** @import { Hass, Words } from "../frontend/home-assistant.js" */

/**
 * Return the scale of severities. A second tap on the one that is chosen unsays it.
 * @param {Hass} hass
 * @param {Words} words
 * @param {number | null} chosen
 * @param {(severity: number | null) => void} say
 */
export const severityScale = (hass, words, chosen, say) => html`
  <fieldset class="severity">
    <legend>${words("severity")}</legend>
    <div class="scale">
      ${SEVERITIES.map(
        (severity) => html`<label style="--size: ${17 + severity}px">
          <input
            type="radio"
            name="severity"
            .checked=${chosen === severity}
            @click=${() => say(chosen === severity ? null : severity)}
          />
          <span>${number(hass, severity)}</span>
        </label>`,
      )}
    </div>
    <div class="ends" aria-hidden="true"><span>${words("least")}</span><span>${words("most")}</span></div>
  </fieldset>
`;

/**
 * Return a chip for each choice of a field.
 * @param {Words} words
 * @param {string} field the selector that has the words
 * @param {readonly string[]} choices
 * @param {string | null | readonly string[]} chosen one of them, or several
 * @param {(choice: string) => void} tap
 */
export const chips = (words, field, choices, chosen, tap) =>
  choices.map(
    (choice) => html`<button
      type="button"
      aria-pressed=${Array.isArray(chosen) ? chosen.includes(choice) : chosen === choice}
      @click=${() => tap(choice)}
    >
      ${choiceWord(words, field, choice)}
    </button>`,
  );

/**
 * Return the chips of a field under its name.
 * @param {string} name
 * @param {unknown} theChips
 */
export const named = (name, theChips) => html`<fieldset>
  <legend>${name}</legend>
  <div class="chips">${theChips}</div>
</fieldset>`;
