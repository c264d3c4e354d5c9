// The films somebody rated, wants to see, or gave something: by account, or by this browser.
import { useState } from "preact/hooks";
import { api } from "../lib/api";
import { day, monthName, printed } from "../lib/format";
import { allGiven, byMonth, rated } from "../lib/given";
import { useScale } from "../lib/health";
import { loadOwn } from "../lib/own";
import { usePages } from "../lib/pages";
import { problemOf } from "../lib/problems";
import { useFresh, useResource } from "../lib/resource";
import { flush, give as keep } from "../lib/sync";
import { t } from "../lib/texts";
import type { Account, Movie, OwnRating, Page, RatedMovie } from "../lib/types";
import { More } from "./more";
import { Poster } from "./poster";
import { StarsInput, StarsShown } from "./stars";
import { Failed, GridSkeleton, Notice, RowsSkeleton } from "./states";
import { Taste } from "./taste";

const pageLength = 60;

interface RatedProps {
  films: (Movie | OwnRating)[];
  given: Map<number, number | null>;
  give(film: Movie | OwnRating, rating: number | null): void;
}

const weightOf = (film: Movie | OwnRating | RatedMovie) => ("weight" in film && film.weight !== undefined ? film.weight : 1);
const ratingOf = (film: Movie | OwnRating | RatedMovie) => ("your_rating" in film ? film.your_rating : film.rating);

// What counts otherwise than once; another star makes it count once again.
function Weighed({ weight }: { weight: number }) {
  return weight === 1 ? null : <p class="facts">{weight === 0 ? t.mine.out : t.mine.twice}</p>;
}

function Rated({ films, given, give }: RatedProps) {
  const scale = useScale();
  return (
    <ul class="film-grid is-rating">
      {films.map((film) => (
        <li key={film.movie} class="film-card">
          <a href={`/film/${film.movie}`}>
            <Poster film={film} silent />
            <span class="film-title">{printed(film.title)}</span>
          </a>
          <StarsInput title={film.title} value={given.get(film.movie) ?? null} scale={scale} give={(r) => give(film, r)} />
          {given.get(film.movie) === ratingOf(film) && <Weighed weight={weightOf(film)} />}
        </li>
      ))}
    </ul>
  );
}

const none = () => (
  <Notice title={t.account.noRatings}><p><a class="button is-main" href="/rate">{t.account.toRate}</a></p></Notice>
);

// What was taken back stays in its place until the page is left, so that a slip is mended by one click.
export function AccountRatings({ account }: { account: Account }) {
  const [changed, setChanged] = useState(new Map<number, number | null>());
  useFresh(`my?${account.user}`); // what is changed on one part of the page is seen on the next
  const list = usePages<Page<RatedMovie>>(`my?${account.user}`, async (cursor, signal) => {
    if (cursor === null) await flush(); // what waits here belongs to it
    return api.ratings(account.user, pageLength, cursor, signal);
  });
  const { first } = list;
  if (first.error) return <Failed error={first.error} retry={first.retry} />;
  if (!first.data) return <GridSkeleton count={24} kind="is-rating" />;
  const items = list.all.flatMap((page) => page.items);
  if (items.length === 0) return none();
  const give = (film: Movie | OwnRating, rating: number | null) => {
    setChanged(new Map(changed).set(film.movie, rating));
    keep(loadOwn(), film, rating);
  };
  const given = new Map<number, number | null>(items.map((film) => [film.movie, film.your_rating]));
  for (const [movie, rating] of changed) given.set(movie, rating);
  return (
    <>
      <Rated films={items} given={given} give={give} />
      <More list={list} text={t.rate.more} />
    </>
  );
}

export function BrowserRatings() {
  const [first] = useState(loadOwn);
  const [own, setOwn] = useState(first);
  if (first.length === 0) return none();
  const give = (film: Movie | OwnRating, rating: number | null) => {
    setOwn(keep(own, film, rating));
  };
  return <Rated films={first} given={new Map(own.map((r) => [r.movie, r.rating]))} give={give} />;
}

// ---- the watchlist

