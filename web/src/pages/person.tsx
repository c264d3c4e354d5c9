// One person: what they rated best beside what they might watch next, and who is like them.
import { api } from "../lib/api";
import { useHealth, useScale } from "../lib/health";
import { useTitle } from "../lib/hooks";
import { usePages } from "../lib/pages";
import { useResource } from "../lib/resource";
import { printed } from "../lib/format";
import { t } from "../lib/texts";
import type { FullPerson } from "../lib/types";
import { More } from "../ui/more";
import { Poster } from "../ui/poster";
import { PersonSearch } from "../ui/personsearch";
import { Recommended } from "../ui/recommended";
import { StarsShown } from "../ui/stars";
import { Failed, Notice, RowsSkeleton } from "../ui/states";
import { MissingPage } from "./missing";

const genresShown = 5;
const ratingsShown = 10;

function Genres({ person }: { person: FullPerson }) {
  const genres = [...person.genres].sort((a, b) => b.ratings - a.ratings).slice(0, genresShown);
  const most = genres[0]?.ratings ?? 1;
  if (genres.length === 0) return null;
  return (
    <div>
      <p class="genres-title">{t.people.genres}</p>
      <dl class="genres">
        {genres.map((g) => (
          <div key={g.genre}>
            <dt>{t.genre(g.genre)}</dt>
            <dd>
              <span class="meter-track" aria-hidden="true"><span class="meter-fill" style={{ "--share": g.ratings / most }} /></span>
              <span class="meter-note">{g.ratings}</span>
            </dd>
          </div>
        ))}
      </dl>
    </div>
  );
}

// As tall as the genres will be.
function GenreBones() {
  return (
    <div aria-hidden="true">
      <p class="genres-title">{t.people.genres}</p>
      <dl class="genres">
        {Array.from({ length: genresShown }, (_, i) => (
          <div key={i}><dt>{"\u00a0"}</dt><dd><span class="bone" /></dd></div>
        ))}
      </dl>
    </div>
  );
}

function PersonHead({ id, person }: { id: number; person: FullPerson | undefined }) {
  const health = useHealth();
  const facts = person ? [t.people.ratings(person.ratings)] : [];
  if (person && person.mean !== null) facts.push(t.people.mean(person.mean));
  return (
    <header class="person-head">
      <div>
        <h1>
          {t.people.person(id)}
          {(person?.simulated ?? health?.simulated) && <span class="tag">{` ${t.people.simulated}`}</span>}
        </h1>
        <p class="film-line">{person ? facts.join(t.dot) : <span class="bone is-short" />}</p>
        <PersonSearch label={t.people.another} placeholder={t.people.anotherNumber} />
      </div>
      {person ? <Genres person={person} /> : <GenreBones />}
    </header>
  );
}

function BestSkeleton() {
  return (
    <>
      <div class="rows is-best" aria-hidden="true">
        {Array.from({ length: ratingsShown }, (_, i) => (
          <div key={i} class="row">
            <span class="poster is-waiting" />
            <span class="row-text">
              <span class="bone" />
              <span class="bone is-short" />
            </span>
          </div>
        ))}
      </div>
      <p class="more is-unplaced"><button type="button" class="button">{t.people.more}</button></p>
    </>
  );
}

function Best({ id }: { id: number }) {
  const { max } = useScale();
  const list = usePages(`ratings?${id}`, (cursor, signal) => api.ratings(id, ratingsShown, cursor, signal));
  const { first, all } = list;
  if (first.error) return <Failed error={first.error} retry={first.retry} />;
  if (!first.data) return <BestSkeleton />;
  return (
    <>
      <ol class="rows is-best">
        {all.flatMap((page) => page.items).map((film) => (
          <li key={film.movie}>
            <a class="row" href={`/film/${film.movie}`}>
              <Poster film={film} width={154} silent />
              <span class="row-text">
                <span class="film-title">{printed(film.title)}</span>
                <span class="facts">{film.year}</span>
                {film.your_rating !== null && <StarsShown value={film.your_rating} max={max} />}
              </span>
            </a>
          </li>
        ))}
      </ol>
      <More list={list} text={t.people.more} />
    </>
  );
}

function SimilarPeople({ id }: { id: number }) {
  const similar = useResource(`similar-people?${id}`, (signal) => api.similarPeople(id, 8, signal));
  if (similar.error) return <Failed error={similar.error} retry={similar.retry} />;
  if (!similar.data) return <RowsSkeleton count={4} thumb={false} />;
  if (similar.data.items.length === 0) return <Notice title={t.people.noSimilar} />;
  const most = similar.data.items[0]!.similarity || 1;
  return (
    <ul class="people-grid">
      {similar.data.items.map((other) => (
        <li key={other.user}>
          <a href={`/people/${other.user}`}>
            <span class="people-name">{t.people.person(other.user)}</span>
            <span class="meter-track" aria-hidden="true">
              <span class="meter-fill" style={{ "--share": Math.max(0, other.similarity / most) }} />
            </span>
            <span class="people-fact">{t.people.common(other.common)}</span>
          </a>
        </li>
      ))}
    </ul>
  );
}

export function PersonPage({ id, search }: { id: number; search: URLSearchParams }) {
  const person = useResource(`person?${id}`, (signal) => api.person(id, signal));
  useTitle(t.people.person(id));
  if (person.error?.status === 404)
    return <MissingPage title={t.states.noPerson(id)} href="/people" link={t.states.toPeople} />;
  if (person.error) return <div class="page"><Failed error={person.error} retry={person.retry} /></div>;
  return (
    <div class="page">
      <PersonHead id={id} person={person.data} />
      <div class="beside">
        <section>
          <h2>{t.people.best}</h2>
          <Best id={id} />
        </section>
        <Recommended
          name={`for?${id}`}
          heading={t.people.recommended}
          search={search}
          audience={{ kind: "person" }}
          query={{ user: id }}
          intro={t.why.intro.person(id)}
          load={(method, count, signal) => api.recommend({ user: id }, method, count, signal)}
        />
      </div>
      <section>
        <h2>{t.people.similar}</h2>
        <SimilarPeople id={id} />
      </section>
    </div>
  );
}
