import assert from "node:assert/strict";
import { test } from "node:test";
import { addClicked, dropClicked, loadClicked } from "../src/lib/clicked";
import { elsewhere, marksOf, pieces } from "../src/lib/found";
import { historyOf, keyOf, remembered, weightsOf, withRating, withWeights } from "../src/lib/own";
import { hostAnswered, hostAway, hostFailed, sized, whenHostAway } from "../src/lib/posters";
import { match } from "../src/lib/router";
import { languageOf, printed, share } from "../src/lib/format";
import { byMonth, rated } from "../src/lib/given";
import { apart, byDecade, byGenre, byStars, csvOf, largest, meanOf, shares } from "../src/lib/taste";
import { reasonLine } from "../src/lib/reason";
import { safeNext } from "../src/lib/session";
import { becauseOf, bestDecade, hidden, liked, rowsFor } from "../src/lib/rows";
import { catalogues } from "../src/lib/texts";
import type { Texts } from "../src/lib/texts/en";
import { uuid } from "../src/lib/uuid";
import { causesOf, digitsFor, filmBars, ordered, rounded, sumLines } from "../src/lib/why";
import type { FoundMovie, ListItem, Movie } from "../src/lib/types";

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
  assert.deepEqual(match("/film/9007199254740991"), { page: "film", id: 9007199254740991 });
  assert.deepEqual(match("/people"), { page: "people" });
  assert.deepEqual(match("/people/7/"), { page: "person", id: 7 });
  assert.deepEqual(match("/search"), { page: "search" });
  assert.deepEqual(match("/rate"), { page: "rate" });
  assert.deepEqual(match("/analytics/feedback"), { page: "analytics", part: "feedback", id: null });
  assert.deepEqual(match("/log"), { page: "analytics", part: "feedback", id: null });
  for (const path of ["/film", "/film/x", "/film/-1", "/film/1/2", "/film/9007199254740993", "/analytics/nothing", "/nowhere"])
    assert.deepEqual(match(path), { page: "missing" }, path);
});

test("what was found is cut out by characters", () => {
  const cut = (text: string, ...where: [number, number][]) =>
    pieces(text, where).map((piece) => (piece.found ? `[${piece.text}]` : piece.text)).join("");
  assert.equal(cut("The Matrix", [4, 6]), "The [Matrix]");
  assert.equal(cut("The Matrix", [0, 3], [4, 4]), "[The] [Matr]ix");
  assert.equal(cut("The Matrix", [4, 4], [0, 3]), "[The] [Matr]ix");
  assert.equal(cut("七人の侍", [0, 2]), "[七人]の侍");
  assert.equal(cut("𝄞 Music", [2, 5]), "𝄞 [Music]");
  assert.equal(cut("Heat"), "Heat");
  assert.equal(cut("Heat", [2, 99]), "He[at]");
  assert.equal(cut("Heat", [9, 2]), "Heat");
  assert.equal(cut("Heat", [0, 3], [1, 3]), "[Hea][t]");
  const found = { ...film(1), matched: [
    { field: "title", text: "Film 1", where: [[0, 4]] }, { field: "cast", text: "Someone", where: [[0, 4]] },
    { field: "year", text: "1990", where: [[0, 4]] }] } as FoundMovie;
  assert.deepEqual(marksOf(found, "title"), [[0, 4]]);
  assert.deepEqual(marksOf(film(1), "year"), []);
  assert.deepEqual(elsewhere(found).map((one) => one.field), ["cast"]);
  assert.deepEqual(elsewhere(film(1)), []);
});

test("a UUID is made without crypto.randomUUID, and without crypto", () => {
  const shape = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
  const plain = { getRandomValues: <T extends ArrayBufferView | null>(a: T) => a } as Partial<Crypto>;
  assert.match(uuid(plain), shape);
  assert.match(uuid({}), shape);
  assert.match(uuid(), shape);
  assert.notEqual(uuid({}), uuid({}));
});

