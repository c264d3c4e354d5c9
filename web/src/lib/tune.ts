// What can be tuned about a list: its address, and the rules the server is asked for. Knows no browser.
import { methods, mixable, type Method, type Mixture, type Movie, type Rules } from "./types";
import { filterOf, noWishes, readWishes, whole, writeWishes, type Wishes } from "./wishes";

export interface Tuning extends Wishes {
  person: number | null; // of the data set; null: whoever looks
  model: Method;
  blend: Mixture | null; // in the place of a model: how much each one weighs, 0 .. 100
  novelty: number; // 0 as the model has it .. 100
  age: number; // -100 old .. 100 new
  diversity: number; // 0 .. 100
  mix: number; // 0 .. 100: genres as in the history
  films: number;
}

export const usual: Tuning = {
  person: null, model: "hybrid", blend: null, novelty: 0, age: 0, diversity: 0, mix: 0, films: 20, ...noWishes,
};

export const ranges = {
  novelty: [0, 100], age: [-100, 100], diversity: [0, 100], mix: [0, 100], films: [5, 40],
} as const;

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

// An address written by hand, or by an older page, is read as far as it makes sense.
export function readTuning(search: URLSearchParams): Tuning {
  const at = (name: keyof typeof ranges) => whole(search.get(name), ranges[name]);
  return {
    person: whole(search.get("person"), [0, Number.MAX_SAFE_INTEGER]),
    model: methods.find((one) => one === search.get("model")) ?? usual.model,
    blend: readBlend(search.get("blend")),
    novelty: at("novelty") ?? usual.novelty,
    age: at("age") ?? usual.age,
    diversity: at("diversity") ?? usual.diversity,
    mix: at("mix") ?? usual.mix,
    films: at("films") ?? usual.films,
    ...readWishes(search), stars: null, rated: null, // filters of the search alone
  };
}

// What is as usual is not in the address.
export function writeTuning(tuning: Tuning): string {
  const search = new URLSearchParams();
  for (const name of ["person", "model", "novelty", "age", "diversity", "mix", "films"] as const)
    if (tuning[name] !== usual[name]) search.set(name, String(tuning[name]));
  if (tuning.blend) search.set("blend", writeBlend(tuning.blend));
  writeWishes(tuning, search);
  const text = search.toString();
  return text ? `?${text}` : "";
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

export const isUsual = (tuning: Tuning) => writeTuning({ ...tuning, person: null }) === "";
