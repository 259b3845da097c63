/** The styles of the dialog of one night. */

import { css } from "../frontend/home-assistant.js";
import { nightMarkStyles } from "./night-marks.js";
import { nightPadStyles } from "./night-pad-styles.js";

export const nightDetailsStyles = [
  ...nightPadStyles,
  ...nightMarkStyles,
  css`
    .content {
      display: flex;
      flex-direction: column;
      gap: 16px;
      padding-block-end: 8px;
    }
    .content:focus {
      outline: 0;
    }
    h3,
    p {
      margin: 0;
      font-size: var(--ha-font-size-m, 14px);
      font-weight: var(--ha-font-weight-normal, 400);
    }
    h3 {
      display: flex;
      flex-wrap: wrap;
      column-gap: 8px;
      font-weight: var(--ha-font-weight-medium, 500);
    }
    h3 span,
    .episode p {
      color: var(--secondary-text-color);
      font-weight: var(--ha-font-weight-normal, 400);
    }
    .episode p {
      font-size: var(--ha-font-size-s, 12px);
      overflow-wrap: anywhere;
      white-space: pre-line;
    }
    ul {
      display: flex;
      flex-direction: column;
      gap: 8px;
      list-style: none;
      margin: 0;
      padding: 0;
    }
    ul:empty {
      display: none;
    }
    li {
      display: flex;
      flex-wrap: wrap;
      align-items: center;
      min-block-size: 56px;
    }
    .episode {
      flex: 1 1 100px;
      min-inline-size: 0;
      padding-inline-start: 12px;
    }
    .mark {
      flex: none;
      inline-size: 36px;
      block-size: 36px;
    }
    .delete {
      color: var(--error-color);
    }
    .state {
      display: flex;
      align-items: center;
      gap: 12px;
    }
    .conditions {
      color: var(--secondary-text-color);
    }
    .footer {
      display: flex;
      flex-direction: column;
      align-items: stretch;
      gap: 8px;
      inline-size: 100%;
    }
    .buttons,
    .last-change {
      display: flex;
      flex-wrap: wrap;
      align-items: center;
      justify-content: flex-end;
      gap: 8px;
    }
    .last-change p {
      flex: 1 1 auto;
    }
    .last-change:has(p:empty) {
      block-size: 0;
      margin-block-end: -8px;
    }
    .footer [role="alert"] {
      padding: 8px 12px;
      border-radius: var(--ha-border-radius-md, 8px);
      background: color-mix(in srgb, var(--error-color) 12%, transparent);
    }
  `,
];
