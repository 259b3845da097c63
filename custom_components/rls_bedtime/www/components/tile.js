/**
 * The head of a card as Home Assistant's own tile card has it: an icon in a tinted circle, a name and a short state, and
 * perhaps a control. It takes the sizes and colors of the theme's tiles.
 */

import { css, html } from "../frontend/home-assistant.js";

/** What answers a touch, where Home Assistant has it. It belongs into a positioned element. */
export const ripple = html`<ha-ripple></ha-ripple>`;

/**
 * @typedef {object} Tile
 * @property {any} icon rendered into the circle
 * @property {string} name
 * @property {any} state one short line
 * @property {string} detailsLabel of the button that covers the tile
 * @property {(event: Event) => void} showDetails
 * @property {any} [control] rendered at the end
 */

/**
 * Render a tile. Its color is the host's `--tile-color`.
 * @param {Tile} tile
 */
export const renderTile = ({ icon, name, state, detailsLabel, showDetails, control = "" }) => html`
  <div class="tile">
    <button class="tile-button" aria-label=${detailsLabel} @click=${showDetails}>${ripple}</button>
    ${icon}
    <div class="tile-info">
      <h2>${name}</h2>
      <p>${state}</p>
    </div>
    ${control}
  </div>
`;

/** @param {string} icon @param {any} [badge] */
export const renderTileIcon = (icon, badge = "") => html`<span class="tile-icon"><ha-icon .icon=${icon}></ha-icon>${badge}</span>`;

/**
 * Render an icon that turns something on and off.
 * @param {string} icon
 * @param {{label: string, isOn: boolean, toggle: () => void}} action
 * @param {any} [badge]
 */
export const renderTileToggle = (icon, { label, isOn, toggle }, badge = "") =>
  html`<button class="tile-icon" role="switch" aria-checked=${isOn} aria-label=${label} @click=${toggle}>
    <ha-icon .icon=${icon}></ha-icon>${badge}
  </button>`;

export const tileStyles = css`
  .tile {
    --icon-size: 36px;
    position: relative;
    display: flex;
    align-items: center;
    gap: 10px;
    min-block-size: 56px;
    margin: calc(-1 * var(--ha-card-border-width, 1px));
    padding: 10px;
    padding-inline-end: 12px;
    box-sizing: border-box;
    border-radius: inherit;
  }
  .tile-button {
    position: absolute;
    inset: 0;
    padding: 0;
    border: 0;
    border-radius: inherit;
    background: none;
    overflow: hidden;
    cursor: pointer;
    --ha-ripple-color: var(--tile-color);
  }
  .tile-button:focus-visible {
    outline: 2px solid var(--tile-color);
    outline-offset: -2px;
  }
  .tile > :not(.tile-button) {
    position: relative;
  }
  .tile-icon {
    flex: none;
    display: grid;
    place-content: center;
    inline-size: var(--icon-size);
    block-size: var(--icon-size);
    padding: 0;
    border: 0;
    border-radius: var(--ha-tile-icon-border-radius, var(--ha-border-radius-pill, 50%));
    background: color-mix(in srgb, var(--tile-color) 20%, transparent);
    color: var(--tile-color);
    --mdc-icon-size: 24px;
    transition:
      background-color 180ms ease-in-out,
      color 180ms ease-in-out,
      transform 180ms ease-in-out;
  }
  span.tile-icon,
  .tile-info {
    pointer-events: none;
  }
  button.tile-icon {
    cursor: pointer;
    touch-action: manipulation;
    -webkit-tap-highlight-color: transparent;
  }
  button.tile-icon::after {
    content: "";
    position: absolute;
    inset: -6px;
  }
  button.tile-icon:active {
    transform: scale(1.2);
  }
  button.tile-icon:focus-visible {
    outline: none;
    box-shadow: 0 0 0 2px var(--tile-color);
  }
  .tile-badge {
    position: absolute;
    inset-block-start: -3px;
    inset-inline-end: -3px;
    display: grid;
    place-content: center;
    inline-size: 16px;
    block-size: 16px;
    border-radius: 50%;
    background: var(--warning-color);
    color: var(--card-background-color);
    --mdc-icon-size: 12px;
  }
  .tile-info {
    flex: 1 1 100px;
    min-inline-size: 0;
  }
  .tile-info h2,
  .tile-info p {
    margin: 0;
    color: var(--ha-tile-info-primary-color, var(--primary-text-color));
  }
  .tile-info h2 {
    overflow: hidden;
    text-overflow: ellipsis;
    font-size: var(--ha-tile-info-primary-font-size, var(--ha-font-size-m, 14px));
    font-weight: var(--ha-tile-info-primary-font-weight, var(--ha-font-weight-medium, 500));
    line-height: var(--ha-tile-info-primary-line-height, var(--ha-line-height-normal, 1.6));
    letter-spacing: var(--ha-tile-info-primary-letter-spacing, 0.1px);
  }
  .tile-info p {
    font-size: var(--ha-tile-info-secondary-font-size, var(--ha-font-size-s, 12px));
    font-weight: var(--ha-tile-info-secondary-font-weight, var(--ha-font-weight-normal, 400));
    line-height: var(--ha-tile-info-secondary-line-height, var(--ha-line-height-condensed, 1.2));
    letter-spacing: var(--ha-tile-info-secondary-letter-spacing, 0.4px);
    color: var(--ha-tile-info-secondary-color, var(--primary-text-color));
  }
  @media (prefers-reduced-motion: reduce) {
    .tile-icon {
      transition: none;
    }
    button.tile-icon:active {
      transform: none;
    }
  }
`;
