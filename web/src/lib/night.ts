// Who watches together and by which rule: its address, and how their marks stand on one line. Knows no
// browser. Addresses hold numbers of people and films, never a name.
import type { Household, ListItem, MemberItem, Query, Rule } from "./types";

export type Given = { movie: number; rating: number }[];

export type Seat =
  | { kind: "me" }
  | { kind: "person"; user: number }
  | { kind: "guest"; id: string; ratings: Given };

export interface Night {
  seats: Seat[];
  rule: Rule;
}

export const rules: Rule[] = ["average", "least_misery", "fairness"];
export const mostSeats = 12;
export const fewestSeats = 2;
export const enoughFilms = 5; // that a guest is asked to rate
const mostFilms = 50; // of a guest in an address
const usualRule: Rule = "average";

const whole = (text: string) => (/^\d{1,16}$/.test(text) && Number.isSafeInteger(Number(text)) ? Number(text) : null);

function readGiven(text: string): Given {
  const [, film = "", stars = ""] = /^(\d+)-(\d{1,2}(?:\.\d{1,2})?)$/.exec(text) ?? [];
  const movie = whole(film);
  const rating = Number(stars);
  return movie !== null && rating > 0 ? [{ movie, rating }] : [];
}

// "me", a person's number, or a guest: k3f_318-5_296-4.5
function readSeat(text: string): Seat | null {
  if (text === "me") return { kind: "me" };
  const user = whole(text);
  if (user !== null) return { kind: "person", user };
  const [id = "", ...films] = text.split("_");
  if (!/^[a-z][a-z0-9]{0,7}$/.test(id)) return null;
  const seen = new Set<number>();
  const ratings = films.flatMap(readGiven).filter((one) => !seen.has(one.movie) && seen.add(one.movie)).slice(0, mostFilms);
  return ratings.length > 0 ? { kind: "guest", id, ratings } : null;
}

export const keyOf = (seat: Seat): string =>
  seat.kind === "me" ? "me" : seat.kind === "person" ? String(seat.user) : seat.id;

function writeSeat(seat: Seat): string {
  if (seat.kind !== "guest") return keyOf(seat);
  return [seat.id, ...seat.ratings.map(({ movie, rating }) => `${movie}-${rating}`)].join("_");
}

export function readNight(search: URLSearchParams): Night {
  const seats = new Map<string, Seat>();
  for (const seat of search.getAll("with").map(readSeat))
    if (seat && !seats.has(keyOf(seat))) seats.set(keyOf(seat), seat);
  return { seats: [...seats.values()].slice(0, mostSeats), rule: rules.find((one) => one === search.get("rule")) ?? usualRule };
}

export function writeNight({ seats, rule }: Night): string {
  const search = new URLSearchParams(seats.map((seat) => ["with", writeSeat(seat)]));
  if (rule !== usualRule) search.set("rule", rule);
  const text = search.toString();
  return text ? `?${text}` : "";
}

// Comes in, or takes the place it had; without ratings a guest is not there.
export function seated(seats: Seat[], seat: Seat): Seat[] {
  if (seat.kind === "guest" && seat.ratings.length === 0) return left(seats, keyOf(seat));
  const known = seats.some((one) => keyOf(one) === keyOf(seat));
  if (!known) return seats.length < mostSeats ? [...seats, seat] : seats;
  return seats.map((one) => (keyOf(one) === keyOf(seat) ? seat : one));
}

export const left = (seats: Seat[], key: string) => seats.filter((one) => keyOf(one) !== key);

// A name for a guest that no other guest has.
export function guestId(seats: Seat[], random: () => number = Math.random): string {
  for (;;) {
    const id = `g${Math.floor(random() * 36 ** 3).toString(36)}`;
    if (!seats.some((one) => keyOf(one) === id)) return id;
  }
}

// Names are for this browser alone: the server is told none.
export function householdOf(seats: Seat[], rule: Rule, me: Query): Household {
  return {
    rule,
    members: seats.map((seat) =>
      seat.kind === "me" ? me : seat.kind === "person" ? { user: seat.user } : { history: seat.ratings }),
  };
}

// Two letters at most, or a number as it is.
export function initialsOf(name: string): string {
  if (/^\d+$/.test(name)) return name.length > 4 ? `…${name.slice(-3)}` : name;
  const words = name.trim().split(/\s+/).filter(Boolean);
  const first = (word: string | undefined) => Array.from(word ?? "")[0] ?? "";
  return (first(words[0]) + (words.length > 1 ? first(words[words.length - 1]) : "")).toUpperCase();
}

export interface Mark {
  at: number; // 0 .. 1 along the line
  lane: number; // 0 on the line, others above it
}

// Marks too near each other stand one above the other, in the order they were given.
export function marksOf(places: number[], width: number): Mark[] {
  const lanes: number[] = []; // where the last mark of each lane stands
  const marks: Mark[] = places.map((at) => ({ at: Math.min(1, Math.max(0, at)), lane: 0 }));
  for (const mark of [...marks].sort((a, b) => a.at - b.at)) {
    const lane = lanes.findIndex((last) => mark.at - last >= width);
    mark.lane = lane < 0 ? lanes.length : lane;
    lanes[mark.lane] = mark.at;
  }
  return marks;
}

// What the line of a list counts: stars where all of them are known, else how each film stands among
// all others for each one.
export interface Line {
  stars: boolean;
  from: number;
  to: number;
}

type Shared = Pick<ListItem, "members">;

const countOf = (one: MemberItem, stars: boolean) => (stars ? one.predicted_rating! : one.standing);

// Whole stars around all marks, two of them at least: what is told apart is seen apart.
export function lineOf(items: Shared[], scale: { min: number; max: number }): Line {
  const members = items.flatMap((item) => item.members ?? []);
  const stars = members.length > 0 && members.every((one) => one.predicted_rating !== null);
  const counts = members.map((one) => countOf(one, stars));
  const to = Math.ceil(Math.max(...counts, stars ? scale.min + 2 : 1));
  const from = Math.floor(Math.min(...counts, to - 2));
  return { stars, from: stars ? Math.max(0, from) : from, to: stars ? Math.min(scale.max, to) : to };
}

export const placesOf = (item: Shared, { stars, from, to }: Line): number[] =>
  (item.members ?? []).map((one) => (countOf(one, stars) - from) / (to - from));

// Who of them would like a film most and least, as the line shows it.
export function keenness(item: Shared, { stars }: Line): { most: number; least: number } {
  const counts = (item.members ?? []).map((one) => countOf(one, stars));
  return { most: counts.indexOf(Math.max(...counts)), least: counts.indexOf(Math.min(...counts)) };
}

// How far apart they are: half a star, or half a deviation, is hardly noticed.
export function spreadOf(item: Shared, { stars }: Line): "close" | "near" | "apart" {
  const counts = (item.members ?? []).map((one) => countOf(one, stars));
  const spread = Math.max(...counts) - Math.min(...counts);
  return spread <= 0.5 ? "close" : spread <= (stars ? 1 : 1.5) ? "near" : "apart";
}

export interface Because {
  title: string;
  names: string[];
}

// The strongest film of each of them, those who share one together.
export function becauseOf(item: Shared, names: string[]): Because[] {
  const films = new Map<number, Because>();
  (item.members ?? []).forEach((member, i) => {
    const best = member.reasons.find((reason) => reason.contribution > 0);
    if (!best) return;
    const known = films.get(best.movie) ?? { title: best.title, names: [] };
    films.set(best.movie, { ...known, names: [...known.names, names[i]!] });
  });
  return [...films.values()];
}
