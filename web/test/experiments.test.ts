import assert from "node:assert/strict";
import { test } from "node:test";
import { pathReach, reach, type Compared } from "../src/lib/experiments";

const compared = (path: Compared["path"]): Compared => ({
  arm: "texts", difference: 0.02, low: -0.01, high: 0.05, fixed_low: null, fixed_high: null, p: null, verdict: "open", decided_after: null, path,
});
const point = (low: number | null, high: number | null) => ({ people: 100, difference: 0.01, low, high });

test("the way to a difference is drawn as far as it matters", () => {
  const last = reach(compared([]), 0.01);
  assert.equal(pathReach(compared([]), 0.01), last);
  assert.equal(pathReach(compared([point(null, null)]), 0.01), last);
  assert.ok(Math.abs(pathReach(compared([point(-0.1, 0.12)]), 0.01) - 0.132) < 1e-9);
  assert.equal(pathReach(compared([point(-0.9, 0.9)]), 0.01), 3 * last);
});
