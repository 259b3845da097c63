/**
 * The elements that Home Assistant creates: small ones, which load the cards when one of them is first used.
 *
 * They behave as Home Assistant's own cards do that are loaded late. This module is part of every page: it imports nothing.
 */

/** @typedef {{isLoaded: boolean, load: () => Promise<void>}} Loader loads the cards; a failed attempt can be repeated */

/** @typedef {Record<string, any>} Hass */

/** How long to wait before each further attempt, in milliseconds. The last delay is repeated. */
const RETRY_DELAYS = [1000, 2000, 5000, 10_000, 30_000];

/** How many times a strategy tries to load. Home Assistant shows its error afterwards, and a page without it until then. */
const STRATEGY_ATTEMPTS = 3;

/** What Home Assistant sets on a card, or on a feature of one. */
const CARD_PROPERTIES = ["hass", "preview", "layout", "editMode", "isPanel", "context", "color", "position"];

const DOMAIN = "rls_bedtime";
const FAILURE_TEXT = "not_loaded";
const CONNECTION_TEXT = "ui.notification_toast.connection_lost";

/**
 * Return what loads a module once, whoever asks for it.
 * @param {string} url
 * @param {(url: string) => Promise<unknown>} importModule
 * @returns {Loader}
 */
export function createLoader(url, importModule = (address) => import(address)) {
  /** @type {Promise<void> | null} */
  let loading = null;
  let attempts = 0;
  const loader = {
    isLoaded: false,
    load() {
      // Browsers remember that a module could not be loaded: another query makes it another module.
      loading ??= importModule(attempts++ ? `${url}?attempt=${attempts}` : url).then(
        () => void (loader.isLoaded = true),
        (error) => {
          loading = null;
          throw error;
        },
      );
      return loading;
    },
  };
  return loader;
}

/**
 * Load, and try again until it succeeds.
 * @param {Loader} loader
 * @param {(error: unknown, failures: number) => void} onFailure may throw to give up
 */
async function loadWithRetries(loader, onFailure) {
  for (let failures = 0; !loader.isLoaded; ) {
    try {
      await loader.load();
    } catch (error) {
      onFailure(error, ++failures);
      await new Promise((resolve) => setTimeout(resolve, RETRY_DELAYS[failures - 1] ?? RETRY_DELAYS.at(-1)));
    }
  }
}

/**
 * Define a lazy element, unless another version has: a page that stays open during an update keeps the old one.
 * @param {string} name
 * @param {CustomElementConstructor} element
 */
export function defineLazyElement(name, element) {
  if (!customElements.get(name)) customElements.define(name, element);
}

/**
 * Return the class of a card that shows the real one as soon as that is loaded.
 * @param {string} name of the element
 * @param {Loader} loader
 * @param {string} placeholder the element that is shown until then
 */
