// Type-ahead search of films by title.
import { api } from "../lib/api";
import { printed, t } from "../lib/texts";
import type { FoundMovie } from "../lib/types";
import { Combobox } from "./combobox";
import { Poster } from "./poster";

interface Props {
  choose(film: FoundMovie): void;
  label?: string;
  placeholder?: string;
  large?: boolean;
}

export function FilmSearch({ choose, large = false, label = t.search.label, placeholder = t.search.placeholder }: Props) {
  return (
    <Combobox<FoundMovie>
      name="search"
      label={label}
      placeholder={placeholder}
      large={large}
      load={(q, signal) => api.movies(q, 8, null, signal)}
      idOf={(film) => film.movie}
      choose={choose}
      none={t.search.none}
      found={t.search.found}
      draw={(film) => (
        <span class="choice">
          <Poster film={film} width={92} silent eager />
          <span class="choice-title">{printed(film.title)}</span>
          <span class="choice-fact">{film.year}</span>
        </span>
      )}
    />
  );
}
