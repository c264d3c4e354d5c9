// What went wrong is said by its kind; the tests run in English.
import assert from "node:assert/strict";
import { test } from "node:test";
import { ApiError } from "../src/lib/api";
import { reasonOf } from "../src/lib/bring";
import { problemOf } from "../src/lib/problems";
import { en } from "../src/lib/texts/en";
import { es } from "../src/lib/texts/es";

const problem = (status: number, code: string | null, member: string | null = null, wait: number | null = null) =>
  problemOf(new ApiError(status, "the server's words", wait, code, member));

test("a kind that is known has words of ours, another the server's", () => {
  assert.equal(problem(404, "E_NOTFOUND"), en.problems.code.E_NOTFOUND);
  assert.equal(problem(409, "E_CONFLICT"), "the server's words");
  assert.equal(problem(422, "E_INVALID"), "the server's words");
  assert.equal(problem(500, "E_INTERNAL"), en.problems.mistake);
  assert.equal(problem(0, null), en.states.offline);
  assert.equal(problemOf(new TypeError("x")), en.problems.page);
});

test("what of a request is wrong, and how long to wait", () => {
  assert.equal(problem(422, "E_INVALID", "password"), en.problems.member.password);
  assert.equal(problem(422, "E_INVALID", "new_password"), en.problems.member.password);
  assert.equal(problem(422, "E_INVALID", "limit"), "the server's words");
  assert.equal(problem(429, "E_BUSY", null, 7), en.account.later(7));
  assert.equal(problem(503, "E_BUSY", null, 2), en.account.later(2));
  assert.equal(problem(503, "E_STORE"), en.problems.code.E_STORE);
});

test("whom or which film there is not is named", () => {
  const missing = (detail: string) => problemOf(new ApiError(404, detail, null, "E_NOTFOUND"));
  assert.equal(missing("household.members[1]: no person has id 999; there are 1 to 300"), `${en.states.noPerson(999)}.`);
  assert.equal(missing("no film has id 12; search with /api/v1/movies?q="), `${en.states.noFilm(12)}.`);
  assert.equal(missing("there is no job 7"), en.problems.code.E_NOTFOUND);
});

test("in another language than the server's nothing of its sentences is left", () => {
  for (const status of [400, 405, 409, 412, 415, 421, 422])
    for (const about of [null, "rating", "limit", "not_one_of_ours"]) {
      const said = es.problems.said("the server's words", status, about);
      assert.match(said, /servidor|impide/);
      assert.doesNotMatch(said, /server|undefined|not_one/);
    }
  assert.deepEqual(Object.keys(es.problems.code), Object.keys(en.problems.code));
  assert.deepEqual(Object.keys(es.problems.member), Object.keys(en.problems.member));
});

test("a page's own words go first", () => {
  assert.equal(problemOf(new ApiError(401, "no", null, "E_UNAUTH"), { 401: "wrong" }), "wrong");
  assert.equal(problemOf(new ApiError(409, "no", null, "E_CONFLICT"), { 409: (sentence) => `${sentence}!` }), "no!");
  assert.equal(problemOf(new ApiError(0, "no"), { 0: "wrong" }), en.states.offline);
});

test("why a row was not found is known by its sentence", () => {
  assert.deepEqual(reasonOf("several films are called so: Heat (1995), Heat (1986)"), { why: "several", films: "Heat (1995), Heat (1986)" });
  assert.deepEqual(reasonOf("no film is called so"), { why: "unknown", films: "" });
  assert.equal(reasonOf("something else"), null);
  assert.equal(reasonOf(null), null);
  for (const { why } of [reasonOf("the year is another than that of A")!, reasonOf("not sure enough that it is A")!])
    assert.match(es.bring.why[why]!("A"), /A/);
});
