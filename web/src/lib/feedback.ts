// What the page reports: lists that came on screen, clicks, ratings, trailers.
import { api } from "./api";
import { cameIn, handOver, isOpened, takeOver, traceOf, type Came, type Opened, type Trace } from "./came";
import { addClicked, dropClicked } from "./clicked";
import { makeOutbox } from "./outbox";
import { carry } from "./router";
import { box, readJson } from "./storage";
import { uuid } from "./uuid";
import { visitor } from "./visitor";
import type { EventType, FilmList } from "./types";

export const outbox = makeOutbox({
  box,
  send: api.feedback,
  later: (run, ms) => setTimeout(run, ms),
});

interface Subject {
  list?: FilmList | undefined;
  movies: { movie: number; rank?: number }[];
  value?: number;
}

const nowhere: Trace = { method: null, model_id: null, list_id: null, scenario: null, source_movie: null };

const openedKey = "reel.opened"; // films whose links were opened in other tabs, for some seconds

const openedElsewhere = (): Opened[] => readJson(box, openedKey, isOpened, []);

// A page in a tab of its own learns here what it came of.
function arrive(): void {
  const all = openedElsewhere();
  if (all.length === 0 || history.state !== null) return;
  const { mine, left } = takeOver(all, location.pathname, performance.timeOrigin);
  box.write(openedKey, JSON.stringify(left));
  if (mine) history.replaceState(mine.state, "");
}

// What is done on a film's page came of the list that it was opened from.
const cameHere = (movie: number): Came | null =>
  location.pathname === `/film/${movie}` ? cameIn(history.state, movie) : null;

export function report(type: EventType, { list, movies, value }: Subject, came = list ? null : cameHere(movies[0]!.movie)): void {
  const trace = list ? traceOf(list) : (came ?? nowhere);
  const { method, model_id, list_id, scenario, source_movie } = trace;
  if (type === "click" && list) {
    const { movie, rank } = movies[0]!;
    const path = `/film/${movie}`, state = { came: { ...trace, movie, rank: rank ?? null } };
    carry(path, state, () => box.write(openedKey, JSON.stringify(handOver(openedElsewhere(), { path, state, at: Date.now() }))));
  }
  const about = movies[0]!.movie;
  if (type === "click" || type === "trailer") addClicked(about);
  if (type === "not_interested") dropClicked(about);
  outbox.add({
    event_id: uuid(),
    type,
    user: list?.user ?? null, // the person whom a list was for is none who rates what came of it
    visitor: visitor(),
    method, model_id, list_id, scenario, source_movie,
    movies: came && came.rank !== null ? [{ movie: came.movie, rank: came.rank }] : movies,
    ...(value === undefined ? {} : { value }),
    time: new Date().toISOString(),
  });
}

const leastDwell = 2; // seconds: less is passing by
const mostDwell = 86_400; // the server takes no more

// How long a film's page is in sight; `stop` tells it.
export function lookAt(movie: number): () => void {
  const came = cameHere(movie); // when it is told another page may be there
  let since = document.hidden ? null : performance.now();
  let looked = 0; // ms
  const turn = () => {
    if (since !== null) looked += performance.now() - since;
    since = document.hidden ? null : performance.now();
  };
  const tell = () => {
    turn();
    const seconds = Math.min(mostDwell, Math.round(looked / 100) / 10);
    looked = 0;
    if (seconds >= leastDwell) report("dwell", { movies: [{ movie }], value: seconds }, came);
  };
  document.addEventListener("visibilitychange", turn);
  addEventListener("pagehide", tell);
  return () => {
    document.removeEventListener("visibilitychange", turn);
    removeEventListener("pagehide", tell);
    tell();
  };
}

const reported = new Set<string>();

export function reportImpression(list: FilmList): void {
  if (reported.has(list.id) || list.items.length === 0) return;
  reported.add(list.id);
  report("impression", { list, movies: list.items.map(({ movie, rank }) => ({ movie, rank })) });
}

export function startFeedback(): void {
  arrive();
  void outbox.flush();
  addEventListener("online", () => void outbox.flush());
  addEventListener("pagehide", () => void outbox.flush());
}
