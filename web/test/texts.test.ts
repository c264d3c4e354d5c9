// What the pages call what the server has short names for; the tests run in English.
import assert from "node:assert/strict";
import { test } from "node:test";
import { figureOf } from "../src/lib/stats";
import { metricName } from "../src/lib/texts/analytics";
import { readCell } from "../src/lib/texts/data";
import { readReport } from "../src/lib/texts/stats";

test("cells of a report are named as the charts name them", () => {
  assert.equal(readReport("method", "user-knn"), "Collaborative");
  assert.equal(readReport("weekday", 1), "Mondays");
  assert.equal(readReport("weekday", 7), "Sundays");
  assert.equal(readReport("hour", 20), "20:00");
  assert.equal(readReport("rank", 0), "no place");
  assert.equal(readReport("scenario", "for-you"), "For you");
  assert.equal(readReport("scenario", ""), "no row");
  assert.equal(readReport("against.week", "2026-11-23"), "November 23, 2026");
  assert.equal(readReport("title", "War"), "War");
  assert.equal(readReport("shown", 5), null);
  assert.equal(readReport("method", null), null);
});

test("years and ids are no amounts, and a weekday is a name", () => {
  const figure = figureOf("films", [{ movie: 1234, year: 1999, weekday: 3, shown: 1234 }]);
  assert.deepEqual(figure.columns.map((one) => one.kind), ["number", "number", "text", "count"]);
});

test("a film's title is no word of ours, and times are words", () => {
  assert.equal(readCell("film", "Seven - Part"), "Seven\u00a0– Part");
  assert.equal(readCell("period", "2000-11"), "November 2000");
  assert.equal(readCell("decade", 1990), "1990s");
  assert.equal(readCell("ratings", 1990), null);
});

test("metrics have names", () => {
  assert.deepEqual(["ndcg@10", "hit_rate@10", "rmse", "hidden_recall@20", "sampled_mrr@5", "new_thing@3"].map(metricName),
    ["NDCG@10", "hit rate@10", "RMSE", "recall@20, hidden films", "MRR@5, among few", "new_thing@3"]);
});
