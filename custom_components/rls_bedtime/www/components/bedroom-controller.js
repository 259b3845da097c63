/** A Lit controller that gives a card the report of a bedroom: what bedtime mode does there. */

import { DOMAIN, getAvailableState } from "../data/devices.js";

/** @import { BedroomReport } from "../data/bedroom-status.js" */
/** @import { Device, State } from "../data/devices.js" */
/** @import { HomeAssistant, LitElementType } from "../frontend/home-assistant.js" */

/** @typedef {(hass: HomeAssistant, message: {type: string, bedroom: string}, listener: (event: any) => void) => Promise<() => void>} Subscribe */

export class BedroomController {
  /** Null while it is not known: the entities have to do then. @type {BedroomReport | null} */
  report = null;

  /** @type {Pick<LitElementType, "addController" | "requestUpdate" | "isConnected">} */
  #host;
  /** @type {Subscribe} */
  #subscribe;
  /** @type {HomeAssistant | undefined} */
  #hass;
  /** @type {Device | undefined} */
  #bedroom;
  #isFollowing = false;
  /** The state of the phase with which following failed: with the next one, it is worth another try. @type {State | undefined} */
  #failedWith;
  #stop = () => {};

  /** @param {Pick<LitElementType, "addController" | "requestUpdate" | "isConnected">} host @param {Subscribe} subscribe */
  constructor(host, subscribe) {
    this.#host = host;
    this.#subscribe = subscribe;
    host.addController(this);
  }

  /** Follow a bedroom. Call this with every update of `hass`. @param {HomeAssistant} hass @param {Device | undefined} bedroom */
  update(hass, bedroom) {
    if (!hass.connected || bedroom?.id !== this.#bedroom?.id) this.#reset();
    this.#hass = hass;
    this.#bedroom = bedroom;
    if (this.#host.isConnected) this.hostConnected();
  }

  hostConnected() {
    const [hass, bedroom] = [this.#hass, this.#bedroom];
    const phase = hass?.connected && getAvailableState(hass, bedroom, "phase");
    if (hass && bedroom && phase && !this.#isFollowing && phase !== this.#failedWith) this.#follow(hass, bedroom, phase);
  }

  hostDisconnected() {
    this.#reset();
  }

  #reset() {
    this.#stop();
    this.#stop = () => {};
    this.#isFollowing = false;
    this.#failedWith = undefined;
    this.report = null;
  }

  /** @param {HomeAssistant} hass @param {Device} bedroom @param {State} phase */
  #follow(hass, bedroom, phase) {
    let isStopped = false;
    let unsubscribe = () => {};
    this.#isFollowing = true;
    this.#stop = () => {
      isStopped = true;
      unsubscribe();
    };
    const listener = (/** @type {{report: BedroomReport | null}} */ { report }) => {
      if (isStopped) return;
      this.report = report;
      this.#host.requestUpdate();
    };
    this.#subscribe(hass, { type: `${DOMAIN}/bedroom`, bedroom: bedroom.id }, listener).then(
      (stop) => {
        if (isStopped) stop();
        else unsubscribe = stop;
      },
      () => {
        // The user may not follow it, or the integration is not there yet.
        if (!isStopped) [this.#isFollowing, this.#failedWith] = [false, phase];
      },
    );
  }
}
