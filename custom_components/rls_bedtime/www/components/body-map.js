/** The affected parts of the body, the legs first, each to the left, on both sides, or to the right as one sees oneself. */

import { NO_DETAILS, SIDES, TRUNK, getSelectedSide, toggleBodyPart } from "../data/episode-details.js";
import { LitElement, css, defineElement, fireEvent, html, localizeOption } from "../frontend/home-assistant.js";
import { padControlStyles } from "./night-pad-styles.js";

/** @import { EpisodeDetails } from "../data/episode-details.js" */
/** @import { LocalizeFunc } from "../frontend/home-assistant.js" */

/** The body parts that have a side: first the ones that are always shown, where most episodes are. */
const SIDED_PARTS = ["thigh", "calf", "foot", "hip", "knee", "ankle", "arm", "hand"];
const FIRST_PARTS = SIDED_PARTS.slice(0, 3);
const OTHER_PARTS = [...SIDED_PARTS.slice(3), TRUNK];

/**
 * Return the name of a body part on a side, such as "Left calf".
 * @param {LocalizeFunc} localize
 * @param {string} part
 * @param {string | null} side
 */
export const localizePart = (localize, part, side) =>
  part === TRUNK || side === null ? localizeOption(localize, "body_parts", part) : localize(`part_${side}_${part}`);

class BodyMap extends LitElement {
  static properties = {
    details: { attribute: false },
    localize: { attribute: false },
    _isExpanded: { state: true },
  };

  constructor() {
    super();
    /** @type {EpisodeDetails} */
    this.details = NO_DETAILS;
    /** @type {LocalizeFunc | undefined} */
    this.localize = undefined;
    this._isExpanded = false;
  }

  render() {
    const { localize } = this;
    if (!localize) return html``;
    const isExpanded = this._isExpanded || OTHER_PARTS.some((part) => this.details.body_parts.includes(part));
    const expand = () => (this._isExpanded = !isExpanded);
    return html`
      ${this.#renderParts(localize, FIRST_PARTS)}
      <button type="button" class="more" aria-expanded=${isExpanded} @click=${expand}>${localize("more_parts")}</button>
      ${isExpanded ? this.#renderParts(localize, OTHER_PARTS) : ""}
    `;
  }

  /** @param {LocalizeFunc} localize @param {string[]} parts */
  #renderParts(localize, parts) {
    return html`<div class="parts" dir="ltr">
      ${parts.map((part) => (part === TRUNK ? this.#renderZone(localize, part, "both") : SIDES.map((side) => this.#renderZone(localize, part, side))))}
    </div>`;
  }

  /** @param {LocalizeFunc} localize @param {string} part @param {string} side */
  #renderZone(localize, part, side) {
    return html`<button
      type="button"
      class=${part}
      dir="auto"
      aria-pressed=${getSelectedSide(this.details, part) === side}
      @click=${() => fireEvent(this, "said", toggleBodyPart(this.details, part, side))}
    >
      ${localizePart(localize, part, side)}
    </button>`;
  }

  static styles = [
    padControlStyles,
    css`
      :host {
        display: flex;
        flex-direction: column;
        gap: var(--ha-space-2, 8px);
      }
      /* The left of the body is on the left in every language. */
      .parts {
        display: grid;
        grid-template-columns: repeat(3, minmax(0, 1fr));
        gap: var(--ha-space-2, 8px);
      }
      .parts button {
        min-block-size: var(--pad-zone-size, 64px);
        padding: 4px;
        overflow-wrap: anywhere;
      }
      .trunk {
        grid-column: 1 / -1;
      }
      .more {
        align-self: start;
      }
    `,
  ];
}

defineElement("rls-bedtime-figure", /** @type {any} */ (BodyMap));
