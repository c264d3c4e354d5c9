// One film with its facts, and the films like it.
import { Fragment } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { api, type ApiError } from "../lib/api";
import { useHealth, useScale } from "../lib/health";
import { lookAt, report } from "../lib/feedback";
import { useTitle } from "../lib/hooks";
import { loadOwn } from "../lib/own";
import { problemOf } from "../lib/problems";
import { give as keep } from "../lib/sync";
import { forget, useResource } from "../lib/resource";
import { filmsOf, searchFor } from "../lib/router";
import { decimal, printed } from "../lib/format";
import { t } from "../lib/texts";
import type { FullMovie, OwnRating } from "../lib/types";
import { Icon } from "../ui/icon";
import { Poster } from "../ui/poster";
import { Recommended } from "../ui/recommended";
import { StarsInput } from "../ui/stars";
import { Failed } from "../ui/states";
import { useExplanation, WhyYou } from "../ui/whyyou";
import { MissingPage } from "./missing";

function Trailer({ film, close }: { film: FullMovie; close(): void }) {
  const box = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    box.current?.showModal();
    report("trailer", { movies: [{ movie: film.movie }] });
  }, []);
  return (
    <dialog ref={box} class="screen" aria-label={t.film.trailerTitle(film.title)} onClose={close}>
      <iframe
        src={`https://www.youtube-nocookie.com/embed/${encodeURIComponent(film.trailer ?? "")}?autoplay=1`}
        title={t.film.trailerTitle(film.title)}
        referrerpolicy="strict-origin"
        allow="autoplay; encrypted-media; fullscreen; picture-in-picture"
      />
      <div class="screen-foot">
        <span>{t.film.trailerNote}</span>
        <button type="button" class="button" autoFocus onClick={() => box.current?.close()}>{t.why.close}</button>
      </div>
    </dialog>
  );
}

interface MeterProps {
  label: string;
  value: number | null; // null: on its way
  max: number;
  note: string;
  range?: [number, number] | null;
}

function Meter({ label, value, max, note, range }: MeterProps) {
  return (
    <div class="meter">
      <dt>{label}</dt>
      <dd>
        <span class="meter-track" aria-hidden="true">
          <span class="meter-fill" style={{ "--share": (value ?? 0) / max }} />
          {range && <span class="meter-range" style={{ "--low": range[0] / max, "--high": range[1] / max }} />}
        </span>
        <span class="meter-value">{value === null ? t.mine.notYet : decimal(value, max > 5 ? 1 : 2)}</span>
        <span class={value === null ? "meter-note is-unplaced" : "meter-note"}>{note}</span>
      </dd>
    </div>
  );
}

interface Rating {
  film: FullMovie;
  own: OwnRating[];
}

function Meters({ film, own }: Rating) {
  const health = useHealth();
  const { max } = useScale();
  const mine = useExplanation(film.movie, own, []);
  const predicted = mine.data?.predicted_rating ?? null;
  const range = mine.data?.predicted_rating_interval ?? null;
  const expected = predicted !== null || mine.busy; // its place is kept while it is on its way
  const { mean, count } = film.rating;
  return (
    <dl class="meters">
      {expected && <Meter label={t.mine.predicted} value={predicted} max={max} range={range}
        note={range ? t.mine.likely(...range) : predicted === null ? t.mine.likely(max, max) : ""} />}
      {mean !== null ? (
        <Meter label={health?.simulated ? t.film.meanSimulated : t.film.mean} value={mean} max={max} note={t.film.meanOf(count)} />
      ) : (
        <div>
          <dt class="unseen">{t.film.mean}</dt>
          <dd class="remark">{t.film.unrated}</dd>
        </div>
      )}
      {film.vote_average !== null && (film.vote_count ?? 0) > 0 && (
        <Meter label={t.film.votes} value={film.vote_average} max={10} note={t.film.votesOf(film.vote_count ?? 0)} />
      )}
    </dl>
  );
}

function Credits({ film }: { film: FullMovie }) {
  const rows: [string, string[]][] = [
    [t.film.directed, film.directors.slice(0, 3)],
    [t.film.cast, film.cast.slice(0, 5)],
    [t.film.about, film.keywords.slice(0, 6)],
  ];
  return (
    <dl class="credits">
      {rows.filter(([, names]) => names.length > 0).map(([label, names]) => (
        <div key={label}>
          <dt>{label}</dt>
          <dd>
            {/* isolated, so that a name in another script, or a hostile one, turns no other around */}
            {names.map((name, i) => <Fragment key={name}>{i > 0 && ", "}<a href={searchFor(name)}><bdi>{name}</bdi></a></Fragment>)}
          </dd>
        </div>
      ))}
    </dl>
  );
}

function OwnStars({ film, own, give }: Rating & { give(rating: number | null): void }) {
  const scale = useScale();
  const value = own.find((r) => r.movie === film.movie)?.rating ?? null;
  return (
    <div class="own-stars">
      <span aria-hidden="true">{t.film.yours}</span>
      <StarsInput title={film.title} value={value} scale={scale} give={give} />
    </div>
  );
}

