/** The one module that dashboards load: it defines and registers, and does nothing else. */

import { BEDTIME } from "./bedtime-card.js";
import { register, suggestion } from "./lib/register.js";
import { NIGHT_PAD } from "./night-pad-card.js";
import { TRENDS } from "./trends-card.js";

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
