/**
 * Lit, borrowed from Home Assistant's page.
 *
 * The build replaces this module by the package from npm. Only a checkout in which nothing was built borrows it.
 */

/** @import { LitElementType } from "./home-assistant.js" */

/** The root elements of the app and of a cast receiver. Both are Lit elements, whose prototype has `html` and `css`. */
const ROOT_ELEMENTS = ["home-assistant", "hc-main"];

/** @type {any} */
let lit = await Promise.race(ROOT_ELEMENTS.map((name) => customElements.whenDefined(name)));
while (!Object.hasOwn(lit.prototype, "html")) lit = Object.getPrototypeOf(lit);

/** @type {new () => LitElementType} */
export const LitElement = lit;
/** @type {{html: any, css: any}} */
export const { html, css } = lit.prototype;
