/** The cards and the strategies, which the entry module loads when the first of them is used. */

// All modules are named here so that the browser fetches them in parallel where nothing was built. It would otherwise
// discover each one only after fetching the module that imports it.
import "./cards/base-card.js";
import "./cards/bedtime-card-styles.js";
import "./cards/bedtime-card.js";
import "./cards/night-pad-card.js";
import "./cards/section-editor.js";
import "./cards/trends-card.js";
import "./components/body-map.js";
import "./components/diary-controller.js";
import "./components/episode-form.js";
import "./components/fullscreen-pad.js";
import "./components/heat-map.js";
import "./components/night-details.js";
import "./components/night-pad-styles.js";
import "./components/night-pad.js";
import "./components/option-controls.js";
import "./components/statistics.js";
import "./components/tap-guard.js";
import "./data/bedroom-status.js";
import "./data/devices.js";
import "./data/diary-client.js";
import "./data/episode-details.js";
import "./data/episode-draft.js";
import "./data/episode-queue.js";
import "./data/legacy-queue.js";
import "./data/night-edits.js";
import "./data/night-grid.js";
import "./data/operations.js";
import "./data/request-id.js";
import "./data/saved-forms.js";
import "./data/sleeper-data.js";
import "./data/trends-store.js";
import "./data/vocabulary.js";
import "./data/wall-clock.js";
import "./frontend/browser-storage.js";
import "./frontend/dashboard-config.js";
import "./frontend/home-assistant.js";
import "./frontend/lit.js";
import "./frontend/locale.js";
import "./frontend/register.js";
import "./frontend/strategies.js";
import "./frontend/translations.js";
