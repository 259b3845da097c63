/** Distinguishes an intentional tap from a touch that scrolls, or that stops a page that is still scrolling. Pure. */

/** How far a finger may move during a tap, in pixels. */
const MAX_MOVE = 12;

/** For how long after a scroll a touch is part of it, in milliseconds. */
const SCROLL_END_DELAY = 400;

/** The longest time between a touch and its click, in milliseconds. */
const MAX_CLICK_DELAY = 5000;

export class TapGuard {
  /** @type {{x: number, y: number, at: number} | null} */
  #pointerDown = null;
  #lastScroll = -Infinity;

  /** @param {{x: number, y: number, at: number}} pointerDown */
  recordPointerDown(pointerDown) {
    this.#pointerDown = pointerDown;
  }

  /** Record that a finger or a wheel scrolls the page. @param {number} at */
  recordUserScroll(at) {
    this.#lastScroll = at;
  }

  /**
   * Record that the page scrolls: momentum extends the user's scroll; a screen reader or a script does not start one.
   * @param {number} at
   */
  recordPageScroll(at) {
    if (at - this.#lastScroll <= SCROLL_END_DELAY) this.#lastScroll = at;
  }

  /**
   * Return whether a click is intentional. One without a recent touch comes from a key or a screen reader, and always is.
   * @param {{x: number, y: number, detail: number, at: number}} click
   */
  isIntentional({ x, y, detail, at }) {
    const pointerDown = this.#pointerDown;
    if (detail === 0 || pointerDown === null || at - pointerDown.at > MAX_CLICK_DELAY) return true;
    const isStill = Math.hypot(x - pointerDown.x, y - pointerDown.y) <= MAX_MOVE;
    return isStill && pointerDown.at - this.#lastScroll >= SCROLL_END_DELAY;
  }
}
