/** A Lit controller that gives a card the diary of its sleeper, and tells it of changes while it is on the page. */

import { getSleeperData } from "../data/sleeper-data.js";

/** @import { Device } from "../data/devices.js" */
/** @import { DiaryListener } from "../data/diary-client.js" */
/** @import { SleeperData } from "../data/sleeper-data.js" */
/** @import { HomeAssistant, LitElementType } from "../frontend/home-assistant.js" */

export class DiaryController {
  /** @type {SleeperData | null} */
  data = null;

  /** @type {LitElementType} */
  #host;
  /** @type {DiaryListener} */
  #listener;

  /** @param {LitElementType} host @param {DiaryListener} listener */
  constructor(host, listener) {
    this.#host = host;
    this.#listener = listener;
    host.addController(this);
  }

  /** Follow the diary of a sleeper. Call this with every update of `hass`. @param {HomeAssistant} hass @param {Device} sleeper */
  update(hass, sleeper) {
    const data = getSleeperData(hass, sleeper);
    if (data === this.data) return;
    this.hostDisconnected();
    this.data = data;
    if (this.#host.isConnected) this.hostConnected();
  }

  hostConnected() {
    this.data?.diary.addListener(this.#listener);
  }

  hostDisconnected() {
    this.data?.diary.removeListener(this.#listener);
  }
}
