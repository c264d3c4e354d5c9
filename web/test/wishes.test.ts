import assert from "node:assert/strict";
import { test } from "node:test";
import {
  choicesOf, filterOf, nextPick, nextWish, noWishes, quoted, ratedOffered, readWishes, starsOffered, toggled, waysOut, wishOf, withChosen, withValue, writeWishes, type Wishes,
} from "../src/lib/wishes";

const wished = (over: Partial<Wishes>): Wishes => ({ ...noWishes, ...over });
const written = (wishes: Wishes): URLSearchParams => {
  const search = new URLSearchParams({ q: "a" });
  writeWishes(wishes, search);
  return search;
};

test("wishes come back from an address, beside what else is in it", () => {
  const all = wished({ genres: ["Children's", "A & B"], without: ["<b>"], decades: [1890, 1990], minutes: 120, stars: 3.5, rated: 50 });
  assert.deepEqual(readWishes(new URLSearchParams(written(all).toString())), all);
  assert.equal(written(all).get("q"), "a");
  assert.equal(written(noWishes).toString(), "q=a");
});

// As docs/expressions.md reads a quoted text.
const unquoted = (text: string) => text.slice(1, -1).replace(/\\(["\\])/g, "$1");

test("nothing in a name is read as an expression", () => {
  for (const name of ["Drama", 'a"b', "a\\", '\\"', '") or year > 0 or genre:("', "Children's", "Ciencia ficción", "<img src=x>", "\n"]) {
    const text = quoted(name);
    assert.match(text, /^"(?:[^"\\]|\\["\\])*"$/, name);
    assert.equal(unquoted(text), name);
  }
});

test("what is wished for is one condition", () => {
  assert.equal(filterOf(noWishes), "");
  assert.equal(filterOf(wished({ genres: ["Comedy", "Sci-Fi"] })), 'genre:("Comedy", "Sci-Fi")');
  assert.equal(filterOf(wished({ genres: ["War"], without: ["Horror"], decades: [1980, 1990], minutes: 100 })),
    'genre:("War") and not genre:("Horror") and decade:(1980, 1990) and runtime <= 100');
  assert.equal(filterOf(wished({ minutes: 90, stars: 3.5, rated: 20 })), "runtime <= 90 and rating >= 3.5 and ratings >= 20");
});

test("a chip goes round: any, only these, none of these", () => {
  let wishes = noWishes;
  const press = () => void (wishes = { ...wishes, ...nextWish(wishes, "War") });
  const seen = [wishOf(wishes, "War")];
  for (let i = 0; i < 3; i++) {
    press();
    seen.push(wishOf(wishes, "War"));
  }
  assert.deepEqual(seen, ["any", "only", "without", "any"]);
  assert.deepEqual(toggled(toggled([1990], 1950), 1990), [1950]);
});

test("chips are what films have, and what was asked for in vain", () => {
  const films = [{ genres: ["War", "Drama"], year: 1994 }, { genres: ["Drama"], year: null }, { genres: [], year: 1939 }];
  assert.deepEqual(withChosen(choicesOf(films), wished({ without: ["Opera"], decades: [1870, 1990] })),
    { genres: ["War", "Drama", "Opera"], decades: [1870, 1930, 1990] });
});

test("stars and ratings of an odd address are none, and those out of reach the nearest", () => {
  const read = (text: string) => readWishes(new URLSearchParams(text));
  for (const odd of ["", "x", "3.25", "-1", "1e3", "NaN", "4;"]) assert.deepEqual([read(`stars=${odd}`).stars], [null], odd);
  for (const odd of ["", "x", "2.5", "1e3"]) assert.equal(read(`rated=${odd}`).rated, null, odd);
  assert.deepEqual([read("stars=0").stars, read("stars=99").stars, read("rated=-5").rated, read("rated=99999999999").rated], [0.5, 10, 1, 1_000_000]);
});

test("stars are offered by the scale, and ratings by how many a film has, with what was chosen", () => {
  assert.deepEqual([starsOffered(5), starsOffered(10)], [[3, 3.5, 4], [6, 7, 8]]);
  assert.deepEqual([ratedOffered(0), ratedOffered(83), ratedOffered(3428)], [[], [5, 20], [20, 100, 500, 2000]]);
  assert.deepEqual([withValue([3, 4], null), withValue([3, 4], 3.5), withValue([3, 4], 4)], [[3, 4], [3, 3.5, 4], [3, 4]]);
});

test("where there is no none of these, a second press takes the first back", () => {
  assert.deepEqual(nextPick(noWishes, "War"), { genres: ["War"], without: [] });
  assert.deepEqual(nextPick(wished({ genres: ["War", "Drama"] }), "War"), { genres: ["Drama"], without: [] });
  assert.deepEqual(nextPick(wished({ without: ["War"] }), "War"), { genres: [], without: [] });
});

test("each kind of wish can be let go of by itself", () => {
  assert.deepEqual(waysOut(noWishes), []);
  const wishes = wished({ without: ["War"], minutes: 90 });
  assert.deepEqual(waysOut(wishes).map((one) => one.way), ["genres", "minutes"]);
  for (const { way, change } of waysOut(wishes)) assert.ok(waysOut({ ...wishes, ...change }).every((one) => one.way !== way));
});
