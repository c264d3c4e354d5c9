// What of a found film was typed, ready to be drawn.
import type { FoundMovie, Matched } from "./types";

export interface Piece {
  text: string;
  found: boolean;
}

// A text cut where its marks begin and end. Marks count characters, not UTF-16 units.
export function pieces(text: string, where: Matched["where"]): Piece[] {
  const letters = Array.from(text);
  const out: Piece[] = [];
  let at = 0;
  const add = (end: number, found: boolean) => {
    if (end > at) out.push({ text: letters.slice(at, end).join(""), found });
    at = Math.max(at, end);
  };
  for (const [first, count] of [...where].sort((a, b) => a[0] - b[0])) {
    add(Math.min(first, letters.length), false);
    add(Math.min(first + count, letters.length), true);
  }
  add(letters.length, false);
  return out;
}

export const marksOf = (film: FoundMovie, field: "title" | "year"): Matched["where"] =>
  film.matched?.find((one) => one.field === field)?.where ?? [];

// What is not seen in the title and the year anyway.
export const elsewhere = (film: FoundMovie): Matched[] =>
  (film.matched ?? []).filter((one) => one.field !== "title" && one.field !== "year");
