/** The dashboard strategy and the section strategy. */

import { DOMAIN, findSleepers } from "../data/devices.js";
import {
  createDashboardConfig,
  createDefaultSectionConfig,
  createSectionConfig,
  shouldRegenerate,
} from "./dashboard-config.js";
import { defineElement } from "./register.js";
import { loadLocalize } from "./translations.js";

/** @import { SectionConfig, Viewer } from "./dashboard-config.js" */
/** @import { HomeAssistant } from "./home-assistant.js" */

const STRATEGY_TYPE = "rls-bedtime";

export const SECTION_EDITOR = "rls-bedtime-section-editor";

/** @param {HomeAssistant} hass @returns {Promise<Viewer>} */
const getViewer = async (hass) => ({
  localize: await loadLocalize(hass),
  // The functions of Home Assistant that format names know the names of devices only some time after the page was loaded.
  getEntityName: (entityId) => hass.entities[entityId]?.name ?? "",
  isAdmin: hass.user?.is_admin ?? false,
  sleeper: findSleepers(hass).length > 1 ? await fetchOwnSleeperName(hass) : undefined,
});

/**
 * Return the name of the sleeper that is linked to the user: an action without a sleeper refers to that one.
 * @param {HomeAssistant} hass
 * @returns {Promise<string | undefined>}
 */
async function fetchOwnSleeperName(hass) {
  try {
    return (await hass.callService(DOMAIN, "get_episodes", { limit: 1 }, undefined, false, true)).response.sleeper;
  } catch {
    return undefined;
  }
}

class BaseStrategy extends HTMLElement {
  /** @param {any} _config @param {HomeAssistant} before @param {HomeAssistant} after */
  static shouldRegenerate(_config, before, after) {
    return shouldRegenerate(before, after);
  }
}

class DashboardStrategy extends BaseStrategy {
  static noEditor = true;

  /** @param {any} _config @param {HomeAssistant} hass */
  static async generate(_config, hass) {
    return createDashboardConfig(hass, await getViewer(hass));
  }

  /** @param {HomeAssistant} hass */
  static async getCreateSuggestions(hass) {
    const localize = await loadLocalize(hass);
    return { title: localize("dashboard"), icon: "mdi:bed" };
  }
}

class SectionStrategy extends BaseStrategy {
  /** @param {SectionConfig} config @param {HomeAssistant} hass */
  static async generate(config, hass) {
    return createSectionConfig(hass, await getViewer(hass), config);
  }

  /** @param {HomeAssistant} hass */
  static async getStubConfig(hass) {
    return { type: `custom:${STRATEGY_TYPE}`, ...createDefaultSectionConfig(hass, await getViewer(hass)) };
  }

  static getConfigElement() {
    return document.createElement(SECTION_EDITOR);
  }
}

defineElement(`ll-strategy-dashboard-${STRATEGY_TYPE}`, DashboardStrategy);
defineElement(`ll-strategy-section-${STRATEGY_TYPE}`, SectionStrategy);
