// Ratings of whoever is signed in: the account has them, this browser a copy that the pages work on. What
// is given waits here until the server has it, so nothing is lost without a connection.
import { api, ApiError } from "./api";
import { forgetClicked, loadClicked } from "./clicked";
import { historyOf, loadOwn, remembered, saveOwn, weightsOf, withRating, withWeights } from "./own";
import { box, readJson } from "./storage";
import type { Account, Edit, Movie, OwnRating } from "./types";

const ownerKey = "reel.owner";
const waitingKey = "reel.waiting";
const pageLength = 200;
const pagesMost = 5; // the best thousand say enough of a taste

type Ratings = Record<string, number | null>;
interface Waiting {
  user: number | null; // whose they are: nobody else's account is sent them
  ratings: Ratings;
}

const isWaiting = (value: unknown): value is Waiting => {
  const waiting = value as Waiting | null;
  return typeof waiting?.ratings === "object" && waiting.ratings !== null &&
    Object.values(waiting.ratings).every((rating) => rating === null || Number.isFinite(rating));
};

const owner = (): number | null => Number(box.read(ownerKey)) || null;

function loadWaiting(): Ratings {
  const waiting = readJson(box, waitingKey, isWaiting, { user: null, ratings: {} });
  return waiting.user === owner() ? waiting.ratings : {};
}

const saveWaiting = (ratings: Ratings) => box.write(waitingKey, JSON.stringify({ user: owner(), ratings }));
export const isAllSent = () => Object.keys(loadWaiting()).length === 0;

function sent(movie: string, rating: number | null): void {
  const { [movie]: latest, ...others } = loadWaiting();
  if (latest === rating) saveWaiting(others); // else it was changed meanwhile
}

// Refused for good is as good as sent; all else is tried again.
const isFinal = (cause: unknown) => cause instanceof ApiError && [400, 403, 404, 409, 413, 422].includes(cause.status);

let running: Promise<void> | null = null;

// One after the other, until nothing waits: what is given meanwhile, too. False: no answer came.
async function sendNext(user: number): Promise<boolean> {
  const [first] = Object.entries(loadWaiting());
  if (!first) return false;
  const [movie, rating] = first;
  try {
    await api.rate(user, Number(movie), rating);
  } catch (cause) {
    if (!isFinal(cause)) return false;
  }
  sent(movie, rating);
  return true;
}

async function sendAll(user: number): Promise<void> {
  while (owner() === user && (await sendNext(user)));
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
    void flush();
  }
  return next;
}

async function weighAll(user: number, edits: Edit[]): Promise<void> {
  for (const edit of edits)
    await api.weigh(user, edit).catch((cause: unknown) => {
      if (!isFinal(cause)) throw cause; // a film that is not there any more counts for nothing
    });
}

// What films count for in every list from now on; nothing is kept here that the account does not have.
export async function keepWeights(edits: Edit[]): Promise<OwnRating[]> {
  await flush();
  const user = owner();
  if (user !== null) await weighAll(user, edits);
  const next = withWeights(loadOwn(), edits);
  saveOwn(next);
  return next;
}

async function ratingsOf(user: number): Promise<OwnRating[]> {
  const all: OwnRating[] = [];
  let cursor: string | null = null;
  for (let n = 0; n === 0 || (cursor !== null && n < pagesMost); n++) {
    const page = await api.ratings(user, pageLength, cursor);
    for (const film of page.items) if (film.your_rating !== null) all.push(remembered(film, film.your_rating, film.weight));
    cursor = page.next_cursor;
  }
  return all;
}

// What was rated in this browser before is the account's from now on.
export async function adopt(account: Account): Promise<void> {
  const own = loadOwn();
  if (own.length > 0 && owner() !== account.user) {
    await api.merge(account.user, own.map(({ movie, rating }) => ({ movie, rating })));
    await weighAll(account.user, weightsOf(own));
    const clicks = historyOf(own, loadClicked()).slice(own.length);
    if (clicks.length > 0) await api.merge(account.user, clicks).catch(() => undefined); // no more than a hint
  }
  box.write(ownerKey, String(account.user));
  await flush(); // what waited when the last session ended
  saveOwn(await ratingsOf(account.user));
}

export function forget(): void {
  saveOwn([]);
  forgetClicked();
  saveWaiting({});
  box.write(ownerKey, "");
}

// After an import the account has more than the copy here.
export async function copyAnew(user: number): Promise<void> {
  await flush();
  saveOwn(await ratingsOf(user));
}

async function catchUp(user: number): Promise<void> {
  const { account } = await api.session();
  if (account?.user !== user) {
    forgetClicked();
    saveOwn([]); // whoever sits here now may be somebody else; what waits is kept for the next sign-in
    box.write(ownerKey, "");
    return;
  }
  await flush();
  if (!isAllSent()) return;
  const before = box.read("reel.ratings");
  const there = await ratingsOf(user);
  if (owner() === user && box.read("reel.ratings") === before) saveOwn(there); // else something was given meanwhile
}

// Once a page was opened: what another device gave comes here, what waits goes there.
export function startSync(): void {
  const user = owner();
  if (user === null) return;
  const again = () => void catchUp(user).catch(() => undefined);
  again();
  addEventListener("online", again);
}
