// Rate films on the left, watch the list on the right follow every star.
import { useRef, useState } from "preact/hooks";
import { api } from "../lib/api";
import { report } from "../lib/feedback";
import { useHealth, useScale } from "../lib/health";
import { useGlide, useImpression, useTitle } from "../lib/hooks";
import { forgetClicked, loadClicked } from "../lib/clicked";
import { historyOf, keyOf, loadOwn } from "../lib/own";
import { give as keep } from "../lib/sync";
import { useResource } from "../lib/resource";
import { opening, setQuery } from "../lib/router";
import { printed } from "../lib/format";
import { reasonLine } from "../lib/reason";
import { t } from "../lib/texts";
import type { FilmList, ListItem, Movie, OwnRating } from "../lib/types";
import { asMethod, MethodSwitch } from "../ui/controls";
import { FilmSearch } from "../ui/filmsearch";
import { Poster } from "../ui/poster";
import { StarsInput } from "../ui/stars";
import { Failed, GridSkeleton, Notice, RowsSkeleton } from "../ui/states";
import { WhyPanel } from "../ui/why";

const listLength = 12;
const gridLength = 24;

type Give = (film: Movie | OwnRating, rating: number | null) => void;

function RateGrid({ films, own, give }: { films: (Movie | OwnRating)[]; own: OwnRating[]; give: Give }) {
  const scale = useScale();
  const given = new Map(own.map((r) => [r.movie, r.rating]));
  return (
    <ul class="film-grid is-rating">
      {films.map((film, i) => (
        <li key={film.movie} class="film-card">
          <a href={`/film/${film.movie}`}>
            <Poster film={film} eager={i < 6} silent />
            <span class="film-title">{printed(film.title)}</span>
          </a>
          <StarsInput title={film.title} value={given.get(film.movie) ?? null} scale={scale} give={(r) => give(film, r)} />
        </li>
      ))}
    </ul>
  );
}

interface ListProps {
  list: FilmList;
  why(item: ListItem): void;
  refuse(item: ListItem): void;
}

function LiveList({ list, why, refuse }: ListProps) {
  const box = useRef<HTMLOListElement>(null);
  useImpression(box, list);
  useGlide(box, list.items.map((i) => i.movie).join());
  const open = (item: ListItem) => report("click", { list, movies: [{ movie: item.movie, rank: item.rank }] });
  return (
    <ol class="live" ref={box}>
      {list.items.map((item) => (
        <li key={item.movie} data-key={item.movie} class="live-row">
          <span class="live-rank" aria-hidden="true">{item.rank}</span>
          <a href={`/film/${item.movie}`} {...opening(() => open(item))} class="live-link">
            <Poster film={item} width={154} silent eager />
            <span class="film-title">{printed(item.title)}</span>
          </a>
          <p class="reason">{reasonLine(item, { kind: "you" }, list.model.name)}</p>
          <span class="live-actions">
            <button type="button" class="quiet" aria-label={t.why.buttonLabel(item.title)} onClick={() => why(item)}>
              {t.why.button}
            </button>
            <button type="button" class="quiet" aria-label={t.rate.notForMeLabel(item.title)} onClick={() => refuse(item)}>
              {t.rate.notForMe}
            </button>
          </span>
        </li>
      ))}
    </ol>
  );
}

