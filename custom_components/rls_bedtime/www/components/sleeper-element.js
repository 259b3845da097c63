/** The base class of the elements that show something of a sleeper's diary. */

import { LitElement } from "../frontend/home-assistant.js";

/** @import { Device } from "../data/devices.js" */
/** @import { HomeAssistant, LocalizeFunc } from "../frontend/home-assistant.js" */

/** The properties, once all are set. @typedef {{hass: HomeAssistant, localize: LocalizeFunc, sleeper: Device}} SleeperContext */

export class SleeperElement extends LitElement {
  static properties = {
    hass: { attribute: false },
    localize: { attribute: false },
    sleeper: { attribute: false },
  };

  constructor() {
    super();
    /** @type {HomeAssistant | undefined} */
    this.hass = undefined;
    /** @type {LocalizeFunc | undefined} */
    this.localize = undefined;
    /** @type {Device | undefined} */
    this.sleeper = undefined;
  }
}
