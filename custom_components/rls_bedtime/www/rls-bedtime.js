/** The one module that dashboards load: it defines and registers, and does nothing else. */

// The strategies come first: whatever needs Lit waits for it, and so does all that is imported after that.
import { defineStrategies } from "./strategies.js";
import { BEDTIME } from "./bedtime-card.js";
import { register, suggestion } from "./lib/register.js";
import { NIGHT_PAD } from "./night-pad-card.js";
import { TRENDS } from "./trends-card.js";

// All others by name: what the browser knows of, it fetches at once. What a module imports, it hears of when that has
// come; on a slow line, one after the other, Home Assistant would not wait long enough for the strategies.
import "./bedtime-styles.js";
import "./card.js";
import "./choices.js";
import "./dark.js";
import "./episode-form.js";
import "./figure.js";
import "./figures.js";
import "./heat-map.js";
import "./lib/bedroom.js";
import "./lib/corrections.js";
import "./lib/dashboard.js";
import "./lib/draft.js";
import "./lib/facts.js";
import "./lib/forms.js";
import "./lib/ha.js";
import "./lib/home.js";
import "./lib/keeper.js";
import "./lib/keepers.js";
import "./lib/locale.js";
import "./lib/nights.js";
import "./lib/shelf.js";
import "./lib/tap.js";
import "./lib/trends.js";
import "./lib/words.js";
import "./lib/zone.js";
import "./night-panel.js";
import "./pad-styles.js";
import "./pad.js";
import "./section-editor.js";

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
