// Which list a film was opened from. It is part of the history's entry, not of the address: back, forward and a
// reload keep it, a link that is sent to somebody does not. Knows no browser.
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
