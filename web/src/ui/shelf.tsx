// A row of films that scrolls sideways: by wheel, touch, arrow keys and two buttons.
import { useEffect, useRef, useState } from "preact/hooks";
import type { ComponentChildren, RefObject } from "preact";
import type { ApiError } from "../lib/api";
import { useNear } from "../lib/hooks";
import { printed } from "../lib/format";
import { opening } from "../lib/router";
import { t } from "../lib/texts";
import type { Movie } from "../lib/types";
import { FilmFacts } from "./filmlist";
import { Icon } from "./icon";
import { Poster } from "./poster";
import { CardBones, Failed } from "./states";

interface CardProps {
  film: Movie;
  why: string;
  eager: boolean;
  open?: (() => void) | undefined;
}

export function ShelfCard({ film, why, eager, open }: CardProps) {
  return (
    <li class="film-card">
      <a href={`/film/${film.movie}`} {...opening(open)}>
        <Poster film={film} eager={eager} silent />
        <span class="film-title">{printed(film.title)}</span>
      </a>
      <FilmFacts film={film} />
      <p class="reason">{why}</p>
    </li>
  );
}

// How far a strip is scrolled: whether there is more on either side.
function useEnds(strip: RefObject<HTMLElement | null>, length: number) {
  const [ends, setEnds] = useState({ first: true, last: true });
  useEffect(() => {
    const box = strip.current;
    if (!box) return;
    const look = () => {
      const first = box.scrollLeft < 4;
      const last = box.scrollLeft + box.clientWidth > box.scrollWidth - 4;
      setEnds((was) => (was.first === first && was.last === last ? was : { first, last }));
    };
    look();
    box.addEventListener("scroll", look, { passive: true });
    const sizes = new ResizeObserver(look);
    sizes.observe(box);
    return () => {
      box.removeEventListener("scroll", look);
      sizes.disconnect();
    };
  }, [length]);
  return ends;
}

// Arrow keys go from film to film, Home and End to the first and the last.
function onKeyDown(event: KeyboardEvent) {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (!(event.target instanceof HTMLAnchorElement)) return;
  const links = [...(event.currentTarget as HTMLElement).querySelectorAll<HTMLAnchorElement>(".film-card > a")];
  const at = links.indexOf(event.target);
  const places: Record<string, number> = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: links.length - 1 };
  const to = links[places[event.key] ?? -1];
  if (at < 0 || !to) return;
  event.preventDefault();
  to.focus({ preventScroll: true });
  to.scrollIntoView({ block: "nearest", inline: "nearest" });
}

const bones = Array.from({ length: 12 }, (_, i) => i);

function Bones() {
  return (
    <div class="shelf-strip" aria-hidden="true">
      {bones.map((i) => <CardBones key={i} />)}
    </div>
  );
}

interface Props {
  title: string;
  note?: ComponentChildren;
  large?: boolean;
  children: ComponentChildren[] | undefined; // undefined: not here yet
  error?: ApiError | undefined;
  retry(): void;
  box?: RefObject<HTMLOListElement | null>;
  rating?: boolean; // its cards have stars below them instead of a reason
}

export function Shelf({ title, note, large = false, rating = false, children, error, retry, box }: Props) {
  const own = useRef<HTMLOListElement>(null);
  const strip = box ?? own;
  const ends = useEnds(strip, children?.length ?? 0);
  const slide = (way: 1 | -1) =>
    strip.current?.scrollBy({ left: way * Math.max(160, strip.current.clientWidth * 0.85), behavior: "smooth" });
  return (
    <section class={`shelf${large ? " is-large" : ""}${rating ? " is-rating" : ""}`} aria-busy={!children && !error}>
      <div class="shelf-head">
        <h2>{title}</h2>
        {note && <p class="shelf-note">{note}</p>}
        {children && children.length > 0 && !(ends.first && ends.last) && (
          <span class="shelf-arrows">
            <button type="button" class="quiet is-icon" aria-label={t.shelf.back(title)} disabled={ends.first} onClick={() => slide(-1)}>
              <Icon name="back" />
            </button>
            <button type="button" class="quiet is-icon" aria-label={t.shelf.on(title)} disabled={ends.last} onClick={() => slide(1)}>
              <Icon name="on" />
            </button>
          </span>
        )}
      </div>
      {error && <Failed error={error} retry={retry} />}
      {!children && !error && <Bones />}
      {children?.length === 0 && <p class="shelf-empty">{t.shelf.empty}</p>}
      {children && children.length > 0 && <ol class="shelf-strip" ref={strip} onKeyDown={onKeyDown}>{children}</ol>}
    </section>
  );
}

// Holds a row's place, and draws it only when it is about to be seen.
export function Later({ now, children }: { now: boolean; children(near: boolean): ComponentChildren }) {
  const place = useRef<HTMLDivElement>(null);
  const near = useNear(place, now);
  return <div class={near ? "shelf-place" : "shelf-place is-later"} ref={place}>{children(near)}</div>;
}