test("the language is the first one wanted that there is a catalogue for", () => {
  assert.equal(languageOf(["es-MX", "en"]), "es");
  assert.equal(languageOf(["fr", "pt-BR", "ES", "en"]), "es");
  assert.equal(languageOf(["en-GB", "es"]), "en");
  assert.equal(languageOf(["fr"]), "en");
  assert.equal(languageOf([]), "en");
});

// Every path to a text, with what kind of text lies there: "nav.home string".
function paths(value: unknown, before = ""): string[] {
  if (typeof value !== "object" || value === null) return [`${before} ${typeof value}`];
  return Object.entries(value).flatMap(([key, one]) => paths(one, before ? `${before}.${key}` : key)).sort();
}

test("both catalogues have the same texts, none of them empty in one only", () => {
  const { en, es } = catalogues;
  assert.deepEqual(paths(es), paths(en));
  assert.ok(paths(en).length > 100);
  const at = (texts: Texts, path: string) =>
    path.split(" ")[0]!.split(".").reduce<unknown>((value, key) => (value as Record<string, unknown>)[key], texts);
  for (const path of paths(en).filter((one) => one.endsWith("string")))
    assert.equal(at(es, path) === "", at(en, path) === "", path);
});

test("stars are said in words", () => {
  const { en, es } = catalogues;
  assert.deepEqual([5, 1, 3.5, 1.5, 0.5].map(en.star),
    ["five stars", "one star", "three and a half stars", "one and a half stars", "half a star"]);
  assert.deepEqual([5, 1, 3.5, 1.5, 0.5].map(es.star),
    ["cinco estrellas", "una estrella", "tres estrellas y media", "una estrella y media", "media estrella"]);
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
  const genre = [{ term: "Drama", contribution: 0.2 }];
  const drama = item({ reasons, terms: genre, genres: ["Drama"] });
  assert.equal(reasonLine(drama, { kind: "film", title: "Heat" }, "hybrid"), "Liked by people who like Heat");
  assert.equal(reasonLine(drama, { kind: "film", title: "Heat" }, "content"), "In common: drama");
  assert.equal(reasonLine(item({ reasons }), you, "popular"), "Rated by many: 4.5 stars from 12 people");
  assert.equal(reasonLine(item({}), you, "hybrid"), "Rated by many: 4.5 stars from 12 people");
  assert.equal(reasonLine(item({ rating: { mean: null, count: 0 } }), you, "popular"), "Often watched");
});

test("a hyphen between parts of a title is printed as a dash that begins no line", () => {
  assert.equal(printed("Star Wars: Episode IV - A New Hope"), "Star Wars: Episode IV\u00a0– A New Hope");
  assert.equal(printed("Spider-Man"), "Spider-Man");
});

test("rating a film again keeps its place, taking the stars away removes it", () => {
  const two = withRating(withRating([], film(1), 3), film(2), 4);
  assert.deepEqual(two.map((r) => r.movie), [2, 1]);
  assert.deepEqual(withRating(two, film(1), 5).map((r) => [r.movie, r.rating]), [[2, 4], [1, 5]]);
  assert.deepEqual(withRating(two, film(2), null).map((r) => r.movie), [1]);
  const weighed = withWeights(two, [{ movie: 1, weight: 0 }, { movie: 9, weight: 2 }]);
  assert.deepEqual(weightsOf(weighed), [{ movie: 1, weight: 0 }]);
  assert.deepEqual(historyOf(weighed), [{ movie: 2, rating: 4 }, { movie: 1, rating: 3, weight: 0 }]);
  assert.notEqual(keyOf(weighed), keyOf(two));
  assert.deepEqual(withWeights(weighed, [{ movie: 1, weight: 1 }]), two);
  assert.deepEqual(weightsOf(withRating(weighed, film(1), 5)), [], "another star counts once");
});