// Wanted films are kept with the account; what was seen is not wanted any more.
function Wish({ film, user }: { film: FullMovie; user: number }) {
  const key = `given?${user}&${film.movie}`;
  const given = useResource(key, (signal) => api.given(user, film.movie, signal));
  const [wished, setWished] = useState<boolean | null>(null);
  const [failed, setFailed] = useState<ApiError | null>(null);
  const kind = given.data?.kind;
  const on = wished ?? kind === "watchlist";
  if (kind !== "watchlist" && kind !== "nothing") return null;
  const change = async () => {
    setFailed(null);
    await (on ? api.takeBack(user, film.movie) : api.give(user, film.movie, { kind: "watchlist" }));
    forget(key);
    forget(`my?${user}`);
    setWished(!on);
    if (!on) report("watchlist", { movies: [{ movie: film.movie }] });
  };
  return (
    <>
      <button type="button" class="button" aria-pressed={on} onClick={() => void change().catch(setFailed)}>
        <Icon name={on ? "done" : "add"} />{on ? t.mine.wished : t.mine.wish}
      </button>
      <span role="alert" class="form-error">{failed && problemOf(failed, { 409: t.mine.seen })}</span>
    </>
  );
}

function Actions({ film, own }: Rating) {
  const [trailer, setTrailer] = useState(false);
  const account = useResource("session", api.session).data?.account;
  const rated = own.some((one) => one.movie === film.movie);
  return (
    <div class="actions">
      {film.trailer && (
        <button type="button" class="button is-main" onClick={() => setTrailer(true)}>
          <Icon name="play" />{t.film.trailer}
        </button>
      )}
      {account && !rated && <Wish film={film} user={account.user} />}
      {film.tmdb_id !== null && (
        <a class="button" href={`https://www.themoviedb.org/movie/${film.tmdb_id}`} target="_blank" rel="noopener noreferrer">
          {t.film.tmdb}<Icon name="out" />
        </a>
      )}
      {trailer && <Trailer film={film} close={() => setTrailer(false)} />}
    </div>
  );
}

function FilmHead({ film, own, give }: Rating & { give(rating: number | null): void }) {
  const facts = [film.year, film.runtime ? t.film.minutes(film.runtime) : null].filter((fact) => fact !== null);
  const original = film.original_title && film.original_title !== film.title ? film.original_title : null;
  return (
    <article class="film-head">
      <div class="film-poster">
        <div class="film-light" aria-hidden="true"><Poster film={film} width={92} eager silent /></div>
        <Poster film={film} width={500} eager />
      </div>
      <div class="film-facts">
        <h1>{printed(film.title)}</h1>
        <p class="film-line">{facts.join(t.dot)}</p>
        {original && <p class="film-original" lang={film.language ?? undefined}>{t.film.original(original)}</p>}
        {film.genres.length > 0 && (
          <ul class="chips">
            {film.genres.map((genre) => <li key={genre}><a class="chip" href={filmsOf(genre)}>{t.genre(genre)}</a></li>)}
          </ul>
        )}
        <OwnStars film={film} own={own} give={give} />
        <Meters film={film} own={own} />
        <p class="overview">{film.overview ?? <span class="remark">{t.film.noOverview}</span>}</p>
        <Credits film={film} />
        <Actions film={film} own={own} />
      </div>
    </article>
  );
}

function HeadSkeleton() {
  return (
    <div class="film-head" aria-hidden="true">
      <div class="film-poster"><span class="poster is-waiting" /></div>
      <div class="film-facts">
        <span class="bone is-title" />
        <span class="bone is-short" />
        <span class="bone" />
        <span class="bone" />
        <span class="bone" />
      </div>
    </div>
  );
}

export function FilmPage({ id, search }: { id: number; search: URLSearchParams }) {
  const film = useResource(`film?${id}`, (signal) => api.movie(id, signal));
  const [own, setOwn] = useState(loadOwn);
  useTitle(film.data?.title ?? null);
  useEffect(() => (film.data ? lookAt(id) : undefined), [film.data !== undefined]);
  if (film.error?.status === 404) return <MissingPage title={t.states.noFilm(id)} />;
  if (film.error) return <div class="page"><Failed error={film.error} retry={film.retry} /></div>;
  const title = film.data?.title;
  const give = (rating: number | null) => {
    setOwn(keep(loadOwn(), film.data!, rating));
    if (rating !== null) report("rating", { movies: [{ movie: id }], value: rating });
  };
  return (
    <div class="page">
      {film.data ? <FilmHead film={film.data} own={own} give={give} /> : <HeadSkeleton />}
      <WhyYou key={id} film={id} own={own} weighed={setOwn} />
      <Recommended
        name={`similar?${id}`}
        heading={title ? t.film.similar(title) : <span class="bone is-heading" />}
        search={search}
        audience={{ kind: "film", title: title ?? "" }}
        query={null}
        intro={t.why.intro.film(title ?? "")}
        load={(method, count, signal) => api.similar(id, method, count, signal)}
      />
    </div>
  );
}
