/** The details of an episode beside its severity: where, what helped and what it felt like, one of them open at a time. */

import { isAsEarlier, toggleAsEarlier, toggleItem, toggleRelief } from "../data/episode-details.js";
import { getOptions } from "../data/vocabulary.js";
import { html, localizeOption } from "../frontend/home-assistant.js";
import { formatList } from "../frontend/locale.js";
import { localizePart } from "./body-map.js";
import { renderChipGroup, renderChips } from "./option-controls.js";

/** @import { EpisodeDetails, RepeatableDetails } from "../data/episode-details.js" */
/** @import { HomeAssistant, LocalizeFunc } from "../frontend/home-assistant.js" */

/** The panels, by the key of their label. */
const PANELS = /** @type {const} */ (["where", "relief", "felt"]);

/** @typedef {typeof PANELS[number]} Panel */

/**
 * @typedef {object} PanelOptions
 * @property {RepeatableDetails | undefined} earlier what an earlier episode had, to repeat it
 * @property {Panel | null} panel the one that is open
 * @property {boolean} isDark
 * @property {(panel: Panel | null) => void} onOpen
 * @property {(details: EpisodeDetails) => void} onChange
 */

/**
 * Render what is selected, the chips that select the same as last time or open a panel, and the panel that is open.
 * @param {HomeAssistant} hass
 * @param {LocalizeFunc} localize
 * @param {EpisodeDetails} details
 * @param {PanelOptions} options
 */
export function renderMoreDetails(hass, localize, details, { earlier, panel, isDark, onOpen, onChange }) {
  const localizeAll = (/** @type {string} */ field, /** @type {string[]} */ options) =>
    options.map((option) => localizeOption(localize, field, option));
  const selected = {
    where: details.body_parts.map((part) => localizePart(localize, part, details.side)),
    relief: localizeAll("relief", details.relief),
    felt: localizeAll("sensations", details.sensations),
  };
  const all = Object.values(selected).flat();
  const repeat = () => earlier && onChange(toggleAsEarlier(details, earlier));
  return html`
    ${all.length ? html`<p class="selected"><bdi>${formatList(hass, all)}</bdi></p>` : ""}
    <div class="chips">
      ${earlier
        ? html`<button aria-pressed=${isAsEarlier(details, earlier)} @click=${repeat}>${localize("as_last_time")}</button>`
        : ""}
      ${PANELS.map((each) => {
        const label = selected[each].length ? localize(`${each}_said`, { what: formatList(hass, selected[each]) }) : localize(each);
        const toggle = () => onOpen(each === panel ? null : each);
        return html`<button
          class=${selected[each].length ? "said" : ""}
          aria-expanded=${each === panel}
          aria-label=${label}
          @click=${toggle}
        >
          ${localize(each)}
        </button>`;
      })}
    </div>
    ${panel ? html`<div class="panel">${renderPanel(hass, localize, details, { panel, isDark, onChange })}</div>` : ""}
  `;
}

/**
 * @param {HomeAssistant} hass
 * @param {LocalizeFunc} localize
 * @param {EpisodeDetails} details
 * @param {Pick<PanelOptions, "panel" | "isDark" | "onChange">} options
 */
function renderPanel(hass, localize, details, { panel, isDark, onChange }) {
  if (panel === "where") {
    const onSelect = (/** @type {CustomEvent} */ event) => {
      event.stopPropagation();
      onChange(event.detail);
    };
    return html`<rls-bedtime-figure
      .details=${details}
      .localize=${localize}
      ?dark=${isDark}
      @said=${onSelect}
    ></rls-bedtime-figure>`;
  }
  if (panel === "felt") {
    const toggle = (/** @type {string} */ sensation) =>
      onChange({ ...details, sensations: toggleItem(details.sensations, sensation) });
    const chips = renderChips(localize, "sensations", getOptions(hass, "sensations"), details.sensations, toggle);
    return renderChipGroup(localize("form_sensations"), chips);
  }
  const toggle = (/** @type {string} */ measure) => onChange(toggleRelief(details, measure));
  const measures = renderChips(localize, "relief", getOptions(hass, "relief"), details.relief, toggle);
  return html`
    ${renderChipGroup(localize("helped"), measures)}
    ${details.relief.length ? renderChipGroup(localize("effect"), renderReliefEffects(hass, localize, details, onChange)) : ""}
  `;
}

/**
 * @param {HomeAssistant} hass
 * @param {LocalizeFunc} localize
 * @param {EpisodeDetails} details
 * @param {(details: EpisodeDetails) => void} onChange
 */
const renderReliefEffects = (hass, localize, details, onChange) =>
  renderChips(localize, "relief_effect", getOptions(hass, "relief_effect"), details.relief_effect, (effect) =>
    onChange({ ...details, relief_effect: details.relief_effect === effect ? null : effect }),
  );
