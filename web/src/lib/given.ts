// All that an account gave: page by page, best first.
import { api } from "./api";
import { remembered } from "./own";
import { flush } from "./sync";
import type { GivenKind, OwnRating, RatedMovie } from "./types";

const pageLength = 200;
const pagesMost = 25;

export interface Given {
  films: RatedMovie[];
  whole: boolean; // false: there are more
}

// kind null: what counts as seen. What waits in this browser is sent first.
export async function allGiven(user: number, kind: GivenKind | null, signal: AbortSignal): Promise<Given> {
  await flush();
  const films: RatedMovie[] = [];
  let cursor: string | null = null;
  for (let n = 0; n === 0 || (cursor !== null && n < pagesMost); n++) {
    const page = await api.ratings(user, pageLength, cursor, signal, kind);
    films.push(...page.items);
    cursor = page.next_cursor;
  }
  return { films, whole: cursor === null };
}

export const rated = (films: RatedMovie[]): OwnRating[] =>
  films.flatMap((film) => (film.your_rating === null ? [] : [remembered(film, film.your_rating, film.weight)]));

export interface Month {
  key: string; // 2026-11, or "" where no time is known
  films: RatedMovie[];
}

// The latest first, a month for each heading.
export function byMonth(films: RatedMovie[]): Month[] {
  const sorted = [...films].sort((a, b) => (b.time ?? "").localeCompare(a.time ?? ""));
  const months: Month[] = [];
  for (const film of sorted) {
    const key = (film.time ?? "").slice(0, 7);
    if (months.at(-1)?.key === key) months.at(-1)!.films.push(film);
    else months.push({ key, films: [film] });
  }
  return months;
}
