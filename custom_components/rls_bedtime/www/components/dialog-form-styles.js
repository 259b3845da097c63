/** The style of a form in a dialog, with its buttons and the error above them. */

import { css } from "../frontend/home-assistant.js";

export const dialogFormStyles = css`
  .content {
    display: flex;
    flex-direction: column;
    gap: 16px;
    padding-block-end: 8px;
  }
  .content:focus {
    outline: 0;
  }
  .row {
    display: flex;
    flex-wrap: wrap;
    gap: 16px;
  }
  .row ha-selector {
    flex: 1 1 120px;
    min-inline-size: 0;
  }
  p {
    margin: 0;
  }
  .footer {
    display: flex;
    flex-direction: column;
    gap: 8px;
    inline-size: 100%;
  }
  .buttons {
    display: flex;
    flex-wrap: wrap;
    justify-content: flex-end;
    gap: 8px;
  }
  [role="alert"] {
    padding: 8px 12px;
    border-radius: var(--ha-border-radius-md, 8px);
    background: color-mix(in srgb, var(--error-color) 12%, transparent);
  }
`;
