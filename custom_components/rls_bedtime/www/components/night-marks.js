/** How a night is marked: by its worst severity, as clear, or as not recorded. Shape and size repeat what the shade shows. */

import { css } from "../frontend/home-assistant.js";

/** The colors, which follow the theme. */
export const nightMarkColors = css`
  :host {
    --severity-severe: color-mix(in srgb, var(--primary-color) 70%, var(--primary-text-color));
    --severity-moderate: color-mix(in srgb, var(--severity-severe) 42%, transparent);
    --severity-mild: color-mix(in srgb, var(--severity-severe) 18%, transparent);
    --clear-color: color-mix(in srgb, var(--success-color, #43a047) 45%, transparent);
    --unrecorded-color: color-mix(in srgb, var(--secondary-text-color) 45%, transparent);
  }
  /* What is a color alone keeps its shade: elements that are drawn in these colors do not let them be replaced. */
  @media (forced-colors: active) {
    :host {
      --severity-severe: CanvasText;
      --severity-moderate: color-mix(in srgb, CanvasText 42%, Canvas);
      --severity-mild: color-mix(in srgb, CanvasText 18%, Canvas);
      --clear-color: color-mix(in srgb, CanvasText 30%, Canvas);
      --unrecorded-color: color-mix(in srgb, CanvasText 60%, Canvas);
    }
  }
`;

export const nightMarkStyles = [
  nightMarkColors,
  css`
    .mark {
      appearance: none;
      box-sizing: border-box;
      display: flex;
      flex-direction: column;
      align-items: center;
      justify-content: center;
      inline-size: 100%;
      padding: 0;
      border: 0 solid transparent;
      border-radius: var(--ha-border-radius-md, 8px);
      background: none;
      background-clip: padding-box;
      color: var(--primary-text-color);
      font: inherit;
      font-size: 13px;
      line-height: 1;
      font-variant-numeric: tabular-nums;
      touch-action: manipulation;
      -webkit-tap-highlight-color: transparent;
    }
    button.mark {
      cursor: pointer;
    }
    /* Only visual, as the label of the button says the same. Text nodes would double the time to render. */
    .mark::before {
      content: attr(data-worst);
      font-weight: 600;
    }
    .mark::after {
      content: attr(data-times);
      font-size: 10px;
    }
    .unrecorded::before,
    .clear::before {
      content: "";
      border-radius: 50%;
    }
    .unrecorded::before {
      inline-size: 5px;
      block-size: 5px;
      background: var(--unrecorded-color);
    }
    .clear::before {
      block-size: min(60%, 20px);
      aspect-ratio: 1;
      background: var(--clear-color);
    }
    /* The border is transparent, so that the mark is smaller than its button. */
    .level0.affected {
      border-width: 3px;
      background: none;
      box-shadow: inset 0 0 0 1.5px var(--severity-moderate);
    }
    .level1 {
      border-width: 4px;
      border-radius: 12px;
      background-color: var(--severity-mild);
    }
    .level2 {
      border-width: 2px;
      border-radius: 10px;
      background-color: var(--severity-moderate);
    }
    .level3 {
      background-color: var(--severity-severe);
      color: var(--card-background-color);
    }
    .tonight {
      outline: 1px solid var(--secondary-text-color);
      outline-offset: 1px;
    }
    .mark:hover {
      filter: brightness(0.94);
    }
    .mark:active {
      opacity: 0.7;
    }
    .mark[aria-pressed="true"],
    .mark:focus-visible {
      outline: 2px solid var(--primary-text-color);
      outline-offset: 1px;
    }
    @media (forced-colors: active) {
      .mark {
        forced-color-adjust: none;
        color: CanvasText;
        outline-color: CanvasText;
      }
      .level3 {
        color: Canvas;
      }
      .mark[aria-pressed="true"],
      .mark:focus-visible {
        outline-color: Highlight;
      }
    }
  `,
];
