/** Relief at night on the night pad: light on the way, the relief device, and afterwards whether it helped. */

import { findBedroomOf, getAvailableState } from "../data/devices.js";
import { RELIEF_ACTIONS, getReliefs, isEpisodeOngoing, isReliefOver } from "../data/relief.js";
import { getOptions } from "../data/vocabulary.js";
import { callAction, css, fireEvent, html, localizeOption } from "../frontend/home-assistant.js";
import { formatList } from "../frontend/locale.js";
import { BED_ICON, WALK_ICON } from "./icons.js";
import { renderChips } from "./option-controls.js";
import { formatUntil } from "./relief-text.js";

/** @import { Device } from "../data/devices.js" */
/** @import { Access } from "../data/diary-client.js" */
/** @import { EpisodeDetails } from "../data/episode-details.js" */
/** @import { EpisodeQueue } from "../data/episode-queue.js" */
/** @import { PadEpisode } from "../data/operations.js" */
/** @import { Aid, Relief } from "../data/relief.js" */
/** @import { HomeAssistant, LitElementType, LocalizeFunc } from "../frontend/home-assistant.js" */

/** @typedef {{hass: HomeAssistant, sleeper: Device, localize: LocalizeFunc, queue: EpisodeQueue, access: Access}} PadContext */

/** For how long another tap on the same button means the one before, in milliseconds: fingers tremble. */
const SAME_TAP_WITHIN = 1_500;

/** How long the light waits for the episode to be in the diary, in milliseconds. */
const LOG_WITHIN = 1_500;

export class NightPadRelief {
  /** Why the last tap did nothing. */
  error = "";

  #host;
  #log;
  /** @type {Map<Aid, number>} when each was tapped last, in milliseconds */
  #tappedAt = new Map();
  /** @type {string | null} the id of the episode that was rated here, whose answer stays until the page is loaded again */
  #rated = null;

  /**
   * @param {LitElementType} host
   * @param {() => Promise<void>} log logs an episode, as a tap on the target does
   */
  constructor(host, log) {
    this.#host = host;
    this.#log = log;
  }

  /**
   * Return the relief that the user may start here.
   * @param {Pick<PadContext, "hass" | "sleeper" | "access">} context
   */
  getReliefs({ hass, sleeper, access }) {
    return access.canControlBedroom ? getReliefs(hass, findBedroomOf(hass, sleeper)) : [];
  }

  /**
   * Render the row of buttons above the target.
   * @param {PadContext} context
   * @param {unknown} eased the button that ends the episode, if there is one
   */
  renderRow(context, eased) {
    const reliefs = this.getReliefs(context);
    return html`<div class="relief">${reliefs.map((relief) => this.#renderButton(context, relief))}${eased}</div>`;
  }

