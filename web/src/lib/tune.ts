// What can be tuned about a list: its address, and the rules the server is asked for. Knows no browser.
import { methods, mixable, type Method, type Mixture, type Movie, type Rules } from "./types";

export interface Tuning {
  person: number | null; // of the data set; null: whoever looks
  model: Method;
  blend: Mixture | null; // in the place of a model: how much each one weighs, 0 .. 100
  novelty: number; // 0 as the model has it .. 100
  age: number; // -100 old .. 100 new
  diversity: number; // 0 .. 100
  mix: number; // 0 .. 100: genres as in the history
  minutes: number | null; // at most so long; null: any
  films: number;
  genres: string[]; // one of these
  without: string[]; // none of these
  decades: number[]; // one of these
}

export const usual: Tuning = {
  person: null, model: "hybrid", blend: null, novelty: 0, age: 0, diversity: 0, mix: 0, minutes: null, films: 20,
  genres: [], without: [], decades: [],
};

export const ranges = {
  novelty: [0, 100], age: [-100, 100], diversity: [0, 100], mix: [0, 100], minutes: [60, 240], films: [5, 40],
} as const;

const longestName = 32; // with so many names an expression stays below the 2,000 bytes it may have
const mostNames = 24;

function whole(text: string | null, [least, most]: readonly [number, number]): number | null {
  if (text === null || !/^-?\d{1,16}$/.test(text)) return null;
  return Math.min(most, Math.max(least, Number(text)));
}

// ease:60,content:40
function readBlend(text: string | null): Mixture | null {
  if (text === null) return null;
  const blend: Mixture = {};
  for (const part of text.split(",")) {
    const [name, weight = ""] = part.split(":");
    const model = mixable.find((one) => one === name);
    const share = whole(weight, [0, 100]);
    if (model && share) blend[model] = share;
  }
  return blend;
}

const writeBlend = (blend: Mixture) =>
  mixable.filter((one) => blend[one]).map((one) => `${one}:${blend[one]}`).join() || "none";

const names = (all: string[]) =>
  [...new Set(all)].filter((name) => name.trim() !== "" && name.length <= longestName).slice(0, mostNames);

const asDecade = (text: string) => (/^\d{3}0$/.test(text) ? [Number(text)] : []);

// An address written by hand, or by an older page, is read as far as it makes sense.
export function readTuning(search: URLSearchParams): Tuning {
  const at = (name: keyof typeof ranges) => whole(search.get(name), ranges[name]);
  const genres = names(search.getAll("genre"));
  return {
    person: whole(search.get("person"), [0, Number.MAX_SAFE_INTEGER]),
    model: methods.find((one) => one === search.get("model")) ?? usual.model,
    blend: readBlend(search.get("blend")),
    novelty: at("novelty") ?? usual.novelty,
    age: at("age") ?? usual.age,
    diversity: at("diversity") ?? usual.diversity,
    mix: at("mix") ?? usual.mix,
    minutes: at("minutes"),
    films: at("films") ?? usual.films,
    genres,
    without: names(search.getAll("without")).filter((name) => !genres.includes(name)),
    decades: [...new Set(search.getAll("decade").flatMap(asDecade))].slice(0, mostNames),
  };
}

// What is as usual is not in the address.
export function writeTuning(tuning: Tuning): string {
  const search = new URLSearchParams();
  for (const name of ["person", "model", "novelty", "age", "diversity", "mix", "minutes", "films"] as const)
    if (tuning[name] !== usual[name]) search.set(name, String(tuning[name]));
  if (tuning.blend) search.set("blend", writeBlend(tuning.blend));
  for (const genre of tuning.genres) search.append("genre", genre);
  for (const genre of tuning.without) search.append("without", genre);
  for (const decade of tuning.decades) search.append("decade", String(decade));
  const text = search.toString();
  return text ? `?${text}` : "";
}

// A text inside an expression: nothing in it is read as anything but letters.
export const quoted = (text: string) => `"${text.replace(/[\\"]/g, "\\$&")}"`;

const oneOf = (field: string, values: (string | number)[]) => `${field}:(${values.join(", ")})`;

