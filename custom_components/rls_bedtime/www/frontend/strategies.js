/**
 * Our dashboard and our section, which Home Assistant asks for their configuration.
 *
 * It waits five seconds for them to be defined: they, and what they import, must not wait for Lit.
 */

import { dashboard, firstChoice, isOutdated, section } from "./dashboard-config.js";
import { DOMAIN, sleepers } from "../data/devices.js";
import { define, register } from "./register.js";
import { wordsOf } from "./translations.js";

/** @import { Choice, Viewer } from "./dashboard-config.js" */
/** @import { Hass } from "./home-assistant.js" */

const TYPE = "rls-bedtime";

export const SECTION_EDITOR = "rls-bedtime-section-editor";

/** @param {Hass} hass @returns {Promise<Viewer>} */
const viewerOf = async (hass) => ({
  words: await wordsOf(hass),
  nameOf: (entityId) => (hass.states[entityId] && hass.formatEntityName(hass.states[entityId], { type: "entity" })) ?? "",
  isAdmin: hass.user?.is_admin ?? false,
  sleeper: sleepers(hass).length > 1 ? await nameOfViewer(hass) : undefined,
});

/**
 * Return as which sleeper the hub knows the viewer: the one whose diary an action means that names nobody.
 * @param {Hass} hass
 * @returns {Promise<string | undefined>}
 */
async function nameOfViewer(hass) {
  try {
    return (await hass.callService(DOMAIN, "get_episodes", { limit: 1 }, undefined, false, true)).response.sleeper;
  } catch {
    return undefined;
  }
}

class Strategy extends HTMLElement {
  /** @param {any} _config @param {Hass} before @param {Hass} now */
  static shouldRegenerate(_config, before, now) {
    return isOutdated(before, now);
  }
}

class DashboardStrategy extends Strategy {
  static noEditor = true;

  /** @param {any} _config @param {Hass} hass */
  static async generate(_config, hass) {
    return dashboard(hass, await viewerOf(hass));
  }

  /** @param {Hass} hass */
  static async getCreateSuggestions(hass) {
    const words = await wordsOf(hass);
    return { title: words("dashboard"), icon: "mdi:bed" };
  }
}

class SectionStrategy extends Strategy {
  /** @param {Choice} config @param {Hass} hass */
  static async generate(config, hass) {
    return section(hass, await viewerOf(hass), config);
  }

  /** @param {Hass} hass */
  static async getStubConfig(hass) {
    return { type: `custom:${TYPE}`, ...firstChoice(hass, await viewerOf(hass)) };
  }

  static getConfigElement() {
    return document.createElement(SECTION_EDITOR);
  }
}

/**
 * Let Home Assistant find them.
 *
 * Until 2026.10, it replaces the registry of elements while it starts, and forgets what was in it: say it again then.
 */
export function defineStrategies() {
  define(`ll-strategy-dashboard-${TYPE}`, DashboardStrategy);
  define(`ll-strategy-section-${TYPE}`, SectionStrategy);
}

defineStrategies();

register("customStrategies", {
  type: TYPE,
  strategyType: "dashboard",
  name: "RLS Bedtime",
  description: "Your bedrooms and your leg diaries: a page for tonight, and one for the nights behind you.",
});

register("customStrategies", {
  type: TYPE,
  strategyType: "section",
  name: "RLS Bedtime",
  description: "The night pad and the bedroom, for a dashboard of your own.",
});
