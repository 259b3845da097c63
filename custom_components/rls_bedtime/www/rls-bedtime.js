/** The one module that dashboards load: it defines and registers, and does nothing else. */

// The strategies come first: whatever needs Lit waits for it, and so does all that is imported after that.
import { defineStrategies } from "./frontend/strategies.js";
import { BEDTIME } from "./cards/bedtime-card.js";
import { register, suggestion } from "./frontend/register.js";
import { NIGHT_PAD } from "./cards/night-pad-card.js";
import { TRENDS } from "./cards/trends-card.js";

// All others by name: what the browser knows of, it fetches at once. What a module imports, it hears of when that has
// come; on a slow line, one after the other, Home Assistant would not wait long enough for the strategies.
import "./cards/bedtime-card-styles.js";
import "./cards/base-card.js";
import "./components/option-controls.js";
import "./components/fullscreen-pad.js";
import "./components/episode-form.js";
import "./components/body-map.js";
import "./components/statistics.js";
import "./components/heat-map.js";
import "./data/bedroom-status.js";
import "./data/night-edits.js";
import "./frontend/dashboard-config.js";
import "./data/episode-draft.js";
import "./data/episode-details.js";
import "./data/saved-forms.js";
import "./frontend/home-assistant.js";
import "./data/devices.js";
import "./data/episode-queue.js";
import "./data/episode-queues.js";
import "./frontend/locale.js";
import "./data/night-grid.js";
import "./frontend/browser-storage.js";
import "./components/tap-guard.js";
import "./data/trends-store.js";
import "./frontend/translations.js";
import "./data/wall-clock.js";
import "./components/night-details.js";
import "./components/night-pad-styles.js";
import "./components/night-pad.js";
import "./cards/section-editor.js";

defineStrategies();

register("customCards", {
  type: BEDTIME,
  name: "RLS Bedtime: bedroom",
  description: "The mode of a bedroom, how far the night is, and its times.",
  preview: true,
  getEntitySuggestion: suggestion(BEDTIME, "bedroom", ["bedtime_mode", "phase", "next_bedtime", "ends_at", "problem"]),
});

register("customCards", {
  type: NIGHT_PAD,
  name: "RLS Bedtime: night pad",
  description: "One tap logs an episode, in the dark too.",
  preview: true,
  getEntitySuggestion: suggestion(NIGHT_PAD, "sleeper", ["log_episode", "episodes_tonight", "last_episode"]),
});

register("customCards", {
  type: TRENDS,
  name: "RLS Bedtime: trends",
  description: "What the nights were like, and each of them with its episodes.",
  preview: true,
  getEntitySuggestion: suggestion(TRENDS, "sleeper", ["nights_affected", "average_severity", "usual_onset", "diary"]),
});
