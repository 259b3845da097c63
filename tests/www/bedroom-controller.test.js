/** Following a bedroom: one subscription at a time, and a new one when that is worth it. */

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

import { BedroomController } from "../../custom_components/rls_bedtime/www/components/bedroom-controller.js";

/** @import { Device } from "../../custom_components/rls_bedtime/www/data/devices.js" */

/** @param {string} id @returns {Device} */
const room = (id) => ({ id, name: id, configEntryId: "1", entities: { phase: `sensor.${id}` } });

let updates = 0;
/** @type {{bedroom: string, listener: (event: any) => void, stopped: boolean, accept: () => void, refuse: () => void}[]} */
let subscriptions = [];
const host = { isConnected: true, addController() {}, requestUpdate: () => void updates++ };

/** @type {BedroomController} */
let controller;

beforeEach(() => {
  updates = 0;
  subscriptions = [];
  host.isConnected = true;
  controller = new BedroomController(host, (_hass, { bedroom }, listener) => {
    return new Promise((resolve, reject) => {
      const subscription = {
        bedroom,
        listener,
        stopped: false,
        accept: () => resolve(() => void (subscription.stopped = true)),
        refuse: () => reject(new Error("refused")),
      };
      subscriptions.push(subscription);
    });
  });
});

/** @param {string} state of all phases @returns {any} */
const hass = (state, connected = true) => {
  const phase = { state, attributes: {}, last_changed: "", last_updated: "" };
  return { connected, entities: {}, devices: {}, states: { "sensor.a": phase, "sensor.b": phase } };
};

const settle = () => new Promise((resolve) => setTimeout(resolve));

test("a bedroom is followed once, and each report updates the card", async () => {
  for (const state of ["off", "wind_down"]) controller.update(hass(state), room("a"));
  assert.deepEqual(subscriptions.map(({ bedroom }) => bedroom), ["a"]);
  subscriptions[0].accept();
  subscriptions[0].listener({ report: { phase: "off" } });
  assert.deepEqual([controller.report?.phase, updates], ["off", 1]);
});

test("another bedroom is followed instead of the first", async () => {
  controller.update(hass("off"), room("a"));
  subscriptions[0].accept();
  await settle();
  controller.update(hass("off"), room("b"));
  assert.deepEqual([subscriptions[0].stopped, subscriptions[1].bedroom], [true, "b"]);
  subscriptions[0].listener({ report: { phase: "bedtime" } });
  assert.equal(controller.report, null);
});

test("a subscription that is accepted only after the card has gone is ended", async () => {
  controller.update(hass("off"), room("a"));
  controller.hostDisconnected();
  subscriptions[0].accept();
  await settle();
  assert.equal(subscriptions[0].stopped, true);
});

test("a card that returns to the page follows again", () => {
  controller.update(hass("off"), room("a"));
  controller.hostDisconnected();
  controller.hostConnected();
  assert.equal(subscriptions.length, 2);
});

test("what was refused is tried again only when the phase has changed", async () => {
  const before = hass("off");
  controller.update(before, room("a"));
  subscriptions[0].refuse();
  await settle();
  controller.update(before, room("a"));
  assert.equal(subscriptions.length, 1);
  controller.update(hass("off"), room("a"));
  assert.equal(subscriptions.length, 2);
});

test("an unavailable bedroom is followed when it is there", () => {
  controller.update(hass("unavailable"), room("a"));
  assert.equal(subscriptions.length, 0);
  controller.update(hass("off"), room("a"));
  assert.equal(subscriptions.length, 1);
});

test("after a lost connection the bedroom is followed again", () => {
  controller.update(hass("bedtime"), room("a"));
  subscriptions[0].listener({ report: { phase: "bedtime" } });
  controller.update(hass("bedtime", false), room("a"));
  assert.equal(controller.report, null);
  controller.update(hass("bedtime"), room("a"));
  assert.equal(subscriptions.length, 2);
});

test("a card that is not on the page follows nothing", () => {
  host.isConnected = false;
  controller.update(hass("off"), room("a"));
  assert.equal(subscriptions.length, 0);
});
