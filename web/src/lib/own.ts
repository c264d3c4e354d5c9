// The ratings a visitor gave in this browser, newest first; the history of the /rate page.
import { box, readJson, type Box } from "./storage";
import type { Movie, OwnRating } from "./types";

const key = "reel.ratings";

const isRatings = (value: unknown): value is OwnRating[] =>
  Array.isArray(value) &&
  value.every((r) => Number.isInteger(r?.movie) && Number.isFinite(r?.rating) && typeof r?.title === "string");

export const loadOwn = (from: Box = box) => readJson(from, key, isRatings, []);

// What is kept of a film: all that the pages show of it without asking again.
export function remembered(film: Movie | OwnRating, rating: number): OwnRating {
  const { movie, title, year, poster, generated_poster, genres } = film;
  const mean = "mean" in film ? film.mean : typeof film.rating === "object" ? film.rating.mean : undefined;
  return { movie, title, year, poster, generated_poster, rating, ...(genres && { genres }), ...(mean !== undefined && { mean }) };
}

// rating null takes the film's rating away. A new rating of a known film keeps its place.
export function withRating(all: OwnRating[], film: Movie | OwnRating, rating: number | null): OwnRating[] {
  if (rating === null) return all.filter((r) => r.movie !== film.movie);
  const entry = remembered(film, rating);
  return all.some((r) => r.movie === entry.movie)
    ? all.map((r) => (r.movie === entry.movie ? entry : r))
    : [entry, ...all];
}

export function saveOwn(all: OwnRating[], to: Box = box): void {
  to.write(key, JSON.stringify(all));
}

export const historyOf = (own: OwnRating[]) => own.map(({ movie, rating }) => ({ movie, rating }));

// The same for the same history.
export const keyOf = (own: OwnRating[]) => own.map((r) => `${r.movie}:${r.rating}`).join();
