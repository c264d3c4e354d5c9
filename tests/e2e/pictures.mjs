// The pictures of docs/pages.md: every page over the bundled sample, as docs/images/NAME.webp. What people did there
// in eight weeks is made up here, and so is the experiment.
//   pictures.mjs REEL STAGE [DIR [NAME,…]]   STAGE: a folder where the end-to-end tests have installed their driver
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { experiment, found } from "./experiment.mjs";
import { chromium, loadSample, operator, serve } from "./stage.mjs";

const [names, ...paths] = [process.argv[5]?.split(","), ...process.argv.slice(2, 5)];
const [reel, stage, folder = fileURLToPath(new URL("../../docs/images", import.meta.url))] = paths.map((path) => resolve(path));
if (!stage) {
  console.error("usage: pictures.mjs REEL STAGE [DIR [NAME,…]]");
  process.exit(2);
}
const driver = (await import(pathToFileURL(createRequire(join(stage, "package.json")).resolve("playwright-core")))).default.chromium;
const tastes = [[5, "Spirited Away"], [5, "The Iron Giant"], [4.5, "Blade Runner"], [4, "Amélie"], [4, "Alien"], [3.5, "Heat"], [3, "The Matrix"], [2, "Titanic"], [4.5, "My Neighbor Totoro"], [4, "WALL·E"]];

async function pack(text) {
  const image = await createImageBitmap(await (await fetch(`data:image/png;base64,${text}`)).blob());
  const canvas = new OffscreenCanvas(image.width, image.height);
  canvas.getContext("2d").drawImage(image, 0, 0);
  const bytes = new Uint8Array(await (await canvas.convertToBlob({ type: "image/webp", quality: 0.82 })).arrayBuffer());
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
}

const settled = (page) => page.waitForFunction(() => {
  const seen = ({ left, top }) => left < innerWidth && top < innerHeight;
  return document.querySelector("main > *") !== null && [...document.images].every((one) => one.complete || !seen(one.getBoundingClientRect())) &&
    ![...document.querySelectorAll(".is-waiting, .bone, [aria-busy=true]")].some((one) => !one.closest(".is-later"));
});

async function history(api) {
  const found = await Promise.all(tastes.map(async ([rating, title]) => {
    const [film] = (await api(`/movies?q=${encodeURIComponent(title)}&limit=1`)).items;
    return film && { movie: film.movie, title: film.title, year: film.year, poster: film.poster, generated_poster: film.generated_poster, genres: film.genres, mean: film.rating.mean, rating };
  }));
  return found.filter((one, i) => one && found.findIndex((other) => other?.movie === one.movie) === i);
}

// GET under /api/v1, or POST of `body` as whoever signed in with `cookie`.
const client = (base) => async (path, body, { cookie = "", method = "POST" } = {}) => {
  const answer = await fetch(`${base}/api/v1${path}`, body === undefined ? { headers: { cookie } }
    : { method, headers: { cookie, origin: base, "Content-Type": "application/json" }, body: JSON.stringify(body) });
  if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
  return { ...(answer.status === 204 ? {} : await answer.json()), cookie: answer.headers.get("set-cookie")?.split(";")[0] ?? cookie };
};

