// What is held still is what the server could say: held answers against the API's own description.
import assert from "node:assert/strict";
import { test } from "node:test";
import { api } from "./browser.mjs";
import { unfit } from "./held.mjs";
import { mistakesIn } from "./schema.mjs";

const standIn = (await api("/openapi.json").catch(() => null)) === null; // it describes nothing

test("each held answer is as the API describes it", { skip: standIn }, async () => assert.deepEqual(await unfit(), []));

test("an answer that is not is found out", { skip: standIn }, async () => {
  const described = await api("/openapi.json");
  const health = await api("/health");
  const mistakes = (answer) => mistakesIn(answer, described, "GET", "/api/v1/health");
  assert.deepEqual(mistakes(health), []);
  assert.deepEqual(mistakes({ ...health, rating_scale: { min: 1, max: 5 } }), ["rating_scale.step: lacks"]);
  assert.deepEqual(mistakes({ ...health, films: 1 }), ["films: there is no such member"]);
  assert.deepEqual(mistakes({ ...health, models: ["ease", 7] }), ["models[1]: 7 is not string"]);
  assert.equal(mistakesIn({}, described, "GET", "/api/v1/nowhere").length, 1);
});
