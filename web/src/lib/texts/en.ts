// Every sentence of the pages, in English. Nothing else in src/ writes words for people.
import { decimal, number, plural, printed } from "../format";

const words = ["no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"];

function starsInWords(rating: number): string {
  const whole = Math.floor(rating);
  const half = rating - whole >= 0.25;
  if (whole === 0 && half) return "half a star";
  const count = words[whole] ?? String(whole);
  if (half) return `${count} and a half stars`;
  return whole === 1 ? "one star" : `${count} stars`;
}

const films = (n: number) => plural(n, "film", "films");
const ratings = (n: number) => plural(n, "rating", "ratings");
const decade = (year: number) => (year >= 1930 && year < 2000 ? `the ${year % 100}s` : `the ${year}s`);

// Kinds of film under the names that data sets use; a name that lacks is printed as it is.
const genres: Record<string, string> = {};

const methods: Record<string, string> = {
  hybrid: "Hybrid",
  ease: "Seen together",
  ials: "Shared taste",
  content: "Content",
  "user-knn": "Collaborative",
  popular: "Popular",
};

const methodNotes: Record<string, string> = {
  hybrid: "What the film is about and who likes it, weighed together.",
  ease: "Films that the same people like, all compared with all.",
  ials: "Tastes learned from what everybody rated.",
  content: "Films whose story, genres, keywords and cast are alike.",
  "user-knn": "What people with the same taste rate highly.",
  popular: "What most people rate highly, whoever asks.",
};

const events: Record<string, string> = {
  impression: "Shown", click: "Opened", rating: "Rated", not_interested: "Not interested", trailer: "Trailer",
};

export const en = {
  name: "Reel",
  title: (page: string | null) => (page ? `${page} – Reel` : "Reel – films for you, each with the reason"),
  genre: (name: string) => genres[name] ?? name,
  star: starsInWords,
  method: (name: string) => methods[name] ?? name,
  methodNote: (name: string) => methodNotes[name] ?? "",
  nav: { label: "Pages", home: "Films", people: "People", rate: "Rate", log: "Log", skip: "Skip to the page" },
  theme: { toDark: "Dark theme", toLight: "Light theme" },
  reason: {
    watched: "Often watched",
    most: (mean: number, count: number) => `Liked by most: ${decimal(mean)} from ${plural(count, "person", "people")}`,
    crowd: (mean: number, count: number) => `${decimal(mean)} stars from ${plural(count, "person", "people")}`,
    few: (mean: number, count: number) => `${decimal(mean)} from only ${plural(count, "person", "people")}`,
    common: (terms: string[]) => `In common: ${terms.join(", ")}`,
    liked: (title: string) => `Liked by people who like ${printed(title)}`,
    terms: (terms: string[]) => `You may like: ${terms.join(", ")}`,
    because: (title: string) => `Because of ${printed(title)}`,
    becauseYou: (title: string, rating: number) => `Because you gave ${printed(title)} ${starsInWords(rating)}`,
    becauseThey: (title: string, rating: number) => `Because of ${printed(title)}, ${starsInWords(rating)}`,
  },
  search: {
    label: "Search films by title, person or words",
    placeholder: "Film, person or words",
    none: (q: string) => `Nothing like “${q}”. Try fewer letters, or the original title.`,
    failed: "The search has no answer just now. Type again to retry.",
    found: (n: number) => plural(n, "film found", "films found"),
    all: (q: string) => `All results for “${q}”`,
    heading: "Search",
    headingFor: (q: string) => `Results for “${q}”`,
    foundIn: {
      title: "", other_title: "Also called", director: "Directed by", cast: "With", keyword: "About", tag: "Tagged",
      genre: "", overview: "", tagline: "", year: "",
    },
  },
  home: {
    heading: "What to watch tonight",
    invite: "Which of these have you seen?",
    inviteLead: "Give stars to a handful, and the evening sorts itself: rows chosen for you, each film with its reason.",
    inviteMore: "More films to rate",
    inviteCount: (n: number) => (n === 0 ? "Five are enough" : n < 5 ? `${number(n)} of 5` : "That is enough"),
    forYou: "For you",
    forYouNote: (n: number) => `from ${plural(n, "film", "films")} you rated`,
    because: (title: string) => `Because you liked ${printed(title)}`,
    gems: "Hidden gems",
    gemsNote: "loved by the few who know them",
    popular: "Popular now",
    popularNote: "rated most lately",
    decade: (year: number) => `New to you from ${decade(year)}`,
    decadeBest: (year: number) => `The best of ${decade(year)}`,
    decadeNote: "the years you rate best",
    rateMore: "Rate more films",
    more: "More films",
  },
  shelf: {
    back: (row: string) => `Back in ${row}`,
    on: (row: string) => `On in ${row}`,
    empty: "Nothing is left here that you have not seen.",
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
    meanOf: ratings,
    votes: "TMDb",
    votesOf: (count: number) => plural(count, "vote", "votes"),
    unrated: "Nobody has rated it yet",
    trailer: "Watch the trailer",
    trailerTitle: (title: string) => `Trailer of ${printed(title)}`,
    trailerNote: "Plays from YouTube.",
    tmdb: "Its page on TMDb",
    posterOf: (title: string) => `Poster of ${title}`,
    yours: "Your stars",
  },
  controls: {
    method: "How to choose",
    count: "How many",
  },
  why: {
    button: "Why",
    buttonLabel: (title: string) => `Why ${printed(title)}`,
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
  rate: {
    heading: "Rate a few films",
    lead: "The list follows every star you give. Your ratings stay in this browser.",
    search: "Add a film by title",
    placeholder: "Add a film",
    own: (n: number) => `You rated ${films(n)}`,
    list: "Your list",
    listEmpty: "Liked by most, until you rate one",
    forget: "Start over",
    forgetSure: (n: number) => `Forget ${ratings(n)}?`,
    openList: "With reasons",
    closeList: "Posters only",
    keep: "Keep them",
    notForMe: "Not for me",
    notForMeLabel: (title: string) => `${printed(title)} is not for me`,
    stars: (title: string) => `Stars for ${printed(title)}`,
    clear: (title: string) => `Take the stars of ${printed(title)} away`,
    more: "More films to rate",
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
    ratings,
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
  log: {
    heading: "Feedback log",
    lead: "What was shown, opened and rated, newest first.",
    method: "Method",
    type: "Event",
    all: "All",
    any: "Any",
    event: (type: string) => events[type] ?? type,
    when: "When",
    what: "What",
    who: "Who",
    films: "Films",
    like: "like",
    film: (id: number) => `film ${id}`,
    person: (id: number) => `Person ${id}`,
    visitor: (v: string) => `Visitor ${v.replace(/^v_/, "").slice(0, 6)}`,
    someone: "Somebody",
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
  dot: " · ",
};

export type Texts = typeof en;
