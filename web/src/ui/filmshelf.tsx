// Films page by page: what fits a search, the most rated ones where nothing was typed.
import { printed } from "../lib/format";
import type { FoundMovie } from "../lib/types";
import { FilmFacts } from "./filmlist";
import { Poster } from "./poster";

export function FilmShelf({ films }: { films: FoundMovie[] }) {
  return (
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
  );
}
