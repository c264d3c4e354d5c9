import assert from "node:assert/strict";
import { test } from "node:test";
import { cameIn, traceOf, type Came } from "../src/lib/came";
import type { FilmList } from "../src/lib/types";

test("a trace is what events say of a list", () => {
  const list = { id: "r_1", model: { name: "ease", id: "ease-1" }, source_movie: 7, user: 3 } as FilmList;
  assert.deepEqual(traceOf(list), { method: "ease", model_id: "ease-1", list_id: "r_1", scenario: null, source_movie: 7 });
});

test("an entry of the history speaks of its own film, and of nothing that is not ours", () => {
  const came: Came = { movie: 12, rank: 3, method: "ease", model_id: "ease-1", list_id: "r_1", scenario: "because", source_movie: null };
  assert.deepEqual(cameIn({ came }, 12), came);
  assert.equal(cameIn({ came }, 13), null);
  for (const other of [null, undefined, 5, "came", {}, { came: null }, { came: 12 }, { came: { movie: 12 } }, { came: { ...came, rank: "3" } }, { came: { ...came, list_id: 1 } }])
    assert.equal(cameIn(other, 12), null, JSON.stringify(other));
});
