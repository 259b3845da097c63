/**
 * The entry module, which Home Assistant loads on every page, whether it shows a card or not.
 *
 * It only registers, and loads the cards when the first of them is used.
 */

import { createLazyCard, createLazyStrategy, createLoader, defineLazyElement } from "./frontend/lazy-elements.js";
import { addPickerEntry, createEntitySuggestion, isOurs } from "./frontend/register.js";

/** @import { HassData } from "./data/devices.js" */

const BEDTIME_CARD = "rls-bedtime-card";
const NIGHT_PAD_CARD = "rls-bedtime-night-pad-card";
const TRENDS_CARD = "rls-bedtime-trends-card";
const EXTEND_FEATURE = "rls-bedtime-extend-feature";
const LOG_FEATURE = "rls-bedtime-log-feature";
const SEVERITY_FEATURE = "rls-bedtime-severity-feature";
const STRATEGY_TYPE = "rls-bedtime";

/** The entities whose tiles say how tonight is, and can have the features that log an episode and rate it. */
const EPISODE_KEYS = ["log_episode", "episode", "episode_ongoing", "episodes_tonight", "last_episode", "last_severity"];

/** The root elements of the app and of a cast receiver. */
const ROOT_ELEMENTS = ["home-assistant", "hc-main"];

const loader = createLoader(new URL("./cards.js", import.meta.url).href);
const strategies = {
  dashboard: createLazyStrategy(loader, { noEditor: true }),
  section: createLazyStrategy(loader),
};

/** Home Assistant waits only five seconds for the strategies, so they do not wait for it. */
function defineStrategies() {
  for (const [kind, strategy] of Object.entries(strategies)) {
    defineLazyElement(`ll-strategy-${kind}-${STRATEGY_TYPE}`, strategy);
  }
}

/**
 * Define all elements once Home Assistant has started.
 *
 * Up to 2026.10 it replaces the registry of custom elements while it starts, and with it the elements that are already
 * defined.
 */
async function defineElements() {
  await Promise.race(ROOT_ELEMENTS.map((name) => customElements.whenDefined(name)));
  defineStrategies();
  for (const name of [BEDTIME_CARD, NIGHT_PAD_CARD, TRENDS_CARD]) defineLazyElement(name, createLazyCard(name, loader));
  for (const name of [EXTEND_FEATURE, LOG_FEATURE, SEVERITY_FEATURE]) {
    defineLazyElement(name, createLazyCard(name, loader, "div"));
  }
}

defineStrategies();
void defineElements();

addPickerEntry("customCards", {
  type: BEDTIME_CARD,
  name: "Restless legs: bedtime",
  description: "Sleep: starts and ends bedtime mode of a bedroom, and shows what comes next.",
  preview: true,
  getEntitySuggestion: createEntitySuggestion(BEDTIME_CARD, "bedroom", [
    "bedtime_mode",
    "phase",
    "next_bedtime",
    "ends_at",
    "problem",
  ]),
});

for (const [type, name, translationKeys] of /** @type {[string, string, string[]][]} */ ([
  [EXTEND_FEATURE, "Bedtime: later", ["bedtime_mode"]],
  [LOG_FEATURE, "Restless legs: log", EPISODE_KEYS],
  [SEVERITY_FEATURE, "Restless legs: severity", EPISODE_KEYS],
])) {
  addPickerEntry("customCardFeatures", {
    type,
    name,
    isSupported: (/** @type {HassData} */ hass, /** @type {{entity_id?: string}} */ { entity_id }) =>
      isOurs(hass, entity_id, translationKeys),
  });
}

addPickerEntry("customCards", {
  type: NIGHT_PAD_CARD,
  name: "Restless legs: night pad",
  description: "Leg diary: tap once when your legs keep you from sleep, also in the dark.",
  preview: true,
  getEntitySuggestion: createEntitySuggestion(NIGHT_PAD_CARD, "sleeper", ["log_episode", "episodes_tonight", "last_episode"]),
});

addPickerEntry("customCards", {
  type: TRENDS_CARD,
  name: "Restless legs: trends",
  description: "Leg diary: how your legs and your sleep have been: a calendar of nights, and statistics.",
  preview: true,
  getEntitySuggestion: createEntitySuggestion(TRENDS_CARD, "sleeper", [
    "nights_affected",
    "average_severity",
    "usual_onset",
    "diary",
  ]),
});

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
