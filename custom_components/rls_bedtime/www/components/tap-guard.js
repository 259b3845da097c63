/** Tells a tap from a finger that scrolls, or that stops what is still rolling. Pure. */

/** How far a finger may slip, in pixels, and how long after a scroll a touch is still part of it, in milliseconds. */
const SLIP = 12;
const ROLLING = 400;

/** After which time, in milliseconds, a finger has nothing to do with a click any more. */
const STALE = 5000;

export class TapGuard {
  /** @type {{x: number, y: number, at: number} | null} */
  #down = null;
  #scrolledAt = -Infinity;

  /** @param {{x: number, y: number, at: number}} down */
  down(down) {
    this.#down = down;
  }

  /** A finger or a wheel moves the page. @param {number} at */
  dragged(at) {
    this.#scrolledAt = at;
  }

  /** The page moves: still because of that, or because a screen reader or a script wants to show something. @param {number} at */
  scrolled(at) {
    if (at - this.#scrolledAt <= ROLLING) this.#scrolledAt = at;
  }

  /**
   * Tell whether a click is meant. One that no finger made just now, but a key or a screen reader, always is.
   * @param {{x: number, y: number, detail: number, at: number}} click
   */
  isMeant({ x, y, detail, at }) {
    const down = this.#down;
    if (detail === 0 || down === null || at - down.at > STALE) return true;
    return Math.hypot(x - down.x, y - down.y) <= SLIP && down.at - this.#scrolledAt >= ROLLING;
  }
}
