// What was shown and what came of it: what the server's reports say, which days are asked about, and how
// rows become a table. Knows no pixels and no browser.
import { address, get, type Signal } from "./api";
import type { Cell, CellKind, Column, Figure } from "./data";
import { daysBetween, isDay } from "./days";

export interface Rate {
  rate: number | null;
  low: number | null;
  high: number | null;
}

export interface Days {
  from: string;
  to: string;
}

export interface Report<T> {
  range: Days;
  against: Days | null;
  waiting: number;
  items: T[];
}

export interface Counts {
  lists?: number; // a place has none
  shown: number;
  clicked: number;
  rated: number;
  clicked_rated: number;
  not_interested: number;
  click_through: Rate;
  rating_through: Rate;
}

export interface Whole extends Counts, Days {
  lists: number;
  click_to_rating: Rate;
  clicks: number;
  ratings: number;
  trailers: number;
  watchlist: number;
  dwell_seconds: number | null;
  new_people: number;
  people_a_day: number | null;
  films: number;
  coverage: number | null;
  gini: number | null;
  effective_films: number | null;
  novelty: number | null;
  diversity: number | null;
}

export interface RateRow extends Counts {
  method?: string;
  model_id?: string;
  scenario?: string;
  rank?: number;
  against?: Counts;
  change?: Rate;
}

export interface FilmCounts {
  shown: number;
  clicked: number;
  rated: number;
  clicks: number;
  ratings: number;
  click_through: Rate;
  rating_through: Rate;
}

export interface FilmRow extends FilmCounts {
  movie: number;
  title: string | null;
  year: number | null;
  against?: FilmCounts;
}

export interface GenreRow extends FilmCounts {
  genre: string;
  films: number;
  share_of_films: number | null;
  share_of_shown: number | null;
  against?: FilmCounts & { share_of_shown: number | null };
}

export interface TimeRow {
  weekday?: number;
  hour?: number;
  day?: string;
  week?: string;
  lists: number;
  shown: number;
  clicks: number;
  ratings: number;
  against?: Omit<TimeRow, "against"> | null; // null: the other days are fewer
}

export interface PeopleRow {
  day: string;
  people: number;
  new: number;
  returning: number;
  against?: Omit<PeopleRow, "against"> | null;
}

export interface CatalogueRow {
  week: string;
  whole: boolean;
  lists: number;
  shown: number;
  films: number;
  coverage: number | null;
  effective_films: number | null;
  novelty: number | null;
  diversity: number | null;
  against?: Omit<CatalogueRow, "against"> | null;
}

export interface Catalogue extends Report<CatalogueRow> {
  catalogue: number;
  trend: Rate;
  narrowing: boolean;
}

export interface ModelRow extends Counts {
  week: string;
  method: string;
  model_id: string;
}

export interface Training {
  day: string;
  job: number;
  passed: boolean;
  reason: string | null;
  candidate: string;
  incumbent: string;
  people: number | null;
  before: number | null;
  after: number | null;
  difference: Rate;
  overlap: number | null;
}

export interface Models extends Report<ModelRow> {
  promotions: { day: string; method: string; model_id: string }[];
  trainings: Training[];
}

export interface HealthRow {
  what: string;
  value: number | null;
}

export const reports = ["summary", "rates", "films", "genres", "times", "people", "catalogue", "models", "health"] as const;
export type ReportName = (typeof reports)[number];
// Those that can say what was before beside what is now.
const compared: readonly ReportName[] = ["summary", "rates", "films", "genres", "times", "people", "catalogue"];

// ---- which days ----

export interface Asked {
  range: string; // as the server reads it
  against: string | null;
}

export const spans = ["7d", "28d", "90d", "365d", "all"] as const;
export const usualSpan = "28d";
const mostDays = 36_600; // that the server counts at once
const dates = (text: string): Days | null => {
  const [from = "", to = "", more] = text.split("..");
  return more === undefined && isDay(from) && isDay(to) && from <= to && daysBetween(from, to) <= mostDays ? { from, to } : null;
};

