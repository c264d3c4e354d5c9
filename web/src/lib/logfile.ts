// The feedback log as a file: all pages of what a filter leaves, one after the other.
import { csvOf } from "./taste";
import type { LogEvent, Page } from "./types";

export const mostEvents = 20_000;

export interface Taken {
  events: LogEvent[];
  whole: boolean; // false: there is more than a page may hold
}

// `said` hears how many there are after each page; what it throws, and what a page throws, ends it.
export async function everyEvent(
  load: (cursor: string | null) => Promise<Page<LogEvent>>, said: (count: number) => void, most = mostEvents,
): Promise<Taken> {
  const events: LogEvent[] = [];
  let cursor: string | null = null;
  do {
    const page: Page<LogEvent> = await load(cursor);
    events.push(...page.items);
    said(events.length);
    cursor = page.next_cursor;
  } while (cursor !== null && events.length < most);
  return { events: events.slice(0, most), whole: cursor === null && events.length <= most };
}

const head = ["sequence", "time", "received_at", "type", "value", "user", "visitor", "method", "model_id", "list_id", "source_movie", "rank", "movie", "title"];

// A row for each film of an event, with the names that the API has.
export function logTable(events: LogEvent[]): string {
  return csvOf([head, ...events.flatMap((event) => event.movies.map((film) => [
    event.sequence, event.time, event.received_at, event.type, event.value ?? "", event.user ?? "", event.visitor ?? "", event.method ?? "",
    event.model_id ?? "", event.list_id ?? "", event.source_movie ?? "", film.rank ?? "", film.movie, film.title ?? "",
  ]))]);
}

export const logJson = (events: LogEvent[]) => `${JSON.stringify({ events }, null, 1)}\n`;
