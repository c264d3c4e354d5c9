// Ratings of whoever is signed in: the account has them, this browser a copy that the pages work on. What
// is given waits here until the server has it, so nothing is lost without a connection.
import { api, ApiError } from "./api";
import { loadOwn, saveOwn, withRating } from "./own";
import { box, readJson } from "./storage";
import type { Account, Movie, OwnRating } from "./types";

const ownerKey = "reel.owner";
const waitingKey = "reel.waiting";
const pageLength = 200;
const pagesMost = 5; // the best thousand say enough of a taste

type Waiting = Record<string, number | null>;

const isWaiting = (value: unknown): value is Waiting =>
  typeof value === "object" && value !== null &&
  Object.values(value).every((rating) => rating === null || Number.isFinite(rating));

const owner = (): number | null => Number(box.read(ownerKey)) || null;
const loadWaiting = () => readJson(box, waitingKey, isWaiting, {});
const saveWaiting = (waiting: Waiting) => box.write(waitingKey, JSON.stringify(waiting));

function sent(movie: string, rating: number | null): void {
  const { [movie]: latest, ...others } = loadWaiting();
  if (latest === rating) saveWaiting(others); // else it was changed meanwhile
}

// Refused for good is as good as sent; all else is tried again.
const isFinal = (cause: unknown) =>
  cause instanceof ApiError && cause.status >= 400 && cause.status < 500 && cause.status !== 401 && cause.status !== 429;

let running: Promise<void> | null = null;

async function sendAll(user: number): Promise<void> {
  for (const [movie, rating] of Object.entries(loadWaiting()))
    try {
      await api.rate(user, Number(movie), rating);
      sent(movie, rating);
    } catch (cause) {
      if (!isFinal(cause)) return;
      sent(movie, rating);
    }
}

export function flush(): Promise<void> {
  const user = owner();
  if (user === null) return Promise.resolve();
  running ??= sendAll(user).finally(() => { running = null; });
  return running;
}

// rating null takes it back.
export function give(own: OwnRating[], film: Movie | OwnRating, rating: number | null): OwnRating[] {
  const next = withRating(own, film, rating);
  saveOwn(next);
  if (owner() !== null) {
    saveWaiting({ ...loadWaiting(), [film.movie]: rating });
    void flush().then(flush);
  }
  return next;
}

async function ratingsOf(user: number): Promise<OwnRating[]> {
  const all: OwnRating[] = [];
  let cursor: string | null = null;
  for (let n = 0; n === 0 || (cursor !== null && n < pagesMost); n++) {
    const page = await api.ratings(user, pageLength, cursor);
    for (const { movie, title, year, poster, generated_poster, your_rating: rating } of page.items)
      if (rating !== null) all.push({ movie, title, year, poster, generated_poster, rating });
    cursor = page.next_cursor;
  }
  return all;
}

// What was rated in this browser before is the account's from now on.
export async function adopt(account: Account): Promise<void> {
  const own = loadOwn();
  if (own.length > 0 && owner() !== account.user)
    await api.merge(account.user, own.map(({ movie, rating }) => ({ movie, rating })));
  saveOwn(await ratingsOf(account.user));
  box.write(ownerKey, String(account.user));
}

export async function letGo(): Promise<void> {
  await flush();
  saveOwn([]);
  saveWaiting({});
  box.write(ownerKey, "");
}

async function catchUp(user: number): Promise<void> {
  const { account } = await api.session();
  if (account?.user !== user) {
    box.write(ownerKey, ""); // the session is over; what is here is a visitor's, until the next sign-in
    return;
  }
  await flush();
  if (Object.keys(loadWaiting()).length === 0) saveOwn(await ratingsOf(user));
}

// Once a page was opened: what another device gave comes here, what waits goes there.
export function startSync(): void {
  const user = owner();
  if (user === null) return;
  const again = () => void catchUp(user).catch(() => undefined);
  again();
  addEventListener("online", again);
}