const isSpan = (text: string): boolean => (spans as readonly string[]).includes(text);

const isRange = (text: string) => isSpan(text) || dates(text) !== null;
const isAgainst = (text: string) => text === "previous" || dates(text) !== null;

// What an address asks about: a span that is offered, or days; what is none counts as not said.
export function askedOf(search: URLSearchParams): Asked {
  const range = search.get("range") || usualSpan, against = search.get("against") || null;
  return { range: isRange(range) ? range : usualSpan, against: against !== null && isAgainst(against) ? against : null };
}

// What an address says that is none, so that it can be told.
export function refusedOf(search: URLSearchParams): { range: string | null; against: string | null } {
  const range = search.get("range") || null, against = search.get("against") || null;
  return { range: range !== null && !isRange(range) ? range : null, against: against !== null && !isAgainst(against) ? against : null };
}

export const daysOf = (text: string | null): Days | null => (text === null ? null : dates(text));
export const rangeOf = ({ from, to }: Days): string => `${from}..${to}`;

export const queryOf = (name: ReportName, asked: Asked, more: Record<string, string | number> = {}): Record<string, string | number | null> => ({
  ...(name === "health" ? {} : { range: asked.range, against: compared.includes(name) ? asked.against : null }),
  ...more,
});

export const keyOf = (name: ReportName, asked: Asked, more: Record<string, string | number> = {}): string => address(`/analytics/${name}`, queryOf(name, asked, more));

export const askReport = <T>(key: string, signal?: Signal) => get<T>(key, signal);

// The same as a file, which the server writes.
export const fileAddress = (key: string, format: "csv" | "json"): string => `${key}${key.includes("?") ? "&" : "?"}format=${format}`;
export const fileName = (name: ReportName, { range }: Report<unknown>, format: string): string =>
  `${name}_${range.from}_${range.to}.${format}`;

// ---- rows as a table ----

const shares = /(^|\.)(rate|low|high|share_of_films|share_of_shown|coverage|gini)$/;

// Numbers that are no amounts: they are written as they are, or have names.
const plainNumbers = /^(year|movie)$/, namedNumbers = /^weekday$/;

const kindOf = (name: string, values: Cell[]): CellKind =>
  namedNumbers.test(name) ? "text" : plainNumbers.test(name) ? "number" : values.some((value) => typeof value === "string") ? "text" : shares.test(name) ? "share" : values.every((value) => value === null || Number.isInteger(value)) ? "count" : "real";

function flat(row: object, before = ""): [string, Cell][] {
  return Object.entries(row).flatMap(([name, value]): [string, Cell][] =>
    value !== null && typeof value === "object" ? flat(value as object, `${before}${name}.`) : [[before + name, typeof value === "boolean" ? String(value) : (value as Cell)]]);
}

// Members of members have names with a dot, as in the server's own tables.
export function figureOf(name: ReportName, items: object[]): Figure {
  const rows = items.map((item) => new Map(flat(item)));
  const names = [...new Set(rows.flatMap((row) => [...row.keys()]))];
  const columns: Column[] = names.map((one) => {
    const values = rows.map((row) => row.get(one) ?? null);
    return { name: one, kind: kindOf(one, values), values };
  });
  return { figure: name, absent: null, rows: items.length, columns };
}

// ---- what stands out ----

const value = (rate: Rate): number => rate.rate ?? NaN;
// Of those that were shown often enough to be told from each other: the lower end of the interval decides.
export function bestOf<T extends Counts>(rows: T[], of: "click_through" | "rating_through"): T | null {
  return rows.reduce<T | null>((best, row) => (row.shown > 0 && (best === null || (row[of].low ?? 0) > (best[of].low ?? 0)) ? row : best), null);
}

