// A recommended list as cards: poster, title, year and mean, the reason in one line.
import { useRef } from "preact/hooks";
import { report } from "../lib/feedback";
import { useGlide, useImpression } from "../lib/hooks";
import { decimal, printed } from "../lib/format";
import { opening } from "../lib/router";
import { reasonLine, type Audience } from "../lib/reason";
import { t } from "../lib/texts";
import type { FilmList, ListItem, Movie } from "../lib/types";
import { Poster } from "./poster";

export function FilmFacts({ film }: { film: Movie }) {
  return (
    <span class="facts">
      {film.year}
      {film.rating.mean !== null && (
        <span class="facts-mean"><span class="glyph-star" aria-hidden="true" />{decimal(film.rating.mean)}</span>
      )}
    </span>
  );
}

interface CardProps {
  item: ListItem;
  reason: string;
  eager: boolean;
  open(): void;
  why(): void;
}

function FilmCard({ item, reason, eager, open, why }: CardProps) {
  return (
    <li class="film-card" data-key={item.movie}>
      <a href={`/film/${item.movie}`} {...opening(open)}>
        <Poster film={item} eager={eager} silent />
        <span class="film-title">{printed(item.title)}</span>
      </a>
      <FilmFacts film={item} />
      <p class="reason">{reason}</p>
      <button type="button" class="quiet" aria-label={t.why.buttonLabel(item.title)} onClick={why}>
        {t.why.button}
      </button>
    </li>
  );
}

interface Props {
  list: FilmList;
  shown: number;
  audience: Audience;
  why(item: ListItem): void;
}

export function FilmCards({ list, shown, audience, why }: Props) {
  const box = useRef<HTMLOListElement>(null);
  const items = list.items.slice(0, shown);
  useImpression(box, list);
  useGlide(box, items.map((i) => i.movie).join());
  return (
    <ol class="film-grid" ref={box}>
      {items.map((item, i) => (
        <FilmCard
          key={item.movie}
          item={item}
          reason={reasonLine(item, audience, list.model.name)}
          eager={i < 6}
          open={() => report("click", { list, movies: [{ movie: item.movie, rank: item.rank }] })}
          why={() => why(item)}
        />
      ))}
    </ol>
  );
}
