// The one place that talks to the server: paths in, typed objects or an ApiError out.
import { remember } from "./known";
import { lang } from "./format";
import { isGone, known } from "./gone";
import { visitor } from "./visitor";
import type {
  Account, Crowd, Edit, FeedbackEvent, FilmList, FoundPage, FullMovie, FullPerson, GivenKind, Health, History, Household, ImportReport, ListItem, LogFilter, LogPage,
  Method, Mixture, Movie, Page, Person, Query, RatedMovie, Rules, Session, SimilarPerson,
} from "./types";

const root = "/api/v1";

export class ApiError extends Error {
  // status 0: no answer came at all (offline, server stopped).
  // code and member: which kind of problem it is, and what of the request it is about (docs/api.md, errors).
  constructor(
    readonly status: number, message: string, readonly retryAfter: number | null = null,
    readonly code: string | null = null, readonly member: string | null = null,
  ) {
    super(message);
  }
}

type Value = string | number | null | undefined;

export function address(path: string, query: Record<string, Value> = {}): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query))
    if (value !== null && value !== undefined && value !== "") search.set(name, String(value));
  const text = search.toString();
  return text ? `${root}${path}?${text}` : root + path;
}

// "#/history/3/rating" or the name of a parameter: the first that is wrong.
function memberOf(errors: unknown): string | null {
  const first = Array.isArray(errors) ? (errors[0] as { pointer?: unknown; parameter?: unknown } | undefined) : undefined;
  const where = first?.parameter ?? first?.pointer;
  return typeof where === "string" ? where.replace(/^#\/?/, "") : null;
}

async function request<T>(url: string, init: RequestInit = {}): Promise<T> {
  let answer: Response;
  try {
    answer = await fetch(url, init);
  } catch (cause) {
    if (init.signal?.aborted) throw cause;
    throw new ApiError(0, "no answer from the server");
  }
  const body = answer.status === 204 ? undefined : await answer.json().catch(() => null);
  if (answer.ok && body !== null) return body as T;
  const wait = Number(answer.headers.get("Retry-After"));
  const detail = typeof body?.detail === "string" ? body.detail : answer.statusText;
  throw new ApiError(answer.status, detail, wait > 0 ? wait : null, typeof body?.code === "string" ? body.code : null, memberOf(body?.errors));
}

export function send<T>(method: string, path: string, body: unknown, init: RequestInit = {}): Promise<T> {
  return request<T>(root + path, {
    ...init,
    method,
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });
}

const post = <T>(path: string, body: unknown, init: RequestInit = {}) => send<T>("POST", path, body, init);

// A question about a history is asked again without each film of it that the server has no more.
async function ask<T>(path: string, body: Parameters<typeof isGone>[0], signal?: Signal): Promise<T> {
  const asked = known(body);
  try {
    return await post<T>(path, asked, signal ? { signal } : {});
  } catch (cause) {
    if (cause instanceof ApiError && cause.status === 404 && isGone(asked, cause.member)) return ask<T>(path, body, signal);
    throw cause;
  }
}

// Films pass through here on their way to the pages.
async function films<T extends { items: Movie[] }>(answer: Promise<T>): Promise<T> {
  const list = await answer;
  remember(list.items);
  return list;
}

export type Signal = AbortSignal | undefined;
export const get = <T>(url: string, signal: Signal) => request<T>(url, signal ? { signal } : {});

const give = (user: number, movie: number, what: { rating: number } | { kind: GivenKind }) =>
  send<RatedMovie>("PUT", `/people/${user}/ratings/${movie}`, what);
const takeBack = (user: number, movie: number) => send<void>("DELETE", `/people/${user}/ratings/${movie}`, {});

export const api = {
  health: (s?: Signal) => get<Health>(address("/health"), s),
  session: (s?: Signal) => get<Session>(address("/session"), s),
  movies: (q: string, limit: number, cursor: string | null, s?: Signal, filter = "") =>
    films(get<FoundPage>(address("/movies", { q, filter, limit, cursor }), s)),
  movie: (id: number, s?: Signal) => get<FullMovie>(address(`/movies/${id}`), s),
  chart: (name: string, filter: string, limit: number, s?: Signal) =>
    films(get<Page<Movie>>(address(`/charts/${name}`, { filter, limit }), s)),
  similar: (id: number, model: Method, limit: number, s?: Signal) =>
    films(get<FilmList>(address(`/movies/${id}/similar`, { model, limit, scenario: "similar", visitor: visitor() }), s)),
  statistics: (s?: Signal) => get<Crowd>(address("/statistics"), s),
  people: (q: string, limit: number, cursor: string | null, s?: Signal) =>
    get<Page<Person>>(address("/people", { q, limit, cursor }), s),
  person: (id: number, s?: Signal) => get<FullPerson>(address(`/people/${id}`), s),
  ratings: (id: number, limit: number, cursor: string | null, s?: Signal, kind: GivenKind | null = null) =>
    films(get<Page<RatedMovie>>(address(`/people/${id}/ratings`, { limit, cursor, kind }), s)),
  given: (id: number, movie: number, s?: Signal) =>
    get<{ kind: GivenKind | "nothing" }>(address(`/people/${id}/ratings/${movie}`), s).catch((cause: unknown) => {
      if (cause instanceof ApiError && cause.status === 404) return { kind: "nothing" as const };
      throw cause;
    }),
  similarPeople: (id: number, limit: number, s?: Signal) =>
    get<{ items: SimilarPerson[] }>(address(`/people/${id}/similar`, { limit }), s),
  list: (query: Query | { source_movie: number } | { household: Household }, model: Method | Mixture, limit: number, rules: Rules, s?: Signal) =>
    films(ask<FilmList>("/recommendations", { ...query, visitor: visitor(), model, limit, reasons: 3, ...rules }, s)),
  // By the usual model, or by that of an experiment that whoever looks is in.
  forYou: (query: Query, limit: number, rules: Rules, s?: Signal) =>
    films(ask<FilmList>("/recommendations", { ...query, visitor: visitor(), limit, reasons: 3, ...rules }, s)),
  recommend: (query: Query, model: Method, limit: number, s?: Signal, exclude: number[] = []) =>
    films(ask<FilmList>("/recommendations", { ...query, visitor: visitor(), model, limit, exclude, reasons: 3 }, s)),
  explain: (query: Query, model: Method | "blend" | Mixture, movie: number, s?: Signal, edits: Edit[] = []) =>
    ask<ListItem>("/explanations", { ...query, model, movie, edits }, s),
  log: (filter: LogFilter, limit: number, cursor: string | null, s?: Signal) =>
    get<LogPage>(address("/feedback", { ...filter, limit, cursor }), s),
  feedback: (events: FeedbackEvent[]) =>
    post<{ accepted: number; duplicates: number }>("/feedback", { events }, { keepalive: true }),

  signIn: (name: string, password: string) => post<Account>("/session", { name, password }),
  signUp: (name: string, password: string) => post<Account>("/accounts", { name, password, language: lang }),
  signOut: () => send<void>("DELETE", "/session", {}),
  merge: (user: number, history: History) =>
    ask<{ taken: number; kept: number }>(`/people/${user}/merge`, { history }),
  rate: (user: number, movie: number, rating: number | null) =>
    rating === null ? takeBack(user, movie) : give(user, movie, { rating }),
  give,
  weigh: (user: number, { movie, weight }: Edit) => send<RatedMovie>("PUT", `/people/${user}/ratings/${movie}`, { weight }),
  bring: (user: number, file: string, bytes: Uint8Array<ArrayBuffer>, type: string) =>
    request<ImportReport>(address(`/people/${user}/ratings:import`, { file }), { method: "POST", headers: { "Content-Type": type }, body: bytes }),
  takeBack,
  askReset: (name: string) => post<{ mail: boolean }>("/password-reset", { name }),
  reset: (token: string, password: string) => post<Account>("/password-reset/confirm", { token, new_password: password }),
  confirmEmail: (token: string) => post<void>("/email/confirm", { token }),
  changeMe: (password: string, change: { name?: string; email?: string | null }) =>
    send<Account>("PATCH", "/me", { password, ...change }),
  changePassword: (password: string, next: string) => post<Account>("/me/password", { password, new_password: next }),
  endSessions: () => send<void>("DELETE", "/me/sessions", {}),
  deleteMe: (password: string) => send<void>("DELETE", "/me", { password }),
};
