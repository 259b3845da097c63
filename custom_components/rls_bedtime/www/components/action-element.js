/** The base class of the elements whose buttons perform actions for a sleeper. */

import { getErrorText } from "./errors.js";
import { SleeperElement } from "./sleeper-element.js";

/** @import { SleeperContext } from "./sleeper-element.js" */

export class ActionElement extends SleeperElement {
  static properties = { ...SleeperElement.properties, _error: { state: true }, _isBusy: { state: true } };

  constructor() {
    super();
    /** Why the last action failed. */
    this._error = "";
    /** Whether an action is being performed. */
    this._isBusy = false;
  }

  /**
   * Perform an action, unless another one is being performed. If it fails, show the error.
   * @param {(context: SleeperContext) => Promise<void>} action
   */
  async perform(action) {
    const { hass, localize, sleeper } = this;
    if (this._isBusy || !hass || !localize || !sleeper) return;
    this._isBusy = true;
    this._error = "";
    try {
      await action({ hass, localize, sleeper });
    } catch (error) {
      this._error = getErrorText(error, localize);
    }
    this._isBusy = false;
  }
}
