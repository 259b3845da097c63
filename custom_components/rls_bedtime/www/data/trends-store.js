/** The data of the trends card: the nights of a period and their summaries, as last loaded. */

import { getFirstNight, getMonthRanges } from "./night-grid.js";

/** @import { RecordedNight } from "./night-grid.js" */

/** @typedef {Record<string, any>} Summary the response of `get_summary` */

/**
 * @typedef {object} TrendsApi
 * @property {(from: string | null) => Promise<{tonight: string, nights: RecordedNight[]}>} fetchNights
 * @property {(action: string, data: Record<string, any>) => Promise<any>} callAction
 */

export class TrendsStore extends EventTarget {
  /** @type {TrendsApi} */
  #api;
  #lastRequest = 0;

  /** @param {TrendsApi} api */
  constructor(api) {
    super();
    this.#api = api;
    /** @type {{recorded: RecordedNight[], firstNight: string | null, tonight: string} | null} */
    this.nights = null;
    /** @type {Summary | null} of the period */
    this.summary = null;
    /** @type {Summary[] | null} of the current and the previous month */
    this.monthSummaries = null;
    /** @type {string | null} the error message, empty if Home Assistant did not respond */
    this.error = null;
  }

  /** Load a period. Responses to earlier requests are discarded. @param {string} period */
  async load(period) {
    const request = ++this.#lastRequest;
    try {
      const requestedFrom = this.nights && getFirstNight(this.nights.tonight, period);
      const response = await this.#api.fetchNights(requestedFrom);
      const firstNight = getFirstNight(response.tonight, period);
      if (request !== this.#lastRequest) return;
      const recorded = response.nights.filter(([night]) => firstNight === null || firstNight <= night);
      this.nights = { recorded, firstNight, tonight: response.tonight };
      this.#notify(null);
      const from = firstNight ?? recorded.at(-1)?.[0] ?? response.tonight;
      const ranges = [{ from, to: response.tonight }, ...getMonthRanges(response.tonight)];
      const [summary, ...monthSummaries] = await Promise.all(ranges.map((range) => this.#api.callAction("get_summary", range)));
      if (request !== this.#lastRequest) return;
      this.summary = summary;
      this.monthSummaries = monthSummaries;
      this.#notify(null);
    } catch (error) {
      if (request === this.#lastRequest) this.#notify(error instanceof Error ? error.message : "");
    }
  }

  /** @param {string | null} error */
  #notify(error) {
    this.error = error;
    this.dispatchEvent(new Event("changed"));
  }
}
