// The exploratory analyses of the data: what the server tells of them, which part of the films is asked
// about, and where the marks of a chart stand. Knows no pixels and no browser.
import { address, get, type Signal } from "./api";
import { csvOf } from "./taste";

export type CellKind = "text" | "count" | "number" | "real" | "stars" | "share";
export type Cell = string | number | null;

export interface Column {
  name: string;
  kind: CellKind;
  values: Cell[];
}

export interface Figure {
  figure: string;
  absent: string | null;
  rows: number; // of the analysis; a long line has fewer here
  columns: Column[];
}

export interface DataAnswer {
  genre: string | null;
  from: number | null;
  to: number | null;
  source: string;
  simulated: boolean;
  movies: number;
  people: number;
  ratings: number;
  mean: number | null;
  figures: Figure[];
}

// ---- which films ----

export interface Part {
  genre: string | null;
  from: number | null;
  to: number | null;
}

const year = (text: string | null) => (text !== null && /^[1-9]\d{0,3}$/.test(text) ? Number(text) : null);

// What an address asks about; a span that ends before it begins is none.
export function partOf(search: URLSearchParams): Part {
  const [from, to] = [year(search.get("from")), year(search.get("to"))];
  const wrong = from !== null && to !== null && from > to;
  return { genre: search.get("genre") || null, from: wrong ? null : from, to: wrong ? null : to };
}

// What an address says in vain: a genre that none of these is, years that are none or the wrong way round.
export function refusedOf(search: URLSearchParams, genres: string[]): { genre: string | null; years: string | null } {
  const genre = search.get("genre") || null, from = search.get("from") || null, to = search.get("to") || null;
  const part = partOf(search);
  const lost = (from !== null && part.from === null) || (to !== null && part.to === null);
  return { genre: genre !== null && !genres.includes(genre) ? genre : null, years: lost ? [from, to].filter(Boolean).join("–") : null };
}

export const isWhole = ({ genre, from, to }: Part) => genre === null && from === null && to === null;

export const askData = ({ genre, from, to }: Part, signal?: Signal) => get<DataAnswer>(address("/data", { genre, from, to }), signal);

export const figureOf = (answer: DataAnswer, id: string): Figure | undefined => answer.figures.find((one) => one.figure === id);

export const column = (figure: Figure, name: string): Cell[] => figure.columns.find((one) => one.name === name)?.values ?? [];
export const numbers = (figure: Figure, name: string): number[] => column(figure, name).map((cell) => (typeof cell === "number" ? cell : NaN));
export const texts = (figure: Figure, name: string): string[] => column(figure, name).map(String);
export const lengthOf = (figure: Figure): number => figure.columns[0]?.values.length ?? 0;

// The genres there are, the most frequent first, and the years of the films.
export function choicesOf(whole: DataAnswer): { genres: string[]; years: number[]; films: number[] } {
  const genres = figureOf(whole, "genre-frequency"), years = figureOf(whole, "films-per-year");
  return { genres: genres ? texts(genres, "genre") : [], years: years ? numbers(years, "year") : [], films: years ? numbers(years, "films") : [] };
}

// As the command line writes it: names of columns, and numbers with a point.
export const csvOfFigure = (figure: Figure): string =>
  csvOf([figure.columns.map((one) => one.name), ...Array.from({ length: lengthOf(figure) }, (_, row) => figure.columns.map((one) => one.values[row] ?? ""))]);

export const fileOf = (figure: string, { genre, from, to }: Part): string =>
  `${[figure, genre?.toLowerCase().replace(/[^a-z0-9]+/g, "-"), from !== null || to !== null ? `${from ?? ""}-${to ?? ""}` : null].filter(Boolean).join("_")}.csv`;

// ---- numbers that stand out ----

// Where the greatest is; -1 where there is none.
export const greatest = (values: number[]): number =>
  values.reduce((best, value, at) => (Number.isNaN(value) || (best >= 0 && value <= values[best]!) ? best : at), -1);
export const least = (values: number[]): number => greatest(values.map((value) => -value));

// Half of what the bins count lies below the end of this one.
export function middleBin(counts: number[]): number {
  const half = counts.reduce((sum, count) => sum + count, 0) / 2;
  let below = 0;
  return counts.findIndex((count) => (below += count) >= half);
}

// ---- scales ----

export interface Scale {
  (value: number): number; // pixels
  ticks: number[];
}

const step = (range: number, most: number): number => {
  const raw = Math.max(range, 1e-9) / most, ten = 10 ** Math.floor(Math.log10(raw));
  return [1, 2, 5, 10].map((n) => n * ten).find((n) => n >= raw * (1 - 1e-9))!;
};

