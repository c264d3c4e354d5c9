// The ratings a visitor gave in this browser, newest first; the history of the /rate page.
import { box, readJson, type Box } from "./storage";
import type { Movie, OwnRating } from "./types";

const key = "reel.ratings";

const isRatings = (value: unknown): value is OwnRating[] =>
  Array.isArray(value) &&
  value.every((r) => Number.isInteger(r?.movie) && Number.isFinite(r?.rating) && typeof r?.title === "string");

export const loadOwn = (from: Box = box) => readJson(from, key, isRatings, []);

// rating null takes the film's rating away. A new rating of a known film keeps its place.
export function withRating(all: OwnRating[], film: Movie | OwnRating, rating: number | null): OwnRating[] {
  if (rating === null) return all.filter((r) => r.movie !== film.movie);
  const { movie, title, year, poster, generated_poster } = film;
  const entry = { movie, title, year, poster, generated_poster, rating };
  return all.some((r) => r.movie === movie)
    ? all.map((r) => (r.movie === movie ? entry : r))
    : [entry, ...all];
}

export function saveOwn(all: OwnRating[], to: Box = box): void {
  to.write(key, JSON.stringify(all));
}
