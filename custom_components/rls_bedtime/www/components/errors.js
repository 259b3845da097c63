/** What is shown of an error. */

import { html } from "../frontend/home-assistant.js";

/** @import { LocalizeFunc } from "../frontend/home-assistant.js" */

/** @param {unknown} error @param {LocalizeFunc} localize */
export const getErrorText = (error, localize) => (error instanceof Error && error.message) || localize("no_answer");

/** @param {string} text empty if there is no error */
export const renderError = (text) => (text ? html`<p role="alert"><bdi>${text}</bdi></p>` : "");
