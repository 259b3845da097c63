/** Accidental taps are told from intentional ones. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { TapGuard } from "../../custom_components/rls_bedtime/www/components/tap-guard.js";

test("a tap is intentional, but a touch that moves, or that stops a scrolling page, is not", () => {
  const guard = new TapGuard();
  const click = { x: 10, y: 10, detail: 1, at: 2100 };
  guard.recordPointerDown({ x: 12, y: 15, at: 2000 });
  assert.ok(guard.isIntentional(click));
  guard.recordPointerDown({ x: 12, y: 40, at: 2000 });
  assert.ok(!guard.isIntentional(click));
  guard.recordUserScroll(1300);
  guard.recordPageScroll(1500);
  guard.recordPageScroll(1800);
  guard.recordPointerDown({ x: 10, y: 10, at: 2000 });
  assert.ok(!guard.isIntentional(click));
  guard.recordPointerDown({ x: 10, y: 10, at: 2300 });
  assert.ok(guard.isIntentional({ ...click, at: 2350 }));
});

test("a page that a screen reader scrolls does not block a tap", () => {
  const guard = new TapGuard();
  guard.recordPageScroll(1900);
  guard.recordPointerDown({ x: 10, y: 10, at: 2000 });
  assert.ok(guard.isIntentional({ x: 10, y: 10, detail: 1, at: 2050 }));
});

test("a click without a touch is always intentional", () => {
  const guard = new TapGuard();
  const click = { x: 10, y: 10, detail: 1, at: 100 };
  assert.ok(guard.isIntentional(click));
  guard.recordUserScroll(100);
  guard.recordPointerDown({ x: 99, y: 99, at: 110 });
  assert.ok(guard.isIntentional({ ...click, detail: 0, at: 120 }));
  assert.ok(guard.isIntentional({ ...click, at: 60_000 }));
});