function Wanted({ film, account, gone, change }: { film: RatedMovie; account: Account; gone: boolean; change(gone: boolean): void }) {
  const [failed, setFailed] = useState<unknown>(null);
  const press = () => {
    setFailed(null);
    const sent: Promise<unknown> = gone ? api.give(account.user, film.movie, { kind: "watchlist" }) : api.takeBack(account.user, film.movie);
    sent.then(() => change(!gone), setFailed);
  };
  return (
    <li class={gone ? "film-card is-gone" : "film-card"}>
      <a href={`/film/${film.movie}`}>
        <Poster film={film} silent />
        <span class="film-title">{printed(film.title)}</span>
      </a>
      <p class="facts">{film.year}</p>
      <p><button type="button" class="quiet" aria-label={(gone ? t.my.putBackLabel : t.my.takeOffLabel)(film.title)} onClick={press}>{gone ? t.my.putBack : t.my.takeOff}</button></p>
      <p role="alert" class="remark">{failed !== null && problemOf(failed, { 409: t.mine.seen })}</p>
    </li>
  );
}

// What was taken off stays in its place until the part is left.
export function Watchlist({ account }: { account: Account }) {
  const [gone, setGone] = useState(new Map<number, boolean>());
  useFresh(`my?${account.user}`);
  const list = useResource(`my?${account.user}&watchlist`, (signal) => allGiven(account.user, "watchlist", signal));
  if (list.error) return <Failed error={list.error} retry={list.retry} />;
  if (!list.data) return <GridSkeleton count={6} kind="is-rating" />;
  if (list.data.films.length === 0) return <Notice title={t.my.nothingWanted}><p>{t.my.howWanted}</p></Notice>;
  return (
    <ul class="film-grid is-rating">
      {list.data.films.map((film) => (
        <Wanted key={film.movie} film={film} account={account} gone={gone.get(film.movie) ?? false}
          change={(now) => setGone(new Map(gone).set(film.movie, now))} />
      ))}
    </ul>
  );
}

// ---- what was seen, and what it says

const seenOf = (account: Account) => useResource(`my?${account.user}&seen`, (signal) => allGiven(account.user, null, signal));

function Seen({ film }: { film: RatedMovie }) {
  const { max } = useScale();
  return (
    <li>
      <a href={`/film/${film.movie}`}>
        <Poster film={film} width={92} silent />
        <span class="film-title">{printed(film.title)}</span>
      </a>
      <span class="seen-said">
        {film.your_rating === null ? t.my.kind[film.kind] ?? film.kind : <StarsShown value={film.your_rating} max={max} />}
      </span>
      {film.time && <time dateTime={film.time}>{day.format(new Date(film.time))}</time>}
    </li>
  );
}

export function History({ account }: { account: Account }) {
  const [shown, show] = useState(pageLength);
  useFresh(`my?${account.user}`);
  const seen = seenOf(account);
  if (seen.error) return <Failed error={seen.error} retry={seen.retry} />;
  if (!seen.data) return <RowsSkeleton count={8} />;
  if (seen.data.films.length === 0) return none();
  const latest = byMonth(seen.data.films).flatMap((month) => month.films);
  return (
    <>
      {byMonth(latest.slice(0, shown)).map((month) => (
        <div key={month.key} class="month">
          <h2>{month.key === "" ? t.my.sometime : monthName.format(new Date(`${month.key}-15T00:00:00Z`))}</h2>
          <ol class="seen">{month.films.map((film) => <Seen key={film.movie} film={film} />)}</ol>
        </div>
      ))}
      {shown < latest.length && <p class="more"><button type="button" class="button" onClick={() => show(shown + pageLength)}>{t.my.earlier}</button></p>}
    </>
  );
}

export function AccountTaste({ account }: { account: Account }) {
  useFresh(`my?${account.user}`);
  const seen = seenOf(account);
  if (seen.error) return <Failed error={seen.error} retry={seen.retry} />;
  if (!seen.data) return <RowsSkeleton count={8} thumb={false} />;
  return <Taste own={rated(seen.data.films)} whole={seen.data.whole} />;
}