test("films that were clicked stand beside those that were rated, the last fifty of them", () => {
  const values = new Map<string, string>();
  const box = { read: (key: string) => values.get(key) ?? null, write: (key: string, value: string) => void values.set(key, value) };
  for (const movie of [1, 2, 3, 2]) addClicked(movie, box);
  assert.deepEqual(loadClicked(box), [2, 3, 1]);
  const one = withRating([], film(3), 4);
  assert.deepEqual(historyOf(one, loadClicked(box)),
    [{ movie: 3, rating: 4 }, { movie: 2, kind: "clicked" }, { movie: 1, kind: "clicked" }], "stars take a click's place");
  assert.notEqual(keyOf(one, [2]), keyOf(one));
  assert.equal(keyOf(one, [3]), keyOf(one));
  assert.deepEqual(historyOf([], [1]), [], "alone they make no list");
  dropClicked(3, box);
  assert.deepEqual(loadClicked(box), [2, 1]);
  for (let movie = 100; movie < 200; movie++) addClicked(movie, box);
  assert.deepEqual([loadClicked(box).length, loadClicked(box)[0], loadClicked(box).at(-1)], [50, 199, 150]);
  box.write("reel.clicked", '{"no":"list"}');
  assert.deepEqual(loadClicked(box), []);
});

const reasonsOf = (...shares: number[]) =>
  shares.map((contribution, i) => ({ movie: i, title: "", rating: 5, contribution }));
const near = (a: number, b: number) => assert.ok(Math.abs(a - b) < 1e-9, `${a} is not ${b}`);

test("the longest film fills the track, also when it speaks against", () => {
  const bars = filmBars({ baseline: 0, other: 0, score: 0, reasons: reasonsOf(0.2, -0.4) });
  assert.deepEqual(bars.map((bar) => [bar.from, bar.width]), [[0, 0.5], [0, 1]]);
});

test("each line of the sum starts where the one before it ended", () => {
  const lines = sumLines({ baseline: 0.1, other: 0.2, score: 0.5, reasons: reasonsOf(0.4, -0.2) }, 3);
  assert.deepEqual(lines.map((line) => line.part), ["films", "other", "baseline", "total"]);
  near(lines[0]!.bar.width, 0.4);
  near(lines[1]!.bar.from, 0.4);
  near(lines[2]!.bar.from, 0.8);
  near(lines[3]!.bar.width, 1);
  const below = sumLines({ baseline: 0.3, other: 0, score: 0.1, reasons: reasonsOf(-0.2) }, 2);
  assert.deepEqual(below.map((line) => line.part), ["films", "baseline", "total"]);
  near(below[0]!.bar.from, 0);
  near(below[2]!.bar.from, 2 / 3);
});

test("what is printed adds up exactly", () => {
  const whole = { baseline: 0.12345, reasons: reasonsOf(0.3333, 0.3333, -0.1125), other: 0.00678, score: 0.68438 };
  const digits = digitsFor(whole);
  const lines = sumLines(whole, digits).map((line) => rounded(line.bar.share, digits));
  const total = lines.pop()!;
  assert.equal(rounded(lines.reduce((a, b) => a + b, 0), digits), total);
  assert.equal(total, rounded(whole.score, digits));
  assert.equal(lines[0], rounded(whole.reasons.reduce((sum, r) => sum + rounded(r.contribution, digits), 0), digits));
});

test("digits follow the size of what is told apart", () => {
  assert.equal(digitsFor({ baseline: 0, other: 0, score: 4, reasons: reasonsOf(0.23, 0.05) }), 3);
  assert.equal(digitsFor({ baseline: 0, other: 0, score: 0.004, reasons: [] }), 5);
  assert.equal(digitsFor({ baseline: 2653, other: 0, score: 2653, reasons: [] }), 0);
  assert.equal(share(-2653.4, 0), "−2,653");
});

test("poster addresses take the wanted size", () => {
  assert.equal(sized("https://image.tmdb.org/t/p/w342/abc.jpg", 500), "https://image.tmdb.org/t/p/w500/abc.jpg");
  assert.equal(sized("/posters/w342/603", 92), "/posters/w92/603");
});

