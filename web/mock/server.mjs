// A development stand-in for `reel serve`: docs/api.md over made-up people, and dist/ as the
// program would embed it, with the same strict content policy.
//   node mock/server.mjs [port]
// REEL_MOCK_FILMS   JSON Lines files with films, comma-separated; the bundled sample otherwise
// REEL_MOCK_DIST    the built pages; dist/ otherwise
// REEL_MOCK_DELAY   milliseconds before each API answer
// REEL_MOCK_DOWN=1  POST /feedback answers 503
import { createServer } from "node:http";
import { existsSync, readFileSync } from "node:fs";
import { extname, join, resolve, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { loadFilms } from "./films.mjs";
import { poster } from "./poster.mjs";
import { addMeans, explain, makePeople, rank, rankTogether, similarPeople } from "./recommender.mjs";

const dist = resolve(process.env.REEL_MOCK_DIST ?? fileURLToPath(new URL("../dist/", import.meta.url)));
const films = loadFilms();
const people = makePeople(films, 300);
addMeans(films, people);
const byId = new Map(films.map((film) => [film.movie, film]));
const popular = [...films].sort((a, b) => b.rating.count - a.rating.count || a.movie - b.movie);
const models = ["hybrid", "content", "user-knn", "popular"];
const log = [];
let lists = 0;

class Problem extends Error {
  constructor(status, detail) {
    super(detail);
    this.status = status;
  }
}

const short = ({ movie, title, year, genres, poster: photo, generated_poster, rating }) =>
  ({ movie, title, year, genres, poster: photo, generated_poster, rating });

function page(items, query, usual) {
  const limit = Number(query.get("limit") ?? usual);
  const from = Number(query.get("cursor") ?? 0);
  const end = from + limit;
  return { items: items.slice(from, end), next_cursor: end < items.length ? String(end) : null };
}

function filmOf(id) {
  const film = byId.get(Number(id));
  if (!film) throw new Problem(404, `no film has id ${id}; search with /api/v1/movies?q=`);
  return film;
}

function personOf(id) {
  const person = people[Number(id) - 1];
  if (!person) throw new Problem(404, `nobody has id ${id}; search with /api/v1/people?q=`);
  return person;
}

function listOf(history, model, options, extra) {
  const method = typeof model === "string" ? model : "hybrid"; // a blend has the hybrid's films
  const items = rank(films, history, byId, method, options)
    .map(({ film, facts }, i) => ({ ...short(film), rank: i + 1, ...facts }));
  const basis = history.length === 0 ? "fallback" : extra.user ? "trained" : "fold_in";
  return { id: `r_${++lists}`, model: { name: typeof model === "string" ? model : "blend", id: `${method}-mock`, data_hash: "sha256:mock", ...(typeof model === "string" ? {} : { blend: model }) },
    basis, user: null, source_movie: null, ...extra, items, next: null };
}

function historyOf(body) {
  if (body.user !== undefined) return personOf(body.user).ratings;
  return (body.history ?? []).filter((entry) => byId.has(entry.movie));
}

// Of expressions only what the page that tunes a list writes: genres, decades, a length.
function filterOf(text) {
  const part = (pattern) => pattern.exec(text)?.[1];
  const named = (list) => [...(list ?? "").matchAll(/"((?:[^"\\]|\\.)*)"/g)].map((m) => m[1].replace(/\\(.)/g, "$1"));
  const only = part(/(?:^|and )genre:\(([^)]*)\)/);
  const without = named(part(/not genre:\(([^)]*)\)/));
  const decades = part(/decade:\(([^)]*)\)/)?.split(", ").map(Number);
  const minutes = Number(part(/runtime <= (\d+)/) ?? Infinity);
  return (film) => (!only || film.genres.some((g) => named(only).includes(g))) && !film.genres.some((g) => without.includes(g)) &&
    (!decades || decades.includes(Math.floor(film.year / 10) * 10)) && (minutes === Infinity || film.runtime <= minutes);
}

// One list for several people; no stars are predicted here.
function household({ household: { rule = "average", members }, limit = 10, reasons = 3 }) {
  if (members.length < 2 || members.length > 12) throw new Problem(422, "household.members: expected 2 to 12 people");
  const histories = members.map((member, i) => {
    if (member.user !== undefined && !people[member.user - 1]) throw new Problem(404, `household.members[${i}]: no person has id ${member.user}`);
    return historyOf(member);
  });
  const hidden = new Set(histories.flatMap((history) => history.map((entry) => entry.movie)));
  return { id: `r_${++lists}`, model: { name: "hybrid", id: "hybrid-mock" }, basis: "household", user: null, source_movie: null, next: null,
    items: rankTogether(films, histories, byId, rule, { limit, hidden, most: reasons }).map((item, i) => ({ ...short(item.film), rank: i + 1, ...item.facts })),
    household: { rule, members: members.map(({ user }) => ({ user: user ?? null, name: null, basis: user ? "trained" : "fold_in" })) },
    removed: { seen: hidden.size, exclude: 0, filter: 0 } };
}

