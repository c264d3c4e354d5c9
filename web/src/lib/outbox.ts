// Feedback events wait here until the server has said that it keeps them.
// An event keeps its id over every attempt, so a lost answer costs a duplicate that the server
// recognises, never a lost event. Knows no browser: storage, sender and timer are handed in.
import type { FeedbackEvent } from "./types";
import { readJson, type Box } from "./storage";

export interface Outbox {
  add(event: FeedbackEvent): void;
  flush(): Promise<void>;
  size(): number;
}

export interface OutboxParts {
  box: Box;
  send(events: FeedbackEvent[]): Promise<unknown>;
  later(run: () => void, ms: number): void;
}

interface Refusal {
  status?: number;
  retryAfter?: number | null;
}

const key = "reel.outbox";
const batch = 100;
const capacity = 1000;
const firstDelay = 300;
const longestDelay = 60_000;

const isEvents = (value: unknown): value is FeedbackEvent[] =>
  Array.isArray(value) && value.every((e) => typeof e?.event_id === "string");

// A refusal that a later attempt with the same bytes cannot change.
const isFinal = (status: number | undefined) =>
  status !== undefined && status >= 400 && status < 500 && status !== 408 && status !== 429;

export function makeOutbox(parts: OutboxParts): Outbox {
  let failures = 0;
  let sending = false;
  let planned = false;

  const load = () => readJson(parts.box, key, isEvents, []);
  const store = (events: FeedbackEvent[]) =>
    parts.box.write(key, JSON.stringify(events.slice(-capacity)));
  const remove = (gone: FeedbackEvent[]) => {
    const ids = new Set(gone.map((e) => e.event_id));
    store(load().filter((e) => !ids.has(e.event_id)));
  };

  function plan(ms: number) {
    if (planned) return;
    planned = true;
    parts.later(() => {
      planned = false;
      void flush();
    }, ms);
  }

  // One wrong event refuses its whole call: send the batch singly, drop only what stays refused.
  async function sendSingly(events: FeedbackEvent[]) {
    for (const event of events) {
      try {
        await parts.send([event]);
      } catch (error) {
        if (!isFinal((error as Refusal).status)) throw error;
      }
      remove([event]);
    }
  }

  async function sendBatch(events: FeedbackEvent[]) {
    try {
      await parts.send(events);
      remove(events);
    } catch (error) {
      if (!isFinal((error as Refusal).status)) throw error;
      await sendSingly(events);
    }
  }

  async function flush() {
    if (sending) return;
    sending = true;
    try {
      for (let events = load(); events.length > 0; events = load())
        await sendBatch(events.slice(0, batch));
      failures = 0;
    } catch (error) {
      const wait = Math.min(longestDelay, 2000 * 2 ** failures++);
      plan(Math.max(wait, ((error as Refusal).retryAfter ?? 0) * 1000));
    } finally {
      sending = false;
    }
  }

  return {
    add(event) {
      store([...load(), event]);
      plan(firstDelay);
    },
    flush,
    size: () => load().length,
  };
}
