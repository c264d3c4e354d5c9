// What ratings say of a taste: how often, how high, and how far from everybody's. Knows no browser.
import type { Crowd, OwnRating, RatingScale } from "./types";

export interface Slice {
  key: string; // a genre, or a number as text
  count: number;
  share: number; // of all that were counted
  mean: number; // stars given, NaN where none were
}

export interface Apart {
  film: OwnRating;
  by: number; // stars more than everybody gave it
}

const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

// keysOf: what a rating counts for, nothing or several.
function slices(own: OwnRating[], keysOf: (one: OwnRating) => string[]): Slice[] {
  const given = new Map<string, number[]>();
  for (const one of own)
    for (const key of keysOf(one)) given.set(key, [...(given.get(key) ?? []), one.rating]);
  return [...given].map(([key, ratings]) => ({ key, count: ratings.length, share: ratings.length / own.length, mean: mean(ratings) }));
}

// Every step of the scale, also those that were never given.
export function byStars(own: OwnRating[], scale: RatingScale): Slice[] {
  const found = new Map(slices(own, (one) => [String(one.rating)]).map((slice) => [slice.key, slice]));
  const halves = own.some((one) => !Number.isInteger(one.rating / scale.step));
  const step = halves ? scale.step / 2 : scale.step;
  const steps: Slice[] = [];
  for (let n = Math.round(scale.max / step); n * step > scale.min - 1e-9; n--) {
    const key = String(n * step);
    steps.push(found.get(key) ?? { key, count: 0, share: 0, mean: NaN });
  }
  return steps;
}

// The most watched first.
export const byGenre = (own: OwnRating[], most: number): Slice[] =>
  slices(own, (one) => one.genres ?? []).sort((a, b) => b.count - a.count || a.key.localeCompare(b.key)).slice(0, most);

export const decadeOf = (year: number | null) => (year === null ? [] : [String(Math.floor(year / 10) * 10)]);

// The latest first, without gaps.
export function byDecade(own: OwnRating[]): Slice[] {
  const found = new Map(slices(own, (one) => decadeOf(one.year)).map((slice) => [Number(slice.key), slice]));
  const decades = [...found.keys()];
  const all: Slice[] = [];
  if (decades.length === 0) return all;
  for (let decade = Math.max(...decades); decade >= Math.min(...decades); decade -= 10)
    all.push(found.get(decade) ?? { key: String(decade), count: 0, share: 0, mean: NaN });
  return all;
}

// The films one likes more, and less, than everybody: the furthest apart first.
export function apart(own: OwnRating[], most: number): { all: number | null; more: Apart[]; less: Apart[] } {
  const known = own.flatMap((film) => (typeof film.mean === "number" ? [{ film, by: film.rating - film.mean }] : []));
  const sorted = [...known].sort((a, b) => b.by - a.by);
  return {
    all: known.length > 0 ? mean(known.map((one) => one.by)) : null,
    more: sorted.filter((one) => one.by > 0).slice(0, most),
    less: sorted.reverse().filter((one) => one.by < 0).slice(0, most),
  };
}

// Everybody's share of ratings by the same keys.
export function shares({ ratings, stars, genres, decades }: Crowd): Record<"stars" | "genres" | "decades", Map<string, number>> {
  const of = (all: [number | string, number][]) => new Map(all.map(([key, count]) => [String(key), count / Math.max(1, ratings)]));
  return {
    stars: of(stars.map((one) => [one.stars, one.ratings])),
    genres: of(genres.map((one) => [one.genre, one.ratings])),
    decades: of(decades.map((one) => [one.decade, one.ratings])),
  };
}

export const largest = (all: Slice[]): Slice | null => all.reduce<Slice | null>((best, one) => (one.count > (best?.count ?? 0) ? one : best), null);

export const meanOf = (own: OwnRating[]): number => mean(own.map((one) => one.rating));

const quoted = (cell: string | number) => (typeof cell === "number" ? String(cell) : `"${cell.replaceAll('"', '""')}"`);

// A table for spreadsheets. What looks like a formula is text.
export const csvOf = (rows: (string | number)[][]): string =>
  rows.map((row) => row.map((cell) => quoted(typeof cell === "string" && /^[=+\-@\t\r]/.test(cell) ? `'${cell}` : cell)).join(",")).join("\r\n") + "\r\n";
