// Which films are wished for, by genre, decade and length: as it stands in addresses, and as the server's filter.
// Knows no browser.
import type { Movie } from "./types";

export interface Wishes {
  genres: string[]; // one of these
  without: string[]; // none of these
  decades: number[]; // one of these
  minutes: number | null; // at most so long; null: any
}

export const noWishes: Wishes = { genres: [], without: [], decades: [], minutes: null };

const shortest = 60;
const longest = 240;
const longestName = 32; // with so many names an expression stays below the 2,000 bytes it may have
const mostNames = 24;

// A number of an address between two ends; null where it is none.
export function whole(text: string | null, [least, most]: readonly [number, number]): number | null {
  if (text === null || !/^-?\d{1,16}$/.test(text)) return null;
  return Math.min(most, Math.max(least, Number(text)));
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
  };
}

export function writeWishes({ genres, without, decades, minutes }: Wishes, search: URLSearchParams): void {
  for (const genre of genres) search.append("genre", genre);
  for (const genre of without) search.append("without", genre);
  for (const decade of decades) search.append("decade", String(decade));
  if (minutes !== null) search.set("minutes", String(minutes));
}

// A text inside an expression: nothing in it is read as anything but letters.
export const quoted = (text: string) => `"${text.replace(/[\\"]/g, "\\$&")}"`;

const oneOf = (field: string, values: (string | number)[]) => `${field}:(${values.join(", ")})`;

export function filterOf({ genres, without, decades, minutes }: Wishes): string {
  const parts: string[] = [];
  if (genres.length > 0) parts.push(oneOf("genre", genres.map(quoted)));
  if (without.length > 0) parts.push(`not ${oneOf("genre", without.map(quoted))}`);
  if (decades.length > 0) parts.push(oneOf("decade", decades));
  if (minutes !== null) parts.push(`runtime <= ${minutes}`);
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
export type Loosening = "genres" | "decades" | "minutes";

export function waysOut(wishes: Wishes): { way: Loosening; change: Partial<Wishes> }[] {
  const ways: { way: Loosening; set: boolean; change: Partial<Wishes> }[] = [
    { way: "genres", set: wishes.genres.length + wishes.without.length > 0, change: { genres: [], without: [] } },
    { way: "decades", set: wishes.decades.length > 0, change: { decades: [] } },
    { way: "minutes", set: wishes.minutes !== null, change: { minutes: null } },
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

export function choicesOf(films: Pick<Movie, "genres" | "year">[]): Choices {
  return {
    genres: films.flatMap((film) => film.genres),
    decades: films.flatMap(({ year }) => (year === null ? [] : [Math.floor(year / 10) * 10])),
  };
}
