// Where an evening starts: rows of films chosen for whoever looks, each film with its reason.
import { useRef, useState } from "preact/hooks";
import { api } from "../lib/api";
import { report } from "../lib/feedback";
import { useHealth, useScale } from "../lib/health";
import { useImpression, useTitle } from "../lib/hooks";
import { printed } from "../lib/format";
import { loadClicked } from "../lib/clicked";
import { historyOf, keyOf, loadOwn } from "../lib/own";
import { give as keep } from "../lib/sync";
import { reasonLine, type Audience } from "../lib/reason";
import { useResource, type Resource } from "../lib/resource";
import { enough, hidden, rowsFor, type Row } from "../lib/rows";
import { t } from "../lib/texts";
import type { FilmList, Health, ListItem, Movie, OwnRating } from "../lib/types";
import { Poster } from "../ui/poster";
import { Later, Shelf, ShelfCard } from "../ui/shelf";
import { StarsInput } from "../ui/stars";

const rowLength = 20;
const rowsAtOnce = 2; // the others wait until they are near the screen
const inviteLength = 16;

interface Heading {
  title: string;
  note?: string;
}

function headingOf(row: Row, own: OwnRating[]): Heading {
  switch (row.kind) {
    case "you": return { title: t.home.forYou, note: t.home.forYouNote(own.length) };
    case "popular": return { title: t.home.popular, note: t.home.popularNote };
    case "gems": return { title: t.home.gems, note: t.home.gemsNote };
    case "because": return { title: t.home.because(row.film.title) };
    case "decade":
      return own.length > 0 ? { title: t.home.decade(row.decade), note: t.home.decadeNote }
        : { title: t.home.decadeBest(row.decade) };
  }
}

// Rows that are the same for everybody come from the charts.
function chartOf(row: Row, health: Health | undefined): [string, string] {
  if (row.kind === "gems") return ["top", hidden(health)];
  if (row.kind === "decade") return ["top", `decade = ${row.decade}`];
  return ["trending", ""];
}

function lineOf(row: Row, { rating }: Movie): string {
  if (rating.mean === null) return t.reason.watched;
  if (row.kind === "gems") return t.reason.few(rating.mean, rating.count);
  return t.reason.crowd(rating.mean, rating.count);
}

function ChartRow({ row, own, near, eager }: RowProps) {
  const health = useHealth();
  const [name, filter] = chartOf(row, health);
  const chart = useResource(near && health ? `chart?${name}&${filter}` : null, (s) => api.chart(name, filter, rowLength + own.length, s), true);
  const seen = new Set(own.map((r) => r.movie));
  const films = chart.data?.items.filter((film) => !seen.has(film.movie)).slice(0, rowLength);
  return (
    <Shelf {...headingOf(row, own)} error={chart.error} retry={chart.retry}>
      {films?.map((film, i) => <ShelfCard key={film.movie} film={film} why={lineOf(row, film)} eager={eager && i < 8} />)}
    </Shelf>
  );
}

const excludeMost = 1000; // of one request
// By these names the log and the analytics tell the rows from each other.
const scenarios: Record<Row["kind"], string> = { you: "for-you", because: "because", gems: "gems", decade: "decade", popular: "popular" };

// No row repeats what the first one says.
function askFor(row: Row, { own, clicked, films: first }: First, health: Health | undefined, signal: AbortSignal): Promise<FilmList> {
  const query = { history: historyOf(own, clicked) };
  const scenario = scenarios[row.kind];
  if (row.kind === "because") {
    const exclude = [...first, ...own.slice(0, excludeMost - first.length).map((r) => r.movie)];
    return api.list({ source_movie: row.film.movie }, "hybrid", rowLength, { scenario, exclude }, signal);
  }
  if (row.kind === "you") return api.forYou(query, rowLength, { scenario, exclude: first }, signal);
  const filter = row.kind === "gems" ? hidden(health) : row.kind === "decade" ? `decade = ${row.decade}` : null;
  return api.list(query, "hybrid", rowLength, { scenario, exclude: first, ...(filter ? { filter } : {}) }, signal);
}

const nameOf = (row: Row) =>
  row.kind === "because" ? `because${row.film.movie}` : row.kind === "decade" ? `decade${row.decade}` : row.kind;

interface ListShelfProps {
  row: Row;
  own: OwnRating[];
  list: Resource<FilmList>;
  eager: boolean;
}

