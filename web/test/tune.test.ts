import assert from "node:assert/strict";
import { test } from "node:test";
import { boostOf, firstBlend, isUsual, modelOf, readTuning, rulesOf, shareOf, usual, writeTuning, yearsOf, type Tuning } from "../src/lib/tune";

const read = (text: string) => readTuning(new URLSearchParams(text));
const tuned = (over: Partial<Tuning>): Tuning => ({ ...usual, ...over });

test("what is as usual is not in the address, and everything else comes back from it", () => {
  assert.equal(writeTuning(usual), "");
  assert.deepEqual(read(""), usual);
  const all = tuned({
    person: 42, model: "user-knn", novelty: 35, age: -50, diversity: 20, mix: 100, minutes: 120, films: 40,
    blend: { ease: 60, content: 5 }, genres: ["Children's", "A & B = \"C\" \\ #?"], without: ["Film-Noir", "<script>"], decades: [1940, 1990],
  });
  assert.deepEqual(read(writeTuning(all)), all);
  for (const [name, value] of Object.entries(all))
    assert.deepEqual(read(writeTuning(tuned({ [name]: value }))), tuned({ [name]: value }), name);
  assert.equal(isUsual(tuned({ person: 7 })), true);
  assert.equal(isUsual(tuned({ age: 10 })), false);
});

test("an address that makes no sense is read as far as it does", () => {
  assert.deepEqual(read("novelty=7000&age=-999&films=1&minutes=5"), tuned({ novelty: 100, age: -100, films: 5, minutes: 60 }));
  assert.deepEqual(read("novelty=&age=x&diversity=1e9&mix=0x1&films=1.5&minutes=NaN&person=-&model=<b>"), usual);
  assert.deepEqual(read("genre=&genre=+&decade=1995&decade=19900&decade=x&person="), usual);
  assert.deepEqual(read("genre=A&genre=A&without=A&without=B&decade=1990&decade=1990"), tuned({ genres: ["A"], without: ["B"], decades: [1990] }));
  assert.equal(read(`genre=${"x".repeat(33)}`).genres.length, 0);
  assert.equal(read(Array.from({ length: 300 }, (_, i) => `genre=g${i}`).join("&")).genres.length, 24);
});

test("old and new turn around the middle of the catalogue", () => {
  const films = (years: (number | null)[]) => years.map((year) => ({ year }));
  const years = yearsOf(films([1950, 1960, 1970, 1980, 1990, 1990, null, 2000, 2000, 2000, 2010]));
  assert.deepEqual(years, { middle: 1990, half: 20 });
  assert.deepEqual(yearsOf([]), { middle: 1990, half: 5 });
  assert.equal(boostOf(usual, years), "");
  assert.equal(boostOf(tuned({ age: -50 }), years), "max(0.05, min(3, 1 + -0.5 * (year - 1990) / 20))");
});

test("rules hold what differs from usual, and nothing else", () => {
  const years = { middle: 1990, half: 10 };
  assert.deepEqual(rulesOf(usual, years), {});
  assert.deepEqual(rulesOf(tuned({ novelty: 35, diversity: 5, mix: 100, person: 3, films: 5, model: "ease" }), years),
    { novelty: 0.35, diversity: 0.05, calibrate: 1 });
  assert.deepEqual(Object.keys(rulesOf(tuned({ age: 10, decades: [1990] }), years)), ["filter", "boost"]);
});

test("a blend is what weighs something, and none where nothing does", () => {
  assert.equal(modelOf(tuned({ model: "ease" })), "ease");
  assert.deepEqual(modelOf(tuned({ blend: { ease: 60, content: 0, popular: 5 } })), { ease: 0.6, popular: 0.05 });
  assert.equal(modelOf(tuned({ model: "ials", blend: { ease: 0 } })), "ials");
  assert.equal(writeTuning(tuned({ blend: { content: 40, ease: 60 } })), "?blend=ease%3A60%2Ccontent%3A40");
  assert.deepEqual(read(writeTuning(tuned({ blend: {} }))), tuned({ blend: {} }));
  assert.deepEqual(read("blend=ease:60,hybrid:3,ials:999,content:-1,popular:x,<b>:9,:,").blend, { ease: 60, ials: 100 });
  assert.equal(shareOf({ ease: 60, content: 20 }, "content"), 0.25);
  assert.equal(shareOf({}, "ease"), 0);
  assert.deepEqual(firstBlend(["hybrid", "ease", "content", "popular"]), { content: 50, ease: 50 });
  assert.deepEqual(firstBlend(["popular"]), { popular: 50 });
});
