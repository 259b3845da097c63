/** The icons of the night pad. They are drawn here because Home Assistant loads its own ones over the network. */

import { html } from "../frontend/home-assistant.js";

/** @param {string} path */
const createIcon = (path) => html`<svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
  <path
    d=${path}
    fill="none"
    stroke="currentColor"
    stroke-width="2"
    stroke-linecap="round"
    stroke-linejoin="round"
  ></path>
</svg>`;

export const CHECK_ICON = createIcon("M5 12.5l4.5 4.5L19 7.5");
export const CLOSE_ICON = createIcon("M6 6l12 12M18 6L6 18");
export const PLUS_ICON = createIcon("M12 5v14M5 12h14");
export const UNDO_ICON = createIcon("M8 5L4 9l4 4M4 9h10a5 5 0 0 1 0 10H9");
export const NIGHT_ICON = createIcon("M20 14.2A8 8 0 0 1 9.8 4a8 8 0 1 0 10.2 10.2z");
export const LEG_ICON = createIcon("M9 3l-1 8 1 9h9a2.6 2.6 0 0 0-2.3-2.6L13.5 17l1-6 .5-8");
export const WALK_ICON = createIcon("M13 4.5h.01M8 21l3-6-2-3 1.5-5 3 1 1.5 3 3 1M11 15l3.5 2.5L15 21M10.5 7.5L7 9.5 6 13");
export const BED_ICON = createIcon("M3 6v13M3 16h18v3M21 16v-3a3 3 0 0 0-3-3h-7v6M7 12.5h.01");
