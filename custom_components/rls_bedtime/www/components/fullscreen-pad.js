/** The night pad in full screen: dark whatever the theme, and above Home Assistant's header, dialogs and notifications. */

import "./night-pad.js";
import { createStorage } from "../frontend/browser-storage.js";
import { css, defineElement, fireEvent, html } from "../frontend/home-assistant.js";
import { CLOSE_ICON } from "./icons.js";
import { nightPadColors } from "./night-pad-styles.js";
import { SleeperElement } from "./sleeper-element.js";

/** @import { SleeperContext } from "./sleeper-element.js" */

/** How long the pad takes to fade to the dashboard, in milliseconds. */
const FADE_DURATION = 800;

/** When the user closed the pad, which a reload of the page must not forget. */
const closing = createStorage(() => sessionStorage, "rls_bedtime.pad_closed");

class FullscreenPad extends SleeperElement {
  static properties = {
    ...SleeperElement.properties,
    dark: { type: Boolean, reflect: true },
  };

  constructor() {
    super();
    this.dark = true;
    /** When the user closed the pad, in milliseconds. @type {number} */
    this.closedAt = closing.read()?.at ?? -Infinity;
    /** @type {CustomEvent[]} */
    this._deferredNotifications = [];
    this._themeColors = new Map();
    this._notified = (/** @type {Event} */ event) => this.#deferNotification(/** @type {CustomEvent} */ (event));
    this._navigated = () => this.close();
  }

  get isOpen() {
    return this._dialog?.open ?? false;
  }

  get _dialog() {
    return /** @type {HTMLDialogElement | null} */ (this.renderRoot?.querySelector("dialog") ?? null);
  }

  /**
   * Open the pad. It is rendered first, so that no outdated content appears.
   * @param {SleeperContext} context
   */
  async open(context) {
    Object.assign(this, context);
    if (!this.isConnected) getContainer().append(this);
    await this.updateComplete;
    if (this.isOpen) return;
    // Notifications would appear above the pad, in white.
    window.addEventListener("hass-notification", this._notified, true);
    window.addEventListener("popstate", this._navigated);
    this.#setThemeColor("#000000");
    this._dialog?.showModal();
    // Focus the dialog itself: if the pad opens by itself, the first button would get a visible focus ring.
    this._dialog?.focus();
  }

  close() {
    const dialog = this._dialog;
    if (!dialog?.open) return;
    this.closedAt = Date.now();
    closing.write({ at: this.closedAt });
    // Also fade with reduced motion: nothing moves, and a bright theme would otherwise flash.
    const timing = /** @type {const} */ ({ duration: FADE_DURATION, fill: "forwards" });
    const animations = [undefined, "::backdrop"].map((pseudoElement) =>
      dialog.animate({ opacity: [1, 0] }, { ...timing, pseudoElement }),
    );
    animations[0].onfinish = () => {
      dialog.close();
      for (const animation of animations) animation.cancel();
      this.#restorePage();
    };
  }

  #restorePage() {
    window.removeEventListener("hass-notification", this._notified, true);
    window.removeEventListener("popstate", this._navigated);
    this.#setThemeColor(null);
    for (const { type, detail } of this._deferredNotifications.splice(0)) fireEvent(this, type, detail);
  }

  /** @param {CustomEvent} event */
  #deferNotification(event) {
    event.stopImmediatePropagation();
    this._deferredNotifications.push(event);
  }

  /** Set the color of what surrounds the page, such as a phone's status bar, or restore it. @param {string | null} color */
  #setThemeColor(color) {
    const metas = /** @type {NodeListOf<HTMLMetaElement>} */ (document.querySelectorAll('meta[name="theme-color"]'));
    for (const meta of metas) {
      if (color !== null) this._themeColors.set(meta, meta.content);
      meta.content = color ?? this._themeColors.get(meta) ?? meta.content;
    }
  }

  render() {
    if (!this.localize || !this.sleeper) return html`<dialog></dialog>`;
    return html`
      <dialog
        tabindex="-1"
        aria-label=${this.localize("pad_of", { name: this.sleeper.name })}
        dir=${this.hass?.translationMetadata?.translations?.[this.hass.language]?.isRTL ? "rtl" : "ltr"}
        @cancel=${this.#cancelled}
      >
        <div class="page">
          <rls-bedtime-pad dark .hass=${this.hass} .sleeper=${this.sleeper} .localize=${this.localize}></rls-bedtime-pad>
          <button class="close" aria-label=${this.localize("close")} @click=${() => this.close()}>${CLOSE_ICON}</button>
        </div>
      </dialog>
    `;
  }

  #cancelled = (/** @type {Event} */ event) => {
    event.preventDefault();
    this.close();
  };

  static styles = [
    nightPadColors,
    css`
      dialog,
      dialog::backdrop {
        background: #000;
      }
      dialog {
        box-sizing: border-box;
        inset: 0;
        inline-size: 100vw;
        block-size: 100dvh;
        max-inline-size: none;
        max-block-size: none;
        margin: 0;
        padding: 0;
        border: 0;
        outline: 0;
        overflow: hidden;
        color: var(--pad-text);
        color-scheme: dark;
        font-family: var(--ha-font-family-body, sans-serif);
        -webkit-text-size-adjust: 100%;
      }
      .page {
        --edge: var(--ha-space-2, 8px);
        box-sizing: border-box;
        position: relative;
        max-inline-size: 1080px;
        block-size: 100%;
        margin-inline: auto;
        padding: max(var(--edge), env(safe-area-inset-top)) max(var(--edge), env(safe-area-inset-right))
          calc(var(--edge) + env(safe-area-inset-bottom)) max(var(--edge), env(safe-area-inset-left));
      }
      .close {
        appearance: none;
        position: absolute;
        inset-block-start: max(var(--edge), env(safe-area-inset-top));
        inset-inline-end: max(var(--edge), env(safe-area-inset-right));
        display: grid;
        place-content: center;
        inline-size: 48px;
        block-size: 48px;
        padding: 0;
        background: none;
        border: 0;
        border-radius: 50%;
        color: inherit;
        cursor: pointer;
        -webkit-tap-highlight-color: transparent;
      }
      .icon {
        inline-size: 28px;
        block-size: 28px;
      }
      .close:focus-visible {
        outline: 3px solid var(--pad-text);
      }
      /* The target is on the other side then. */
      @media (max-height: 500px) and (orientation: landscape) {
        .close {
          inset-inline: max(var(--edge), env(safe-area-inset-left)) auto;
        }
      }
    `,
  ];
}

defineElement("rls-bedtime-dark", /** @type {any} */ (FullscreenPad));

/** The pad is added next to Home Assistant's own dialogs, so that it survives when a dashboard is rendered again. */
const getContainer = () => document.querySelector("home-assistant")?.shadowRoot ?? document.body;

/** @type {any} */
let fullscreenPad = null;

/**
 * Return the full-screen pad of the page, which all cards share.
 * @returns {SleeperContext & {isOpen: boolean, closedAt: number, open: (context: SleeperContext) => Promise<void>, close: () => void}}
 */
export function getFullscreenPad() {
  if (fullscreenPad === null) {
    fullscreenPad = document.createElement("rls-bedtime-dark");
    /** @type {any} */ (document.querySelector("home-assistant"))?.provideHass?.(fullscreenPad);
  }
  return fullscreenPad;
}
