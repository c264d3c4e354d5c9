// Bringing along what one gave elsewhere: drop a file, see what became of it, mend what was not found.
import { useRef, useState } from "preact/hooks";
import { api } from "../lib/api";
import { ArchiveError } from "../lib/archive";
import { bytesMost, mended, outcomeOf, piecesOf, reasonOf, typeOf, type Outcome, type Piece } from "../lib/bring";
import { useScale } from "../lib/health";
import { problemOf } from "../lib/problems";
import { forget } from "../lib/resource";
import { copyAnew } from "../lib/sync";
import { t } from "../lib/texts";
import type { Account, ImportReport, ImportRow } from "../lib/types";
import { FilmSearch } from "./filmsearch";
import { Icon } from "./icon";
import { StarsShown } from "./stars";

const lostAtFirst = 20;

interface Progress {
  done: number;
  of: number;
  name: string;
}

interface Failure {
  name: string;
  said: string;
}

function said(cause: unknown): string {
  if (cause instanceof ArchiveError) return t.bring.damaged;
  if (cause instanceof RangeError) return t.bring.large;
  return problemOf(cause, { 400: t.bring.unknown, 413: t.bring.large, 415: t.bring.unknown, 422: t.bring.unknown });
}

async function sendPiece(user: number, piece: Piece): Promise<ImportReport> {
  if (piece.bytes.length > bytesMost) throw new RangeError(piece.name);
  return api.bring(user, piece.name, piece.bytes, typeOf(piece.name));
}

// One file after the other; what one of them lacks does not stop the next.
async function sendAll(user: number, files: File[], tell: (progress: Progress) => void) {
  const reports: ImportReport[] = [];
  const failures: Failure[] = [];
  for (const file of files) {
    const pieces = await piecesOf(file).catch((cause: unknown) => {
      failures.push({ name: file.name, said: said(cause) });
      return [];
    });
    for (const [done, piece] of pieces.entries()) {
      tell({ done, of: pieces.length, name: piece.name });
      await sendPiece(user, piece).then((report) => reports.push(report), (cause: unknown) => failures.push({ name: piece.name, said: said(cause) }));
    }
  }
  return { reports, failures };
}

// Why it was not found; that nothing is called so the heading says already.
function Reason({ reason }: { reason: string | null }) {
  const known = reasonOf(reason);
  if (known === null) return reason === null ? null : <p class="remark" lang="en">{reason}</p>;
  return known.why === "unknown" ? null : <p class="remark">{t.bring.why[known.why]?.(known.films)}</p>;
}

function Lost({ row, user }: { row: ImportRow; user: number }) {
  const { max } = useScale();
  const [state, setState] = useState<{ title: string } | { failed: string } | "busy" | null>(null);
  const title = row.title ?? t.bring.line(row.line);
  const take = (film: { movie: number; title: string }) => {
    setState("busy");
    api.bring(user, "reel.csv", new TextEncoder().encode(mended(row, film.movie)), "text/csv").then(
      () => {
        forget(`my?${user}`);
        setState({ title: film.title });
      },
      (cause: unknown) => setState({ failed: said(cause) }),
    );
  };
  const done = state !== null && state !== "busy" && "title" in state ? state.title : null;
  return (
    <li class={done === null ? "lost" : "lost is-mended"} aria-busy={state === "busy"}>
      <p class="lost-title">
        <bdi>{title}</bdi>
        {row.rating !== null && <StarsShown value={row.rating * (max > 5 ? max / 5 : 1)} max={max} />}
        {row.rating === null && <span class="remark">{t.my.kind[row.kind] ?? t.my.part.watchlist}</span>}
      </p>
      {done === null ? (
        <>
          <Reason reason={row.reason} />
          <div class="lost-acts">
            {row.candidates.map((film) => (
              <button key={film.movie} type="button" class="button" onClick={() => take(film)}>
                {t.bring.isIt(film.title, film.year)}
              </button>
            ))}
            <FilmSearch aside choose={take} label={t.bring.find(title)} placeholder={t.bring.findShort} />
          </div>
        </>
      ) : <p role="status"><Icon name="done" /> {t.bring.mended(done)}</p>}
      <p role="alert" class="form-error">{state !== null && state !== "busy" && "failed" in state ? state.failed : ""}</p>
    </li>
  );
}

