// Answers that are the same on every machine and at every hour, for pages that show times, models or who is signed in:
// all of such a page can be seen, and compared with how it looked. Everything else is the server's.
import { api, base } from "./browser.mjs";
import { experiment, found } from "./experiment.mjs";
import { mistakesIn } from "./schema.mjs";

export const known = { job: 7, experiment: experiment.name };

const films = (await api("/movies?limit=60")).items.map(({ match, how, matched, ...film }) => film); // those three are of a search
const whole = { session: await api("/session"), models: (await api("/health")).models };
const ana = { account: 9, user: 2 ** 40 + 9, name: "Ana", disabled: false, created_at: "2026-03-02T09:30:00Z", password_at: "2026-03-02T09:30:00Z", email: "ana@example.org", email_confirmed: true };
const page = (items, more = null) => ({ items, next_cursor: more });

// ---- lists: films in the order of the data, wherever a model begins
const stars = (rank) => Math.max(1, 4.9 - rank * 0.15);
const reasons = (rank) => [1, 2, 3].map((at) => {
  const { movie, title } = films[(rank * 3 + at) % films.length];
  return { movie, title, rating: 5 - at / 2, contribution: (4 - at) / 4 };
});
const predicted = (rank, less = 0) => ({ predicted_rating: Number((stars(rank) - less).toFixed(2)), predicted_rating_interval: [stars(rank) - less - 1, Math.min(5, stars(rank) - less + 0.9)],
  score: 3 - rank / 10, baseline: 0.4, reasons: reasons(rank), other: 0.2 });
const memberOf = (rank, at) => ({ ...predicted(rank, at * 0.6), standing: 3 - rank / 8 - at * 0.5 });

function list({ model = "hybrid", limit = 10, household, source_movie = null, user = null }) {
  const name = typeof model === "string" ? model : "blend";
  const from = Math.max(0, whole.models.indexOf(name)) * 3;
  const items = films.slice(from, from + limit).map((film, rank) => ({ ...film, rank: rank + 1, terms: [], rules: [], ...predicted(rank),
    ...(household ? { reasons: [], predicted_rating: null, predicted_rating_interval: null, members: household.members.map((_, at) => memberOf(rank, at)) } : {}) }));
  return { id: `r_held-${name}-${from}-${limit}`, model: { name, id: `${name}-1`, data_hash: "sha256:held", ...(name === "blend" ? { blend: model } : {}) }, basis: household ? "household" : "trained", user, source_movie, scenario: null, next: null, items,
    removed: { seen: 12, exclude: 0, filter: 0 }, ...(household ? { household: { rule: household.rule, members: household.members.map(({ user = null }) => ({ user, name: null, basis: "trained" })) } } : {}) };
}

// ---- what an account gave
const gave = films.slice(0, 24).map((film, i) => ({ ...film, your_rating: i % 6 === 5 ? null : 5 - (i % 5), kind: i % 6 === 5 ? (i % 4 === 1 ? "liked" : "watchlist") : "rating", weight: i === 3 ? 2 : 1,
  time: new Date(Date.UTC(2026, 9, 28) - i * 4 * 86_400_000).toISOString() }));
const given = (kind) => page(gave.filter((one) => (kind === "watchlist" ? one.kind === "watchlist" : one.kind !== "watchlist")));

// ---- jobs, versions, the system
const around = (mean, far) => ({ mean, low: mean - far, high: mean + far });
const metrics = (good) => ({ "ndcg@10": around(good, 0.018), "recall@20": around(good * 1.1, 0.017), "hit_rate@10": around(good * 3.9, 0.04), "map@10": around(good / 2.1, 0.011) });
const goods = { popular: 0.173, content: 0.121, "user-knn": 0.162, ials: 0.189, ease: 0.197, hybrid: 0.205 };
const evaluation = { best: "hybrid", models: Object.entries(goods).map(([name, good]) => ({ name, metrics: metrics(good) })), protocol: { name: "ratio", share: 0.2, held_out: 3553, judged: 300, sampled: false } };
const job = (id, more) => {
  const began = Date.UTC(2026, 9, id, 4, 30);
  return { id, kind: "train", model: null, params: {}, state: "done", progress: 1, step: null, cancel: false, asked_by: "the schedule", created_at: new Date(began).toISOString(), started_at: new Date(began + 1000).toISOString(),
    finished_at: new Date(began + 43_000).toISOString(), error: null, result: null, ...more };
};
const running = { finished_at: null, progress: 0.42, step: "training ease" };
const jobs = [
  job(9, { state: "queued", kind: "evaluate", model: "hybrid,ease,ials", asked_by: "account 9", started_at: null, finished_at: null, progress: 0 }),
  job(8, { state: "running", ...running }),
  job(known.job, { kind: "evaluate", model: Object.keys(goods).join(), params: { protocol: "ratio" }, asked_by: "account 9", result: evaluation }),
  job(6, { state: "failed", model: "ease", params: { lambda: "1000000000" }, error: { type: "about:blank", title: "The job failed", code: "E_CONFLICT", detail: "ease-9 is worse than ease-8; what was in service stays" },
    result: { models: [], gate: { candidate: "ease-9", incumbent: "ease-8", verdict: "worse", evidence: "parameters", people: 300, before: 0.197, after: 0.115, difference: [-0.101, -0.082, -0.064], lists: 300, overlap: 0.31, least_overlap: 0.5 } } }),
  job(5, { kind: "enrich", asked_by: "account 1", result: { films: 526, matched: 520, added: 12, renewed: 4, kept: 504, review: 6, failed: 0, bad_rows: 0, seconds: 40.5 } }),
  job(4, { kind: "forget", asked_by: "1 deleted account", result: { people: 1, holding: 3, refitted: 2, destroyed: 1, kept: 0, backups: 0, receipt: "forgotten-1.json" } }),
  job(3, { state: "cancelled", model: "ials", asked_by: "account 9" }),
  job(2), job(1),
];
const version = (name, n, more) => ({ id: `${name}-${n}`, name, state: "in_service", reason: null, cause: null, serving: true, summary: "how it makes its lists, in one line", data_hash: "sha256:held", parameters: { lambda: 500, weighting: 0.6, ridge: 0.4 },
  movies: 526, people: 300, size_bytes: 563_592, trained_at: `2026-10-0${n}T04:30:43Z`, seconds: 12, ...more });