export function createLazyCard(name, loader, placeholder = "ha-card") {
  const contentName = `${name}-content`;
  const style = new CSSStyleSheet();
  style.replaceSync(":host { display: block; height: 100%; } :host([hidden]) { display: none; } p { margin: 16px; }");

  /** @param {string} method of the real card's class @param {any[]} args */
  const callStatic = async (method, args) => {
    await loader.load();
    return /** @type {any} */ (customElements.get(contentName))[method]?.(...args);
  };

  class LazyCard extends HTMLElement {
    /** @type {Record<string, any> | null} */
    #config = null;
    /** @type {any} the real card */
    #content = null;
    /** @type {Record<string, any>} what Home Assistant has set on this card */
    #properties = {};
    #root = this.attachShadow({ mode: "open" });

    constructor() {
      super();
      this.#root.adoptedStyleSheets = [style];
      this.#root.append(document.createElement(placeholder));
    }

    static {
      for (const property of CARD_PROPERTIES) {
        Object.defineProperty(this.prototype, property, {
          /** @this {LazyCard} */
          get() {
            return this.#properties[property];
          },
          /** @this {LazyCard} @param {any} value */
          set(value) {
            this.#properties[property] = value;
            if (this.#content) this.#content[property] = value;
          },
        });
      }
    }

    /** @param {Record<string, any>} config */
    setConfig(config) {
      const isWaiting = this.#config !== null && !this.#content;
      this.#config = config;
      if (this.#content) this.#content.setConfig(config);
      else if (loader.isLoaded) this.#showContent();
      else if (!isWaiting) void this.#load();
    }

    async #load() {
      await loadWithRetries(loader, () => void this.#showFailure());
      // These events are those of Home Assistant's own cards that are loaded late.
      try {
        if (!this.#content) this.#showContent();
        this.#dispatch("ll-upgrade");
      } catch {
        this.#dispatch("ll-rebuild");
      }
    }

    /** Create the real card. Fails if that rejects its configuration. */
    #showContent() {
      const content = /** @type {any} */ (document.createElement(contentName));
      content.setConfig(this.#config);
      Object.assign(content, this.#properties);
      this.#root.replaceChildren(content);
      this.#content = content;
    }

    async #showFailure() {
      const text = await getFailureText(this.#properties.hass);
      if (this.#content) return;
      const card = document.createElement(placeholder);
      const paragraph = Object.assign(document.createElement("p"), { textContent: text });
      paragraph.setAttribute("role", "status");
      card.append(paragraph);
      this.#root.replaceChildren(card);
    }

    /** @param {string} type */
    #dispatch(type) {
      this.dispatchEvent(new CustomEvent(type, { detail: {}, bubbles: true, composed: true }));
    }

    /** @returns {number | Promise<number>} */
    getCardSize() {
      return this.#content ? this.#content.getCardSize() : loader.load().then(() => this.#content?.getCardSize() ?? 1);
    }

    /** @returns {Record<string, any>} */
    getGridOptions() {
      return this.#content?.getGridOptions() ?? {};
    }

    /** Use a class as the real card. @param {CustomElementConstructor} element */
    static implement(element) {
      if (!customElements.get(contentName)) customElements.define(contentName, element);
    }

    /** @param {any[]} args */
    static getStubConfig(...args) {
      return callStatic("getStubConfig", args);
    }

    /** @param {any[]} args */
    static getConfigElement(...args) {
      return callStatic("getConfigElement", args);
    }

    /** @param {any[]} args */
    static getConfigForm(...args) {
      return callStatic("getConfigForm", args);
    }
  }
  return LazyCard;
}

/**
 * Return the class of a strategy that lets the real one do its work as soon as that is loaded.
 * @param {Loader} loader
 * @param {{noEditor?: boolean}} [properties] those that Home Assistant reads without waiting
 */
export function createLazyStrategy(loader, properties = {}) {
  /** @type {any} */
  let strategy = null;

  /** @param {string} method @param {any[]} args */
  const call = async (method, args) => {
    await loadWithRetries(loader, (error, failures) => {
      if (failures === STRATEGY_ATTEMPTS) throw error;
    });
    return strategy[method]?.(...args);
  };

  return Object.assign(
    class extends HTMLElement {
      /** Use a class as the real strategy. @param {any} element */
      static implement(element) {
        strategy ??= element;
      }

      /** @param {any[]} args */
      static generate(...args) {
        return call("generate", args);
      }

      /** @param {any[]} args */
      static getCreateSuggestions(...args) {
        return call("getCreateSuggestions", args);
      }

      /** @param {any[]} args */
      static getStubConfig(...args) {
        return call("getStubConfig", args);
      }

      /** @param {any[]} args */
      static getConfigElement(...args) {
        return call("getConfigElement", args);
      }

      /** Nothing was generated as long as nothing is loaded. @param {any[]} args */
      static shouldRegenerate(...args) {
        return strategy?.shouldRegenerate(...args) ?? false;
      }
    },
    properties,
  );
}

/** Return why there is no card. While the connection is lost, our texts cannot be loaded either. @param {Hass} [hass] */
async function getFailureText(hass) {
  try {
    const localize = hass?.connected && (await hass.loadBackendTranslation("config_panel", DOMAIN));
    if (localize) return localize(`component.${DOMAIN}.config_panel.cards.${FAILURE_TEXT}`);
  } catch {
    // The connection was lost meanwhile.
  }
  return hass?.localize(CONNECTION_TEXT) ?? "";
}
