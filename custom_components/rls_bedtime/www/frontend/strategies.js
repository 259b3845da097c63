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

/**
 * Return the ids of the statistics of affected nights that there are, by the id of the sleeper's device. Without a recorder,
 * there are none.
 * @param {HomeAssistant} hass
 * @returns {Promise<Record<string, string>>}
 */
async function findAffectedNights(hass) {
  try {
    const found = await Promise.all(
      findSleepers(hass).map(async ({ id }) => {
        const { statistics } = await hass.callWS({ type: `${DOMAIN}/access`, sleeper: id });
        return { id, statisticId: statistics.affected_nights };
      }),
    );
    const ids = found.filter(({ statisticId }) => statisticId);
    if (!ids.length) return {};
    const type = "recorder/get_statistics_metadata";
    const known = await hass.callWS({ type, statistic_ids: ids.map(({ statisticId }) => statisticId) });
    const existing = new Set(known.map((/** @type {{statistic_id: string}} */ { statistic_id }) => statistic_id));
    return Object.fromEntries(ids.filter(({ statisticId }) => existing.has(statisticId)).map(({ id, statisticId }) => [id, statisticId]));
  } catch {
    return {};
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
    const [viewer, affectedNights] = await Promise.all([getViewer(hass), findAffectedNights(hass)]);
    return createDashboardConfig(hass, { ...viewer, affectedNights });
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
