/**
 * Buttons and switches as Home Assistant's own card features have them. The tile card brings their elements along; where
 * they are missing, the browser's own take their place.
 */

import { css, html } from "../frontend/home-assistant.js";

/** @param {string} element */
const isDefined = (element) => customElements.get(element) !== undefined;

/**
 * Render a button.
 * @param {{icon?: string, text: string, label?: string, isDisabled?: boolean, press: () => void}} button `label`: what a
 *   screen reader says, if the text alone does not say which
 */
export function renderButton({ icon, text, label, isDisabled = false, press }) {
  const content = html`${icon ? html`<ha-icon .icon=${icon}></ha-icon>` : ""}<span>${text}</span>`;
  return isDefined("ha-control-button")
    ? html`<ha-control-button .label=${label} ?disabled=${isDisabled} @click=${press}>${content}</ha-control-button>`
    : html`<button class="button" aria-label=${label ?? text} ?disabled=${isDisabled} @click=${press}>${content}</button>`;
}

/**
 * Render a switch. It shows what is so, also after a change that failed.
 * @param {{label: string, isOn: boolean, toggle: () => Promise<boolean>}} control `toggle` returns whether it did not fail
 */
export function renderSwitch({ label, isOn, toggle }) {
  if (!isDefined("ha-control-switch")) {
    return html`<button class="switch" role="switch" aria-checked=${isOn} aria-label=${label} @click=${toggle}></button>`;
  }
  const change = async (/** @type {Event} */ { target }) => {
    if (!(await toggle())) Object.assign(/** @type {HTMLElement} */ (target), { checked: isOn });
  };
  return html`<ha-control-switch .checked=${isOn} .label=${label} @change=${change}></ha-control-switch>`;
}

export const controlStyles = css`
  ha-control-button,
  .button {
    block-size: auto;
    min-block-size: 48px;
    inline-size: auto;
    font-size: var(--ha-font-size-m, 14px);
    --control-button-padding: 6px 12px;
    --control-button-border-radius: var(--ha-card-features-border-radius, var(--ha-border-radius-lg, 12px));
    --mdc-icon-size: 20px;
  }
  ha-control-button {
    display: grid;
  }
  ha-control-button > ha-icon,
  .button > ha-icon {
    flex: none;
    margin-inline-end: 8px;
  }
  .button {
    display: flex;
    align-items: center;
    justify-content: center;
    padding: var(--control-button-padding);
    border: 0;
    border-radius: var(--control-button-border-radius);
    background: color-mix(in srgb, var(--disabled-color) 20%, transparent);
    color: var(--primary-text-color);
    font: inherit;
    font-weight: var(--ha-font-weight-medium, 500);
    cursor: pointer;
  }
  ha-control-switch,
  .switch {
    flex: none;
    inline-size: 72px;
    --control-switch-thickness: var(--ha-space-9, 36px);
    --control-switch-min-touch-size: 48px;
    --control-switch-border-radius: var(--ha-card-features-border-radius, var(--ha-border-radius-lg, 12px));
    --control-switch-on-color: var(--tile-color);
    --control-switch-off-color: var(--state-inactive-color);
  }
  .switch {
    block-size: 40px;
    border: 6px solid var(--state-inactive-color);
    border-radius: 20px;
    background: none;
    cursor: pointer;
  }
  .switch[aria-checked="true"] {
    border-color: var(--tile-color);
    background: var(--tile-color);
  }
  .button:focus-visible,
  .switch:focus-visible {
    outline: 2px solid var(--primary-text-color);
    outline-offset: 2px;
  }
  /* Home Assistant's own controls are surfaces in a color, which would be gone. */
  @media (forced-colors: active) {
    ha-control-switch,
    .switch {
      forced-color-adjust: none;
      --control-switch-on-color: CanvasText;
      --control-switch-off-color: color-mix(in srgb, CanvasText 60%, Canvas);
      --tile-color: CanvasText;
      --state-inactive-color: color-mix(in srgb, CanvasText 60%, Canvas);
    }
    ha-control-button,
    .button {
      border: 1px solid ButtonText;
      border-radius: var(--control-button-border-radius);
    }
    ha-control-button:focus-within,
    ha-control-switch:focus-visible {
      outline: 3px solid Highlight;
    }
  }
`;
