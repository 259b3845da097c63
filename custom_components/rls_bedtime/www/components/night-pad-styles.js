/** The styles of the controls of the night pad and the episode form: in the user's theme, or in dim amber on black in the dark. */

import { css } from "../frontend/home-assistant.js";

/**
 * The dark colors are easy on eyes that are used to the dark: none is brighter than #d06a1a, and blue is at most 26 of 255.
 * Text has a contrast of 4.5:1. A selection is marked by a thick border and bold text, not by its hue.
 */
export const nightPadColors = css`
  :host {
    --pad-text: var(--primary-text-color);
    --pad-secondary: var(--secondary-text-color);
    --pad-line: var(--primary-color);
    --pad-border: transparent;
    --pad-surface: color-mix(in srgb, var(--primary-text-color) 7%, transparent);
    --pad-marked: color-mix(in srgb, var(--primary-color) 20%, transparent);
    --pad-mild: color-mix(in srgb, var(--primary-color) 8%, transparent);
    --pad-moderate: color-mix(in srgb, var(--primary-color) 16%, transparent);
    --pad-severe: color-mix(in srgb, var(--primary-color) 26%, transparent);
    --pad-target: color-mix(in srgb, var(--primary-color) 14%, transparent);
    --pad-logged: color-mix(in srgb, var(--primary-color) 24%, transparent);
    --pad-fill: color-mix(in srgb, var(--primary-color) 40%, transparent);
  }
  :host([dark]) {
    --pad-text: #cc6319;
    --pad-secondary: #cc6319;
    --pad-line: #cc6319;
    --pad-border: #963f0c;
    --pad-surface: #000;
    --pad-marked: #240e00;
    --pad-mild: #000;
    --pad-moderate: #0a0300;
    --pad-severe: #160800;
    --pad-target: #0a0300;
    --pad-logged: #140700;
    --pad-fill: #2c1100;
    --ha-font-weight-medium: 400;
    color-scheme: dark;
    color: var(--pad-text);
  }
  /* Where there is little room, or type is large, letters and lines cover more of the screen: each is dimmer. */
  @media (max-width: 22em) {
    :host([dark]) {
      --pad-text: #ba5915;
      --pad-secondary: #ba5915;
      --pad-line: #ba5915;
      --pad-border: #602807;
    }
  }
`;

/** Buttons and chips: 48 pixels high, as the thumb of somebody half asleep needs them. */
export const padControlStyles = [
  nightPadColors,
  css`
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
      min-inline-size: 48px;
      padding: 6px 16px;
      background: var(--pad-surface);
      border: 1px solid var(--pad-border);
      border-radius: var(--ha-border-radius-lg, 12px);
      font-weight: var(--ha-font-weight-medium, 500);
    }
    button[aria-pressed="true"] {
      border: 2px solid var(--pad-line);
      padding: 5px 15px;
      background: var(--pad-marked);
      font-weight: var(--ha-font-weight-bold, 700);
    }
    button:active {
      background: var(--pad-fill);
    }
    :focus-visible {
      outline: 3px solid var(--pad-text);
      outline-offset: 2px;
    }
    ::selection {
      background: var(--pad-marked);
      color: var(--pad-text);
    }
    .icon {
      flex: none;
      inline-size: 1.4em;
      block-size: 1.4em;
      vertical-align: -0.35em;
      margin-inline-end: 6px;
    }
  `,
];

export const nightPadStyles = [
  padControlStyles,
  css`
    :host {
      display: flex;
      flex-direction: column;
      gap: var(--ha-space-4, 16px);
      color: var(--pad-text);
      font-size: var(--ha-font-size-l, 16px);
      line-height: 1.4;
    }
    p {
      margin: 0;
    }
    fieldset {
      border: 0;
      margin: 0;
      padding: 0;
      min-inline-size: 0;
    }
    legend {
      padding: 0;
      margin-block-end: 6px;
    }
    .severity {
      container-type: inline-size;
    }
    .scale {
      display: grid;
      grid-template-columns: repeat(5, minmax(0, 1fr));
      gap: 6px;
    }
    .scale label {
      display: block;
      position: relative;
      flex: none;
      margin: 0;
    }
    .scale label.none {
      grid-column: 1 / -1;
    }
    /* A cell must not get narrower than a thumb. */
    @container (inline-size < 264px) {
      .scale {
        grid-template-columns: repeat(3, minmax(0, 1fr));
      }
      .scale label:nth-child(10) {
        grid-column: 1 / -1;
      }
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
      flex-direction: column;
      align-items: center;
      justify-content: center;
      box-sizing: border-box;
      min-block-size: 50px;
      block-size: 100%;
      border: 1px solid var(--pad-border);
      border-radius: var(--ha-border-radius-lg, 12px);
      line-height: 1.1;
      font-variant-numeric: tabular-nums;
    }
    .scale b {
      font-size: var(--ha-font-size-xl, 20px);
      font-weight: var(--ha-font-weight-medium, 500);
    }
    .scale small {
      font-size: var(--ha-font-size-s, 12px);
      text-align: center;
      overflow-wrap: anywhere;
    }
    .scale .none span {
      flex-direction: row;
      gap: 8px;
      min-block-size: 48px;
    }
    .scale .none small {
      font-size: inherit;
    }
    .mild span {
      background: var(--pad-mild);
    }
    .moderate span {
      background: var(--pad-moderate);
    }
    .severe span {
      background: var(--pad-severe);
    }
    .none span {
      background: var(--pad-surface);
    }
    .scale input:active + span {
      background: var(--pad-fill);
    }
    .scale input:checked + span {
      border: 3px solid var(--pad-line);
      background: var(--pad-marked);
    }
    .scale input:checked + span b {
      font-weight: var(--ha-font-weight-bold, 700);
    }
    .scale input:focus-visible + span {
      outline: 3px solid var(--pad-text);
      outline-offset: 2px;
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
      gap: var(--ha-space-2, 8px);
    }
  `,
];
