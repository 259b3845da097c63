/**
 * A dialog, which is a sheet at the bottom of a small screen: the one of Home Assistant, or the browser's own if this version of
 * Home Assistant has none. It opens when it comes onto the page, and fires `sheet-closed` when it has closed.
 */

import { LitElement, css, defineElement, fireEvent, html } from "../frontend/home-assistant.js";

const HOME_ASSISTANT_DIALOG = "ha-adaptive-dialog";

/** Focus the content of a dialog that has opened: screen readers tell its label, and the keyboard starts there. @param {Event} event */
export function focusContent(event) {
  event.stopPropagation();
  const dialog = /** @type {HTMLElement} */ (event.currentTarget);
  /** @type {HTMLElement | null} */ (dialog.querySelector(".content"))?.focus({ preventScroll: true });
}

class AdaptiveDialog extends LitElement {
  static properties = {
    heading: { type: String },
    subheading: { type: String },
    closeLabel: { type: String },
    isLocked: { type: Boolean },
    _isOpen: { state: true },
  };

  constructor() {
    super();
    this.heading = "";
    this.subheading = "";
    this.closeLabel = "";
    /** Whether a tap beside the dialog does not close it. */
    this.isLocked = false;
    this._isOpen = true;
    this._isNative = !customElements.get(HOME_ASSISTANT_DIALOG);
  }

  /** Close it as if the user had. */
  close() {
    this._isOpen = false;
    this.#nativeDialog?.close();
  }

  /** @returns {HTMLDialogElement | null} */
  get #nativeDialog() {
    return this.renderRoot.querySelector("dialog");
  }

  render() {
    return this._isNative ? this.#renderNative() : this.#renderAdaptive();
  }

  #renderAdaptive() {
    return html`<ha-adaptive-dialog
      .open=${this._isOpen}
      .headerTitle=${this.heading}
      .headerSubtitle=${this.subheading || undefined}
      .preventScrimClose=${this.isLocked}
      flexcontent
      @after-show=${this.#shown}
      @closed=${this.#closed}
    >
      <slot></slot>
      <slot name="footer" slot="footer"></slot>
    </ha-adaptive-dialog>`;
  }

  #renderNative() {
    return html`<dialog aria-labelledby="heading" @close=${this.#closed}>
      <header>
        <h2 id="heading">${this.heading}</h2>
        <button aria-label=${this.closeLabel} @click=${() => this.close()}>✕</button>
      </header>
      <slot></slot>
      <slot name="footer"></slot>
    </dialog>`;
  }

  updated() {
    const dialog = this.#nativeDialog;
    if (!dialog || !this._isOpen || dialog.open) return;
    dialog.showModal();
    fireEvent(this, "sheet-opened");
  }

  #shown = (/** @type {Event} */ event) => {
    event.stopPropagation();
    if (event.target === event.currentTarget) fireEvent(this, "sheet-opened");
  };

  /** Dialogs within this one, such as a date picker, also fire events. */
  #closed = (/** @type {Event} */ event) => {
    event.stopPropagation();
    if (event.target !== event.currentTarget) return;
    this._isOpen = false;
    fireEvent(this, "sheet-closed");
  };

  static styles = css`
    @media (max-width: 300px) {
      ha-adaptive-dialog {
        --dialog-content-padding: 0 8px 8px;
      }
    }
    dialog {
      box-sizing: border-box;
      inline-size: min(580px, 100vw);
      max-inline-size: 100vw;
      max-block-size: 90dvh;
      padding: 0 24px 16px;
      border: 0;
      border-radius: 24px;
      background: var(--card-background-color);
      color: var(--primary-text-color);
    }
    header {
      display: flex;
      align-items: center;
      justify-content: space-between;
      padding-block: 12px;
    }
    h2 {
      margin: 0;
      font-size: 20px;
      font-weight: 500;
    }
    button {
      inline-size: 48px;
      block-size: 48px;
      border: 0;
      background: none;
      color: inherit;
      font: inherit;
      cursor: pointer;
    }
  `;
}

defineElement("rls-bedtime-dialog", /** @type {any} */ (AdaptiveDialog));
