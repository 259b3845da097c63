/** The styles of the bedroom card. */

import { css } from "../frontend/home-assistant.js";

export const bedtimeCardStyles = css`
  ha-card {
    padding: 16px;
    color: var(--primary-text-color);
  }
  h2 {
    display: flex;
    flex-direction: column;
    margin: 0;
    font-size: var(--ha-font-size-l, 16px);
    font-weight: 500;
  }
  .phase {
    font-size: var(--ha-font-size-m, 14px);
    font-weight: 400;
    color: var(--secondary-text-color);
  }
  p {
    margin: 8px 0 0;
  }
  button,
  input {
    font: inherit;
    color: inherit;
    background: none;
    box-sizing: border-box;
    border: 1px solid var(--secondary-text-color);
  }
  button {
    appearance: none;
    cursor: pointer;
    touch-action: manipulation;
  }
  button:disabled {
    opacity: 0.4;
    cursor: default;
  }
  :focus-visible {
    outline: 2px solid var(--primary-text-color);
    outline-offset: 2px;
  }
  .mode {
    display: flex;
    align-items: center;
    justify-content: space-between;
    gap: 16px;
  }
  .switch {
    flex: none;
    inline-size: 76px;
    block-size: 44px;
    padding: 4px;
    border-width: 2px;
    border-radius: 22px;
  }
  .switch span {
    display: block;
    inline-size: 28px;
    block-size: 28px;
    margin: 2px;
    border-radius: 50%;
    background: var(--secondary-text-color);
    transition: transform var(--ha-animation-duration-normal, 200ms);
  }
  .switch[aria-checked="true"] {
    background: var(--primary-color);
    border-color: var(--primary-color);
  }
  .switch[aria-checked="true"] span {
    transform: translateX(32px);
    background: var(--card-background-color);
  }
  .switch:dir(rtl)[aria-checked="true"] span {
    transform: translateX(-32px);
  }
  .bar {
    block-size: 8px;
    margin-block-start: 12px;
    border-radius: 4px;
    overflow: hidden;
    background: var(--divider-color);
  }
  .bar div {
    block-size: 100%;
    background: var(--primary-color);
  }
  .times {
    display: flex;
    flex-wrap: wrap;
    align-items: end;
    gap: 12px;
    margin-block-start: 12px;
  }
  label {
    display: flex;
    flex-direction: column;
    flex: 1 1 96px;
    gap: 4px;
    font-size: var(--ha-font-size-s, 12px);
  }
  label input {
    min-block-size: 44px;
    padding: 4px 8px;
    border-radius: 12px;
    font-size: var(--ha-font-size-l, 16px);
    color-scheme: inherit;
  }
  .times button {
    flex: 1 1 140px;
    min-block-size: 44px;
    padding: 4px 12px;
    border-radius: 22px;
  }
  ul {
    list-style: none;
    margin: 12px 0 0;
    padding: 0;
  }
  li {
    display: flex;
    align-items: center;
    justify-content: space-between;
    gap: 12px;
  }
  li button {
    min-block-size: 44px;
    padding: 0;
    border: 0;
    text-align: start;
    text-decoration: underline;
    text-decoration-color: var(--divider-color);
    text-underline-offset: 4px;
  }
  li span {
    text-align: end;
    color: var(--secondary-text-color);
  }
  @media (prefers-reduced-motion: reduce) {
    .switch span {
      transition: none;
    }
  }
`;
