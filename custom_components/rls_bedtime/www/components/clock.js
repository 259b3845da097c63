/** A Lit controller that updates its card when time alone has changed what it shows, while the page is visible. */

/** @import { LitElementType } from "../frontend/home-assistant.js" */

export class Clock {
  /** @type {Pick<LitElementType, "addController" | "requestUpdate">} */
  #host;
  #timer = 0;
  #at = Infinity;

  /** @param {Pick<LitElementType, "addController" | "requestUpdate">} host */
  constructor(host) {
    this.#host = host;
    host.addController(this);
  }

  /** Update the card at a moment, in milliseconds, instead of the one before; or not at all. @param {number | null} at */
  updateAt(at) {
    this.#at = at ?? Infinity;
    this.#schedule();
  }

  hostConnected() {
    document.addEventListener("visibilitychange", this.#changed);
    this.#schedule();
  }

  hostDisconnected() {
    document.removeEventListener("visibilitychange", this.#changed);
    clearTimeout(this.#timer);
  }

  #changed = () => {
    if (document.hidden) clearTimeout(this.#timer);
    else this.#host.requestUpdate();
  };

  #schedule() {
    clearTimeout(this.#timer);
    if (this.#at === Infinity || document.hidden) return;
    this.#timer = /** @type {any} */ (setTimeout(() => this.#host.requestUpdate(), Math.max(0, this.#at - Date.now())));
  }
}