function recommend(body) {
  if (body.source_movie !== undefined)
    return listOf([{ movie: filmOf(body.source_movie).movie, rating: 5 }], body.model ?? "content",
      { limit: body.limit ?? 10, hidden: new Set([body.source_movie, ...(body.exclude ?? [])]), most: 3 }, { source_movie: body.source_movie, removed: {} });
  if (body.household) return household(body);
  const history = historyOf(body);
  const fits = filterOf(body.filter ?? "");
  const seen = history.filter((entry) => entry.kind !== "clicked").map((entry) => entry.movie);
  const hidden = new Set([...seen, ...(body.exclude ?? [])]);
  return listOf(history, body.model ?? "hybrid", { limit: body.limit ?? 10, hidden, fits, novelty: body.novelty ?? 0, most: body.reasons ?? 3 },
    { user: body.user ?? null, removed: { seen: seen.length, exclude: (body.exclude ?? []).length } });
}

function search(query) {
  const q = (query.get("q") ?? "").toLowerCase().trim();
  const fits = filterOf(query.get("filter") ?? "");
  const found = (all, item) => {
    const left = all.filter(fits);
    return { ...page(left.map(item), query, 20), total: left.length, removed: { filter: all.length - left.length } };
  };
  if (!q) return found(popular, short);
  const hits = films.filter((film) => film.title.toLowerCase().includes(q))
    .sort((a, b) => a.title.toLowerCase().indexOf(q) - b.title.toLowerCase().indexOf(q) || b.rating.count - a.rating.count);
  const where = (film) => [[film.title.toLowerCase().indexOf(q), q.length]];
  return found(hits, (film) => ({ ...short(film), match: 0.9, how: "words",
    matched: [{ field: "title", text: film.title, where: where(film) }] }));
}

const mean = (ratings) => (ratings.length ? ratings.reduce((sum, r) => sum + r.rating, 0) / ratings.length : null);
const brief = (person) => ({ user: person.user, ratings: person.ratings.length, mean: mean(person.ratings) });

function fullPerson(person) {
  const genres = new Map();
  for (const r of person.ratings)
    for (const genre of byId.get(r.movie).genres) genres.set(genre, [...(genres.get(genre) ?? []), r]);
  return { ...brief(person), simulated: true,
    genres: [...genres].map(([genre, ratings]) => ({ genre, ratings: ratings.length, mean: mean(ratings) })) };
}

function keep(events) {
  if (process.env.REEL_MOCK_DOWN) throw new Problem(503, "the store is away");
  if (!Array.isArray(events) || events.length < 1 || events.length > 500) throw new Problem(422, "events: 1..500");
  let accepted = 0;
  for (const event of events) {
    if (log.some((known) => known.event_id === event.event_id)) continue;
    accepted++;
    log.unshift({ ...event, sequence: log.length + 1, received_at: new Date().toISOString(),
      movies: event.movies.map((m) => ({ ...m, title: filmOf(m.movie).title })) });
  }
  return { accepted, duplicates: events.length - accepted };
}

