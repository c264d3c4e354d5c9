// Which films are wished for, by genre, decade, length and ratings: as it stands in addresses, and as the server's filter.
// Knows no browser.
import type { Movie } from "./types";

export interface Wishes {
  genres: string[]; // one of these
  without: string[]; // none of these
  decades: number[]; // one of these
  minutes: number | null; // at most so long; null: any
  stars: number | null; // at least so many in the mean
  rated: number | null; // at least so often
}

export const noWishes: Wishes = { genres: [], without: [], decades: [], minutes: null, stars: null, rated: null };

const shortest = 60;
const longest = 240;
const mostStars = 10, mostRated = 1_000_000;
const longestName = 32; // with so many names an expression stays below the 2,000 bytes it may have
const mostNames = 24;

// A number of an address between two ends; null where it is none.
export function whole(text: string | null, [least, most]: readonly [number, number]): number | null {
  if (text === null || !/^-?\d{1,16}$/.test(text)) return null;
  return Math.min(most, Math.max(least, Number(text)));
}

// Stars have halves: "3.5".
function halves(text: string | null): number | null {
  if (text === null || !/^\d{1,2}(?:\.5)?$/.test(text)) return null;
  return Math.min(mostStars, Math.max(0.5, Number(text)));
}

const names = (all: string[]) =>
  [...new Set(all)].filter((name) => name.trim() !== "" && name.length <= longestName).slice(0, mostNames);

const asDecade = (text: string) => (/^\d{3}0$/.test(text) ? [Number(text)] : []);

// An address written by hand, or by an older page, is read as far as it makes sense.
export function readWishes(search: URLSearchParams): Wishes {
  const genres = names(search.getAll("genre"));
  return {
    genres,
    without: names(search.getAll("without")).filter((name) => !genres.includes(name)),
    decades: [...new Set(search.getAll("decade").flatMap(asDecade))].slice(0, mostNames),
    minutes: whole(search.get("minutes"), [shortest, longest]),
    stars: halves(search.get("stars")),
    rated: whole(search.get("rated"), [1, mostRated]),
  };
}

export function writeWishes({ genres, without, decades, minutes, stars, rated }: Wishes, search: URLSearchParams): void {
  for (const genre of genres) search.append("genre", genre);
  for (const genre of without) search.append("without", genre);
  for (const decade of decades) search.append("decade", String(decade));
  if (minutes !== null) search.set("minutes", String(minutes));
  if (stars !== null) search.set("stars", String(stars));
  if (rated !== null) search.set("rated", String(rated));
}

// A text inside an expression: nothing in it is read as anything but letters.
export const quoted = (text: string) => `"${text.replace(/[\\"]/g, "\\$&")}"`;

const oneOf = (field: string, values: (string | number)[]) => `${field}:(${values.join(", ")})`;

export function filterOf({ genres, without, decades, minutes, stars, rated }: Wishes): string {
  const parts: string[] = [];
  if (genres.length > 0) parts.push(oneOf("genre", genres.map(quoted)));
  if (without.length > 0) parts.push(`not ${oneOf("genre", without.map(quoted))}`);
  if (decades.length > 0) parts.push(oneOf("decade", decades));
  if (minutes !== null) parts.push(`runtime <= ${minutes}`);
  if (stars !== null) parts.push(`rating >= ${stars}`);
  if (rated !== null) parts.push(`ratings >= ${rated}`);
  return parts.join(" and ");
}

// A chip goes from "no matter" over "only these" to "none of these" and back.
export type Wish = "any" | "only" | "without";

export const wishOf = (wishes: Wishes, genre: string): Wish =>
  wishes.genres.includes(genre) ? "only" : wishes.without.includes(genre) ? "without" : "any";

export function nextWish(wishes: Wishes, genre: string): Pick<Wishes, "genres" | "without"> {
  const genres = wishes.genres.filter((name) => name !== genre);
  const without = wishes.without.filter((name) => name !== genre);
  const wish = wishOf(wishes, genre);
  if (wish === "any") return { genres: [...genres, genre], without };
  return wish === "only" ? { genres, without: [...without, genre] } : { genres, without };
}

// The same without "none of these", for who looks for something.
export const nextPick = (wishes: Wishes, genre: string): Pick<Wishes, "genres" | "without"> =>
  wishOf(wishes, genre) === "any" ? nextWish(wishes, genre) : {
    genres: wishes.genres.filter((name) => name !== genre),
    without: wishes.without.filter((name) => name !== genre),
  };

export const toggled = (decades: number[], decade: number) =>
  decades.includes(decade) ? decades.filter((one) => one !== decade) : [...decades, decade].sort((a, b) => a - b);

// What can be let go of where nothing fits: each way gives up one kind of wish.
export type Loosening = "genres" | "decades" | "minutes" | "stars" | "rated";

export function waysOut(wishes: Wishes): { way: Loosening; change: Partial<Wishes> }[] {
  const ways: { way: Loosening; set: boolean; change: Partial<Wishes> }[] = [
    { way: "genres", set: wishes.genres.length + wishes.without.length > 0, change: { genres: [], without: [] } },
    { way: "decades", set: wishes.decades.length > 0, change: { decades: [] } },
    { way: "minutes", set: wishes.minutes !== null, change: { minutes: null } },
    { way: "stars", set: wishes.stars !== null, change: { stars: null } },
    { way: "rated", set: wishes.rated !== null, change: { rated: null } },
  ];
  return ways.filter((one) => one.set);
}

// What is there to choose from, and what is chosen already though nothing here has it.
export interface Choices {
  genres: string[];
  decades: number[];
}

export function withChosen(offered: Choices, wishes: Wishes): Choices {
  return {
    genres: [...new Set([...offered.genres, ...wishes.genres, ...wishes.without])],
    decades: [...new Set([...offered.decades, ...wishes.decades])].sort((a, b) => a - b),
  };
}

// What is offered of something that has one value, the chosen one with it.
export const withValue = (offered: number[], chosen: number | null): number[] =>
  [...new Set(chosen === null ? offered : [...offered, chosen])].sort((a, b) => a - b);

// Stars worth asking for: from the middle of the scale up, in halves.
export const starsOffered = (most: number): number[] => [0.6, 0.7, 0.8].map((part) => Math.round(part * most * 2) / 2);
// How often films may be asked to be rated where the most known one has so many ratings.
export const ratedOffered = (most: number): number[] => [5, 20, 100, 500, 2000, 10_000, 50_000].filter((count) => count <= most).slice(-4);

export function choicesOf(films: Pick<Movie, "genres" | "year">[]): Choices {
  return {
    genres: films.flatMap((film) => film.genres),
    decades: films.flatMap(({ year }) => (year === null ? [] : [Math.floor(year / 10) * 10])),
  };
}
