// What the page reports: lists that came on screen, clicks, ratings, trailers.
import { api } from "./api";
import { makeOutbox } from "./outbox";
import { box } from "./storage";
import { uuid } from "./uuid";
import type { EventType, FilmList } from "./types";

export const outbox = makeOutbox({
  box,
  send: api.feedback,
  later: (run, ms) => setTimeout(run, ms),
});

const visitorKey = "reel.visitor";

export function visitor(): string {
  const known = box.read(visitorKey);
  if (known) return known;
  const made = `v_${uuid()}`;
  box.write(visitorKey, made);
  return made;
}

interface Subject {
  list?: FilmList | undefined;
  movies: { movie: number; rank?: number }[];
  value?: number;
}

// By which list each film was opened: what is done on its page came of that list, as long as the pages live.
const opened = new Map<number, Subject>();

// The person whom a list was for is none who rates: only events that name the list themselves are theirs.
function cameOf(subject: Subject): Subject {
  const from = subject.list ? undefined : opened.get(subject.movies[0]!.movie);
  return from ? { ...subject, list: from.list, movies: from.movies } : subject;
}

export function report(type: EventType, subject: Subject): void {
  if (type === "click") opened.set(subject.movies[0]!.movie, subject);
  const { list, movies, value } = cameOf(subject);
  outbox.add({
    event_id: uuid(),
    type,
    user: subject.list?.user ?? null,
    visitor: visitor(),
    method: list?.model.name ?? null,
    model_id: list?.model.id ?? null,
    list_id: list?.id ?? null,
    scenario: list?.scenario ?? null,
    source_movie: list?.source_movie ?? null,
    movies,
    ...(value === undefined ? {} : { value }),
    time: new Date().toISOString(),
  });
}

const leastDwell = 2; // seconds: less is passing by
const mostDwell = 86_400; // the server takes no more

// How long a film's page is in sight; `stop` tells it.
export function lookAt(movie: number): () => void {
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
    if (seconds >= leastDwell) report("dwell", { movies: [{ movie }], value: seconds });
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
  void outbox.flush();
  addEventListener("online", () => void outbox.flush());
  addEventListener("pagehide", () => void outbox.flush());
}
