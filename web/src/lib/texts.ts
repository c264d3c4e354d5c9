// Every sentence of the pages. Nothing else in src/ writes words for people.
import type { EventType, ListItem, Method } from "./types";

const numbers = new Intl.NumberFormat("en");
const words = ["no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"];

export const number = (n: number) => numbers.format(n);
export const decimal = (n: number, digits = 1) => n.toFixed(digits);
// A share of a score: as many digits as its panel shows, and a minus that is a minus.
export const share = (n: number, digits: number) =>
  n.toLocaleString("en", { minimumFractionDigits: digits, maximumFractionDigits: digits }).replace("-", "−");
const plural = (n: number, one: string, many: string) => `${number(n)} ${n === 1 ? one : many}`;

export function starsInWords(rating: number): string {
  const whole = Math.floor(rating);
  const half = rating - whole >= 0.25;
  if (whole === 0 && half) return "half a star";
  const count = words[whole] ?? String(whole);
  if (half) return `${count} and a half stars`;
  return whole === 1 ? "one star" : `${count} stars`;
}

const methodNames: Record<Method, string> = {
  hybrid: "Hybrid",
  content: "Content",
  "user-knn": "Collaborative",
  popular: "Popular",
};

const methodNotes: Record<Method, string> = {
  hybrid: "What the film is about and who likes it, weighed together.",
  content: "Films whose story, genres, keywords and cast are alike.",
  "user-knn": "What people with the same taste rate highly.",
  popular: "What most people rate highly, whoever asks.",
};

const eventNames: Record<EventType, string> = {
  impression: "Shown",
  click: "Opened",
  rating: "Rated",
  not_interested: "Not interested",
  trailer: "Trailer",
};

// A title as it is printed: its hyphen a dash that does not begin a line.
export const printed = (title: string) => title.replace(/ - /g, "\u00a0– ");

export type Audience = { kind: "film"; title: string } | { kind: "person" } | { kind: "you" };

const scale = (max: number) => `of ${max}`;

// One line under a recommended film: the strongest true sentence its reasons allow.
export function reasonLine(item: ListItem, audience: Audience, method: Method): string {
  const genres = new Set(item.genres);
  const telling = (item.terms ?? []).filter((t) => t.contribution > 0).slice(0, 3).map((t) => t.term);
  // That two films share nothing but a genre says little where people were asked as well.
  const terms = method === "content" || telling.some((term) => !genres.has(term))
    ? telling.map((term) => (genres.has(term) ? term.toLowerCase() : term)) : [];
  const best = item.reasons.find((r) => r.contribution > 0);
  if (method === "popular" || (!best && terms.length === 0)) {
    if (item.rating.mean === null) return "Often watched";
    return `Liked by most: ${decimal(item.rating.mean)} from ${plural(item.rating.count, "person", "people")}`;
  }
  if (audience.kind === "film") {
    if (terms.length > 0) return `In common: ${terms.join(", ")}`;
    return `Liked by people who like ${printed(audience.title)}`;
  }
  if (!best) return `You may like: ${terms.join(", ")}`;
  const title = printed(best.title);
  if (best.rating === null) return `Because of ${title}`;
  return audience.kind === "you"
    ? `Because you gave ${title} ${starsInWords(best.rating)}`
    : `Because of ${title}, ${starsInWords(best.rating)}`;
}

