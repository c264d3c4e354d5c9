// The dashboard: which days an address means, rows as tables, what stands out.
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  askedOf, bestOf, contenders, everyDay, figureOf, fileAddress, isEntire, keyOf, methodsOf, plusDays, refusedOf, standsOut, today, toldFrom0, weeksOf, wilson, type ModelRow, type RateRow,
} from "../src/lib/stats";
import { match } from "../src/lib/router";
import { signed } from "../src/lib/texts/stats";

const asked = (query: string) => askedOf(new URLSearchParams(query));
const none = { rate: null, low: null, high: null };
const row = (members: Partial<RateRow>): RateRow => ({
  lists: 1, shown: 10, clicked: 1, rated: 0, clicked_rated: 0, not_interested: 0, click_through: none, rating_through: none, ...members,
});

test("the dashboard has an address, and days in it", () => {
  assert.deepEqual(match("/analytics/dashboard"), { page: "analytics", part: "dashboard", id: null });
  assert.deepEqual(asked(""), { range: "28d", against: null });
  assert.deepEqual(asked("range=90d&against=previous"), { range: "90d", against: "previous" });
  assert.deepEqual(asked("range=2026-10-01..2026-10-31&against=2025-10-01..2025-10-31"), { range: "2026-10-01..2026-10-31", against: "2025-10-01..2025-10-31" });
  assert.deepEqual(refusedOf(new URLSearchParams("range=2026-10-01..2026-10-31&against=previous")), { range: null, against: null });
  assert.deepEqual(refusedOf(new URLSearchParams("range=&against=")), { range: null, against: null });
  assert.deepEqual(refusedOf(new URLSearchParams("range=soon&against=2026-02-30..2026-03-02")), { range: "soon", against: "2026-02-30..2026-03-02" });
  assert.deepEqual(asked("range=2026-02-28..2026-03-01").range, "2026-02-28..2026-03-01");
  for (const wrong of ["range=2020-13-45..2020-14-01", "range=1969-01-01..1971-01-01", "range=1970-01-02..2999-01-01", "range=1900-01-01..1900-01-02", "range=soon", "range=2026-10-31..2026-10-01", "range=2026-10-01", "range=1..2..3", "against=next"])
    assert.deepEqual(asked(wrong), { range: "28d", against: null }, wrong);
});

test("a report's address, and that of its file", () => {
  const days = asked("range=90d&against=previous");
  assert.equal(keyOf("rates", days, { by: "rank" }), "/api/v1/analytics/rates?range=90d&against=previous&by=rank");
  assert.equal(keyOf("models", days), "/api/v1/analytics/models?range=90d"); // which compares nothing
  assert.equal(keyOf("health", days), "/api/v1/analytics/health");
  assert.equal(fileAddress(keyOf("health", days), "csv"), "/api/v1/analytics/health?format=csv");
  assert.equal(fileAddress(keyOf("people", days), "json"), "/api/v1/analytics/people?range=90d&against=previous&format=json");
});

test("rows are a table, members of members with a dot", () => {
  const figure = figureOf("rates", [{ method: "ease", shown: 3, click_through: { rate: 0.5, low: 0.1, high: 0.9 } }, { method: "popular", shown: 0, click_through: none, change: none }]);
  assert.deepEqual(figure.columns.map(({ name, kind }) => [name, kind]), [
    ["method", "text"], ["shown", "count"], ["click_through.rate", "share"], ["click_through.low", "share"], ["click_through.high", "share"],
    ["change.rate", "share"], ["change.low", "share"], ["change.high", "share"],
  ]);
  assert.deepEqual(figure.columns[2]!.values, [0.5, null]);
  assert.deepEqual(figure.columns[5]!.values, [null, null]); // the first row has none
  assert.equal(figure.rows, 2);
});

