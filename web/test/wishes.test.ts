import assert from "node:assert/strict";
import { test } from "node:test";
import {
  choicesOf, filterOf, nextPick, nextWish, noWishes, quoted, readWishes, toggled, waysOut, wishOf, withChosen, writeWishes, type Wishes,
} from "../src/lib/wishes";

const wished = (over: Partial<Wishes>): Wishes => ({ ...noWishes, ...over });
const written = (wishes: Wishes): URLSearchParams => {
  const search = new URLSearchParams({ q: "a" });
  writeWishes(wishes, search);
  return search;
};

test("wishes come back from an address, beside what else is in it", () => {
  const all = wished({ genres: ["Children's", "A & B"], without: ["<b>"], decades: [1890, 1990], minutes: 120 });
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