function YourList({ own, clicked, search }: { own: OwnRating[]; clicked: number[]; search: URLSearchParams }) {
  const health = useHealth();
  const method = asMethod(search.get("method"), "hybrid");
  const [refused, setRefused] = useState<number[]>([]);
  const [why, setWhy] = useState<ListItem | null>(null);
  const [open, setOpen] = useState(false);
  const query = { history: historyOf(own, clicked) };
  const key = `own?${method}&${keyOf(own, clicked)}&${refused.join()}`;
  const list = useResource(key, (signal) => api.recommend(query, method, listLength, signal, refused), true);
  const refuse = (item: ListItem) => {
    report("not_interested", { list: list.data, movies: [{ movie: item.movie, rank: item.rank }] });
    setRefused([...refused, item.movie]);
  };
  return (
    <section class={open ? "your-list is-open" : "your-list"} aria-busy={list.busy}>
      <div class="list-head">
        <h2>{own.length > 0 ? t.rate.list : t.rate.listEmpty}</h2>
        <button type="button" class="quiet list-toggle" aria-expanded={open} onClick={() => setOpen(!open)}>
          {open ? t.rate.closeList : t.rate.openList}
        </button>
      </div>
      <MethodSwitch value={method} offered={health?.models}
        choose={(m) => setQuery({ method: m === "hybrid" ? null : m })} />
      {list.error && <Failed error={list.error} retry={list.retry} />}
      {!list.data && !list.error && <RowsSkeleton count={listLength} />}
      {list.data && list.data.items.length === 0 && <Notice title={t.states.noFilms} />}
      {list.data && <LiveList list={list.data} why={setWhy} refuse={refuse} />}
      {why && list.data && (
        <WhyPanel subject={{ item: why, list: list.data, query, intro: t.why.intro.you }} close={() => setWhy(null)} />
      )}
    </section>
  );
}

function OwnHead({ own, forget }: { own: OwnRating[]; forget(): void }) {
  const [asking, setAsking] = useState(false);
  if (own.length === 0) return null;
  return (
    <p class="own-head">
      <span>{asking ? t.rate.forgetSure(own.length) : t.rate.own(own.length)}</span>
      {asking && (
        <button type="button" class="quiet" onClick={() => { setAsking(false); forget(); }}>{t.rate.forget}</button>
      )}
      <button type="button" class="quiet" onClick={() => setAsking(!asking)}>
        {asking ? t.rate.keep : t.rate.forget}
      </button>
    </p>
  );
}

export function RatePage({ search }: { search: URLSearchParams }) {
  const [own, setOwn] = useState(loadOwn);
  const [clicked, setClicked] = useState(loadClicked);
  const [added, setAdded] = useState<Movie[]>([]);
  const [shown, setShown] = useState(gridLength);
  const telling = useResource("chart?informative&200", (signal) => api.chart("informative", "", 200, signal));
  useTitle(t.rate.heading);

  const give: Give = (film, rating) => {
    setOwn(keep(own, film, rating));
    if (rating !== null) report("rating", { movies: [{ movie: film.movie }], value: rating });
  };
  const forget = () => {
    setOwn(own.reduce((left, film) => keep(left, film, null), own));
    forgetClicked();
    setClicked([]);
  };
  const add = (film: Movie) => setAdded([film, ...added.filter((f) => f.movie !== film.movie)]);

  // Films searched for come first, then those rated on earlier visits, then those that tell most.
  const first = useRef(own);
  const seen = new Set<number>();
  const films = [...added, ...first.current, ...(telling.data?.items ?? []).slice(0, shown)].filter((f) => !seen.has(f.movie) && seen.add(f.movie));
  return (
    <div class="page rate-page">
      <section class="rate-films">
        <h1>{t.rate.heading}</h1>
        <p class="lead">{t.rate.lead}</p>
        <FilmSearch label={t.rate.search} placeholder={t.rate.placeholder} choose={add} />
        <OwnHead own={own} forget={forget} />
        {telling.error && films.length === 0 && <Failed error={telling.error} retry={telling.retry} />}
        {films.length === 0 && !telling.error && <GridSkeleton count={gridLength} kind="is-rating" />}
        <RateGrid films={films} own={own} give={give} />
        {(telling.data?.items.length ?? 0) > shown && <p class="more"><button type="button" class="button" onClick={() => setShown(shown + gridLength)}>{t.rate.more}</button></p>}
      </section>
      <YourList own={own} clicked={clicked} search={search} />
    </div>
  );
}