const routes = [
  ["GET", /^\/health$/, () => ({ status: "ok", version: "0.1.0", movies: films.length, people: people.length,
    ratings: people.reduce((sum, p) => sum + p.ratings.length, 0), source: "Sample", simulated: true, tmdb: false,
    models, rating_scale: { min: 1, max: 5, step: 1 } })],
  ["GET", /^\/movies$/, ({ query }) => search(query)],
  ["GET", /^\/session$/, () => ({ auth: "open", sign_up: true, mail: false, refused: null, account: null })],
  // No expressions in charts: a filter changes nothing there.
  ["GET", /^\/charts\/(\w+)$/, ({ ids, query }) => ({ chart: ids[0], ...page(popular.map((film, i) => ({ ...short(film), rank: i + 1 })), query, 20) })],
  ["GET", /^\/movies\/(\d+)$/, ({ ids }) => filmOf(ids[0])],
  ["GET", /^\/movies\/(\d+)\/similar$/, ({ ids, query }) => listOf([{ movie: filmOf(ids[0]).movie, rating: 5 }],
    query.get("model") ?? "hybrid", { limit: Number(query.get("limit") ?? 10), hidden: new Set([Number(ids[0])]), most: 3 },
    { source_movie: Number(ids[0]), removed: {} })],
  ["GET", /^\/people$/, ({ query }) => page(people.filter((p) => String(p.user).startsWith(query.get("q") ?? "")).map(brief), query, 20)],
  ["GET", /^\/people\/(\d+)$/, ({ ids }) => fullPerson(personOf(ids[0]))],
  ["GET", /^\/people\/(\d+)\/ratings$/, ({ ids, query }) => page([...personOf(ids[0]).ratings].sort((a, b) => b.rating - a.rating)
    .map((r) => ({ ...short(byId.get(r.movie)), your_rating: r.rating, time: r.time })), query, 20)],
  ["GET", /^\/people\/(\d+)\/similar$/, ({ ids, query }) => ({ items: similarPeople(personOf(ids[0]), people, Number(query.get("limit") ?? 10)) })],
  ["POST", /^\/recommendations$/, ({ body }) => recommend(body)],
  ["POST", /^\/explanations$/, ({ body }) => ({ ...short(filmOf(body.movie)), rank: 1,
    ...explain(filmOf(body.movie), historyOf(body), byId, typeof body.model === "string" ? body.model : "hybrid", 16) })],
  ["GET", /^\/(jobs|versions|experiments)$/, ({ query }) => page([], query, 20)],
  ["GET", /^\/system$/, () => ({ version: "0.1.0", checks: ["database", "models", "disk"].map((name) => ({ name, ok: true, why: null })), queue: null,
    disks: [{ of: "database", taken_bytes: 9e5, free_bytes: 4e10, total_bytes: 6e10 }] })],
  ["POST", /^\/client-errors$/, () => ({ heard: true })],
  ["POST", /^\/feedback$/, ({ body }) => keep(body.events)],
  ["GET", /^\/feedback$/, ({ query }) => ({ damaged: 0, ...page(log.filter((e) => (!query.get("method") || e.method === query.get("method")) &&
    (!query.get("type") || e.type === query.get("type")) && (!query.get("user") || e.user === Number(query.get("user"))) &&
    (!query.get("movie") || [e.source_movie, ...e.movies.map((m) => m.movie)].includes(Number(query.get("movie")))) &&
    e.time.slice(0, 10) >= (query.get("since") ?? "") && e.time.slice(0, 10) <= (query.get("until") ?? "9999")), query, 20) })],
];

const mimes = { ".html": "text/html; charset=utf-8", ".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml", ".woff2": "font/woff2", ".txt": "text/plain; charset=utf-8" };
const policy = "default-src 'self'; img-src 'self' data: https://image.tmdb.org; frame-src https://www.youtube-nocookie.com";

function sendFile(answer, path) {
  const wanted = join(dist, path);
  const file = wanted.startsWith(dist + sep) && extname(wanted) && existsSync(wanted) ? wanted : join(dist, "index.html");
  answer.writeHead(200, { "Content-Type": mimes[extname(file)] ?? "application/octet-stream", "Content-Security-Policy": policy });
  answer.end(readFileSync(file));
}

async function answerApi(request, url) {
  const path = url.pathname.slice("/api/v1".length);
  const route = routes.find(([method, pattern]) => method === request.method && pattern.test(path));
  if (!route) throw new Problem(404, `nothing lives at ${url.pathname}`);
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  const body = chunks.length > 0 ? JSON.parse(Buffer.concat(chunks).toString()) : {};
  if (process.env.REEL_MOCK_DELAY) await new Promise((done) => setTimeout(done, Number(process.env.REEL_MOCK_DELAY)));
  return route[2]({ ids: path.match(route[1]).slice(1), query: url.searchParams, body });
}

createServer(async (request, answer) => {
  const url = new URL(request.url, "http://localhost");
  const picture = url.pathname.match(/^\/api\/v1\/movies\/(\d+)\/poster\.svg$/);
  try {
    if (!url.pathname.startsWith("/api/")) return sendFile(answer, url.pathname);
    if (url.pathname === "/api/v1/licenses") return sendFile(answer, "/licenses.txt");
    if (picture) {
      answer.writeHead(200, { "Content-Type": "image/svg+xml" });
      return answer.end(poster(filmOf(picture[1])));
    }
    const body = await answerApi(request, url);
    answer.writeHead(200, { "Content-Type": "application/json" });
    answer.end(JSON.stringify(body));
  } catch (error) {
    const status = error.status ?? 500;
    answer.writeHead(status, { "Content-Type": "application/problem+json" });
    answer.end(JSON.stringify({ type: "about:blank", title: "Problem", status, detail: error.message }));
  }
}).listen(Number(process.argv[2] ?? 8081), "127.0.0.1", function () {
  console.log(`http://127.0.0.1:${this.address().port}`);
});
