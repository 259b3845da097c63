/** What the trends card shows, asked of the hub anew whenever the diary changes. The only state is what was answered last. */

import { firstOf, months } from "./night-grid.js";

/** @import { Recorded } from "./night-grid.js" */

/** @typedef {Record<string, any>} Summary the answer of `get_summary` */

/**
 * What a sleeper's diary is asked by.
 * @typedef {object} Around
 * @property {(from: string | null) => Promise<{tonight: string, nights: Recorded[]}>} askNights
 * @property {(action: string, data: Record<string, any>) => Promise<any>} ask
 */

export class Trends extends EventTarget {
  /** @type {Around} */
  #around;
  #asked = 0;

  /** @param {Around} around */
  constructor(around) {
    super();
    this.#around = around;
    /** @type {{recorded: Recorded[], first: string | null, tonight: string} | null} */
    this.nights = null;
    /** @type {Summary | null} of the period */
    this.summary = null;
    /** @type {Summary[] | null} of this month, and of the last */
    this.months = null;
    /** @type {string | null} what is wrong, empty if nobody answers */
    this.problem = null;
  }

  /** Ask for a period. What was asked for earlier and is answered later is not shown. @param {string} period */
  async load(period) {
    const mine = ++this.#asked;
    try {
      const first = this.nights && firstOf(this.nights.tonight, period);
      const answer = await this.#around.askNights(first);
      const wanted = firstOf(answer.tonight, period);
      if (mine !== this.#asked) return;
      const recorded = answer.nights.filter(([night]) => wanted === null || wanted <= night);
      this.nights = { recorded, first: wanted, tonight: answer.tonight };
      this.#tell(null);
      const from = wanted ?? recorded.at(-1)?.[0] ?? answer.tonight;
      const periods = [{ from, to: answer.tonight }, ...months(answer.tonight)];
      const [summary, ...ofMonths] = await Promise.all(periods.map((each) => this.#around.ask("get_summary", each)));
      if (mine !== this.#asked) return;
      this.summary = summary;
      this.months = ofMonths;
      this.#tell(null);
    } catch (problem) {
      if (mine === this.#asked) this.#tell(problem instanceof Error ? problem.message : "");
    }
  }

  /** @param {string | null} problem */
  #tell(problem) {
    this.problem = problem;
    this.dispatchEvent(new Event("changed"));
  }
}