test("a host that fails three times in a row is given up, and everybody is told once", () => {
  let told = 0;
  const stop = whenHostAway(() => told++);
  hostFailed();
  hostFailed();
  hostAnswered();
  for (let i = 0; i < 3; i++) {
    assert.equal(hostAway(), false);
    hostFailed();
  }
  assert.equal(hostAway(), true);
  hostFailed();
  assert.equal(told, 1);
  stop();
  hostAnswered();
  assert.equal(hostAway(), false);
});

test("what was left out is said, zeroes are not", () => {
  const t = catalogues.en;
  assert.equal(t.left({ seen: 210, exclude: 1 }), "Left out: seen, 210; not for you, 1");
  assert.equal(t.left({ seen: 0 }), null);
});

const own = (movie: number, rating: number, year: number | null = 1995) => ({
  movie, rating, title: `Film ${movie}`, year, poster: null, generated_poster: "",
});

test("the rows of the home page come from what was rated", () => {
  assert.deepEqual(rowsFor([], 5).map((row) => row.kind), ["popular", "gems", "decade"]);
  const all = [own(1, 5), own(2, 2), own(3, 4, 1984), own(4, 5, 1985), own(5, 4, 1987)];
  assert.deepEqual(liked(all, 5).map((r) => r.movie), [1, 3, 4, 5]);
  assert.deepEqual(becauseOf(all, 5).map((r) => r.movie), [1, 4, 3]);
  assert.equal(bestDecade(all, 5), 1980);
  assert.equal(bestDecade([], 5), 1990);
  assert.equal(bestDecade([own(1, 5, null)], 5), 1990);
  assert.deepEqual(rowsFor(all, 5).map((row) => row.kind), ["you", "because", "gems", "because", "decade", "because", "popular"]);
  assert.deepEqual(rowsFor([own(2, 1)], 5).map((row) => row.kind), ["you", "gems", "decade", "popular"]);
  assert.deepEqual(liked([own(1, 3), own(2, 3)], 5).length, 2, "whoever gives three at most likes these");
});

test("hidden gems have fewer ratings than the average film", () => {
  const scale = { min: 1, max: 5, step: 1 };
  assert.equal(hidden({ movies: 100, ratings: 20_000, rating_scale: scale }), "ratings <= 200 and ratings >= 20 and rating >= 3.7");
  assert.match(hidden({ movies: 0, ratings: 0, rating_scale: { ...scale, max: 10 } }), /^ratings <= 10 and ratings >= 1 and rating >= 7\.4$/);
  assert.match(hidden(undefined), /rating >= 3\.7/);
});

test("a page to go on to is one of ours, however it is written", () => {
  const here = "https://films.example";
  for (const next of ["//evil.example", "/\\evil.example", "/\t/evil.example", "https://evil.example", "evil", "", null, "/sign-in?next=/my"])
    assert.equal(safeNext(next, here), "/", String(next));
  assert.equal(safeNext("/my", here), "/my");
  assert.equal(safeNext("/search?q=a%2Fb#x", here), "/search?q=a%2Fb");
});

test("causes: what counts by its share, what was left out behind it", () => {
  const reason = (movie: number, contribution: number) => ({ movie, title: `Film ${movie}`, rating: 4, contribution });
  const explained = ordered(item({ reasons: [reason(2, 0.1), reason(3, -0.4), reason(4, 0.2)] }));
  assert.deepEqual(explained.reasons.map((one) => one.movie), [3, 4, 2]);
  const causes = causesOf(explained, [{ movie: 4, weight: 2 }, { movie: 9, weight: 0 }, { movie: 8, weight: 0 }], new Map([[9, reason(9, 1)]]));
  assert.deepEqual(causes.map(({ movie, weight, bar }) => [movie, weight, bar?.width ?? null]), [[3, 1, 1], [4, 2, 0.5], [2, 1, 0.25], [9, 0, null]]);
  // An answer that is on its way still names what was left out meanwhile: it is shown once.
  assert.deepEqual(causesOf(explained, [{ movie: 3, weight: 0 }], new Map([[3, reason(3, -0.4)]])).map((one) => [one.movie, one.weight]), [[4, 1], [2, 1], [3, 0]]);
});

