import assert from "node:assert/strict";
import { test } from "node:test";
import {
  between, choicesOf, csvOfFigure, everyNth, fileOf, greatest, isWhole, least, linear, logarithmic, middleBin, moved, nearest, pairsOf, partOf, periodOf,
  refusedOf, roundUp, type DataAnswer, type Figure,
} from "../src/lib/data";
import { match } from "../src/lib/router";

const part = (query: string) => partOf(new URLSearchParams(query));

test("an address says which films are asked about, and what it says in vain is nothing", () => {
  assert.deepEqual(part("genre=Film-Noir&from=1940&to=1959"), { genre: "Film-Noir", from: 1940, to: 1959 });
  assert.ok(isWhole(part("")) && isWhole(part("genre=&from=abc&to=-1")) && isWhole(part("from=1990&to=1980")));
  assert.ok(!isWhole(part("from=1990&to=1990")) && !isWhole(part("to=1990")));
  assert.deepEqual(match("/analytics/data"), { page: "analytics", part: "data", id: null });
});

test("what an address says in vain is told", () => {
  const told = (query: string) => refusedOf(new URLSearchParams(query), ["Drama", "War"]);
  assert.deepEqual(told(""), { genre: null, years: null });
  assert.deepEqual(told("genre=War&from=1990&to=1999"), { genre: null, years: null });
  assert.deepEqual(told("genre=Opera"), { genre: "Opera", years: null });
  assert.deepEqual(told("genre=&from=abc"), { genre: null, years: "abc" });
  assert.deepEqual(told("from=1990&to=1980"), { genre: null, years: "1990–1980" });
});

const figure = (id: string, columns: Figure["columns"]): Figure => ({ figure: id, absent: null, rows: columns[0]?.values.length ?? 0, columns });

test("the choices are what is in the data", () => {
  const answer = { figures: [
    figure("genre-frequency", [{ name: "genre", kind: "text", values: ["Drama", "War"] }]),
    figure("films-per-year", [{ name: "year", kind: "number", values: [1990, 1991] }, { name: "films", kind: "count", values: [3, 0] }]),
  ] } as unknown as DataAnswer;
  assert.deepEqual(choicesOf(answer), { genres: ["Drama", "War"], years: [1990, 1991], films: [3, 0] });
  assert.deepEqual(choicesOf({ figures: [] } as unknown as DataAnswer), { genres: [], years: [], films: [] });
});

test("a figure as a file has the columns of the command line, and no cell that a spreadsheet would work out", () => {
  const csv = csvOfFigure(figure("top", [{ name: "film", kind: "text", values: ["=Heat", "M"] }, { name: "mean", kind: "real", values: [4.5, null] }]));
  assert.deepEqual(csv.trimEnd().split("\r\n").map((line) => line.split(",").length), [2, 2, 2]);
  assert.match(csv, /^"film","mean"\r\n/);
  assert.doesNotMatch(csv, /(^|[\n",])=/);
  assert.equal(fileOf("top-by-rating", part("")), "top-by-rating.csv");
  assert.equal(fileOf("top-by-rating", part("genre=Children's&from=1950")), "top-by-rating_children-s_1950-.csv");
});

test("what stands out: the greatest and the least of what is known, and the bin of the middle", () => {
  assert.deepEqual([greatest([NaN, 2, 5, 5]), least([NaN, 2, 5, 1]), greatest([NaN]), greatest([])], [2, 3, -1, -1]);
  assert.deepEqual([middleBin([1, 1, 10, 1]), middleBin([4, 4]), middleBin([0, 0, 3])], [2, 0, 2]);
});

test("scales have round numbers within their ends", () => {
  const line = linear(0, 350, 200, 0, 4);
  assert.deepEqual(line.ticks, [0, 100, 200, 300]);
  assert.deepEqual([line(0), line(350), line(175)], [200, 0, 100]);
  assert.deepEqual(linear(3.41, 3.66, 0, 1, 2).ticks, [3.6]);
  assert.ok(Number.isFinite(linear(3, 3, 0, 1, 2)(3)));
  const powers = logarithmic(1, 3428, 0, 100);
  assert.deepEqual(powers.ticks, [1, 10, 100, 1000]);
  assert.deepEqual([powers(1), Math.round(powers(3428))], [0, 100]);
  assert.deepEqual(logarithmic(1, 42, 0, 1).ticks, [1, 2, 5, 10, 20]);
  assert.deepEqual([roundUp(345), roundUp(400), roundUp(11), roundUp(0)], [400, 400, 15, 0.5]);
});

test("the nearest place is found, and names have room", () => {
  assert.deepEqual([0, 3, 6, 99].map((at) => nearest([0, 5, 10], at)), [0, 1, 1, 2]);
  assert.deepEqual([nearest([], 3), nearest([7], 3)], [0, 0]);
  assert.deepEqual([everyNth(10, 100, 10), everyNth(10, 99, 10), everyNth(100, 100, 40), everyNth(3, 0, 10)], [1, 2, 40, 30]);
});

test("keys go along a line, and in a grid never to the next row", () => {
  assert.deepEqual(["ArrowRight", "ArrowLeft", "Home", "End", "PageUp", "x"].map((key) => moved(key, 1, 20, 20)), [2, 0, 0, 19, 11, null]);
  assert.deepEqual([moved("ArrowRight", 19, 20, 20), moved("ArrowLeft", 0, 20, 20)], [19, 0]);
  assert.deepEqual(["ArrowDown", "ArrowUp", "ArrowRight"].map((key) => moved(key, 5, 12, 4)), [9, 1, 6]);
  assert.deepEqual([moved("ArrowDown", 9, 12, 4), moved("ArrowUp", 1, 12, 4)], [9, 1]);
  assert.deepEqual([moved("ArrowRight", 3, 12, 4), moved("ArrowLeft", 4, 12, 4), moved("End", 4, 12, 4)], [3, 4, 11]);
});

test("periods of every length are read", () => {
  assert.deepEqual(["2000-11", "2000-Q4", "2000-11-03", "2000"].map(periodOf),
    [{ year: 2000, month: 11 }, { year: 2000, quarter: 4 }, { year: 2000, month: 11, day: 3 }, { year: 2000 }]);
});

test("genres that go together are found by their places", () => {
  const pairs = pairsOf(figure("genre-cooccurrence", [
    { name: "genre", kind: "text", values: ["War", "Crime", "Crime"] }, { name: "with", kind: "text", values: ["Drama", "Drama", "War"] },
    { name: "films", kind: "count", values: [3, 2, 0] }, { name: "overlap", kind: "share", values: [0.5, 0.25, 0] },
  ]), 20);
  assert.deepEqual(pairs.names, ["Drama", "War", "Crime"]);
  assert.deepEqual([pairs.at(1, 0), pairs.at(2, 1), pairs.at(0, 1)], [{ films: 3, overlap: 0.5 }, { films: 0, overlap: 0 }, null]);
});

test("an axis of a line says both its ends, round ones around what is there", () => {
  for (const [low, high, ends] of [[3.1, 7.2, [2, 8]], [0.7475, 0.7575, [0.745, 0.76]], [69, 84, [65, 85]], [5, 5, [4, 6]], [0, 0, [0, 0.5]]] as const) {
    const scale = between(low, high, 100, 0);
    assert.deepEqual(scale.ticks, ends, `${low} to ${high}`);
    assert.ok(scale(low) <= 100 && scale(high) >= 0);
  }
});
