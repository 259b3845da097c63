/** A map of the body on which the affected parts are selected. It is seen as one sees oneself: left is left. */

import { NO_DETAILS, SIDES, TRUNK, isBodyPartSelected, toggleBodyPart } from "../data/episode-details.js";
import { LitElement, css, defineElement, fireEvent, html, localizeOption } from "../frontend/home-assistant.js";

/** @import { EpisodeDetails } from "../data/episode-details.js" */
/** @import { LocalizeFunc } from "../frontend/home-assistant.js" */

/** The body parts that have a side, from the top. */
const SIDED_PARTS = ["arm", "hand", "hip", "thigh", "knee", "calf", "ankle", "foot"];

class BodyMap extends LitElement {
  static properties = { details: { attribute: false }, localize: { attribute: false } };

  constructor() {
    super();
    /** @type {EpisodeDetails} */
    this.details = NO_DETAILS;
    /** @type {LocalizeFunc | undefined} */
    this.localize = undefined;
  }

  render() {
    const { localize } = this;
    if (!localize) return html``;
    const localizePart = (/** @type {string} */ part) => localizeOption(localize, "body_parts", part);
    const sides = SIDES.map((side) => ({ side, name: localizeOption(localize, "side", side) }));
    return html`
      <div class="figure">
        <div class="head"></div>
        ${sides.map(({ side, name }) => html`<div class="name ${side}" aria-hidden="true">${name}</div>`)}
        ${this.#renderPart(TRUNK, "left", "trunk", localizePart(TRUNK))}
        ${sides.flatMap(({ side, name }) =>
          SIDED_PARTS.map((part) =>
            this.#renderPart(
              part,
              side,
              `${part} ${side}`,
              localize("part_on_side", { part: localizePart(part), side: name }),
            ),
          ),
        )}
      </div>
    `;
  }

  /** @param {string} part @param {string} side @param {string} classes @param {string} label */
  #renderPart(part, side, classes, label) {
    const toggle = () => fireEvent(this, "said", toggleBodyPart(this.details, part, side));
    return html`<button
      class="part ${classes}"
      aria-label=${label}
      title=${label}
      aria-pressed=${isBodyPartSelected(this.details, part, side)}
      @click=${toggle}
    ></button>`;
  }

  static styles = css`
    .figure {
      direction: ltr;
      display: grid;
      grid-template-columns: 1fr 48px 60px 60px 48px 1fr;
      grid-template-rows: 36px 84px repeat(7, auto);
      gap: 4px;
      justify-content: center;
      justify-items: center;
      max-inline-size: 360px;
      margin-inline: auto;
    }
    .head {
      grid-area: 1 / 3 / 2 / 5;
      inline-size: 36px;
      block-size: 36px;
      box-sizing: border-box;
      border: 1px solid var(--pad-line);
      border-radius: 50%;
    }
    .name {
      color: var(--pad-text);
      font-size: 14px;
      align-self: center;
    }
    .name.left {
      grid-area: 8 / 1 / 10 / 3;
    }
    .name.right {
      grid-area: 8 / 5 / 10 / 7;
    }
    .part {
      appearance: none;
      box-sizing: border-box;
      inline-size: 100%;
      block-size: 44px;
      padding: 0;
      background: none;
      border: 1px solid var(--pad-line);
      border-radius: 12px;
      cursor: pointer;
      position: relative;
      -webkit-tap-highlight-color: transparent;
    }
    .part:focus-visible {
      outline: 3px solid var(--pad-text);
      outline-offset: 1px;
      z-index: 1;
    }
    .part[aria-pressed="true"] {
      border: 3px solid var(--pad-text);
      background: var(--pad-marked);
    }
    .part[aria-pressed="true"]::after {
      content: "";
      position: absolute;
      inset: 0;
      margin: auto;
      inline-size: 10px;
      block-size: 10px;
      border-radius: 50%;
      background: var(--pad-text);
    }
    .trunk {
      grid-area: 2 / 3 / 3 / 5;
      block-size: 84px;
      border-radius: 28px 28px 16px 16px;
    }
    .arm {
      block-size: 84px;
      border-radius: 22px;
    }
    .arm.left {
      grid-area: 2 / 2;
    }
    .arm.right {
      grid-area: 2 / 5;
    }
    .hand {
      border-radius: 50%;
    }
    .hand.left {
      grid-area: 3 / 2;
    }
    .hand.right {
      grid-area: 3 / 5;
    }
    .hip.left,
    .thigh.left,
    .knee.left,
    .calf.left,
    .ankle.left,
    .foot.left {
      grid-column: 3;
    }
    .hip.right,
    .thigh.right,
    .knee.right,
    .calf.right,
    .ankle.right,
    .foot.right {
      grid-column: 4;
    }
    .hip {
      grid-row: 3;
    }
    .thigh {
      grid-row: 4;
      block-size: 64px;
    }
    .knee {
      grid-row: 5;
      inline-size: 90%;
      border-radius: 22px;
    }
    .calf {
      grid-row: 6;
      block-size: 64px;
      inline-size: 86%;
      border-radius: 16px 16px 22px 22px;
    }
    .ankle {
      grid-row: 7;
      inline-size: 74%;
    }
    .foot {
      grid-row: 8;
    }
    .foot.left {
      border-radius: 22px 10px 10px 16px;
    }
    .foot.right {
      border-radius: 10px 22px 16px 10px;
    }
  `;
}

defineElement("rls-bedtime-figure", /** @type {any} */ (BodyMap));
