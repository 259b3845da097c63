/** The entry module, which Home Assistant loads on every dashboard. It only defines and registers. */

// The strategies come first: the modules that need Lit wait for it, and so does everything that is imported after them.
import { defineStrategies } from "./frontend/strategies.js";
import { BEDTIME_CARD } from "./cards/bedtime-card.js";
import { NIGHT_PAD_CARD } from "./cards/night-pad-card.js";
import { TRENDS_CARD } from "./cards/trends-card.js";
import { addPickerEntry, createEntitySuggestion } from "./frontend/register.js";

// All other modules are named here so that the browser fetches them in parallel. It would otherwise discover each one only
// after fetching the module that imports it, and on a slow connection Home Assistant would give up on the strategies.
import "./cards/base-card.js";
import "./cards/bedtime-card-styles.js";
import "./cards/section-editor.js";
import "./cards/trends-card-styles.js";
import "./components/adaptive-dialog.js";
import "./components/body-map.js";
import "./components/diary-controller.js";
import "./components/episode-form.js";
import "./components/episode-texts.js";
import "./components/fullscreen-pad.js";
import "./components/heat-map.js";
import "./components/night-details-styles.js";
import "./components/night-details.js";
import "./components/night-marks.js";
import "./components/night-pad-styles.js";
import "./components/night-pad.js";
import "./components/onset-histogram.js";
import "./components/option-controls.js";
import "./components/statistics.js";
import "./components/tap-guard.js";
import "./components/trends-headline.js";
import "./components/trends-tile.js";
import "./components/undo-toast.js";
import "./data/bedroom-status.js";
import "./data/devices.js";
import "./data/diary-client.js";
import "./data/episode-details.js";
import "./data/episode-draft.js";
import "./data/episode-queue.js";
import "./data/legacy-queue.js";
import "./data/night-edits.js";
import "./data/night-grid.js";
import "./data/operations.js";
import "./data/request-id.js";
import "./data/saved-forms.js";
import "./data/sleeper-data.js";
import "./data/trends-store.js";
import "./data/vocabulary.js";
import "./data/wall-clock.js";
import "./frontend/browser-storage.js";
import "./frontend/dashboard-config.js";
import "./frontend/home-assistant.js";
import "./frontend/locale.js";
import "./frontend/translations.js";

defineStrategies();

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
