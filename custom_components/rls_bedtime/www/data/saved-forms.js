/** The forms that somebody has left open, by night: Home Assistant makes its cards anew when it has been away. */

import { shelf } from "../frontend/browser-storage.js";

/** @import { Draft } from "./episode-draft.js" */
/** @import { Hass } from "../frontend/home-assistant.js" */
/** @import { Member } from "./devices.js" */

/**
 * An episode that is being changed, or, without an id, added: as it was put on the form, and as it is there now. `tried`: of
 * one that may have been added already, for the hub did not answer, when it started, and which episodes were there before.
 * @typedef {{id: string | null, night: string, given: Draft, draft: Draft, tried?: {at: string, known: string[]}}} Form
 */

/** Forms are kept for whoever is logged in, while the page is open. @param {Hass} hass @param {Member} sleeper */
const kept = (hass, sleeper) => shelf(() => sessionStorage, `rls_bedtime.forms.${hass.user?.id}.${sleeper.id}`);

/**
 * Return the form that was left open on a night, if there is one.
 * @param {Hass} hass
 * @param {Member} sleeper
 * @param {string} night
 * @returns {Form | null}
 */
export const formOf = (hass, sleeper, night) => kept(hass, sleeper).read()?.[night] ?? null;

/**
 * Keep the form of a night, or forget it.
 * @param {Hass} hass
 * @param {Member} sleeper
 * @param {string} night
 * @param {Form | null} form
 */
export function keep(hass, sleeper, night, form) {
  const { [night]: _, ...others } = kept(hass, sleeper).read() ?? {};
  kept(hass, sleeper).write(form ? { ...others, [night]: form } : others);
}

/** Return the night on which a form was left open last, if there is one. @param {Hass} hass @param {Member} sleeper @returns {string | null} */
export const unfinished = (hass, sleeper) => Object.keys(kept(hass, sleeper).read() ?? {}).at(-1) ?? null;
