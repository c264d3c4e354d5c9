// Which list a film was opened from. It is part of the history's entry, not of the address: back, forward and a
// reload keep it, a link that is sent to somebody does not. A tab or window of its own has no entry yet when its link
// is followed: what it came of lies in the browser's storage for the seconds until it is there. Knows no browser.
import type { FilmList } from "./types";

export interface Trace {
  method: string | null;
  model_id: string | null;
  list_id: string | null;
  scenario: string | null;
  source_movie: number | null;
}

export interface Came extends Trace {
  movie: number;
  rank: number | null;
}

export const traceOf = (list: FilmList): Trace => ({
  method: list.model.name, model_id: list.model.id, list_id: list.id, scenario: list.scenario ?? null, source_movie: list.source_movie,
});

const isText = (value: unknown) => value === null || typeof value === "string";
const isNumber = (value: unknown) => value === null || Number.isSafeInteger(value);

// What an entry says of a film: nothing where it is another film's, or not of ours.
export function cameIn(state: unknown, movie: number): Came | null {
  const came = (state as { came?: Partial<Came> } | null)?.came;
  if (typeof came !== "object" || came === null || came.movie !== movie) return null;
  const whole = [came.method, came.model_id, came.list_id, came.scenario].every(isText) && [came.source_movie, came.rank].every(isNumber);
  return whole ? (came as Came) : null;
}

// A link that was opened elsewhere, and what its entry shall hold.
export interface Opened {
  path: string;
  state: unknown;
  at: number; // ms
}

const patience = 5000; // ms from the click until the other tab is on its way
const mostOpened = 20;

export const isOpened = (value: unknown): value is Opened[] =>
  Array.isArray(value) && value.every((one: Partial<Opened> | null) => typeof one?.path === "string" && typeof one.at === "number");

const isFresh = (one: Opened, now: number) => Math.abs(now - one.at) < patience;

export const handOver = (all: Opened[], one: Opened): Opened[] => [...all.filter((other) => isFresh(other, one.at)), one].slice(-mostOpened);

// The newest that is meant for a page that set out at `now`, and what is left for others: each is for one page.
export function takeOver(all: Opened[], path: string, now: number): { mine: Opened | null; left: Opened[] } {
  const fresh = all.filter((one) => isFresh(one, now));
  const mine = fresh.filter((one) => one.path === path).pop() ?? null;
  return { mine, left: fresh.filter((one) => one !== mine) };
}
