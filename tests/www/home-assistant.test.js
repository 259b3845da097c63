/** What the cards make of Home Assistant's answers. */

import assert from "node:assert/strict";
import { test } from "node:test";

/** The element of Home Assistant's page from which a checkout borrows Lit. */
class RootElement {}
Object.assign(RootElement.prototype, { html: () => "", css: () => "" });
Object.assign(globalThis, { HTMLElement: class {}, customElements: { whenDefined: async () => RootElement } });

const { callAction } = await import("../../custom_components/rls_bedtime/www/frontend/home-assistant.js");

/** Return a `hass` object whose actions fail with this error. @param {any} error @returns {any} */
const createHass = (error) => ({
  connected: true,
  callService: async () => {
    throw error;
  },
  loadBackendTranslation: async () => (/** @type {string} */ key) => `translated ${key.split(".").at(-2)}`,
});

test("a sleeper that is not loaded yet has a code of its own: it is no refusal", async () => {
  for (const key of ["sleeper_not_loaded", "bedroom_not_loaded"]) {
    const error = { code: "service_validation_error", message: "Not now.", translation_key: key, translation_domain: "rls_bedtime" };
    await assert.rejects(callAction(createHass(error), "log_episode", {}), { code: "not_loaded", message: `translated ${key}` });
  }
});

test("what is refused for good keeps its code", async () => {
  const error = { code: "service_validation_error", message: "No.", translation_key: "severity", translation_domain: "rls_bedtime" };
  await assert.rejects(callAction(createHass(error), "log_episode", {}), { code: "service_validation_error" });
});

test("an answer without a code is none", async () => {
  await assert.rejects(callAction(createHass({ code: 3, message: "" }), "log_episode", {}), { code: "", message: "" });
});