const versions = Object.keys(goods).flatMap((name) => [version(name, 8), version(name, 2, { state: "ready", serving: false, ...(name === "ials" ? { reason: "taken back: people took up fewer", cause: "taken_back" } : {}) })]);
const carded = (one) => ({ ...one, evaluation: one.name === "content" ? null : { metrics: metrics(goods[one.name]), popular: metrics(goods.popular), protocol: evaluation.protocol } });
const system = { version: "0.1.0", checks: ["database", "models", "disk"].map((name) => ({ name, ok: true, why: null })),
  queue: { state: "well", why: null, waiting: 0, oldest_at: null, delivered: 128_400, refused: 3, damaged: 0, forgetting: 0 },
  disks: [{ of: "database", taken_bytes: 2.4e9, free_bytes: 4e10, total_bytes: 6e10 }, { of: "models", taken_bytes: 8e8, free_bytes: 4e10, total_bytes: 6e10 }] };

// ---- what people were shown and did
const monday = Date.UTC(2020, 2, 2);
export const range = "range=2020-03-02..2020-03-15";

// Two weeks of long ago: in the first a list a day, in the second two with another version; what stands first is clicked
// in every second, and rated then and now. The same events whenever it is asked, so the server takes them once.
function fortnight() {
  const events = [];
  for (let day = 0; day < 14; day++)
    for (let n = 0; n <= Math.floor(day / 7); n++) {
      const list = { list_id: `e2e-${day}-${n}`, method: "ease", model_id: `ease-v${1 + Math.floor(day / 7)}`, scenario: "for-you", visitor: `v_e2e${day % 5}` };
      const at = (hour) => new Date(monday + day * 86_400_000 + hour * 3_600_000).toISOString();
      const put = (type, hour, more) =>
        events.push({ event_id: `00000000-0000-4000-8000-${String(events.length).padStart(12, "0")}`, type, time: at(hour), ...list, ...more });
      put("impression", 20, { movies: films.slice(0, 4).map((film, i) => ({ movie: film.movie, rank: i + 1 })) });
      if (day % 2 === 0) put("click", 21, { item: films[0].movie });
      if (day % 4 === 0) put("rating", 22, { item: films[0].movie, value: 4 });
    }
  return events;
}

export async function happened() {
  const events = fortnight();
  const sent = await fetch(`${base}/api/v1/feedback`, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ events }) });
  if (!sent.ok) throw new Error(`the events of two weeks: ${sent.status} ${await sent.text()}`);
  return events;
}

const logged = (event, i) => {
  const { item, movies = [{ movie: item }], ...rest } = event;
  return { source_movie: null, user: null, value: null, experiment: null, arm: null, ...rest, sequence: i + 1, received_at: event.time, trusted: true, movies: movies.map((one) => ({ rank: null, ...one, title: films.find((film) => film.movie === one.movie).title })) };
};