// Round numbers from low to high, `most` of them or fewer.
function ticksOf(low: number, high: number, most: number, whole = false): number[] {
  const by = whole ? Math.max(1, step(high - low, most)) : step(high - low, most);
  const first = Math.ceil(low / by - 1e-9), last = Math.floor(high / by + 1e-9);
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => Number(((first + i) * by).toPrecision(12)));
}

export function linear(low: number, high: number, from: number, to: number, most: number): Scale {
  const span = high - low || 1;
  return Object.assign((value: number) => from + ((value - low) / span) * (to - from), { ticks: ticksOf(low, high, most) });
}

// From a round number to a round number, which are said: a flat line has little room, and a single number is no scale.
export function between(low: number, high: number, from: number, to: number): Scale {
  const by = step(high - low || Math.abs(high) || 1, 3);
  const first = Math.floor(low / by + 1e-9), last = Math.max(first + 1, Math.ceil(high / by - 1e-9));
  const ends = [first, last].map((n) => Number((n * by).toPrecision(12)));
  return Object.assign(linear(ends[0]!, ends[1]!, from, to, 1), { ticks: ends });
}

// Powers of ten, and where there are few of them, 2 and 5 times these.
export function logarithmic(low: number, high: number, from: number, to: number): Scale {
  const [a, b] = [Math.log10(low), Math.log10(high)];
  const few = b - a < 2;
  const ticks: number[] = [];
  for (let power = Math.floor(a); power <= Math.ceil(b); power++)
    for (const n of few ? [1, 2, 5] : [1]) {
      const at = Number((n * 10 ** power).toPrecision(12));
      if (at >= low * (1 - 1e-9) && at <= high * (1 + 1e-9)) ticks.push(at);
    }
  return Object.assign((value: number) => from + ((Math.log10(value) - a) / (b - a || 1)) * (to - from), { ticks });
}

// A little more than all, so that the highest has room: a round number.
export const roundUp = (value: number, most = 4): number => {
  const by = step(value || 1, most);
  return Math.max(1, Math.ceil(value / by - 1e-9)) * by;
};

// The one whose place is nearest; places ascend.
export function nearest(places: number[], at: number): number {
  let low = 0, high = places.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (places[middle]! < at) low = middle + 1;
    else high = middle;
  }
  return low > 0 && at - places[low - 1]! < places[low]! - at ? low - 1 : low;
}

// Of names that stand beside each other, as many as there is room for: every nth, from the first on.
export const everyNth = (count: number, room: number, wide: number): number => Math.max(1, Math.ceil((count * wide) / Math.max(1, room)));

// Where a key leads in a grid of so many columns, or in one row; null: it is no key of ours.
export function moved(key: string, at: number, count: number, columns: number): number | null {
  const by: Record<string, number> = columns < count
    ? { ArrowRight: 1, ArrowLeft: -1, ArrowDown: columns, ArrowUp: -columns }
    : { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1, PageUp: 10, PageDown: -10 };
  if (key === "Home") return 0;
  if (key === "End") return count - 1;
  const move = by[key];
  if (move === undefined) return null;
  const to = at + move;
  if (columns < count) {
    const sideways = Math.abs(move) === 1 && Math.floor(to / columns) !== Math.floor(at / columns);
    return to < 0 || to >= count || sideways ? at : to;
  }
  return Math.min(count - 1, Math.max(0, to));
}

// ---- times ----

// "2000-11", "2000-Q4", "2000-11-03" or "2000".
export function periodOf(text: string): { year: number; quarter?: number; month?: number; day?: number } {
  const [, y, q, m, d] = /^(\d+)(?:-Q(\d)|-(\d\d)(?:-(\d\d))?)?$/.exec(text) ?? [];
  return { year: Number(y), ...(q ? { quarter: Number(q) } : {}), ...(m ? { month: Number(m) } : {}), ...(d ? { day: Number(d) } : {}) };
}

// ---- genres that go together ----

export interface Pairs {
  names: string[]; // the most frequent first
  at(row: number, column: number): { films: number; overlap: number } | null; // row > column
}

export function pairsOf(figure: Figure, most: number): Pairs {
  const [a, b] = [texts(figure, "genre"), texts(figure, "with")];
  const [films, overlap] = [numbers(figure, "films"), numbers(figure, "overlap")];
  const names = [...new Set([...b.slice(0, 1), ...a])].slice(0, most);
  const found = new Map(a.map((name, i) => [`${name}|${b[i]}`, { films: films[i]!, overlap: overlap[i]! }]));
  return { names, at: (row, other) => found.get(`${names[row]}|${names[other]}`) ?? null };
}
