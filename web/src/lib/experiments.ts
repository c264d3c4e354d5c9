// Experiments as the server tells of them: what was defined, and what it says so far.
import { address, get, send, type Signal } from "./api";

export type Verdict = "open" | "better" | "worse" | "same" | "undecided";

export interface Experiment {
  name: string;
  kind: "ab" | "interleave";
  scenario: string | null;
  arms: { name: string; model: string | Record<string, number>; weight: number }[];
  metric: "click_through" | "rating_through" | "watchlist_through" | "trailer_through";
  alpha: number;
  smallest_effect: number;
  days: number;
  window_hours: number;
  state: "waiting" | "running" | "ended" | "stopped";
  starts_at: string;
  ends_at: string;
}

export interface Compared {
  arm: string;
  difference: number | null;
  low: number | null;
  high: number | null;
  fixed_low: number | null;
  fixed_high: number | null;
  p: number | null;
  verdict: Verdict;
  decided_after: number | null;
  path: PathPoint[];
}

// What was known after so many people; before there are enough of them there is no interval.
export interface PathPoint {
  people: number;
  difference: number | null;
  low: number | null;
  high: number | null;
}

export interface Results {
  experiment: Experiment;
  people: number;
  waiting: number;
  lists: number;
  strays: number;
  untrusted: number;
  uncounted: number;
  balance_p: number | null;
  people_needed: number | null;
  arms: { name: string; people: number; did: number; share: number | null }[];
  comparisons: Compared[];
  verdict: Verdict;
  winner: string | null;
}

export const experiments = {
  all: (s?: Signal) => get<{ items: Experiment[] }>(address("/experiments", { limit: 200 }), s),
  results: (name: string, s?: Signal) => get<Results>(address(`/experiments/${encodeURIComponent(name)}/results`), s),
  end: (name: string) => send<void>("DELETE", `/experiments/${encodeURIComponent(name)}`, {}),
};

// As the server (REEL_SEQUENTIAL_LEAST in eval/sequential.h): there is no interval of fewer, in each arm.
export const peopleLeast = 50;

// Below this, arms as uneven as these are no chance.
export const balanceLeast = 0.001;

// How far an axis goes to either side of 0 that has the whole interval.
export const reach = (c: Compared, smallest: number): number =>
  1.1 * Math.max(smallest, ...[c.difference, c.low, c.high].map((x) => Math.abs(x ?? 0)));

// The same for the way there. The first intervals reach far, and would press what came later into a line: what is
// beyond three times the last one is drawn at the edge.
export function pathReach(c: Compared, smallest: number): number {
  const most = Math.max(0, ...c.path.flatMap((point) => [point.difference, point.low, point.high].map((x) => Math.abs(x ?? 0))));
  const last = reach(c, smallest);
  return Math.max(last, Math.min(1.1 * most, 3 * last));
}
