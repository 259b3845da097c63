/** A simple drawn figure, seen as one sees oneself: left is left. A tap marks a part of one side of the body. */

import { NOTHING_SAID, SIDES, TRUNK, isMarked, tapPart } from "../data/episode-details.js";
import { LitElement, choiceWord, css, define, fire, html } from "../frontend/home-assistant.js";

/** @import { Facts } from "../data/episode-details.js" */
/** @import { Words } from "../frontend/home-assistant.js" */

/** The parts of one side, from the top. */
const SIDED = ["arm", "hand", "hip", "thigh", "knee", "calf", "ankle", "foot"];

class Figure extends LitElement {
  static properties = { facts: { attribute: false }, words: { attribute: false } };

  constructor() {
    super();
    /** @type {Facts} */
    this.facts = NOTHING_SAID;
    /** @type {Words | undefined} */
    this.words = undefined;
  }

  render() {
    const { words } = this;
    if (!words) return html``;
    const word = (/** @type {string} */ part) => choiceWord(words, "body_parts", part);
    const sides = SIDES.map((side) => ({ side, name: choiceWord(words, "side", side) }));
    return html`
      <div class="figure">
        <div class="head"></div>
        ${sides.map(({ side, name }) => html`<div class="name ${side}" aria-hidden="true">${name}</div>`)}
        ${this.#part(TRUNK, "left", "trunk", word(TRUNK))}
        ${sides.flatMap(({ side, name }) =>
          SIDED.map((part) =>
            this.#part(part, side, `${part} ${side}`, words("part_on_side", { part: word(part), side: name })),
          ),
        )}
      </div>
    `;
  }

  /** @param {string} part @param {string} side @param {string} place @param {string} label */
  #part(part, side, place, label) {
    const say = () => fire(this, "said", tapPart(this.facts, part, side));
    return html`<button
      class="part ${place}"
      aria-label=${label}
      title=${label}
      aria-pressed=${isMarked(this.facts, part, side)}
      @click=${say}
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

define("rls-bedtime-figure", /** @type {any} */ (Figure));