test("best is what is so beyond chance", () => {
  const [sure, lucky] = [row({ click_through: wilson(300, 1000) }), row({ click_through: wilson(1, 2) })];
  const weak = row({ click_through: wilson(100, 1000) });
  assert.equal(bestOf([lucky, sure, weak], "click_through"), sure);
  assert.equal(bestOf([], "click_through"), null);
  assert.ok(standsOut(sure, [sure, weak], "click_through"));
  assert.ok(!standsOut(sure, [sure, lucky], "click_through"));
  assert.deepEqual(contenders(sure, [weak, lucky, sure], "click_through"), [sure, lucky]); // weak is none
  assert.equal(toldFrom0({ rate: 0.1, low: 0.05, high: 0.2 }), 1);
  assert.equal(toldFrom0({ rate: -0.1, low: -0.2, high: -0.05 }), -1);
  assert.equal(toldFrom0({ rate: 0.1, low: -0.05, high: 0.2 }), 0);
  assert.equal(toldFrom0(none), 0);
});

test("Wilson's interval is the server's", () => {
  const { rate, low, high } = wilson(2, 12);
  assert.deepEqual([rate, low, high].map((one) => Math.round(one! * 1e6) / 1e6), [0.166667, 0.046965, 0.448031]);
  assert.deepEqual(wilson(0, 0), none);
  assert.equal(wilson(0, 5).low, 0);
  assert.equal(wilson(5, 5).high, 1);
});

test("a method's versions are joined by week, and a new one marks its week", () => {
  const of = (week: string, method: string, model_id: string, shown: number, clicked: number): ModelRow =>
    ({ ...row({ shown, clicked }), week, method, model_id } as ModelRow);
  const items = [of("2026-03-02", "ease", "ease-1", 10, 1), of("2026-03-02", "ease", "ease-2", 30, 7), of("2026-03-09", "ease", "ease-2", 20, 2), of("2026-03-09", "popular", "popular-1", 500, 5)];
  const weeks = weeksOf({ items, promotions: [{ day: "2026-03-08", method: "ease", model_id: "ease-2" }, { day: "2026-03-09", method: "popular", model_id: "popular-1" }] }, "ease");
  assert.deepEqual(weeks.map(({ week, shown, click, fresh }) => [week, shown, click.rate, fresh]), [["2026-03-02", 40, 0.2, ["ease-2"]], ["2026-03-09", 20, 0.1, []]]);
  assert.deepEqual(methodsOf(items), ["popular", "ease"]);
});

test("days without anything are there, too", () => {
  assert.equal(plusDays("2026-02-28", 1), "2026-03-01");
  const days = everyDay({ from: "2026-02-27", to: "2026-03-02" }, [{ day: "2026-03-01", n: 4 }], (one) => one.day, (day) => ({ day, n: 0 }));
  assert.deepEqual(days, [{ day: "2026-02-27", n: 0 }, { day: "2026-02-28", n: 0 }, { day: "2026-03-01", n: 4 }, { day: "2026-03-02", n: 0 }]);
  const weeks = everyDay({ from: "2026-02-27", to: "2026-03-20" }, [{ day: "2026-02-23", n: 1 }, { day: "2026-03-09", n: 2 }], (one) => one.day, (day) => ({ day, n: 0 }), 7);
  assert.deepEqual(weeks.map((one) => one.n), [1, 0, 2, 0]);
});

test("what goes on, or is cut off, is not whole", () => {
  const range = { from: "2026-03-04", to: "2026-03-31" };
  assert.ok(isEntire("2026-03-09", 7, range));
  assert.ok(!isEntire("2026-03-02", 7, range)); // two days of it are not in the range
  assert.ok(!isEntire("2026-03-30", 7, range));
  assert.ok(isEntire("2026-03-31", 1, range));
  assert.ok(!isEntire(today(), 1, { from: today(), to: today() }));
});

test("what is 0 as it is written has no sign", () => {
  assert.deepEqual([-0.0004, 0.0004, -0.0006, 0.0006].map((value) => signed(value, 3)), ["0.000", "0.000", "−0.001", "+0.001"]);
  assert.equal(signed(-2.5), "−2.50");
});
