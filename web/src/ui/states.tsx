// The designed in-between states: loading in the final geometry, empty, failed, offline.
import type { ComponentChildren } from "preact";
import type { ApiError } from "../lib/api";
import { problemOf } from "../lib/problems";
import { t } from "../lib/texts";

export function Notice({ title, children }: { title: string; children?: ComponentChildren }) {
  return (
    <div class="notice">
      <p class="notice-title">{title}</p>
      {children}
    </div>
  );
}

export function Failed({ error, retry }: { error: ApiError; retry(): void }) {
  const away = error.status === 0;
  if (error.status === 401) {
    const next = encodeURIComponent(location.pathname + location.search);
    return (
      <Notice title={t.account.needed}>
        <p><a class="button is-main" href={`/sign-in?next=${next}`}>{t.account.signIn}</a></p>
      </Notice>
    );
  }
  return (
    <div class="notice" role="alert">
      <p class="notice-title">{away ? t.states.offline : t.states.failed}</p>
      <p>{away ? t.states.offlineKept : problemOf(error)}</p>
      <button type="button" class="button" onClick={retry}>{t.states.retry}</button>
    </div>
  );
}

// What of an address is none: said beside the filter it is of, with a way to be rid of it.
export function Refused({ said, way, drop }: { said: string; way: string; drop(): void }) {
  return <p class="form-error refused" role="alert">{said} <button type="button" class="quiet" onClick={drop}>{way}</button></p>;
}

const fill = (n: number) => Array.from({ length: n }, (_, i) => i);

// For cards that are all as tall as each other.
export function CardBones() {
  return (
    <div class="film-card">
      <span class="poster is-waiting" />
      <span class="film-title"><span class="bone" /></span>
      <span class="facts"><span class="bone is-short" /></span>
      <span class="reason"><span class="bone" /></span>
    </div>
  );
}

// kind: of the grid that comes.
export function GridSkeleton({ count, kind = "" }: { count: number; kind?: "is-dense" | "is-rating" | "" }) {
  return (
    <div class={`film-grid ${kind}`} aria-hidden="true">
      {fill(count).map((i) => (
        <div key={i} class="film-card">
          <span class="poster is-waiting" />
          <span class="bone" />
          <span class="bone is-short" />
        </div>
      ))}
    </div>
  );
}

export function RowsSkeleton({ count, thumb = true }: { count: number; thumb?: boolean }) {
  return (
    <div class="rows" aria-hidden="true">
      {fill(count).map((i) => (
        <div key={i} class="row-bones">
          {thumb && <span class="poster is-waiting" />}
          <span class="row-bones-text">
            <span class="bone" />
            <span class="bone is-short" />
          </span>
        </div>
      ))}
    </div>
  );
}