function ListShelf({ row, own, list, eager }: ListShelfProps) {
  const box = useRef<HTMLOListElement>(null);
  useImpression(box, list.data);
  const audience: Audience = row.kind === "because" ? { kind: "film", title: row.film.title } : { kind: "you" };
  const open = ({ movie, rank }: ListItem) => report("click", { list: list.data, movies: [{ movie, rank }] });
  return (
    <Shelf {...headingOf(row, own)} large={row.kind === "you"} error={list.error} retry={list.retry} box={box}>
      {list.data?.items.map((item, i) => (
        <ShelfCard key={item.movie} film={item} eager={eager && i < 8} open={() => open(item)}
          why={reasonLine(item, audience, list.data!.model.name)} />
      ))}
    </Shelf>
  );
}

// What the first row was made of and what it says; null while it is on its way for the first time.
interface First {
  own: OwnRating[];
  clicked: number[];
  films: number[];
}

interface RowProps {
  row: Row;
  own: OwnRating[];
  first: First | null;
  near: boolean;
  eager: boolean;
}

function ListRow({ row, own, first, near, eager }: RowProps) {
  const health = useHealth();
  const key = first && near && health ? `${nameOf(row)}?${keyOf(first.own, first.clicked)}` : null;
  const list = useResource(key, (s) => askFor(row, first!, health, s), true);
  return <ListShelf row={row} own={own} list={list} eager={eager} />;
}

const isChart = (row: Row, own: OwnRating[]) => own.length === 0 || row.kind === "popular";

type Give = (film: Movie, rating: number | null) => void;

// Whoever comes for the first time is asked about films that many know and few agree on.
function Invitation({ own, give }: { own: OwnRating[]; give: Give }) {
  const scale = useScale();
  const first = useResource("chart?informative&", (s) => api.chart("informative", "", inviteLength, s));
  const given = new Map(own.map((r) => [r.movie, r.rating]));
  return (
    <Shelf title={t.home.invite} rating error={first.error} retry={first.retry}
      note={<><span aria-live="polite">{t.home.inviteCount(own.length)}</span>{t.dot}<a href="/rate">{t.home.inviteMore}</a></>}>
      {first.data?.items.map((film, i) => (
        <li key={film.movie} class="film-card">
          <a href={`/film/${film.movie}`}>
            <Poster film={film} eager={i < 8} silent />
            <span class="film-title">{printed(film.title)}</span>
          </a>
          <StarsInput title={film.title} value={given.get(film.movie) ?? null} scale={scale} give={(r) => give(film, r)} />
        </li>
      ))}
    </Shelf>
  );
}

export function HomePage() {
  const { max } = useScale();
  const [own, setOwn] = useState(loadOwn);
  const [clicked] = useState(loadClicked); // those of the visits before: what is read here stays as it is
  const invited = useRef(own.length < enough);
  const you = useResource(own.length > 0 ? `you?${keyOf(own, clicked)}` : null,
    (s) => askFor({ kind: "you" }, { own, clicked, films: [] }, undefined, s), true);
  const first = useRef<First | null>(null);
  if (!you.busy) first.current = { own, clicked, films: (you.data?.items ?? []).map((item) => item.movie) };
  useTitle(null);
  const give: Give = (film, rating) => {
    setOwn(keep(loadOwn(), film, rating));
    if (rating !== null) report("rating", { movies: [{ movie: film.movie }], value: rating });
  };
  const above = invited.current ? 1 : rowsAtOnce;
  return (
    <div class="page home">
      <header class="home-head">
        <h1>{t.home.heading}</h1>
        {invited.current ? <p class="lead">{t.home.inviteLead}</p>
          : <p class="lead"><a class="quiet-link" href="/rate">{t.home.rateMore}</a></p>}
      </header>
      {invited.current && <Invitation own={own} give={give} />}
      {rowsFor(own, max).map((row, i) => (
        <Later key={nameOf(row)} now={i < above}>
          {(near) => {
            const eager = i < above && !invited.current;
            if (row.kind === "you") return <ListShelf row={row} own={own} list={you} eager={eager} />;
            const One = isChart(row, own) ? ChartRow : ListRow;
            return <One row={row} own={own} first={first.current} near={near} eager={eager} />;
          }}
        </Later>
      ))}
    </div>
  );
}
