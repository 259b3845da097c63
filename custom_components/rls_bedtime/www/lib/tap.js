/** Tells a tap from a finger that scrolls, or that stops what is still rolling. Pure. */

/** How far a finger may slip, in pixels, and how long after a scroll a touch is still part of it, in milliseconds. */
const SLIP = 12;
const ROLLING = 400;

export class TapGuard {
  /** @type {{x: number, y: number, at: number} | null} */
  #down = null;
  #scrolledAt = -Infinity;

  /** @param {{x: number, y: number, at: number}} down */
  down(down) {
    this.#down = down;
  }

  /** @param {number} at */
  scrolled(at) {
    this.#scrolledAt = at;
  }

  /**
   * Tell whether a click is meant. One without a finger, of a key or a screen reader, always is.
   * @param {{x: number, y: number, detail: number}} click
   */
  isMeant({ x, y, detail }) {
    if (detail === 0) return true;
    const down = this.#down;
    this.#down = null;
    if (down === null) return false;
    return Math.hypot(x - down.x, y - down.y) <= SLIP && down.at - this.#scrolledAt >= ROLLING;
  }
}
