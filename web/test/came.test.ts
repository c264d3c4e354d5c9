import assert from "node:assert/strict";
import { test } from "node:test";
import { cameIn, handOver, isOpened, takeOver, traceOf, type Came, type Opened } from "../src/lib/came";
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

test("what was opened elsewhere is for one page, of its own address, and soon", () => {
  const one = (path: string, at: number): Opened => ({ path, state: path, at });
  const all = [one("/film/1", 1000), one("/film/2", 1500), one("/film/1", 2000)].reduce(handOver, [] as Opened[]);
  const first = takeOver(all, "/film/1", 2100);
  assert.equal(first.mine?.at, 2000);
  assert.equal(takeOver(first.left, "/film/1", 2100).mine?.at, 1000);
  assert.deepEqual(takeOver(all, "/film/3", 2100), { mine: null, left: all });
  assert.deepEqual(takeOver(all, "/film/1", 60_000), { mine: null, left: [] });
  assert.deepEqual(handOver(all, one("/film/4", 60_000)).map(({ path }) => path), ["/film/4"]);
  let many: Opened[] = [];
  for (let i = 0; i < 50; i++) many = handOver(many, one(`/film/${i}`, i));
  assert.equal(many.length, 20);
  assert.deepEqual([isOpened(all), isOpened([]), isOpened({}), isOpened([null]), isOpened([{ path: 1, at: 2 }])], [true, true, false, false, false]);
});
