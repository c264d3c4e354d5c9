// One film with its facts, and the films like it.
import { Fragment } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { api } from "../lib/api";
import { useHealth, useScale } from "../lib/health";
import { report } from "../lib/feedback";
import { useTitle } from "../lib/hooks";
import { loadOwn } from "../lib/own";
import { give as keep } from "../lib/sync";
import { useResource } from "../lib/resource";
import { searchFor } from "../lib/router";
import { decimal, printed } from "../lib/format";
import { t } from "../lib/texts";
import type { FullMovie } from "../lib/types";
import { Icon } from "../ui/icon";
import { Poster } from "../ui/poster";
import { Recommended } from "../ui/recommended";
import { StarsInput } from "../ui/stars";
import { Failed } from "../ui/states";
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

function Meter({ label, value, max, note }: { label: string; value: number; max: number; note: string }) {
  return (
    <div class="meter">
      <dt>{label}</dt>
      <dd>
        <span class="meter-track" aria-hidden="true"><span class="meter-fill" style={{ "--share": value / max }} /></span>
        <span class="meter-value">{decimal(value, max > 5 ? 1 : 2)}</span>
        <span class="meter-note">{note}</span>
      </dd>
    </div>
  );
}

function Meters({ film }: { film: FullMovie }) {
  const health = useHealth();
  const { max } = useScale();
  const { mean, count } = film.rating;
  return (
    <dl class="meters">
      {mean !== null ? (
        <Meter label={health?.simulated ? t.film.meanSimulated : t.film.mean} value={mean} max={max} note={t.film.meanOf(count)} />
      ) : (
        <p class="remark">{t.film.unrated}</p>
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

function OwnStars({ film }: { film: FullMovie }) {
  const scale = useScale();
  const [own, setOwn] = useState(loadOwn);
  const value = own.find((r) => r.movie === film.movie)?.rating ?? null;
  const give = (rating: number | null) => {
    setOwn(keep(loadOwn(), film, rating));
    if (rating !== null) report("rating", { movies: [{ movie: film.movie }], value: rating });
  };
  return (
    <div class="own-stars">
      <span aria-hidden="true">{t.film.yours}</span>
      <StarsInput title={film.title} value={value} scale={scale} give={give} />
    </div>
  );
}

function Actions({ film }: { film: FullMovie }) {
  const [trailer, setTrailer] = useState(false);
  return (
    <div class="actions">
      {film.trailer && (
        <button type="button" class="button is-main" onClick={() => setTrailer(true)}>
          <Icon name="play" />{t.film.trailer}
        </button>
      )}
      {film.tmdb_id !== null && (
        <a class="button" href={`https://www.themoviedb.org/movie/${film.tmdb_id}`} target="_blank" rel="noopener noreferrer">
          {t.film.tmdb}<Icon name="out" />
        </a>
      )}
      {trailer && <Trailer film={film} close={() => setTrailer(false)} />}
    </div>
  );
}

function FilmHead({ film }: { film: FullMovie }) {
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
            {film.genres.map((genre) => <li key={genre}><a class="chip" href={searchFor(genre)}>{t.genre(genre)}</a></li>)}
          </ul>
        )}
        <Meters film={film} />
        <p class="overview">{film.overview ?? <span class="remark">{t.film.noOverview}</span>}</p>
        <Credits film={film} />
        <OwnStars film={film} />
        <Actions film={film} />
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
  useTitle(film.data?.title ?? null);
  if (film.error?.status === 404) return <MissingPage title={t.states.noFilm(id)} />;
  if (film.error) return <div class="page"><Failed error={film.error} retry={film.retry} /></div>;
  const title = film.data?.title;
  return (
    <div class="page">
      {film.data ? <FilmHead film={film.data} /> : <HeadSkeleton />}
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