// The same numbers in 0 to 1 each time.
function dice(seed) {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

const ana = { name: "Ana", password: "a lantern in the fog" };
const dayMs = 86_400_000;
const hours = [7, 12, 13, 17, 18, 19, 19, 20, 20, 20, 21, 21, 21, 22, 22, 23];
const models = [["hybrid", 0.55, 0.17], ["ease", 0.25, 0.14], ["content", 0.1, 0.09], ["popular", 0.1, 0.08]]; // how often, and how well the first place does
const rows = ["for-you", "for-you", "for-you", "because", "similar", "hidden", "tune"];

// Eight weeks of lists that the program made for its people, with what they may have done: more on Fridays and
// Saturdays, in the evening, a little more from week to week; what stands first is clicked most.
async function happen(api, people) {
  const roll = dice(7);
  const pick = (all) => all[Math.floor(roll() * all.length)];
  const lists = new Map();
  const listOf = async (user, model) => {
    const key = `${user} ${model}`;
    if (!lists.has(key)) lists.set(key, await api("/recommendations", { user, model, limit: 10, reasons: 0 }));
    return lists.get(key);
  };
  const events = [];
  const id = () => `00000000-0000-4000-9000-${String(events.length).padStart(12, "0")}`;
  const today = Math.floor(Date.now() / dayMs);
  for (let day = today - 56; day < today; day++) {
    const weekend = [5, 6].includes(new Date(day * dayMs).getUTCDay());
    const many = Math.round((weekend ? 30 : 18) * (1 + (day - today + 56) / 140) * (0.85 + roll() * 0.3));
    for (let n = 0; n < many; n++) {
      const user = people[Math.floor(roll() ** 1.5 * people.length)];
      let share = roll();
      const [model, , first] = models.find(([, part]) => (share -= part) < 0) ?? models[0];
      const list = await listOf(user, model);
      const good = first * (day < today - 21 ? 0.85 : 1.1); // another version since then
      const version = model === "hybrid" ? { model_id: `hybrid-${day < today - 21 ? "a" : "b"}` } : { model_id: list.model.id };
      const at = day * dayMs + pick(hours) * 3_600_000 + Math.floor(roll() * 3_600_000);
      const of = { ...(user % 5 < 2 ? { visitor: `v_${user}` } : { user }), method: model, ...version, list_id: `made-up-${day}-${n}`, scenario: pick(rows) };
      const whose = { user: undefined, visitor: `v_${user}` }; // stars of a browser: nobody of the data is given any
      const put = (type, minutes, more) => events.push({ event_id: id(), type, time: new Date(at + minutes * 60_000).toISOString(), ...of, ...more, ...(/rating|watchlist/.test(type) ? whose : {}) });
      put("impression", 0, { movies: list.items.map(({ movie, rank }) => ({ movie, rank })) });
      for (const { movie, rank } of list.items) {
        if (roll() > good / rank ** 0.7) continue;
        put("click", rank, { item: movie });
        put("dwell", rank + 1, { item: movie, value: Math.round(10 + roll() * 120) });
        if (roll() < 0.3) put("rating", rank + 2, { item: movie, value: Math.min(5, 2.5 + Math.round(roll() * 5) / 2) });
        if (roll() < 0.25) put("watchlist", rank + 2, { item: movie });
        if (roll() < 0.15) put("trailer", rank + 1, { item: movie });
      }
    }
  }
  for (let from = 0; from < events.length; from += 500) await api("/feedback", { events: events.slice(from, from + 500) });
}

// Ana's account, and jobs as there are after a while: trainings, one that was refused, one given up, and an evaluation.
async function furnish(api, own) {
  const account = await api("/accounts", ana);
  await api(`/people/${account.user}/merge`, { history: own.map(({ movie, rating }) => ({ movie, rating })) }, account);
  const { cookie } = await api("/session", operator);
  const done = async (wish) => {
    let job = await api("/jobs", wish, { cookie });
    while (["queued", "running"].includes(job.state)) {
      await new Promise((next) => setTimeout(next, 100));
      job = await api(`/jobs/${job.id}`, undefined, { cookie });
    }
    return job;
  };
  await done({ kind: "train", accept: true });
  await done({ kind: "train", model: "ease", params: { lambda: "1000000000" } });
  const [, given] = await Promise.all([done({ kind: "evaluate", model: "hybrid,ease,ials" }), api("/jobs", { kind: "train", model: "ials" }, { cookie })]);
  await api(`/jobs/${given.id}`, {}, { cookie, method: "DELETE" });
  await done({ kind: "evaluate", model: "hybrid,ease,ials,content,user-knn,popular" });
}

async function take(base, browser) {
  const api = client(base);
  const own = await history(api);
  const [film] = (await api("/movies?q=Barbie&limit=1")).items;
  const everybody = (await api("/people?limit=120")).items.map((one) => one.user);
  const people = everybody.slice(0, 9);
  await happen(api, everybody);
  const phone = { width: 390, height: 844 };
  const pages = {
    home: { path: "/", theme: "dark" }, film: { path: `/film/${film.movie}`, theme: "dark" }, why: { path: `/film/${film.movie}`, theme: "light", part: ".mine" },
    rate: { path: "/rate", theme: "light" }, tune: { path: "/tune?genre=Drama&age=-40&films=10", theme: "dark" },
    night: { path: `/night?with=${people[1]}&with=${people[4]}&with=${people[7]}`, theme: "dark" }, people: { path: "/people", theme: "dark" },
    person: { path: `/people/${people[4]}`, theme: "light" }, search: { path: "/search?q=space", theme: "light" },
    "sign-in": { path: "/sign-in?new", theme: "light" }, my: { path: "/my", theme: "dark", as: ana }, taste: { path: "/my?show=taste", theme: "light", as: ana },
    dashboard: { path: "/analytics/dashboard?against=previous", theme: "light", part: ".is-analytics .lead" }, data: { path: "/analytics/data", theme: "dark" },
    charts: { path: "/analytics/dashboard", theme: "dark", part: ".data-section:nth-of-type(3)" },
    models: { path: "/analytics/models", theme: "dark", as: operator }, compare: { path: `/analytics/compare?user=${people[4]}&models=hybrid,ease,content,popular`, theme: "light" },
    jobs: { path: "/analytics/jobs", theme: "light", as: operator },
    experiments: { path: `/analytics/experiments/${experiment.name}`, theme: "light", as: operator }, log: { path: "/analytics/feedback", theme: "dark", as: operator },
    system: { path: "/analytics", theme: "light", as: operator }, phone: { path: "/", theme: "light", viewport: phone },
  };
  const helper = await browser.newPage();
  const chosen = Object.entries(pages).filter(([name]) => !names || names.includes(name));
  for (const [name, one] of chosen.filter(([, one]) => !one.as)) await shoot(name, one);
  await furnish(api, own);
  for (const [name, one] of chosen.filter(([, one]) => one.as)) await shoot(name, one);

  async function shoot(name, one) {
    const context = await browser.newContext({ baseURL: base, locale: "en", timezoneId: "UTC", colorScheme: one.theme, viewport: one.viewport ?? { width: 1440, height: 900 }, reducedMotion: "reduce" });
    if (one.as) await context.request.post("/api/v1/session", { data: one.as, headers: { origin: base } });
    await context.route(`**/experiments/${experiment.name}/results`, (route) => route.fulfill({ json: found }));
    const page = await context.newPage();
    await page.goto("/people");
    await page.evaluate((own) => localStorage.setItem("reel.ratings", JSON.stringify(own)), one.as ? [] : own);
    await page.goto(one.path);
    await settled(page);
    for (let turn = 0; one.part && turn < 2; turn++) { // what lies above it may grow when it is passed
      await page.locator(one.part).first().evaluate((part) => scrollBy(0, part.getBoundingClientRect().top - 16));
      await settled(page);
    }
    await page.evaluate(() => document.activeElement.blur()); // where one types is not lit in a picture
    const shot = (await page.screenshot({ animations: "disabled", caret: "hide" })).toString("base64");
    writeFileSync(join(folder, `${name}.webp`), Buffer.from(await helper.evaluate(pack, shot), "base64"));
    await context.close();
  }
}

const scratch = mkdtempSync(join(tmpdir(), "reel-pictures-"));
const server = await serve(reel, loadSample(reel, scratch));
const browser = await driver.launch({ executablePath: chromium(), headless: true, args: ["--headless", "--no-sandbox", "--disable-gpu"] });
try {
  await take(server.url, browser);
} finally {
  await browser.close();
  await server.kill();
  rmSync(scratch, { recursive: true, force: true });
}
process.exit(0);