test("what is kept of a film is enough to show it", () => {
  const kept = remembered({ ...film(1), genres: ["Drama"] }, 4);
  assert.deepEqual([kept.movie, kept.rating, kept.genres, kept.mean], [1, 4, ["Drama"], 4.5]);
  assert.deepEqual(remembered(kept, 5), { ...kept, rating: 5 });
  const { genres: _, mean: __, ...old } = kept;
  assert.deepEqual(remembered(old, 3), { ...old, rating: 3 });
  assert.equal(keyOf([kept]), "1:4");
});

test("a taste: how often, how high, how far from everybody", () => {
  const one = (movie: number, rating: number, year: number | null, genres: string[], mean: number | null) =>
    ({ movie, title: `Film ${movie}`, year, poster: null, generated_poster: "", rating, genres, mean });
  const own = [one(1, 5, 1999, ["Drama", "War"], 3), one(2, 4, 1991, ["Drama"], 4.5), one(3, 4, 1975, ["Comedy"], null), one(4, 1, null, [], 3)];
  const scale = { min: 1, max: 5, step: 1 };
  assert.deepEqual(byStars(own, scale).map((s) => [s.key, s.count]), [["5", 1], ["4", 2], ["3", 0], ["2", 0], ["1", 1]]);
  assert.equal(byStars([one(1, 4.5, 1999, [], null)], scale).length, 9);
  assert.equal(byStars([one(1, 0.5, 1999, [], null)], { min: 0.5, max: 5, step: 0.5 }).at(-1)!.key, "0.5");
  assert.equal(largest(byStars(own, scale))!.key, "4");
  assert.deepEqual(byGenre(own, 2).map((s) => [s.key, s.count, s.share, s.mean]), [["Drama", 2, 0.5, 4.5], ["Comedy", 1, 0.25, 4]]);
  assert.deepEqual(byDecade(own).map((s) => [s.key, s.count]), [["1990", 2], ["1980", 0], ["1970", 1]]);
  const { all, more, less } = apart(own, 1);
  assert.ok(Math.abs(all! + 0.5 / 3) < 1e-9);
  assert.deepEqual([more.map((a) => [a.film.movie, a.by]), less.map((a) => [a.film.movie, a.by])], [[[1, 2]], [[4, -2]]]);
  assert.equal(meanOf(own), 3.5);
  const everybody = shares({
    ratings: 4, mean: 3, stars: [{ stars: 3.5, ratings: 1 }], genres: [{ genre: "War", ratings: 2, mean: 3 }], decades: [{ decade: 1990, ratings: 4, mean: 3 }],
  });
  assert.deepEqual([everybody.stars.get("3.5"), everybody.genres.get("War"), everybody.decades.get("1990"), everybody.decades.get("1980")], [0.25, 0.5, 1, undefined]);
  assert.deepEqual([byDecade([]), byGenre([], 3), apart([], 3), largest([])], [[], [], { all: null, more: [], less: [] }, null]);
  // A number whose words say something else in a spreadsheet, and a title with quotes.
  assert.equal(csvOf([["=1+1", -2, 'say "so"']]), '"\'=1+1",-2,"say ""so"""\r\n');
});

test("what was seen, the latest month first", () => {
  const given = (movie: number, time: string | null, your_rating: number | null = 4) =>
    ({ ...film(movie), your_rating, kind: your_rating === null ? "liked" : "rating", time });
  const films = [given(1, "2026-01-05T10:00:00Z"), given(2, null), given(3, "2026-02-01T00:00:00Z", null), given(4, "2026-01-09T00:00:00Z")];
  assert.deepEqual(byMonth(films).map((month) => [month.key, month.films.map((one) => one.movie)]),
    [["2026-02", [3]], ["2026-01", [4, 1]], ["", [2]]]);
  assert.deepEqual(rated(films).map((one) => one.movie), [1, 2, 4]);
});
