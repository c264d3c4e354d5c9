// Films page by page: what fits a search, the most rated ones where nothing was typed.
import { useState } from "preact/hooks";
import { api } from "../lib/api";
import { useResource } from "../lib/resource";
import { printed } from "../lib/format";
import { t } from "../lib/texts";
import type { FoundMovie, Page } from "../lib/types";
import { FilmFacts } from "./filmlist";
import { Poster } from "./poster";

const shelfSize = 24;

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
