/** The one module that dashboards load: it defines and registers, and does nothing else. */

import { register, suggestion } from "./lib/register.js";
import { NIGHT_PAD } from "./night-pad-card.js";

register("customCards", {
  type: NIGHT_PAD,
  name: "RLS Bedtime: night pad",
  description: "One tap logs an episode, in the dark too.",
  preview: true,
  getEntitySuggestion: suggestion(NIGHT_PAD, "sleeper", ["log_episode", "episodes_tonight", "last_episode"]),
});
