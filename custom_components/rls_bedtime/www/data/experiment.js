/** Experiments on nights that are drawn to be with or without something, and the form that starts one. */

import { formatNumber } from "../frontend/locale.js";

/** @import { LocalizeFunc } from "../frontend/home-assistant.js" */
/** @import { LocaleSettings } from "../frontend/locale.js" */

/**
 * A night of an experiment, as the integration sends it.
 * @typedef {{night: string, number: number, arm: "with" | "without", skipped: boolean, done: boolean}} ExperimentNight
 */

/**
 * The response of `get_experiment`.
 * @typedef {object} ExperimentReport
 * @property {Record<string, any> | null} experiment the running or the last one
 * @property {"running" | "over" | "stopped" | null} status
 * @property {ExperimentNight | null} tonight
 * @property {Record<string, any> | null} result null before the end
 * @property {{key: string, values: Record<string, string>}[]} sentences
 * @property {{nights: number, power_percent: number}[]} lengths
 * @property {Record<string, boolean | number>} options the present values of the options of bedtime mode
 */

/** A value of an option in the form; null where none is given. @typedef {boolean | number | null} OptionValue */

/**
 * What the form shows.
 * @typedef {{kind: string, practice: string, tag: string, option: string, with: OptionValue, without: OptionValue, nights: string}} ExperimentDraft
 */

/** What an experiment can be about, in the order of the choices. */
export const KINDS = Object.freeze(["practice", "tag", "option"]);

/** The options that no value turns off. */
const WITHOUT_OFF = Object.freeze(["light_level", "light_color_temp"]);

const TEMPERATURE = "temperature_setback";
const PERCENTAGE = "%";
const MAX_DECIMALS = 1;
const UNITS = Object.freeze(/** @type {Record<string, string>} */ ({ light_level: PERCENTAGE, light_color_temp: "K" }));

/** Return the form of a new experiment, on the first item of the routine. @param {{uid: string}[]} practices @returns {ExperimentDraft} */
export const createExperimentDraft = (practices) => ({
  kind: practices.length ? "practice" : "tag",
  practice: practices[0]?.uid ?? "",
  tag: "",
  option: "",
  with: null,
  without: null,
  nights: "84",
});

/**
 * Return a form about another option: with its present value, and without it where that is possible.
 * @param {ExperimentDraft} draft
 * @param {string} option
 * @param {Record<string, boolean | number>} present
 * @returns {ExperimentDraft}
 */
export function chooseOption(draft, option, present) {
  const value = present[option];
  if (typeof value === "boolean") return { ...draft, option, with: true, without: false };
  return { ...draft, option, with: value ?? null, without: WITHOUT_OFF.includes(option) ? null : 0 };
}

/**
 * Return the data of the action that starts the experiment of a form; null if what it is about is missing.
 * @param {ExperimentDraft} draft
 * @returns {Record<string, any> | null}
 */
export function toStartData(draft) {
  const subject = /** @type {Record<string, any>} */ (draft)[draft.kind].trim();
  if (!subject) return null;
  const values = draft.kind === "option" ? { with: draft.with, without: draft.without } : {};
  const given = Object.entries(values).filter(([, value]) => value !== null);
  return { [draft.kind]: subject, nights: draft.nights, ...Object.fromEntries(given) };
}

/** Return the unit of the values of an option. @param {string} option @param {any} config that of Home Assistant */
export const getUnit = (option, config) => (option === TEMPERATURE ? config.unit_system.temperature : (UNITS[option] ?? "min"));

/**
 * Format a number that an option is set to, with its unit.
 * @param {LocaleSettings} hass
 * @param {LocalizeFunc} localize
 * @param {string} option
 * @param {number} value
 */
export function formatOptionNumber(hass, localize, option, value) {
  const number = formatNumber(hass, value, MAX_DECIMALS);
  const unit = getUnit(option, hass.config);
  return unit === PERCENTAGE ? localize("percent", { percent: number }) : `${number} ${unit}`;
}
