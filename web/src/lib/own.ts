// The ratings a visitor gave in this browser, newest first; the history of the /rate page.
import { box, readJson, type Box } from "./storage";
import type { Edit, History, Movie, OwnRating } from "./types";

const key = "reel.ratings";

const isRatings = (value: unknown): value is OwnRating[] =>
  Array.isArray(value) &&
  value.every((r) => Number.isInteger(r?.movie) && Number.isFinite(r?.rating) && typeof r?.title === "string");

export const loadOwn = (from: Box = box) => readJson(from, key, isRatings, []);

// What is kept of a film: all that the pages show of it without asking again.
export function remembered(film: Movie | OwnRating, rating: number, weight = 1): OwnRating {
  const { movie, title, year, poster, generated_poster, genres } = film;
  const mean = "mean" in film ? film.mean : typeof film.rating === "object" ? film.rating.mean : undefined;
  return { movie, title, year, poster, generated_poster, rating, ...(genres && { genres }), ...(mean !== undefined && { mean }), ...(weight !== 1 && { weight }) };
}

// rating null takes the film's rating away. A new rating of a known film keeps its place, and counts once.
export function withRating(all: OwnRating[], film: Movie | OwnRating, rating: number | null): OwnRating[] {
  if (rating === null) return all.filter((r) => r.movie !== film.movie);
  const entry = remembered(film, rating);
  return all.some((r) => r.movie === entry.movie)
    ? all.map((r) => (r.movie === entry.movie ? entry : r))
    : [entry, ...all];
}

// What films are to count for from now on.
export const withWeights = (all: OwnRating[], edits: Edit[]): OwnRating[] =>
  all.map((one) => {
    const edit = edits.find(({ movie }) => movie === one.movie);
    if (!edit) return one;
    const { weight: _, ...once } = one;
    return edit.weight === 1 ? once : { ...once, weight: edit.weight };
  });

export const weightsOf = (own: OwnRating[]): Edit[] =>
  own.flatMap(({ movie, weight }) => (weight === undefined ? [] : [{ movie, weight }]));

export function saveOwn(all: OwnRating[], to: Box = box): void {
  to.write(key, JSON.stringify(all));
}

// Clicks stand beside ratings: whoever rated nothing is shown what many like. A film that was rated has its stars alone.
const besides = (own: OwnRating[], clicked: number[]) =>
  own.length === 0 ? [] : clicked.filter((movie) => !own.some((one) => one.movie === movie));

export const historyOf = (own: OwnRating[], clicked: number[] = []): History => [
  ...own.map(({ movie, rating, weight }) => ({ movie, rating, ...(weight !== undefined && { weight }) })),
  ...besides(own, clicked).map((movie) => ({ movie, kind: "clicked" as const })),
];

// The same for the same history.
export const keyOf = (own: OwnRating[], clicked: number[] = []) =>
  [...own.map((r) => `${r.movie}:${r.rating}${r.weight === undefined ? "" : `x${r.weight}`}`), ...besides(own, clicked)].join();