  /** @param {PadContext} context @param {Relief} relief */
  #renderButton(context, relief) {
    const { hass, localize } = context;
    const { aid, isOn } = relief;
    const what = localizeOption(localize, "relief", relief.measure);
    const start = aid === "walk" ? localize("walk") : what;
    return html`<button class=${isOn ? "running" : ""} @click=${() => this.#tap(context, relief)}>
      <bdi>${isOn ? localize(`relief_stop_${aid}`) : start}</bdi>
      ${isOn && aid === "device" ? html`<span class="hidden">${what}</span>` : ""}
      ${isOn ? html`<small><bdi>${localize("until", { time: formatUntil(hass, relief) })}</bdi></small>` : ""}
    </button>`;
  }

  /** Render the walk alone, as an icon, at night or while it lasts. @param {PadContext} context */
  renderCompact(context) {
    const walk = this.getReliefs(context).find(({ aid }) => aid === "walk");
    const phase = getAvailableState(context.hass, findBedroomOf(context.hass, context.sleeper), "phase")?.state;
    if (!walk || (phase === "off" && !walk.isOn)) return "";
    const label = context.localize(walk.isOn ? "relief_stop_walk" : "walk");
    return html`<button
      class="walk ${walk.isOn ? "running" : ""}"
      aria-label=${label}
      title=${label}
      @click=${() => this.#tap(context, walk)}
    >
      ${walk.isOn ? BED_ICON : WALK_ICON}
    </button>`;
  }

  /** Render what went wrong, and what could not be turned on. @param {PadContext} context */
  renderProblems(context) {
    const { hass, localize } = context;
    const unreachable = this.getReliefs(context).flatMap((relief) => relief.unreachable);
    const texts = unreachable.map((id) =>
      localize("fault_unreachable", { name: hass.states[id]?.attributes.friendly_name ?? id }),
    );
    return html`
      ${this.error ? html`<div class="problem" role="alert"><p>${this.error}</p></div>` : ""}
      ${texts.length ? html`<div class="problem"><p role="status">${formatList(hass, texts)}</p></div>` : ""}
    `;
  }

  /**
   * Render the question whether the relief of an episode has helped, once it is over, and until somebody answers elsewhere.
   * @param {PadContext} context
   * @param {PadEpisode} episode
   * @param {(details: EpisodeDetails) => void} onChange
   */
  renderQuestion(context, episode, onChange) {
    const { hass, localize } = context;
    const { id, details } = episode;
    if (details.relief_effect !== null && this.#rated !== id) return "";
    if (!isReliefOver(this.getReliefs(context), episode)) return "";
    const what = formatList(hass, details.relief.map((measure) => localizeOption(localize, "relief", measure)));
    const select = (/** @type {string} */ effect) => {
      this.#rated = id;
      onChange({ ...details, relief_effect: details.relief_effect === effect ? null : effect });
    };
    return html`<fieldset class="question">
      <legend><bdi>${localize("did_it_help", { what })}</bdi></legend>
      <div class="chips">
        ${renderChips(localize, "relief_effect", getOptions(hass, "relief_effect"), details.relief_effect, select)}
      </div>
    </fieldset>`;
  }

  /** @param {PadContext} context @param {Relief} relief */
  async #tap(context, relief) {
    const now = Date.now();
    const isSameTap = now - (this.#tappedAt.get(relief.aid) ?? -Infinity) < SAME_TAP_WITHIN;
    if (isSameTap) return;
    this.#tappedAt.set(relief.aid, now);
    fireEvent(this.#host, "haptic", "light");
    fireEvent(this.#host, "tapped");
    this.#setError("");
    try {
      await (relief.isOn ? this.#stop(context, relief) : this.#start(context, relief));
    } catch (error) {
      this.#setError((error instanceof Error && error.message) || context.localize("no_answer"));
    }
  }

  /** @param {PadContext} context @param {Relief} relief */
  async #stop({ hass, sleeper }, { aid }) {
    await callAction(hass, RELIEF_ACTIONS[aid].stop, { bedroom: findBedroomOf(hass, sleeper)?.id });
  }

  /**
   * Log an episode unless one is ongoing, then start the relief, which Home Assistant notes in it. The light does not wait
   * for a slow diary: the pad notes it then.
   * @param {PadContext} context
   * @param {Relief} relief
   */
  async #start({ hass, sleeper, queue, access }, { aid, measure }) {
    const isLogged = !isEpisodeOngoing(hass, sleeper, queue.current, Date.now());
    if (isLogged) await Promise.race([this.#log(), new Promise((resolve) => setTimeout(resolve, LOG_WITHIN))]);
    const bedroom = findBedroomOf(hass, sleeper)?.id;
    const { episode_id } = await callAction(hass, RELIEF_ACTIONS[aid].start, { bedroom, sleeper: sleeper.id });
    const { current } = queue;
    if (!isLogged || episode_id || !current || current.details.relief.includes(measure) || !access.canRead) return;
    await queue.setDetails({ ...current.details, relief: [...current.details.relief, measure] });
  }

  /** @param {string} error */
  #setError(error) {
    this.error = error;
    this.#host.requestUpdate();
  }
}

export const nightPadReliefStyles = css`
  .relief {
    grid-area: relief;
    display: flex;
    gap: 6px;
  }
  .relief button {
    flex: 1 1 0;
    min-inline-size: 48px;
    padding: 2px 4px;
    line-height: 1.15;
    overflow-wrap: anywhere;
  }
  .relief small {
    display: block;
    font-size: var(--ha-font-size-s, 12px);
    font-weight: var(--ha-font-weight-normal, 400);
  }
  .relief .running,
  .walk.running {
    border: 2px solid var(--pad-line);
    background: var(--pad-marked);
  }
  /* What is on says so in words: a bright border would be too much light. */
  :host([dark]) .relief .running {
    border-color: var(--pad-border);
    background: var(--pad-logged);
  }
  .question {
    display: flow-root;
  }
  .question legend {
    float: inline-start;
    display: flex;
    align-items: center;
    box-sizing: border-box;
    inline-size: calc(100% - 200px);
    min-block-size: 48px;
    margin: 0;
    padding-inline-end: 8px;
    line-height: 1.2;
  }
  .question .chips {
    flex-wrap: nowrap;
    gap: 6px;
  }
  .question .chips button {
    flex: 1 1 auto;
    padding-inline: 4px;
  }
  @container pad (inline-size < 340px) {
    .question {
      font-size: var(--ha-font-size-m, 14px);
    }
  }
  /* On a small screen, all that is needed has to fit. */
  @media (max-height: 700px) {
    :host([dark]) .details:has(.question) .selected {
      display: none;
    }
    :host([dark]) .details:has(.question) > .main {
      margin-block-start: auto;
    }
    :host([dark]) .relief ~ .details {
      --pad-zone-size: 60px;
    }
  }
  @media (max-height: 500px) {
    :host([dark]) .relief ~ .details {
      --pad-zone-size: 52px;
    }
  }
  .walk {
    padding: 0;
  }
  .walk .icon {
    margin: 0;
  }
  /* In one row of a very narrow tile, there is room for two icons. */
  @media (max-width: 18em) {
    :host([compact]) .undo:has(~ .walk) {
      display: none;
    }
    :host([compact]) .walk ~ .target .icon {
      margin: 0;
    }
    :host([compact]) .walk ~ .target span:not(.fill) {
      position: absolute;
      inline-size: 1px;
      overflow: hidden;
      clip-path: inset(50%);
    }
  }
  @container pad (inline-size < 300px) {
    .relief {
      flex-wrap: wrap;
    }
    .relief button {
      flex-basis: min-content;
      padding-inline: 2px;
      font-size: var(--ha-font-size-m, 14px);
      overflow-wrap: break-word;
    }
    .question legend {
      float: none;
      inline-size: auto;
      min-block-size: 0;
      margin-block-end: 6px;
    }
  }
`;
