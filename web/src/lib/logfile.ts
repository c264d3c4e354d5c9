// The feedback log as a file: all pages of what a filter leaves, one after the other.
import { csvOf } from "./taste";
import { logFilters, type LogEvent, type LogFilter, type LogPage, type Page } from "./types";

export const mostEvents = 20_000;
const mostHops = 20;

// What an address asks for; what makes no sense there is not asked for.
const sound: Partial<Record<keyof LogFilter, RegExp>> = { user: /^\d{1,15}$/, movie: /^\d{1,15}$/, since: /^\d{4}-\d\d-\d\d$/, until: /^\d{4}-\d\d-\d\d$/ };
export const filterOf = (search: URLSearchParams): LogFilter =>
  Object.fromEntries(logFilters.map((name) => {
    const value = search.get(name) ?? "";
    return [name, sound[name]?.test(value) === false ? "" : value];
  })) as LogFilter;
export const isFiltered = (filter: LogFilter) => logFilters.some((name) => filter[name] !== "");

// A page that has something: of films and times the server looks through a part of the log at once, and may find nothing there.
export async function foundPage(load: (cursor: string | null) => Promise<LogPage>, from: string | null, hops = mostHops): Promise<LogPage> {
  let page = await load(from), damaged = page.damaged;
  for (let hop = 1; hop < hops && page.items.length === 0 && page.next_cursor !== null; hop++) {
    page = await load(page.next_cursor);
    damaged += page.damaged;
  }
  return { ...page, damaged };
}

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

const head = ["sequence", "time", "received_at", "type", "value", "user", "visitor", "method", "model_id", "list_id", "experiment", "arm", "source_movie", "rank", "movie", "title"];

// A row for each film of an event, with the names that the API has.
export function logTable(events: LogEvent[]): string {
  return csvOf([head, ...events.flatMap((event) => event.movies.map((film) => [
    event.sequence, event.time, event.received_at, event.type, event.value ?? "", event.user ?? "", event.visitor ?? "", event.method ?? "",
    event.model_id ?? "", event.list_id ?? "", event.experiment ?? "", event.arm ?? "", event.source_movie ?? "", film.rank ?? "", film.movie, film.title ?? "",
  ]))]);
}

export const logJson = (events: LogEvent[]) => `${JSON.stringify({ events }, null, 1)}\n`;