export function filterOf({ genres, without, decades, minutes }: Tuning): string {
  const parts: string[] = [];
  if (genres.length > 0) parts.push(oneOf("genre", genres.map(quoted)));
  if (without.length > 0) parts.push(`not ${oneOf("genre", without.map(quoted))}`);
  if (decades.length > 0) parts.push(oneOf("decade", decades));
  if (minutes !== null) parts.push(`runtime <= ${minutes}`);
  return parts.join(" and ");
}

// The years between which the films of a catalogue lie, but for the tenth at either end.
export interface Years {
  middle: number;
  half: number;
}

export function yearsOf(films: Pick<Movie, "year">[]): Years {
  const years = films.flatMap(({ year }) => (year === null ? [] : [year])).sort((a, b) => a - b);
  const at = (share: number) => years[Math.round(share * (years.length - 1))] ?? 1990;
  return { middle: at(0.5), half: Math.max(5, Math.round((at(0.9) - at(0.1)) / 2)) };
}

// A film from the middle stays as it is; at the ends of the slider one half a span away does not
// count at all or counts twice.
export function boostOf({ age }: Tuning, { middle, half }: Years): string {
  return age === 0 ? "" : `max(0.05, min(3, 1 + ${age / 100} * (year - ${middle}) / ${half}))`;
}

export function rulesOf(tuning: Tuning, years: Years): Rules {
  const filter = filterOf(tuning);
  const boost = boostOf(tuning, years);
  return {
    ...(filter ? { filter } : {}),
    ...(boost ? { boost } : {}),
    ...(tuning.novelty ? { novelty: tuning.novelty / 100 } : {}),
    ...(tuning.diversity ? { diversity: tuning.diversity / 100 } : {}),
    ...(tuning.mix ? { calibrate: tuning.mix / 100 } : {}),
  };
}

// The model the server is asked for: a blend in which nothing weighs anything is none.
export function modelOf({ model, blend }: Tuning): Method | Mixture {
  const used = mixable.filter((one) => blend?.[one]);
  return used.length > 0 ? Object.fromEntries(used.map((one) => [one, blend![one]! / 100])) : model;
}

// What a model weighs among all that do, 0 .. 1.
export function shareOf(blend: Mixture, model: keyof Mixture): number {
  const all = mixable.reduce((sum, one) => sum + (blend[one] ?? 0), 0);
  return all > 0 ? (blend[model] ?? 0) / all : 0;
}

// Where blending begins: two that see different things.
export function firstBlend(offered: readonly string[]): Mixture {
  const two = [...mixable].sort((a, b) => Number(b === "content") - Number(a === "content")).filter((one) => offered.includes(one)).slice(0, 2);
  return Object.fromEntries(two.map((one) => [one, 50]));
}

// A chip goes from "no matter" over "only these" to "none of these" and back.
export type Wish = "any" | "only" | "without";

export const wishOf = (tuning: Tuning, genre: string): Wish =>
  tuning.genres.includes(genre) ? "only" : tuning.without.includes(genre) ? "without" : "any";

export function nextWish(tuning: Tuning, genre: string): Pick<Tuning, "genres" | "without"> {
  const genres = tuning.genres.filter((name) => name !== genre);
  const without = tuning.without.filter((name) => name !== genre);
  const wish = wishOf(tuning, genre);
  if (wish === "any") return { genres: [...genres, genre], without };
  return wish === "only" ? { genres, without: [...without, genre] } : { genres, without };
}

export const toggled = (decades: number[], decade: number) =>
  decades.includes(decade) ? decades.filter((one) => one !== decade) : [...decades, decade].sort((a, b) => a - b);

export const isUsual = (tuning: Tuning) => writeTuning({ ...tuning, person: null }) === "";

// What is there to choose from, and what is chosen already though nothing here has it.
export function choicesOf(films: Pick<Movie, "genres" | "year">[], tuning: Tuning): { genres: string[]; decades: number[] } {
  const decades = films.flatMap(({ year }) => (year === null ? [] : [Math.floor(year / 10) * 10]));
  return {
    genres: [...new Set([...films.flatMap((film) => film.genres), ...tuning.genres, ...tuning.without])],
    decades: [...new Set([...decades, ...tuning.decades])].sort((a, b) => a - b),
  };
}