// Whether what is best is so beyond chance: no other's interval reaches its own.
export const standsOut = <T extends Counts>(best: T, rows: T[], of: "click_through" | "rating_through"): boolean =>
  rows.every((row) => row === best || row.shown === 0 || (row[of].high ?? 0) < (best[of].low ?? 0));

// Those that may be best as well: whose interval reaches that of the best, best first.
export const contenders = <T extends Counts>(best: T, rows: T[], of: "click_through" | "rating_through"): T[] =>
  rows.filter((row) => row.shown > 0 && (row === best || (row[of].high ?? 0) >= (best[of].low ?? 0))).sort((a, b) => (b[of].low ?? 0) - (a[of].low ?? 0));

// A change whose interval has 0 in it is none that can be told.
export const toldFrom0 = (change: Rate): -1 | 0 | 1 => (change.low !== null && change.low > 0 ? 1 : change.high !== null && change.high < 0 ? -1 : 0);

// ---- versions by week ----

export interface Week {
  week: string;
  click: Rate;
  shown: number;
  versions: string[]; // that were shown in it
  fresh: string[]; // and for the first time
}

// A method's weeks, its versions joined: shares are weighed by what was shown.
export function weeksOf(models: Pick<Models, "items" | "promotions">, method: string): Week[] {
  const weeks = new Map<string, ModelRow[]>();
  for (const row of models.items.filter((one) => one.method === method)) weeks.set(row.week, [...(weeks.get(row.week) ?? []), row]);
  return [...weeks].map(([week, rows]) => {
    const [shown, clicked] = [rows.reduce((sum, row) => sum + row.shown, 0), rows.reduce((sum, row) => sum + row.clicked, 0)];
    const next = plusDays(week, 7);
    return {
      week, shown, click: wilson(clicked, shown), versions: rows.map((row) => row.model_id),
      fresh: models.promotions.filter((one) => one.method === method && one.day >= week && one.day < next).map((one) => one.model_id),
    };
  });
}

// The methods of the range, those shown most first.
export function methodsOf(rows: ModelRow[]): string[] {
  const shown = new Map<string, number>();
  for (const row of rows) shown.set(row.method, (shown.get(row.method) ?? 0) + row.shown);
  return [...shown].sort((a, b) => b[1] - a[1]).map(([method]) => method);
}

const z95 = 1.959963984540054;
export function wilson(some: number, all: number): Rate {
  if (all <= 0) return { rate: null, low: null, high: null };
  const p = Math.min(1, some / all), z2 = z95 * z95;
  const middle = (p + z2 / (2 * all)) / (1 + z2 / all), half = (z95 * Math.sqrt((p * (1 - p)) / all + z2 / (4 * all * all))) / (1 + z2 / all);
  return { rate: p, low: some <= 0 ? 0 : middle - half, high: p >= 1 ? 1 : middle + half };
}

const dayMs = 86_400_000;
export const plusDays = (day: string, days: number): string => new Date(Date.parse(`${day}T00:00:00Z`) + days * dayMs).toISOString().slice(0, 10);

export const today = (): string => new Date().toISOString().slice(0, 10);
// Whether the days from one on are over, and all of them in the range.
export const isEntire = (from: string, days: number, range: Days): boolean => {
  const last = plusDays(from, days - 1);
  return from >= range.from && last <= range.to && last < today();
};

// Every day of a range, those of which nothing is known with nothing; the server leaves them out.
export function everyDay<T>(days: Days, rows: T[], dayOf: (row: T) => string, none: (day: string) => T, step = 1): T[] {
  const known = new Map(rows.map((row) => [dayOf(row), row]));
  const first = rows.length > 0 ? dayOf(rows[0]!) : days.to;
  const all: T[] = [];
  for (let day = step === 1 ? days.from : first; day <= days.to && all.length < 4000; day = plusDays(day, step)) all.push(known.get(day) ?? none(day));
  return all;
}

export const percentOf = (rate: Rate): number => value(rate) * 100;
