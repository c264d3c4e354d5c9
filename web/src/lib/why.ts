// The arithmetic of a reason panel: bars on one scale, and a sum that is a sum.
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

// Every bar starts at zero; the track reaches from the lowest to the highest of them.
export function sumOf(item: Pick<ListItem, "baseline" | "other" | "score" | "reasons">): Sum {
  const shares = item.reasons.map((r) => r.contribution);
  const all = [...shares, item.baseline, item.other, item.score, 0];
  const low = Math.min(...all);
  const span = Math.max(...all) - low || 1;
  const place = (share: number): Bar => ({
    share,
    from: (Math.min(share, 0) - low) / span,
    width: Math.abs(share) / span,
  });
  return {
    zero: -low / span,
    bars: shares.map(place),
    baseline: place(item.baseline),
    other: place(item.other),
    total: place(item.score),
  };
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
