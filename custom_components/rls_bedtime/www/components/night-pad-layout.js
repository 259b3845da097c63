/** The layout of the night pad: in a card, in one row of a tile, and over the whole screen with the target at the bottom. */

import { css } from "../frontend/home-assistant.js";
import { hiddenStyles } from "./hidden-styles.js";
import { nightPadStyles } from "./night-pad-styles.js";

export const nightPadLayout = [
  ...nightPadStyles,
  hiddenStyles,
  css`
    :host {
      display: grid;
      grid-template: "status" auto "target" auto "relief" auto "details" auto / minmax(0, 1fr);
      gap: var(--ha-space-3, 12px);
      container-type: inline-size;
      container-name: pad;
    }
    .target {
      grid-area: target;
      position: relative;
      overflow: hidden;
      display: flex;
      flex-direction: column;
      align-items: center;
      justify-content: center;
      gap: 4px;
      min-block-size: 128px;
      background: var(--pad-target);
      border-radius: var(--ha-border-radius-3xl, 24px);
      font-weight: inherit;
    }
    .target.logged {
      background: var(--pad-logged);
    }
    .fill {
      position: absolute;
      inset: 0;
      background: var(--pad-fill);
      opacity: 0;
    }
    .wish,
    .how {
      position: relative;
    }
    .wish {
      font-size: var(--ha-font-size-2xl, 24px);
      font-weight: var(--ha-font-weight-medium, 500);
      line-height: 1.2;
    }
    /* The target moves in no state: there is always room for a second line, and for the button. */
    .status {
      grid-area: status;
      display: grid;
      grid-template-columns: minmax(0, 1fr) auto;
      align-items: center;
      gap: 4px 12px;
      min-block-size: 48px;
      line-height: 1.25;
    }
    .status button,
    .problem button {
      flex: none;
    }
    .details {
      grid-area: details;
      display: flex;
      flex-direction: column;
      gap: var(--ha-space-3, 12px);
    }
    .details:empty {
      display: none;
    }
    .main,
    .more,
    .panel {
      display: flex;
      flex-direction: column;
      gap: 6px;
    }
    .more {
      gap: var(--ha-space-2, 8px);
    }
    .panel {
      gap: var(--ha-space-3, 12px);
    }
    /* All in one row on a phone: nothing changes its width. */
    .more > .chips {
      gap: 6px;
    }
    .more > .chips button {
      flex: 1 1 auto;
      padding-inline: 6px;
      font-weight: var(--ha-font-weight-medium, 500);
    }
    .more > .chips :is([aria-expanded="true"], [aria-pressed="true"]) {
      border: 2px solid var(--pad-line);
      padding: 5px;
    }
    .more > .chips .said {
      background: var(--pad-marked);
    }
    .selected {
      font-size: var(--ha-font-size-m, 14px);
      color: var(--pad-secondary);
    }
    .problem {
      display: flex;
      flex-wrap: wrap;
      align-items: center;
      gap: 8px 12px;
      font-size: var(--ha-font-size-m, 14px);
    }
    .problem p {
      flex: 1 1 160px;
    }
    @container pad (inline-size < 260px) {
      .status {
        grid-template-columns: minmax(0, 1fr);
        grid-template-rows: 1fr auto;
        min-block-size: 132px;
      }
      .status p {
        align-self: end;
      }
      .status button {
        justify-self: start;
      }
      :host([dark]) .status {
        min-block-size: 48px;
        padding-inline-end: 0;
      }
      :host([dark]) .status p {
        align-self: center;
        padding-inline-end: 56px;
      }
    }

    /* One row of a tile. */
    :host([compact]) {
      display: flex;
      flex-direction: row;
      flex: none;
      align-items: center;
      gap: 4px;
      container-type: normal;
      font-size: var(--ha-font-size-m, 14px);
    }
    :host([compact]) .target {
      flex-direction: row;
      min-block-size: 48px;
      border-radius: var(--ha-border-radius-lg, 12px);
      font-weight: var(--ha-font-weight-medium, 500);
      padding-inline: 12px;
    }
    :host([compact]) .target span:not(.fill) {
      position: relative;
    }
    /* A feature of a tile is as high as the others. */
    :host([feature]) .target {
      flex: 1;
      min-inline-size: 0;
      padding-inline: 4px;
    }
    @container (max-width: 150px) {
      :host([feature]) .target {
        font-size: var(--ha-font-size-s, 12px);
      }
      :host([feature]) .target .icon {
        display: none;
      }
    }
    :host([feature]) :is(.target, .undo) {
      min-block-size: var(--feature-height, 42px);
      border-radius: var(--feature-border-radius, 12px);
    }
    .undo {
      padding: 0;
    }
    .undo .icon {
      margin: 0;
    }

    /* The whole screen, from the bottom up: what the thumb reaches first never moves. */
    :host([dark]) {
      grid-template: "status" auto "details" minmax(0, 1fr) "relief" auto "target" 30dvh / minmax(0, 1fr);
      gap: var(--ha-space-2, 8px);
      block-size: 100%;
    }
    /* Without a row for relief, there is no gap for it. */
    :host([dark]) .details:not(.relief ~ .details) {
      grid-row: details / relief;
    }
    :host([dark]) .target {
      min-block-size: 0;
    }
    :host([dark]) .status {
      padding-inline-end: 56px;
    }
    :host([dark]) .details {
      overflow: hidden auto;
      overscroll-behavior: contain;
      scrollbar-color: #5a2600 #000;
      gap: var(--ha-space-2, 8px);
    }
    :host([dark]) .details > :first-child {
      margin-block-start: auto;
    }
    :host([dark]) .panel {
      order: -1;
    }
    /* What is open takes the place of the scale, so that the chips do not move. */
    @media (max-width: 839px) or (max-height: 500px) {
      :host([dark]) .more {
        display: contents;
      }
      :host([dark]) .selected {
        order: -1;
        margin-block-start: auto;
      }
      :host([dark]) .details:has(.selected) > .main {
        margin-block-start: 0;
      }
      :host([dark]) .details[data-panel] :is(.main, .selected) {
        display: none;
      }
      :host([dark]) .panel {
        margin-block-start: auto;
      }
    }
    /* The chips stay in place while what is open is scrolled, unless they would cover it. */
    @media (min-width: 340px) {
      :host([dark]) .more > .chips {
        position: sticky;
        inset-block-end: 0;
        z-index: 1;
        background: #000;
      }
    }
    /* A phone on its side: the target is as high as the screen, beside everything else. */
    @media (max-height: 500px) and (orientation: landscape) {
      :host([dark]) {
        grid-template:
          "status target" auto "details target" minmax(0, 1fr) "relief target" auto /
          minmax(0, 57fr) minmax(0, 43fr);
        column-gap: var(--ha-space-3, 12px);
      }
      :host([dark]) .status {
        padding-inline: 56px 0;
      }
      :host([dark]) .scale {
        grid-template-columns: repeat(6, minmax(0, 1fr));
      }
      :host([dark]) .scale .none {
        grid-area: 1 / 6 / 3;
      }
      :host([dark]) .scale .none span {
        flex-direction: column;
        gap: 0;
      }
    }
    /* A tablet has room for everything at once. */
    @media (min-width: 840px) and (min-height: 501px) {
      :host([dark]) .details {
        display: grid;
        grid-template-columns: repeat(2, minmax(0, 1fr));
        align-content: end;
        align-items: end;
        column-gap: var(--ha-space-6, 24px);
      }
      :host([dark]) .details > :not(.main, .more) {
        grid-column: 1 / -1;
      }
    }
  `,
];
