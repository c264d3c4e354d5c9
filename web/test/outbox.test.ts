import assert from "node:assert/strict";
import { test } from "node:test";
import { makeOutbox } from "../src/lib/outbox";
import type { Box } from "../src/lib/storage";
import type { FeedbackEvent } from "../src/lib/types";

function memoryBox(): Box & { values: Map<string, string> } {
  const values = new Map<string, string>();
  return { values, read: (key) => values.get(key) ?? null, write: (key, value) => void values.set(key, value) };
}

const event = (id: string): FeedbackEvent => ({
  event_id: id, type: "click", user: null, visitor: "v_1", method: null, model_id: null,
  list_id: null, source_movie: null, movies: [{ movie: 1 }], time: "2026-01-01T00:00:00Z",
});

interface Bench {
  sent: string[][];
  waits: number[];
  run(): void;
  answer: (ids: string[]) => Promise<unknown>;
}

function bench(box = memoryBox()) {
  const queue: (() => void)[] = [];
  const state: Bench = { sent: [], waits: [], run: () => queue.shift()?.(), answer: async () => ({}) };
  const outbox = makeOutbox({
    box,
    send: (events) => {
      const ids = events.map((e) => e.event_id);
      state.sent.push(ids);
      return state.answer(ids);
    },
    later: (run, ms) => {
      state.waits.push(ms);
      queue.push(run);
    },
  });
  return { outbox, state, box };
}

test("events added together leave in one call and are forgotten after it", async () => {
  const { outbox, state } = bench();
  outbox.add(event("a"));
  outbox.add(event("b"));
  assert.equal(state.waits.length, 1);
  await outbox.flush();
  assert.deepEqual(state.sent, [["a", "b"]]);
  assert.equal(outbox.size(), 0);
});

test("a failed call keeps the events, waits longer each time, and sends the same ids", async () => {
  const { outbox, state } = bench();
  state.answer = () => Promise.reject({ status: 0 });
  outbox.add(event("a"));
  state.run();
  await new Promise(setImmediate);
  state.run();
  await new Promise(setImmediate);
  assert.deepEqual(state.waits, [300, 2000, 4000]);
  state.answer = async () => ({});
  await outbox.flush();
  assert.deepEqual(state.sent, [["a"], ["a"], ["a"]]);
  assert.equal(outbox.size(), 0);
});

test("Retry-After is respected", async () => {
  const { outbox, state } = bench();
  state.answer = () => Promise.reject({ status: 503, retryAfter: 30 });
  outbox.add(event("a"));
  state.run();
  await new Promise(setImmediate);
  assert.equal(state.waits.at(-1), 30_000);
});

test("one refused event does not take the others down", async () => {
  const { outbox, state } = bench();
  state.answer = (ids) => (ids.includes("bad") ? Promise.reject({ status: 422 }) : Promise.resolve({}));
  for (const id of ["a", "bad", "b"]) outbox.add(event(id));
  await outbox.flush();
  assert.deepEqual(state.sent, [["a", "bad", "b"], ["a"], ["bad"], ["b"]]);
  assert.equal(outbox.size(), 0);
});

test("the queue survives a reload", async () => {
  const first = bench();
  first.state.answer = () => Promise.reject({ status: 0 });
  first.outbox.add(event("a"));
  await first.outbox.flush();
  const second = bench(first.box);
  assert.equal(second.outbox.size(), 1);
  await second.outbox.flush();
  assert.deepEqual(second.state.sent, [["a"]]);
});

test("a damaged queue is treated as empty", () => {
  const { outbox, box } = bench();
  box.write("reel.outbox", "{not json");
  assert.equal(outbox.size(), 0);
  box.write("reel.outbox", '[{"no":"id"}]');
  assert.equal(outbox.size(), 0);
});

test("the queue keeps the newest thousand", () => {
  const { outbox, box } = bench();
  for (let i = 0; i < 1003; i++) outbox.add(event(`e${i}`));
  assert.equal(outbox.size(), 1000);
  assert.match(box.values.get("reel.outbox")!, /^\[\{"event_id":"e3"/);
});
