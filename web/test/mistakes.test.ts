import assert from "node:assert/strict";
import { test } from "node:test";
import { mistakeOf } from "../src/lib/mistakes";

test("a mistake is told once, cut to what the server takes, and no more than five are", () => {
  const error = new TypeError("x is not a function");
  const first = mistakeOf(error, "", "/film/1");
  assert.equal(first?.message, "TypeError: x is not a function");
  assert.equal(first?.page, "/film/1");
  assert.ok(first!.at.length > 0 && first!.at.length <= 400);
  assert.equal(mistakeOf(error, "", "/film/2"), null);
  const long = mistakeOf("ñ".repeat(400), "main.js:1:2", `/${"a".repeat(400)}`);
  assert.deepEqual([new TextEncoder().encode(long!.message).length, long!.page.length, long!.at], [300, 200, "main.js:1:2"]);
  assert.ok(mistakeOf("three", "", "/") && mistakeOf("four", "", "/") && mistakeOf("five", "", "/"));
  assert.equal(mistakeOf("six", "", "/"), null);
});