// ---- who asks for what
const routes = [
  ["GET", /^\/session$/, ({ role }) => (role ? { auth: "accounts", sign_up: true, mail: true, refused: null, account: { ...ana, role } } : whole.session)],
  ["GET", new RegExp(`^/people/${ana.user}/ratings$`), ({ query }) => given(query.get("kind"))],
  ["POST", /^\/recommendations$/, ({ body }) => list(body)],
  ["GET", /^\/jobs$/, () => page(jobs, "j1")],
  ["GET", /^\/jobs\/(\d+)$/, ({ id }) => jobs.find((one) => one.id === Number(id))],
  ["GET", /^\/jobs\/\d+\/log$/, () => "read 17,170 ratings of 300 people\nfit ease: 0.4 s\njudged 300 people\n"],
  ["GET", /^\/versions$/, () => page(versions)],
  ["GET", /^\/models\/([\w-]+)$/, ({ id }) => carded(versions.find((one) => one.id === id))],
  ["GET", /^\/system$/, () => system],
  ["GET", /^\/experiments$/, () => page([experiment, { ...experiment, name: "order-of-rows", kind: "interleave", state: "ended" }])],
  ["GET", /^\/experiments\/[\w-]+\/results$/, () => found],
  ["GET", /^\/feedback$/, () => ({ damaged: 0, ...page(fortnight().reverse().slice(0, 25).map(logged), "f1") })],
];

// undefined: the server shall say it.
function answerTo(request, role) {
  const url = new URL(request.url());
  const path = url.pathname.slice("/api/v1".length);
  const found = routes.find(([method, pattern]) => method === request.method() && pattern.test(path));
  return found?.[2]({ id: found[1].exec(path)[1], query: url.searchParams, body: request.postDataJSON(), role });
}

// What the API's own description says of each of these answers: where it lacks, has more, or is of another kind.
// Mistakes come as "GET /jobs: items[].step: ...", each once.
export async function unfit() {
  const described = await api("/openapi.json");
  const asked = [["GET", "/session", { role: "admin" }], ["GET", `/people/${ana.user}/ratings`], ["GET", `/people/${ana.user}/ratings?kind=watchlist`], ["POST", "/recommendations", { body: {} }],
    ["POST", "/recommendations", { body: { model: { ease: 0.5, content: 0.5 } } }], ["POST", "/recommendations", { body: { household: { rule: "average", members: [{ user: 1 }, { user: 2 }] } } }],
    ["GET", "/jobs"], ...jobs.map(({ id }) => ["GET", `/jobs/${id}`]), ["GET", "/versions"], ...versions.map(({ id }) => ["GET", `/models/${id}`]), ["GET", "/system"],
    ["GET", "/experiments"], ["GET", `/experiments/${experiment.name}/results`], ["GET", "/feedback"]];
  const mistakes = asked.flatMap(([method, target, more = {}]) => {
    const url = new URL(target, base), [, pattern, answer] = routes.find(([verb, pattern]) => verb === method && pattern.test(url.pathname));
    const said = answer({ id: pattern.exec(url.pathname)[1], query: url.searchParams, ...more });
    return mistakesIn(said, described, method, `/api/v1${url.pathname}`).map((one) => `${method} ${target}: ${one}`);
  });
  const left = routes.filter(([method, pattern]) => !pattern.source.includes("log") && !asked.some(([verb, target]) => verb === method && pattern.test(target.split("?")[0])));
  return [...new Set(mistakes.map((one) => one.replace(/\[\d+\]/g, "[]"))), ...left.map(([method, pattern]) => `${method} ${pattern}: nothing here asks for it`)];
}

const ratedAt = [[5, 1], [4, 2], [5, 5], [2, 9], [4, 12]];
const remembered = JSON.stringify(ratedAt.map(([rating, at]) => {
  const { movie, title, year, poster, generated_poster } = films[at];
  return { movie, title, year, poster, generated_poster, rating };
}));

const byModels = new Set(["tune", "night", "compare"]); // pages that are lists of models; elsewhere the server's own are looked at

// Pages of `context` are answered so from now on. What it returns prepares for one of every page and opens nothing;
// `change` may make another answer of each, the server's too.
export async function hold(context, page, change = null) {
  let role = null, lists = false;
  await context.route(/\/api\/v1\/(?!movies\/\d+\/poster)/, async (route) => { // hundreds of posters are nobody's concern
    const request = route.request();
    if (request.url().endsWith("/events")) return; // a job that goes on and on: its stream says nothing
    const said = lists || !request.url().endsWith("/recommendations") ? answerTo(request, role) : undefined;
    if (typeof said === "string") return route.fulfill({ body: said, contentType: "text/plain; charset=utf-8" });
    if (said !== undefined) return route.fulfill({ json: change ? change(said) : said });
    if (!change || !/^(fetch|xhr)$/.test(request.resourceType())) return route.fallback();
    const answer = await route.fetch();
    if (!(answer.headers()["content-type"] ?? "").includes("json")) return route.fulfill({ response: answer });
    return route.fulfill({ response: answer, json: change(await answer.json()) });
  });
  return async (wanted) => {
    role = wanted.as ?? null;
    lists = byModels.has(wanted.name);
    if (!wanted.rated && !wanted.as) return;
    if (page.url() === "about:blank") await page.goto("/reset");
    await page.evaluate((own) => (own === null ? localStorage.removeItem("reel.ratings") : localStorage.setItem("reel.ratings", own)), wanted.rated ? remembered : null);
  };
}
