/** The pad over the whole screen, in the dark: above any theme, the header, and whatever Home Assistant has to say. */

import "./night-pad.js";
import { LitElement, css, define, fire, html } from "../frontend/home-assistant.js";
import { padColors } from "./night-pad-styles.js";

/** @import { Hass, Words } from "../frontend/home-assistant.js" */
/** @import { Member } from "../data/devices.js" */

/** How long the dark takes to give way to the dashboard, in milliseconds. */
const FADE = 800;

class Dark extends LitElement {
  static properties = {
    hass: { attribute: false },
    sleeper: { attribute: false },
    words: { attribute: false },
    dark: { type: Boolean, reflect: true },
  };

  constructor() {
    super();
    /** @type {Hass | undefined} */
    this.hass = undefined;
    /** @type {Member | undefined} */
    this.sleeper = undefined;
    /** @type {Words | undefined} */
    this.words = undefined;
    this.dark = true;
    this.closedAt = -Infinity;
    /** @type {CustomEvent[]} */
    this._held = [];
    this._themeColors = new Map();
    this._hold = (/** @type {Event} */ event) => this.#hold(/** @type {CustomEvent} */ (event));
    this._leave = () => this.close();
  }

  get isOpen() {
    return this._dialog?.open ?? false;
  }

  get _dialog() {
    return /** @type {HTMLDialogElement | null} */ (this.renderRoot?.querySelector("dialog") ?? null);
  }

  /**
   * Be drawn first, so that nothing shows but what is meant, and then be there.
   * @param {{hass: Hass, sleeper: Member, words: Words}} about
   */
  async open(about) {
    Object.assign(this, about);
    if (!this.isConnected) root().append(this);
    await this.updateComplete;
    if (this.isOpen) return;
    // What is said while the pad is open would be said over it, in white.
    window.addEventListener("hass-notification", this._hold, true);
    window.addEventListener("popstate", this._leave);
    this.#paintFrame("#000000");
    this._dialog?.showModal();
    // Where it opens by itself, no ring is to shine before a key was pressed.
    this._dialog?.focus();
  }

  close() {
    const dialog = this._dialog;
    if (!dialog?.open) return;
    this.closedAt = Date.now();
    // Nothing moves, so this is for everybody: without it, a bright theme would flash.
    const timing = /** @type {const} */ ({ duration: FADE, fill: "forwards" });
    const fades = [undefined, "::backdrop"].map((pseudoElement) =>
      dialog.animate({ opacity: [1, 0] }, { ...timing, pseudoElement }),
    );
    fades[0].onfinish = () => {
      dialog.close();
      for (const fade of fades) fade.cancel();
      this.#giveBack();
    };
  }

  #giveBack() {
    window.removeEventListener("hass-notification", this._hold, true);
    window.removeEventListener("popstate", this._leave);
    this.#paintFrame(null);
    for (const { type, detail } of this._held.splice(0)) fire(this, type, detail);
  }

  /** @param {CustomEvent} event */
  #hold(event) {
    event.stopImmediatePropagation();
    this._held.push(event);
  }

  /** Give what is round the page, such as a phone's status bar, a colour, or its own again. @param {string | null} color */
  #paintFrame(color) {
    const themes = /** @type {NodeListOf<HTMLMetaElement>} */ (document.querySelectorAll('meta[name="theme-color"]'));
    for (const theme of themes) {
      if (color !== null) this._themeColors.set(theme, theme.content);
      theme.content = color ?? this._themeColors.get(theme) ?? theme.content;
    }
  }

  render() {
    if (!this.words || !this.sleeper) return html`<dialog></dialog>`;
    return html`
      <dialog
        tabindex="-1"
        aria-label=${this.words("pad_of", { name: this.sleeper.name })}
        dir=${this.hass?.translationMetadata?.translations?.[this.hass.language]?.isRTL ? "rtl" : "ltr"}
        @cancel=${this.#cancelled}
        @scroll=${this.#scrolled}
      >
        <div class="page">
          <rls-bedtime-pad dark .hass=${this.hass} .sleeper=${this.sleeper} .words=${this.words}></rls-bedtime-pad>
          <button class="close" @click=${() => this.close()}>${this.words("close")}</button>
        </div>
      </dialog>
    `;
  }

  #cancelled = (/** @type {Event} */ event) => {
    event.preventDefault();
    this.close();
  };

  #scrolled = (/** @type {Event} */ { timeStamp }) => {
    /** @type {any} */ (this.renderRoot.querySelector("rls-bedtime-pad")).guard.scrolled(timeStamp);
  };

  static styles = [
    padColors,
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
        overflow: auto;
        overscroll-behavior: contain;
        color: var(--pad-text);
        color-scheme: dark;
        scrollbar-color: #5a2600 #000;
        font-family: var(--ha-font-family-body, sans-serif);
        -webkit-text-size-adjust: 100%;
      }
      .page {
        box-sizing: border-box;
        display: flex;
        flex-direction: column;
        gap: 24px;
        max-inline-size: 480px;
        min-block-size: 100%;
        margin-inline: auto;
        padding: max(16px, env(safe-area-inset-top)) max(16px, env(safe-area-inset-right))
          max(16px, env(safe-area-inset-bottom)) max(16px, env(safe-area-inset-left));
      }
      .close {
        appearance: none;
        align-self: center;
        min-block-size: 48px;
        margin-block-start: auto;
        padding: 8px 24px;
        background: none;
        border: 0;
        color: inherit;
        font: inherit;
        font-size: 14px;
        cursor: pointer;
        text-decoration: underline;
        text-decoration-color: var(--pad-line);
        text-underline-offset: 4px;
        -webkit-tap-highlight-color: transparent;
      }
      .close:focus-visible {
        outline: 3px solid var(--pad-text);
      }
    `,
  ];
}

define("rls-bedtime-dark", /** @type {any} */ (Dark));

/** Where it lives: with Home Assistant's own dialogs, so that a dashboard that is drawn anew leaves it alone. */
const root = () => document.querySelector("home-assistant")?.shadowRoot ?? document.body;

/** @type {any} */
let only = null;

/**
 * Return the one dark pad of the page, for a sleeper.
 * @returns {{hass: Hass, sleeper: Member, words: Words, isOpen: boolean, closedAt: number, open: (about: {hass: Hass, sleeper: Member, words: Words}) => Promise<void>, close: () => void}}
 */
export function darkPad() {
  if (only === null) {
    only = document.createElement("rls-bedtime-dark");
    /** @type {any} */ (document.querySelector("home-assistant"))?.provideHass?.(only);
  }
  return only;
}
