/** The data of the trends card: the nights of a period and their summaries, as last loaded. */

import { getPeriodDays } from "./night-grid.js";

/** @import { CallError } from "../frontend/home-assistant.js" */
/** @import { MarkedChange } from "./marked-changes.js" */
/** @import { NightConditions } from "./night-conditions.js" */
/** @import { RecordedNight } from "./night-grid.js" */

/** @typedef {Record<string, any>} Summary the response of `get_summary` */

/**
 * An item of the evening routine and the nights of the period on which it was done. `since` is its first night.
 * @typedef {{uid: string, text: string, since: string | null, removed: boolean, nights: string[]}} Practice
 */

/**
 * What the trends card shows: the recorded nights and the marked changes from the newest, and the months from the current
 * one. `knownFrom` is the first night of which it is known whether anything was recorded; null for all nights.
 * `conditions` is what was measured, by night.
 * @typedef {{tonight: string, firstNight: string, knownFrom: string | null, recorded: RecordedNight[], summary: Summary, months: Summary[], practices: Practice[], changes: MarkedChange[], changeNames: string[], conditions: Map<string, NightConditions>}} Trends
 */

export class TrendsStore extends EventTarget {
  /** @type {Trends | null} */
  trends = null;
  /** @type {string | null} the error message, empty if Home Assistant did not respond */
  error = null;
  /** Whether the user may not read the diary. */
  isPrivate = false;

  /** @type {(days: number | null) => Promise<Record<string, any>>} */
  #fetchTrends;
  #lastRequest = 0;

  /** @param {(days: number | null) => Promise<Record<string, any>>} fetchTrends loads a number of nights, null for all */
  constructor(fetchTrends) {
    super();
    this.#fetchTrends = fetchTrends;
  }

  /** Load a period. Responses to earlier requests are discarded. @param {string} period */
  async load(period) {
    const request = ++this.#lastRequest;
    try {
      const days = getPeriodDays(period);
      const response = await this.#fetchTrends(days);
      if (request !== this.#lastRequest) return;
      const { tonight, first_night: firstNight, nights: recorded, summary, months, practices } = response;
      const { changes, change_names: changeNames, conditions: measured = [] } = response;
      const conditions = new Map(measured.map((/** @type {NightConditions} */ each) => [each[0], each]));
      const knownFrom = days === null ? null : firstNight;
      const extent = { tonight, firstNight: firstNight ?? tonight, knownFrom };
      this.trends = { ...extent, recorded, summary, months, practices, changes, changeNames, conditions };
      this.isPrivate = false;
      this.#notify(null);
    } catch (error) {
      const { message, code } = /** @type {CallError} */ (error);
      if (request !== this.#lastRequest) return;
      if (code === "unauthorized") this.hide();
      else this.#notify(message);
    }
  }

  /** Forget everything, because the user may not read it. */
  hide() {
    this.#lastRequest += 1;
    this.trends = null;
    this.isPrivate = true;
    this.#notify(null);
  }

  /** @param {string | null} error */
  #notify(error) {
    this.error = error;
    this.dispatchEvent(new Event("changed"));
  }
}