export const t = {
  name: "Reel",
  title: (page: string | null) => (page ? `${page} – Reel` : "Reel – films for you, each with the reason"),
  nav: { label: "Pages", home: "Films", people: "People", rate: "Rate", log: "Log", skip: "Skip to the page" },
  theme: { toDark: "Dark theme", toLight: "Light theme" },
  search: {
    label: "Search films by title, person or words",
    placeholder: "Film, person or words",
    hint: "Press / to search",
    none: (q: string) => `Nothing like “${q}”. Try fewer letters, or the original title.`,
    failed: "The search has no answer just now. Type again to retry.",
    found: (n: number) => plural(n, "film found", "films found"),
    foundIn: {
      title: "", other_title: "Also called", director: "Directed by", cast: "With", keyword: "About", tag: "Tagged",
      genre: "", overview: "", tagline: "", year: "",
    },
  },
  home: {
    heading: "Start from a film you like",
    lead: "Pick one, and see which films are like it and why.",
    shelf: (people: number) => `Rated most often by ${number(people)} people`,
    shelfSimulated: (people: number) => `Rated most often by ${number(people)} simulated people`,
    shelfPlain: "Rated most often",
    more: "More films",
  },
  film: {
    similar: (title: string) => `More like ${printed(title)}`,
    directed: "Directed by",
    cast: "With",
    about: "About",
    original: (title: string) => `Original title ${title}`,
    minutes: (n: number) => (n >= 60 ? `${Math.floor(n / 60)} h ${String(n % 60).padStart(2, "0")} min` : `${n} min`),
    noOverview: "Nobody has described this film here yet.",
    mean: "People here",
    meanSimulated: "Simulated people",
    meanOf: (count: number) => plural(count, "rating", "ratings"),
    votes: "TMDb",
    votesOf: (count: number) => plural(count, "vote", "votes"),
    unrated: "Nobody has rated it yet",
    trailer: "Watch the trailer",
    trailerTitle: (title: string) => `Trailer of ${title}`,
    trailerNote: "Plays from YouTube.",
    tmdb: "Its page on TMDb",
    posterOf: (title: string) => `Poster of ${title}`,
    yours: "Your stars",
  },
  controls: {
    method: "How to choose",
    count: "How many",
    names: methodNames,
    notes: methodNotes,
    busy: "Choosing films",
    films: (n: number) => plural(n, "film", "films"),
  },
  why: {
    button: "Why",
    buttonLabel: (title: string) => `Why ${title}`,
    heading: (title: string) => `Why ${printed(title)}`,
    intro: {
      film: (title: string) => `What ${printed(title)} adds to its score.`,
      person: (user: number) => `What each rating of person ${user} adds to its score.`,
      you: "What each of your ratings adds to its score.",
    },
    films: (n: number) => (n === 1 ? "This film" : `These ${number(n)} films`),
    alike: "How alike the two films are",
    popularity: "How often and how well it is rated",
    baseline: "Where the count starts",
    other: "All other ratings together",
    otherFilm: "Everything else",
    sum: "Sum",
    terms: "The same score, seen through words",
    none: "No single film stands out; this one is liked by most people.",
    close: "Close",
  },
  people: {
    heading: "Choose a person",
    lead: (people: number, source: string) => `One of ${number(people)} people of ${source}: what they liked, and what they might watch next.`,
    leadSimulated: (people: number) => `One of ${number(people)} simulated people: what they liked, and what they might watch next.`,
    leadPlain: "What they liked, and what they might watch next.",
    label: "Person number",
    placeholder: "A number, such as 42",
    none: (q: string) => `Nobody has a number that starts with ${q}.`,
    found: (n: number) => plural(n, "person found", "people found"),
    some: "Or take one of these",
    person: (id: number) => `Person ${id}`,
    simulated: "Simulated",
    ratings: (n: number) => plural(n, "rating", "ratings"),
    mean: (mean: number) => `${decimal(mean, 2)} on average`,
    genres: "Watches most",
    best: "Rated best",
    more: "More of their ratings",
    recommended: "Might watch next",
    similar: "Similar taste",
    common: (n: number) => `${number(n)} in common`,
    anotherNumber: "Another person’s number",
    noSimilar: "Nobody shares enough films with this person.",
    another: "Another person",
  },
  rate: {
    heading: "Rate a few films",
    lead: "The list follows every star you give. Your ratings stay in this browser.",
    search: "Add a film by title",
    placeholder: "Add a film",
    known: "Films many people know",
    own: (n: number) => `You rated ${plural(n, "film", "films")}`,
    list: "Your list",
    listEmpty: "Liked by most, until you rate one",
    forget: "Start over",
    forgetSure: (n: number) => `Forget ${plural(n, "rating", "ratings")}?`,
    openList: "With reasons",
    closeList: "Posters only",
    keep: "Keep them",
    notForMe: "Not for me",
    notForMeLabel: (title: string) => `${title} is not for me`,
    stars: (title: string) => `Stars for ${title}`,
    star: (n: number) => starsInWords(n),
    clear: (title: string) => `Take the stars of ${title} away`,
    more: "More films to rate",
  },
  log: {
    heading: "Feedback log",
    lead: "What was shown, opened and rated, newest first.",
    method: "Method",
    type: "Event",
    all: "All",
    any: "Any",
    names: eventNames,
    when: "When",
    what: "What",
    who: "Who",
    films: "Films",
    like: "like",
    film: (id: number) => `film ${id}`,
    person: (id: number) => `Person ${id}`,
    visitor: (v: string) => `Visitor ${v.replace(/^v_/, "").slice(0, 6)}`,
    someone: "Somebody",
    value: (v: number) => starsInWords(v),
    more: (n: number) => `and ${n} more`,
    older: "Older events",
    refresh: "Look again",
    empty: "Nothing is in the log yet. Open a film, and its list appears here.",
    emptyFilter: "No event matches this filter.",
    unsent: (n: number) => `${plural(n, "event waits", "events wait")} in this browser to be sent.`,
  },
  left: (removed: Record<string, number>) => {
    const names: Record<string, string> = { seen: "seen", exclude: "not for you", filter: "outside the filter", unknown: "unknown" };
    const parts = Object.entries(removed).filter(([, n]) => n > 0).map(([why, n]) => `${names[why] ?? why}, ${number(n)}`);
    return parts.length > 0 ? `Left out: ${parts.join("; ")}` : null;
  },
  fallback: "Too little is known for a personal list; these are liked by most.",
  states: {
    loading: "Loading",
    offline: "The server does not answer.",
    offlineKept: "Your ratings are kept in this browser, and nothing you did is lost.",
    failed: "This could not be shown.",
    retry: "Try again",
    gone: "No such page",
    goneBody: "The address leads nowhere. Search for a film, or start from the most rated ones.",
    noFilm: (id: number) => `No film has the number ${id}`,
    noPerson: (id: number) => `Nobody has the number ${id}`,
    toHome: "To the films",
    toPeople: "To the people",
    noFilms: "No film fits.",
    noFilmsBody: "Try another way to choose.",
    offlineBar: "No connection. What you do is kept and sent later.",
  },
  footer: {
    data: (h: { source: string; movies: number; people: number; ratings: number }) =>
      `${h.source}: ${number(h.movies)} films, ${number(h.people)} people, ${number(h.ratings)} ratings.`,
    simulated: "The people and their ratings are simulated.",
    tmdb: "This product uses the TMDB API but is not endorsed or certified by TMDB.",
    version: (v: string) => `Reel ${v}`,
    licenses: "Licences",
    api: "API",
  },
  star: starsInWords,
  stars: (mean: number, max: number) => `${decimal(mean, 2)} ${scale(max)}`,
  dot: " · ",
};
