// An experiment that has found something, with invented numbers: a real one takes people a day at least.
export const experiment = { name: "texts-1", kind: "ab", scenario: null, metric: "click_through", alpha: 0.05, smallest_effect: 0.02, days: 28, window_hours: 24, tag: "0000000a",
  arms: [{ name: "now", model: "hybrid", weight: 1 }, { name: "texts", model: { ease: 0.7, content: 0.3 }, weight: 1 }], rule: "", state: "running",
  created_at: "2026-11-01T00:00:00Z", starts_at: "2026-11-01T00:00:00Z", ends_at: "2026-11-29T00:00:00Z" };
// The interval after each 80th person, as it closes in on what there is to find.
const wayThere = Array.from({ length: 63 }, (_, i) => {
  const people = 40 + 80 * i, half = people < 100 ? null : 1.95 / Math.sqrt(people), difference = 0.0301 - (0.09 * Math.cos(i)) / (i + 1) - (62 - i) / 9000;
  return { people, difference, low: half === null ? null : difference - half, high: half === null ? null : difference + half };
});
export const found = { experiment, at: "2026-11-20T00:00:00Z", lists: 11420, people: 5000, waiting: 130, uncounted: 0, strays: 0, untrusted: 0, balance_p: 0.78, people_needed: 7064,
  arms: [{ name: "now", people: 2510, did: 251, share: 0.1 }, { name: "texts", people: 2490, did: 324, share: 0.1301 }],
  comparisons: [{ arm: "texts", difference: 0.0301, low: 0.0025, high: 0.0577, fixed_low: 0.0124, fixed_high: 0.0478, p: 0.023, verdict: "better", decided_after: 4210, path: wayThere }],
  verdict: "better", winner: "texts", says: "" };
