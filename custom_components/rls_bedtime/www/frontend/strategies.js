/**
 * The dashboard strategy and the section strategy.
 *
 * Home Assistant waits only five seconds for them to be defined: neither this module nor anything it imports may wait for
 * Lit.
 */

import { DOMAIN, findSleepers } from "../data/devices.js";
import {
  createDashboardConfig,
  createDefaultSectionConfig,
  createSectionConfig,
  shouldRegenerate,
} from "./dashboard-config.js";
import { addPickerEntry, defineElement } from "./register.js";
import { loadLocalize } from "./translations.js";

/** @import { SectionConfig, Viewer } from "./dashboard-config.js" */
/** @import { HomeAssistant } from "./home-assistant.js" */

const STRATEGY_TYPE = "rls-bedtime";

export const SECTION_EDITOR = "rls-bedtime-section-editor";

/** @param {HomeAssistant} hass @returns {Promise<Viewer>} */
const getViewer = async (hass) => ({
  localize: await loadLocalize(hass),
  getEntityName: (entityId) =>
    (hass.states[entityId] && hass.formatEntityName(hass.states[entityId], { type: "entity" })) ?? "",
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

/**
 * Define the strategies.
 *
 * Home Assistant up to 2026.10 replaces the registry of custom elements while it starts, and with it the elements that are
 * already defined. Call this again after the modules that wait for Home Assistant.
 */
export function defineStrategies() {
  defineElement(`ll-strategy-dashboard-${STRATEGY_TYPE}`, DashboardStrategy);
  defineElement(`ll-strategy-section-${STRATEGY_TYPE}`, SectionStrategy);
}

defineStrategies();

addPickerEntry("customStrategies", {
  type: STRATEGY_TYPE,
  strategyType: "dashboard",
  name: "RLS Bedtime",
  description: "Your bedrooms and your leg diaries: a page for tonight, and one for the nights behind you.",
});

addPickerEntry("customStrategies", {
  type: STRATEGY_TYPE,
  strategyType: "section",
  name: "RLS Bedtime",
  description: "The night pad and the bedroom, for a dashboard of your own.",
});
