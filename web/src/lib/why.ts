// The arithmetic of a reason panel: how long the bars are, and a sum that adds up as printed.
import type { Edit, ListItem, Reason } from "./types";

type Explained = Pick<ListItem, "baseline" | "other" | "score" | "reasons">;

export interface Bar {
  share: number;
  from: number; // left edge and width in [0, 1] of the track
  width: number;
}

export type Part = "films" | "other" | "baseline" | "total";

// Digits enough to tell the films apart, the same for all lines of the panel.
export function digitsFor({ reasons, score }: Explained): number {
  const shares = reasons.length > 0 ? reasons.map((r) => r.contribution) : [score];
  const largest = Math.max(1e-9, ...shares.map(Math.abs));
  const digits = 2 - Math.floor(Math.log10(largest));
  return Math.min(largest < 0.01 ? 6 : 3, Math.max(0, digits));
}

export const rounded = (share: number, digits: number) => Math.round(share * 10 ** digits) / 10 ** digits;

// The films' own bars: all from one zero, the longest fills the track.
export function filmBars({ reasons }: Explained): Bar[] {
  const most = Math.max(1e-12, ...reasons.map((r) => Math.abs(r.contribution)));
  return reasons.map(({ contribution }) => ({ share: contribution, from: 0, width: Math.abs(contribution) / most }));
}

// The longest bar first.
export const ordered = <T extends Pick<ListItem, "reasons">>(item: T): T =>
  ({ ...item, reasons: [...item.reasons].sort((a, b) => Math.abs(b.contribution) - Math.abs(a.contribution)) });

// A film of one's own as a reason: bar null where it is left out, and nothing is known of its share.
export interface Cause {
  movie: number;
  title: string;
  rating: number | null;
  weight: number;
  bar: Bar | null;
}

// What speaks for a film, then what was left out, which `known` remembers from before.
export function causesOf(item: Explained, edits: Edit[], known: Map<number, Reason>): Cause[] {
  const weights = new Map(edits.map((edit) => [edit.movie, edit.weight]));
  const bars = filmBars(item);
  const counted = item.reasons.map((reason, i) => ({ ...reason, weight: weights.get(reason.movie) ?? 1, bar: bars[i]! }))
    .filter((cause) => cause.weight !== 0);
  const out = edits.filter((edit) => edit.weight === 0).flatMap(({ movie }) => known.get(movie) ?? [])
    .map((reason) => ({ ...reason, weight: 0, bar: null }));
  return [...counted, ...out].map(({ movie, title, rating, weight, bar }) => ({ movie, title, rating, weight, bar }));
}

// The few lines of the sum. Numbers rounded one by one need not add up, so the remainder goes to the
// line that is a remainder already: what is printed is a true sum. Each bar starts where the one
// before it ended, and the total reaches from zero to where the last one ends.
export function sumLines(item: Explained, digits: number): { part: Part; bar: Bar }[] {
  const films = rounded(item.reasons.reduce((sum, r) => sum + rounded(r.contribution, digits), 0), digits);
  const baseline = rounded(item.baseline, digits);
  const total = rounded(item.score, digits);
  const other = rounded(total - films - baseline, digits);
  const parts = ([["films", films], ["other", other], ["baseline", baseline]] as [Part, number][])
    .filter(([, share]) => share !== 0);

  const ends = [0];
  for (const [, share] of parts) ends.push(ends[ends.length - 1]! + share);
  const low = Math.min(...ends, total);
  const span = Math.max(...ends, total) - low || 1;
  const place = (share: number, start: number): Bar => ({
    share,
    from: (Math.min(start, start + share) - low) / span,
    width: Math.abs(share) / span,
  });
  return [
    ...parts.map(([part, share], i) => ({ part, bar: place(share, ends[i]!) })),
    { part: "total" as Part, bar: place(total, 0) },
  ];
}
