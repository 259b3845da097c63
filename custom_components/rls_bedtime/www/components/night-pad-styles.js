/** The styles of the night pad and the episode form: in the user's theme, or in dim amber on black in the dark. */

import { css } from "../frontend/home-assistant.js";

/**
 * The dark colors are easy on eyes that are used to the dark: none is brighter than #d06a1a, and blue is at most 26 of 255.
 * Text has a contrast of 4.5:1 and lines of 3:1. A selection is marked by a thick border and bold text, not by its hue.
 */
export const nightPadColors = css`
  :host {
    --pad-text: var(--primary-text-color);
    --pad-line: var(--secondary-text-color);
    --pad-marked: color-mix(in srgb, var(--primary-text-color) 14%, transparent);
  }
  :host([dark]) {
    --pad-text: #cc6319;
    --pad-line: #a8460d;
    --pad-marked: #240e00;
    color-scheme: dark;
    color: var(--pad-text);
  }
`;

export const nightPadStyles = [
  nightPadColors,
  css`
    :host {
      display: flex;
      flex-direction: column;
      gap: 16px;
      color: var(--pad-text);
      font-size: 16px;
      line-height: 1.4;
    }
    button,
    summary,
    label span {
      font: inherit;
      color: inherit;
      cursor: pointer;
      touch-action: manipulation;
      user-select: none;
      -webkit-user-select: none;
      -webkit-tap-highlight-color: transparent;
    }
    button {
      appearance: none;
      box-sizing: border-box;
      min-block-size: 48px;
      padding: 8px 16px;
      background: none;
      border: 1px solid var(--pad-line);
      border-radius: 24px;
    }
    button[aria-pressed="true"] {
      border: 3px solid var(--pad-text);
      padding: 6px 14px;
      background: var(--pad-marked);
      font-weight: 600;
    }
    :focus-visible {
      outline: 3px solid var(--pad-text);
      outline-offset: 2px;
    }
    ::selection {
      background: var(--pad-marked);
      color: var(--pad-text);
    }
    .target {
      display: flex;
      flex-direction: column;
      align-items: center;
      justify-content: center;
      gap: 8px;
      min-block-size: 128px;
      border-width: 2px;
      border-radius: 28px;
    }
    :host([dark]) .target {
      min-block-size: 30dvh;
    }
    .target:active {
      background: var(--pad-marked);
    }
    .wish {
      font-size: 24px;
    }
    .line {
      display: flex;
      flex-wrap: wrap;
      align-items: center;
      gap: 8px 16px;
      min-block-size: 48px;
    }
    :host([dark]) .line {
      position: sticky;
      inset-block-start: 0;
      z-index: 2;
      background: #000;
    }
    :host([dark]) .line.refused {
      position: static;
    }
    .line p {
      flex: 1 1 180px;
      margin: 0;
    }
    .problem {
      display: block;
      font-size: 14px;
    }
    fieldset {
      border: 0;
      margin: 0;
      padding: 0;
      min-inline-size: 0;
    }
    legend {
      padding: 0;
      margin-block-end: 8px;
    }
    .scale {
      display: grid;
      grid-template-columns: repeat(6, 1fr);
      gap: 8px;
    }
    .scale label {
      position: relative;
      display: block;
    }
    .scale input {
      position: absolute;
      inset: 0;
      inline-size: 100%;
      block-size: 100%;
      margin: 0;
      opacity: 0;
      cursor: pointer;
      -webkit-tap-highlight-color: transparent;
    }
    .scale span {
      display: flex;
      align-items: center;
      justify-content: center;
      box-sizing: border-box;
      block-size: 52px;
      border: 1px solid var(--pad-line);
      border-radius: 16px;
      font-size: var(--size);
      font-variant-numeric: tabular-nums;
    }
    .scale input:checked + span {
      border: 4px solid var(--pad-text);
      background: var(--pad-marked);
      font-weight: 700;
    }
    .scale input:focus-visible + span {
      outline: 3px solid var(--pad-text);
      outline-offset: 2px;
    }
    .ends {
      display: flex;
      justify-content: space-between;
      margin-block-start: 4px;
      font-size: 14px;
    }
    summary {
      display: flex;
      align-items: center;
      gap: 8px;
      min-block-size: 48px;
      list-style: none;
      border-radius: 8px;
    }
    summary::-webkit-details-marker {
      display: none;
    }
    summary::before {
      content: "+";
      inline-size: 1em;
      text-align: center;
    }
    details[open] > summary::before {
      content: "\u2212";
    }
    .chips {
      display: flex;
      flex-wrap: wrap;
      align-items: center;
      gap: 8px;
      margin-block-end: 12px;
    }
  `,
];
