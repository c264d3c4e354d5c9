// Which rows the home page shows, read off the ratings given in this browser. Knows no browser.
import type { Health, OwnRating } from "./types";

export type Row =
  | { kind: "you" | "popular" | "gems" }
  | { kind: "because"; film: OwnRating }
  | { kind: "decade"; decade: number };

const becauses = 3;
const usualDecade = 1990;
export const enough = 5; // ratings, after which nobody is invited to give more

// A film is liked from four fifths of the scale on, or what its owner usually gives if that is less.
export function liked(own: OwnRating[], max: number): OwnRating[] {
  const mean = own.reduce((sum, r) => sum + r.rating, 0) / (own.length || 1);
  return own.filter((r) => r.rating >= Math.min(0.8 * max, Math.max(0.6 * max, mean)));
}

// The best liked films, of these the latest: one for each "because" row.
export function becauseOf(own: OwnRating[], max: number): OwnRating[] {
  return [...liked(own, max)].sort((a, b) => b.rating - a.rating).slice(0, becauses);
}

// Whose films from are liked most often; of two the later one.
export function bestDecade(own: OwnRating[], max: number): number {
  const counts = new Map<number, number>();
  for (const { year } of liked(own, max)) {
    const decade = year === null ? null : Math.floor(year / 10) * 10;
    if (decade !== null) counts.set(decade, (counts.get(decade) ?? 0) + 1);
  }
  const [first] = [...counts].sort((a, b) => b[1] - a[1] || b[0] - a[0]);
  return first?.[0] ?? usualDecade;
}

export function rowsFor(own: OwnRating[], max: number): Row[] {
  const decade: Row = { kind: "decade", decade: bestDecade(own, max) };
  if (own.length === 0) return [{ kind: "popular" }, { kind: "gems" }, decade];
  const [first, ...others] = becauseOf(own, max).map((film): Row => ({ kind: "because", film }));
  const rows: (Row | undefined)[] = [{ kind: "you" }, first, { kind: "gems" }, others[0], decade, others[1], { kind: "popular" }];
  return rows.filter((row) => row !== undefined);
}

// What few know: fewer ratings than the average film has, and rated well.
export function hidden(health: Pick<Health, "movies" | "ratings" | "rating_scale"> | undefined): string {
  const average = health ? Math.max(10, Math.round(health.ratings / Math.max(1, health.movies))) : 100;
  const good = 0.74 * (health?.rating_scale.max ?? 5);
  return `ratings <= ${average} and ratings >= ${Math.ceil(average / 10)} and rating >= ${good.toFixed(1)}`;
}
