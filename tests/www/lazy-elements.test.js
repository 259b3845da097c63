/** The lazy elements: what is loaded once, and what happens if that fails. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { createLazyStrategy, createLoader } from "../../custom_components/rls_bedtime/www/frontend/lazy-elements.js";

Object.assign(globalThis, { HTMLElement: class {} });

/** Return a loader whose first attempts fail, and the addresses that it has tried. @param {number} failures */
function createFailingLoader(failures) {
  /** @type {string[]} */
  const tried = [];
  const loader = createLoader("/cards.js", async (url) => {
    if (tried.push(url) <= failures) throw new TypeError("failed to fetch");
  });
  return { loader, tried };
}

/** Let all timers run out as soon as they are set, until a promise is settled. @param {any} mock @param {Promise<any>} promise */
async function runTimers(mock, promise) {
  let isSettled = false;
  const settle = () => (isSettled = true);
  promise.then(settle, settle);
  while (!isSettled) {
    await new Promise((resolve) => setImmediate(resolve));
    mock.timers.tick(60_000);
  }
  return promise;
}

test("a module is loaded once, whoever asks for it", async () => {
  const { loader, tried } = createFailingLoader(0);
  assert.equal(loader.isLoaded, false);
  await Promise.all([loader.load(), loader.load()]);
  await loader.load();
  assert.equal(loader.isLoaded, true);
  assert.deepEqual(tried, ["/cards.js"]);
});

test("each further attempt has another address, because browsers remember failures", async () => {
  const { loader, tried } = createFailingLoader(2);
  await assert.rejects(loader.load());
  await assert.rejects(loader.load());
  await loader.load();
  assert.equal(new Set(tried).size, 3);
});

test("a strategy is asked once it is loaded", async ({ mock }) => {
  mock.timers.enable({ apis: ["setTimeout"] });
  const { loader } = createFailingLoader(2);
  const strategy = createLazyStrategy(loader);
  assert.equal(strategy.shouldRegenerate({}, {}, {}), false);
  strategy.implement({
    generate: async (/** @type {any} */ config) => ({ views: [config] }),
    shouldRegenerate: () => true,
  });
  assert.deepEqual(await runTimers(mock, strategy.generate("tonight")), { views: ["tonight"] });
  assert.equal(strategy.shouldRegenerate({}, {}, {}), true);
  assert.equal(await strategy.getConfigElement(), undefined);
});

test("a strategy that cannot be loaded lets Home Assistant say so", async ({ mock }) => {
  mock.timers.enable({ apis: ["setTimeout"] });
  const { loader, tried } = createFailingLoader(Infinity);
  await assert.rejects(runTimers(mock, createLazyStrategy(loader).generate({}, {})), /failed to fetch/);
  assert.equal(tried.length, 3);
});
