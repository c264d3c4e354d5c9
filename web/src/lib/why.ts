// The arithmetic of a reason panel: bars that stand one on the end of the other, like the sum.
import type { ListItem } from "./types";

export interface Bar {
  share: number;
  from: number; // left edge and width in [0, 1] of the track
  width: number;
}

export interface Sum {
  zero: number; // where zero stands on the track
  bars: Bar[];
  baseline: Bar;
  other: Bar;
  total: Bar;
}

// Each bar starts where the one before it ended, in the order in which the lines are shown: the
// films, the rest, the start. The total reaches from zero to where the last one ends.
export function sumOf(item: Pick<ListItem, "baseline" | "other" | "score" | "reasons">): Sum {
  const shares = [...item.reasons.map((r) => r.contribution), item.other, item.baseline];
  const ends = [0];
  for (const share of shares) ends.push(ends[ends.length - 1]! + share);
  const low = Math.min(...ends, item.score);
  const span = Math.max(...ends, item.score) - low || 1;
  const place = (share: number, start: number): Bar => ({
    share,
    from: (Math.min(start, start + share) - low) / span,
    width: Math.abs(share) / span,
  });
  const bars = shares.map((share, i) => place(share, ends[i]!));
  const baseline = bars.pop()!;
  const other = bars.pop()!;
  return { zero: -low / span, bars, other, baseline, total: place(item.score, 0) };
}

// Digits enough to tell the largest share apart, the same for all lines of the sum.
export function digitsFor(item: Pick<ListItem, "baseline" | "other" | "score" | "reasons">): number {
  const largest = Math.max(1e-9, ...item.reasons.map((r) => Math.abs(r.contribution)), Math.abs(item.score));
  return Math.min(6, Math.max(2, 2 - Math.floor(Math.log10(largest))));
}

export const rounded = (share: number, digits: number) => Math.round(share * 10 ** digits) / 10 ** digits;

// Lines rounded one by one need not add up. The remainder is given to the line that is already
// a remainder ("other"), so that what is printed is a true sum.
export function printedOther(item: Pick<ListItem, "baseline" | "other" | "score" | "reasons">, digits: number): number {
  const round = (x: number) => Math.round(x * 10 ** digits);
  const rest = item.reasons.reduce((sum, r) => sum + round(r.contribution), round(item.baseline));
  return (round(item.score) - rest) / 10 ** digits;
}
