// Type-ahead search of films: what was found of each is marked.
import { api } from "../lib/api";
import { elsewhere, marksOf, pieces } from "../lib/found";
import { printed } from "../lib/format";
import { go, searchFor } from "../lib/router";
import { t } from "../lib/texts";
import type { FoundMovie, Matched } from "../lib/types";
import { Combobox } from "./combobox";
import { Poster } from "./poster";

interface Props {
  choose(film: FoundMovie): void;
  label?: string;
  placeholder?: string;
  all?: boolean; // offer the page of all results
  large?: boolean;
  aside?: boolean;
}

function Marked({ text, where }: { text: string; where: Matched["where"] }) {
  return <>{pieces(text, where).map((piece) => (piece.found ? <mark>{piece.text}</mark> : piece.text))}</>;
}

export function FilmSearch({ choose, large = false, all = false, aside = false, label = t.search.label, placeholder = t.search.placeholder }: Props) {
  return (
    <Combobox<FoundMovie>
      name="search"
      label={label}
      placeholder={placeholder}
      large={large}
      aside={aside}
      {...(all ? { all: { name: t.search.all, go: (q: string) => go(searchFor(q)) } } : {})}
      load={(q, signal) => api.movies(q, 8, null, signal)}
      idOf={(film) => film.movie}
      choose={choose}
      none={t.search.none}
      found={t.search.found}
      draw={(film) => (
        <span class="choice">
          <Poster film={film} width={92} silent eager />
          <span class="choice-text">
            <span class="choice-title"><Marked text={printed(film.title)} where={marksOf(film, "title")} /></span>
            {elsewhere(film).map((one) => (
              <span class="choice-found">
                {t.search.foundIn[one.field]} <Marked text={one.text} where={one.where} />
              </span>
            ))}
          </span>
          <span class="choice-fact"><Marked text={String(film.year ?? "")} where={marksOf(film, "year")} /></span>
        </span>
      )}
    />
  );
}
