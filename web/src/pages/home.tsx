// Where the film mode starts: search a title, or take one from the shelf of the best known.
import { useState } from "preact/hooks";
import { api } from "../lib/api";
import { useHealth } from "../lib/health";
import { useTitle } from "../lib/hooks";
import { useResource } from "../lib/resource";
import { go } from "../lib/router";
import { printed } from "../lib/format";
import { t } from "../lib/texts";
import type { FoundMovie, Page } from "../lib/types";
import { FilmFacts } from "../ui/filmlist";
import { FilmSearch } from "../ui/filmsearch";
import { Poster } from "../ui/poster";
import { Failed, GridSkeleton } from "../ui/states";

const shelfSize = 24;

// Pages of the films that fit, one after the other; of the most rated ones where nothing was typed.
export function useFilms(q: string) {
  const [pages, setPages] = useState<Page<FoundMovie>[]>([]);
  const cursor = pages.length > 0 ? pages[pages.length - 1]!.next_cursor : null;
  const first = useResource(`films?${q}`, (signal) => api.movies(q, shelfSize, null, signal));
  const all = first.data ? [first.data, ...pages] : [];
  const next = pages.length > 0 ? cursor : (first.data?.next_cursor ?? null);
  const more = () => {
    if (next) void api.movies(q, shelfSize, next).then((page) => setPages((known) => [...known, page]), () => {});
  };
  return { films: all.flatMap((page) => page.items), more: next ? more : null, first };
}

export const usePopular = () => useFilms("");

export function FilmShelf({ films, more }: { films: FoundMovie[]; more: (() => void) | null }) {
  return (
    <>
      <ul class="film-grid is-dense">
        {films.map((film, i) => (
          <li key={film.movie} class="film-card">
            <a href={`/film/${film.movie}`}>
              <Poster film={film} eager={i < 8} silent />
              <span class="film-title">{printed(film.title)}</span>
            </a>
            <FilmFacts film={film} />
          </li>
        ))}
      </ul>
      {more && <p class="more"><button type="button" class="button" onClick={more}>{t.home.more}</button></p>}
    </>
  );
}

function Shelf() {
  const { films, more, first } = usePopular();
  if (first.error) return <Failed error={first.error} retry={first.retry} />;
  if (films.length === 0) return <GridSkeleton count={12} />;
  return <FilmShelf films={films} more={more} />;
}

export function HomePage() {
  const health = useHealth();
  useTitle(null);
  const shelf = !health ? t.home.shelfPlain
    : health.simulated ? t.home.shelfSimulated(health.people) : t.home.shelf(health.people);
  return (
    <div class="page">
      <section class="opening">
        <h1>{t.home.heading}</h1>
        <p class="lead">{t.home.lead}</p>
        <FilmSearch large all choose={(film) => go(`/film/${film.movie}`)} />
      </section>
      <section>
        <h2>{shelf}</h2>
        <Shelf />
      </section>
    </div>
  );
}
