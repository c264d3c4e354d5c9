import assert from "node:assert/strict";
import { test } from "node:test";
import { withRating } from "../src/lib/own";
import { sized } from "../src/lib/posters";
import { match } from "../src/lib/router";
import { reasonLine, starsInWords, t } from "../src/lib/texts";
import { uuid } from "../src/lib/uuid";
import { digitsFor, printedOther, rounded, sumOf } from "../src/lib/why";
import type { ListItem, Movie } from "../src/lib/types";

const film = (movie: number): Movie => ({
  movie, title: `Film ${movie}`, year: 1990, genres: [], poster: null,
  generated_poster: `/api/v1/movies/${movie}/poster.svg`, rating: { mean: 4.5, count: 12 },
});

const item = (over: Partial<ListItem>): ListItem => ({
  ...film(1), rank: 1, score: 0, baseline: 0, predicted_rating: null, reasons: [], other: 0, ...over,
});

test("addresses lead to their pages", () => {
  assert.deepEqual(match("/"), { page: "home" });
  assert.deepEqual(match("/film/12"), { page: "film", id: 12 });
  assert.deepEqual(match("/people"), { page: "people" });
  assert.deepEqual(match("/people/7/"), { page: "person", id: 7 });
  assert.deepEqual(match("/rate"), { page: "rate" });
  assert.deepEqual(match("/log"), { page: "log" });
  for (const path of ["/film", "/film/x", "/film/-1", "/film/1/2", "/film/12345678901", "/nowhere"])
    assert.deepEqual(match(path), { page: "missing" }, path);
});

test("a UUID is made without crypto.randomUUID, and without crypto", () => {
  const shape = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
  const plain = { getRandomValues: <T extends ArrayBufferView | null>(a: T) => a } as Partial<Crypto>;
  assert.match(uuid(plain), shape);
  assert.match(uuid({}), shape);
  assert.match(uuid(), shape);
  assert.notEqual(uuid({}), uuid({}));
});

test("stars are said in words", () => {
  assert.equal(starsInWords(5), "five stars");
  assert.equal(starsInWords(1), "one star");
  assert.equal(starsInWords(3.5), "three and a half stars");
  assert.equal(starsInWords(0.5), "half a star");
});

test("the reason is the strongest true sentence", () => {
  const reasons = [
    { movie: 2, title: "Against", rating: 1, contribution: -0.5 },
    { movie: 3, title: "Fargo", rating: 5, contribution: 0.3 },
  ];
  const terms = [{ term: "mafia", contribution: 0.2 }, { term: "family", contribution: 0.1 }];
  const you = { kind: "you" } as const;
  assert.equal(reasonLine(item({ reasons }), you, "hybrid"), "Because you gave Fargo five stars");
  assert.equal(reasonLine(item({ reasons }), { kind: "person" }, "hybrid"), "Because of Fargo, five stars");
  assert.equal(reasonLine(item({ reasons, terms }), { kind: "film", title: "Heat" }, "content"), "In common: mafia, family");
  assert.equal(reasonLine(item({ reasons }), { kind: "film", title: "Heat" }, "user-knn"), "Liked by people who like Heat");
  assert.equal(reasonLine(item({ reasons }), you, "popular"), "Liked by most: 4.5 from 12 people");
  assert.equal(reasonLine(item({}), you, "hybrid"), "Liked by most: 4.5 from 12 people");
  assert.equal(reasonLine(item({ rating: { mean: null, count: 0 } }), you, "popular"), "Often watched");
});

test("rating a film again keeps its place, taking the stars away removes it", () => {
  const two = withRating(withRating([], film(1), 3), film(2), 4);
  assert.deepEqual(two.map((r) => r.movie), [2, 1]);
  assert.deepEqual(withRating(two, film(1), 5).map((r) => [r.movie, r.rating]), [[2, 4], [1, 5]]);
  assert.deepEqual(withRating(two, film(2), null).map((r) => r.movie), [1]);
});

test("each bar starts where the one before it ended, and the total ends where the last does", () => {
  const sum = sumOf({ baseline: 0.1, other: 0.2, score: 0.5, reasons: [
    { movie: 1, title: "", rating: 5, contribution: 0.4 },
    { movie: 2, title: "", rating: 1, contribution: -0.2 },
  ] });
  const near = (a: number, b: number) => assert.ok(Math.abs(a - b) < 1e-12, `${a} is not ${b}`);
  near(sum.zero, 0);
  near(sum.bars[0]!.width, 0.8);
  near(sum.bars[1]!.from, 0.4);
  near(sum.other.from, 0.4);
  near(sum.baseline.from, 0.8);
  near(sum.total.width, 1);
  const below = sumOf({ baseline: 0, other: 0.3, score: 0.1, reasons: [
    { movie: 1, title: "", rating: 1, contribution: -0.2 },
  ] });
  near(below.zero, 2 / 3);
  near(below.bars[0]!.from, 0);
  near(below.total.from, 2 / 3);
});

test("what is printed adds up exactly", () => {
  const reasons = [0.3333, 0.3333, -0.1125].map((contribution, i) => ({ movie: i, title: "", rating: 5, contribution }));
  const whole = { baseline: 0.12345, reasons, other: 0.00678, score: 0.68438 };
  const digits = digitsFor(whole);
  const printed = [whole.baseline, ...reasons.map((r) => r.contribution)].map((x) => rounded(x, digits));
  const total = printed.reduce((a, b) => a + b, 0) + printedOther(whole, digits);
  assert.equal(total.toFixed(digits), whole.score.toFixed(digits));
});

test("small scores get digits enough", () => {
  assert.equal(digitsFor({ baseline: 0, other: 0, score: 0.004, reasons: [] }), 5);
  assert.equal(digitsFor({ baseline: 0, other: 0, score: 12, reasons: [] }), 2);
});

test("poster addresses take the wanted size", () => {
  assert.equal(sized("https://image.tmdb.org/t/p/w342/abc.jpg", 500), "https://image.tmdb.org/t/p/w500/abc.jpg");
});

test("what was left out is said, zeroes are not", () => {
  assert.equal(t.left({ seen: 210, exclude: 1 }), "Left out: seen, 210; not for you, 1");
  assert.equal(t.left({ seen: 0 }), null);
});
