// The shapes of docs/api.md that the pages read.

export const methods = ["hybrid", "ease", "ials", "content", "user-knn", "popular"] as const;
export type Method = (typeof methods)[number];

// Models weighed against each other: hundredths in the pages, what the server adds up in its lists.
export const mixable = ["ease", "ials", "content", "user-knn", "popular"] as const;
export type Mixture = Partial<Record<(typeof mixable)[number], number>>;

export interface Movie {
  movie: number;
  title: string;
  year: number | null;
  genres: string[];
  poster: string | null;
  generated_poster: string;
  rating: { mean: number | null; count: number };
}

export type FoundIn =
  "title" | "other_title" | "director" | "cast" | "keyword" | "tag" | "genre" | "overview" | "tagline" | "year";

// One text that has words of what was typed: [first, count] of characters.
export interface Matched {
  field: FoundIn;
  text: string;
  where: [number, number][];
}

export interface FoundMovie extends Movie {
  match?: number;
  how?: "exact" | "prefix" | "words" | "typo" | "some" | null;
  matched?: Matched[];
}

export interface FullMovie extends Movie {
  source_title: string | null;
  original_title: string | null;
  overview: string | null;
  tagline: string | null;
  runtime: number | null;
  language: string | null;
  release_date: string | null;
  decade: number | null;
  directors: string[];
  cast: string[];
  keywords: string[];
  tags: string[];
  vote_average: number | null;
  vote_count: number | null;
  popularity: number | null;
  trailer: string | null;
  backdrop: string | null;
  imdb_id: string | null;
  tmdb_id: number | null;
}

export interface Reason {
  movie: number;
  title: string;
  rating: number | null;
  contribution: number;
}

export interface Term {
  term: string;
  contribution: number;
}

export interface ListItem extends Movie {
  rank: number;
  score: number;
  baseline: number;
  predicted_rating: number | null;
  predicted_rating_interval?: [number, number] | null; // four of five such ratings lie inside
  reasons: Reason[];
  terms?: Term[] | null;
  other: number;
  members?: MemberItem[]; // of a household, in its order
}

export interface MemberItem {
  standing: number;
  predicted_rating: number | null;
  score: number;
  baseline: number;
  reasons: Reason[];
  other: number;
}

export interface FilmList {
  id: string;
  model: { name: Method | "blend"; id: string; data_hash?: string; blend?: Mixture };
  basis: "trained" | "fold_in" | "fallback" | "household";
  user: number | null;
  source_movie: number | null;
  scenario?: string | null;
  items: ListItem[];
  removed?: Record<string, number>;
  next: string | null;
}

export interface Page<T> {
  items: T[];
  next_cursor: string | null;
}

export interface FoundPage extends Page<FoundMovie> {
  total: number; // films that fit, on all pages
  removed: { filter: number }; // and those that the filter left out
}

export interface Household {
  rule: Rule;
  members: Query[];
}

export type Rule = "average" | "least_misery" | "fairness";

export interface Person {
  user: number;
  ratings: number;
  mean: number | null;
}

export interface FullPerson extends Person {
  genres: { genre: string; ratings: number; mean: number }[];
  simulated: boolean;
}

export interface RatedMovie extends Movie {
  your_rating: number | null;
  kind: string;
  time: string | null;
  weight?: number; // what it counts for in lists: 0, 1 or 2
}

export interface SimilarPerson {
  user: number;
  similarity: number;
  ratings: number;
  common: number;
}

export interface RatingScale {
  min: number;
  max: number;
  step: number;
}

export type GivenKind = "rating" | "liked" | "watched" | "watchlist" | "not_interested";

// What everybody gave.
export interface Crowd {
  ratings: number;
  mean: number | null;
  stars: { stars: number; ratings: number }[];
  genres: { genre: string; ratings: number; mean: number }[];
  decades: { decade: number; ratings: number; mean: number }[];
}

// What became of the rows of another service's export.
export interface ImportReport {
  format: string;
  rows: number;
  taken: number;
  kept: number;
  repeated: number;
  unmatched: number;
  not_films: number;
  items: ImportRow[];
}

export interface ImportRow {
  line: number;
  title: string | null;
  kind: GivenKind;
  rating: number | null;
  status: "taken" | "kept" | "repeated" | "unmatched";
  movie: number | null;
  reason: string | null;
  candidates: { movie: number; title: string; year: number | null }[];
}

export interface Session {
  auth: "open" | "accounts";
  sign_up: boolean;
  mail: boolean; // a forgotten password is mended by mail
  refused: string | null; // why nobody can sign in over this connection
  account: Account | null;
}

export interface Account {
  user: number;
  name: string;
  role: "person" | "analyst" | "admin";
  created_at: string;
  email: string | null;
  email_confirmed: boolean;
}

export interface Health {
  status: string;
  version: string;
  movies: number;
  people: number;
  ratings: number;
  source: string;
  simulated: boolean;
  tmdb: boolean;
  models: Method[];
  rating_scale: RatingScale;
}

export const eventTypes = ["impression", "click", "rating", "not_interested", "watchlist", "trailer", "dwell"] as const;
export type EventType = (typeof eventTypes)[number];

export interface FeedbackEvent {
  event_id: string;
  type: EventType;
  user: number | null;
  visitor: string;
  method: string | null;
  model_id: string | null;
  list_id: string | null;
  scenario: string | null;
  source_movie: number | null;
  movies: { movie: number; rank?: number }[];
  value?: number;
  time: string;
}

export interface LogEvent extends Omit<FeedbackEvent, "movies" | "visitor"> {
  visitor: string | null;
  movies: { movie: number; rank?: number | null; title?: string | null }[];
  experiment: string | null;
  arm: string | null;
  sequence: number;
  received_at: string;
  trusted: boolean;
}

// What of the log is asked for, as it stands in addresses; "" is any.
export const logFilters = ["method", "type", "user", "movie", "since", "until"] as const;
export type LogFilter = Record<(typeof logFilters)[number], string>;

export interface LogPage extends Page<LogEvent> {
  damaged: number; // events that cannot be read, and are none of the items
}

// What the page itself remembers of a film somebody rated here; what was rated long ago lacks the last two.
export interface OwnRating {
  movie: number;
  rating: number;
  title: string;
  year: number | null;
  poster: string | null;
  generated_poster: string;
  genres?: string[];
  mean?: number | null; // of everybody's ratings
  weight?: number; // 0 where it is left out of every list, 2 where it counts double
}

// Rules about a list, as POST /recommendations takes them.
export interface Rules {
  scenario?: string; // what the list is for: a row of a page
  filter?: string;
  boost?: string;
  diversity?: number;
  novelty?: number;
  calibrate?: number;
  exclude?: number[];
  edits?: Edit[];
}

// Another use of a film of the history: weight 0 leaves it out, 2 counts it double.
export interface Edit {
  movie: number;
  weight: number;
}

export type History = ({ movie: number; rating: number; weight?: number } | { movie: number; kind: "clicked" })[];

export type Query =
  | { user: number }
  | { history: History };
