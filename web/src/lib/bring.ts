// What somebody gave elsewhere comes here: which files of a drop are sent, what became of their rows, and the
// row that mends one that was not found.
import { entriesOf, isArchive } from "./archive";
import type { ImportReport, ImportRow } from "./types";

export const bytesMost = 4_000_000; // the server takes no more at once
const archiveMost = 64_000_000;

export interface Piece {
  name: string;
  bytes: Uint8Array<ArrayBuffer>;
}

// A browser that has such a file already writes "watchlist (1).csv": the server knows lists by their names.
export const namedAs = (name: string) => name.replace(/ ?\(\d+\)(?=\.\w+$)/, "").toLowerCase();

const letterboxd = /(^|\/)(ratings|watched|watchlist|likes\/films)\.csv$/;

// Of an archive the lists of today: Letterboxd's has folders of what was deleted, and more than films.
export function wantedOf(names: string[]): string[] {
  const files = names.filter((name) => /\.(csv|json)$/i.test(name) && !/(^|\/)(deleted|orphaned|__macosx)\//i.test(name));
  const known = files.filter((name) => letterboxd.test(name));
  return known.length > 0 ? known : files;
}

export async function piecesOf(file: { name: string; size: number; arrayBuffer(): Promise<ArrayBuffer> }): Promise<Piece[]> {
  if (file.size > archiveMost) throw new RangeError(file.name);
  const bytes = new Uint8Array(await file.arrayBuffer());
  if (!isArchive(bytes)) return [{ name: namedAs(file.name), bytes }];
  const entries = entriesOf(bytes, archiveMost);
  const wanted = new Set(wantedOf(entries.map((entry) => entry.name)));
  const pieces: Piece[] = [];
  for (const entry of entries) if (wanted.has(entry.name)) pieces.push({ name: entry.name, bytes: await entry.read() });
  return pieces;
}

export const typeOf = (name: string) => (/\.json$/i.test(name) ? "application/json" : "text/csv");

export interface Outcome {
  taken: number;
  kept: number;
  notFilms: number;
  lost: ImportRow[]; // found nowhere: once each, by what says most
}

const strength: Record<string, number> = { watchlist: 0, watched: 1, liked: 2, rating: 3 };

// Of several files: a film that two of them have is one.
export function outcomeOf(reports: ImportReport[]): Outcome {
  const status = new Map<number, "taken" | "kept">();
  const lost = new Map<string, ImportRow>();
  let unnamed = 0;
  for (const row of reports.flatMap((report) => report.items)) {
    if (row.status === "unmatched") {
      const key = row.title === null ? `#${unnamed++}` : row.title.toLowerCase();
      const other = lost.get(key);
      if (!other || (strength[row.kind] ?? 0) > (strength[other.kind] ?? 0)) lost.set(key, row);
    } else if (row.movie !== null && row.status !== "repeated" && status.get(row.movie) !== "taken") status.set(row.movie, row.status);
  }
  const count = (which: string) => [...status.values()].filter((one) => one === which).length;
  return {
    taken: count("taken"), kept: count("kept"), lost: [...lost.values()],
    notFilms: reports.reduce((sum, report) => sum + report.not_films, 0),
  };
}

// The row as Reel's own format has it, for the film that was meant.
export const mended = (row: ImportRow, movie: number): string =>
  `movieId,title,kind,rating\n${movie},,${row.kind},${row.rating ?? ""}\n`;

export interface Reason {
  why: "unknown" | "year" | "several" | "unsure" | "id" | "rating" | "nameless";
  films: string; // that it is about
}

// The server's sentences about a row; null: one that is not known here, to be printed as it is.
const reasons: [RegExp, Reason["why"]][] = [
  [/^no film is called so$/, "unknown"], [/^the year is another than that of (.+)$/, "year"], [/^several films are called so: (.+)$/, "several"],
  [/^not sure enough that it is (.+)$/, "unsure"], [/^no film has this id$/, "id"], [/^the rating is not from/, "rating"], [/^the (?:row|entry) names no film$/, "nameless"],
];

export function reasonOf(reason: string | null): Reason | null {
  for (const [pattern, why] of reasons) {
    const found = pattern.exec(reason ?? "");
    if (found) return { why, films: found[1] ?? "" };
  }
  return null;
}
