import assert from "node:assert/strict";
import { test } from "node:test";
import { api } from "../src/lib/api";
import { isGone, known } from "../src/lib/gone";

const rated = (...movies: number[]) => movies.map((movie) => ({ movie, rating: 4 }));

test("only a film of a history can be gone", () => {
  const body = { history: rated(1, 2) };
  for (const member of [null, "movie", "history/2/movie", "history/0/rating", "household/members/0/history/0/movie", "edits/0/movie"])
    assert.equal(isGone(body, member), false, String(member));
  assert.equal(known(body), body);
});

test("a list is asked for again without films that are gone, and they are not asked about any more", async () => {
  const sent: { history: { movie: number }[] }[] = [];
  const there = [11, 13];
  globalThis.fetch = async (_url, init) => {
    const body = JSON.parse(init!.body as string) as { history: { movie: number }[] };
    sent.push(body);
    const at = body.history.findIndex(({ movie }) => !there.includes(movie));
    return at < 0
      ? Response.json({ items: [] })
      : Response.json({ status: 404, detail: "no film", errors: [{ pointer: `#/history/${at}/movie`, code: "not_found" }] }, { status: 404 });
  };
  await api.forYou({ history: rated(11, 12, 13, 14) }, 5, {});
  assert.deepEqual(sent.map((body) => body.history.map(({ movie }) => movie)), [[11, 12, 13, 14], [11, 13, 14], [11, 13]]);
  await api.forYou({ history: rated(14, 13) }, 5, {});
  assert.deepEqual(sent.at(-1)!.history, rated(13));
  assert.deepEqual(known({ household: { rule: "average" as const, members: [{ user: 1 }, { history: rated(12, 11) }] } }).household.members, [{ user: 1 }, { history: rated(11) }]);
});

test("what else is not found is said", async () => {
  globalThis.fetch = async () => Response.json({ status: 404, detail: "no film has id 5", errors: [{ pointer: "#/movie" }] }, { status: 404 });
  await assert.rejects(api.explain({ history: rated(11) }, "hybrid", 5), /no film has id 5/);
});