function Report({ outcome, failures, user }: { outcome: Outcome; failures: Failure[]; user: number }) {
  const [shown, show] = useState(lostAtFirst);
  const { taken, kept, notFilms, lost } = outcome;
  return (
    <div class="brought">
      {failures.map((one) => <p key={one.name} role="alert" class="form-error"><bdi>{one.name}</bdi>: {one.said}</p>)}
      {(failures.length === 0 || taken + kept + lost.length > 0) && (
        <p role="status" class="form-done">
          {t.bring.taken(taken)} {kept > 0 && t.bring.kept(kept)} {notFilms > 0 && t.bring.notFilms(notFilms)}
          {taken > 0 && <> <a href="/my">{t.bring.see}</a></>}
        </p>
      )}
      {lost.length > 0 && (
        <>
          <h2>{t.bring.lost(lost.length)}</h2>
          <p class="lead">{t.bring.lostLead}</p>
          <ul class="losts">{lost.slice(0, shown).map((row, i) => <Lost key={`${row.title}${i}`} row={row} user={user} />)}</ul>
          {shown < lost.length && (
            <p class="more"><button type="button" class="button" onClick={() => show(shown + lostAtFirst)}>{t.bring.moreLost(lost.length - shown)}</button></p>
          )}
        </>
      )}
    </div>
  );
}

// What is dropped or chosen; the whole page must not open a file that misses the field.
function Drop({ busy, take }: { busy: boolean; take(files: File[]): void }) {
  const [over, setOver] = useState(false);
  const field = useRef<HTMLInputElement>(null);
  const choose = () => {
    take([...(field.current?.files ?? [])]);
    if (field.current) field.current.value = ""; // the same file may be chosen again
  };
  return (
    <label class={over ? "drop is-over" : "drop"}
      onDragOver={(event) => { event.preventDefault(); setOver(true); }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault();
        setOver(false);
        if (!busy) take([...(event.dataTransfer?.files ?? [])]);
      }}>
      <input ref={field} type="file" class="unseen" multiple accept=".csv,.json,.zip" disabled={busy} onChange={choose} />
      <strong>{t.bring.drop}</strong>
      <span class="remark">{t.bring.dropNote}</span>
    </label>
  );
}

export function Bring({ account }: { account: Account }) {
  const { user } = account;
  const [progress, setProgress] = useState<Progress | null>(null);
  const [result, setResult] = useState<{ outcome: Outcome; failures: Failure[]; key: number } | null>(null);
  const take = async (files: File[]) => {
    if (files.length === 0) return;
    setResult(null);
    setProgress({ done: 0, of: 1, name: files[0]!.name });
    const { reports, failures } = await sendAll(user, files, setProgress);
    forget(`my?${user}`);
    await copyAnew(user).catch(() => undefined); // the copy here follows when the next page is opened
    setProgress(null);
    setResult({ outcome: outcomeOf(reports), failures, key: Date.now() });
  };
  const exported = `/api/v1/people/${user}/ratings/export?format=`;
  return (
    <div class="bring">
      <p class="lead">{t.bring.lead}</p>
      <Drop busy={progress !== null} take={(files) => void take(files)} />
      <p class="bring-progress" role="status">
        {progress && <><progress max={progress.of} value={progress.done} aria-label={t.bring.progress} /> {t.bring.reading(progress.name)}</>}
      </p>
      {result && <Report key={result.key} outcome={result.outcome} failures={result.failures} user={user} />}
      <h2>{t.bring.out}</h2>
      <p class="lead">{t.bring.outLead}</p>
      <p class="form-end">
        <a class="button" href={`${exported}csv`} download="reel-ratings.csv">{t.bring.outCsv}</a>
        <a class="button" href={`${exported}json`} download="reel-ratings.json">{t.bring.outJson}</a>
      </p>
    </div>
  );
}
