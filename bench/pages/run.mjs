// The pages as a visitor with an empty cache meets them: Lighthouse's scores on a slow phone, and on this machine
// as it is the first paint, when a page is ready, what moves, how soon a list follows a slider, and how evenly
// pages scroll. Prints a JSON line for each, as the other benchmarks do; ends with 1 where a goal is missed.
//   run.mjs REEL STAGE [--only PART] [--page NAME,…] [--keep DIR]
// STAGE: a folder for the locked packages. PART: lighthouse, local, slider or scroll. --keep: Lighthouse's reports go there.
//   REEL_BASE_URL  a server that already runs; else REEL serves the bundled sample
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { everyPage } from "../../tests/e2e/pages.mjs";
import { chromium, install, loadSample, operator, serve } from "../../tests/e2e/stage.mjs";

const { values: chosen, positionals } = parseArgs({
  allowPositionals: true, options: { only: { type: "string" }, page: { type: "string" }, keep: { type: "string" } },
});
const [reel, stage] = positionals.map((path) => resolve(path));
if (!reel || !stage) {
  console.error("usage: run.mjs REEL STAGE [--only lighthouse|local|slider|scroll] [--page NAME] [--keep DIR]");
  process.exit(2);
}
const here = fileURLToPath(new URL(".", import.meta.url));
const scores = { performance: "performance", accessibility: "accessibility", "best-practices": "best practices", seo: "SEO" };
const leastScore = 95;
const mostTimes = { "first-contentful-paint": ["first paint", 500], interactive: ["interactive", 1000] };
const runs = 3;
const mostSliderMs = 100;
const screenHz = 60, leastFrames = 57; // a second; one in twenty may be late
const flags = ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync"];

const program = chromium();
install(here, stage);
const locked = createRequire(join(stage, "package.json"));
const fetchLocked = (name) => import(pathToFileURL(locked.resolve(name)));

const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
let missed = 0;
function report(bench, unit, values, goal, isMet) {
  const line = { bench: `pages: ${bench}`, unit, median: Number(median(values).toPrecision(4)), min: Number(Math.min(...values).toPrecision(4)), runs: values.length, goal };
  const met = isMet(line.median);
  if (!met) missed++;
  console.log(JSON.stringify(met ? line : { ...line, missed: true }));
}

// GET under /api/v1 with `body` left out, else what `method` does; as whoever signed in last, if anybody did.
function client(base) {
  let cookie = "";
  return async (path, body, method = "POST") => {
    const answer = await fetch(`${base}/api/v1${path}`, body === undefined ? { headers: { cookie } }
      : { method, headers: { cookie, origin: base, "Content-Type": "application/json" }, body: JSON.stringify(body) });
    const set = answer.headers.get("set-cookie");
    if (set) cookie = set.split(";")[0];
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
    return answer.status === 204 ? { cookie } : { ...(await answer.json()), cookie };
  };
}

// An operator who gave films stars, a job that has ended and an experiment that waits; null on a server that is not ours.
async function furnished(base) {
  const api = client(base);
  if (process.env.REEL_BASE_URL) return { pages: (await everyPage(api, { job: 1, experiment: "none" })).filter((one) => !one.as), cookie: "" };
  const { user, cookie } = await api("/session", operator);
  const { items } = await api("/movies?limit=20");
  for (const [at, film] of items.entries())
    await api(`/people/${user}/ratings/${film.movie}`, at % 4 === 3 ? { kind: "watchlist" } : { rating: 1 + (at % 5) }, "PUT");
  await api("/experiments", { name: "later", start: "2100-01-01", arms: [{ name: "now", model: "hybrid" }, { name: "other", model: "ease" }] });
  let job = await api("/jobs", { kind: "evaluate", model: "ease" });
  while (["queued", "running"].includes(job.state)) {
    await new Promise((done) => setTimeout(done, 100));
    job = await api(`/jobs/${job.id}`);
  }
  return { pages: await everyPage(api, { job: job.id, experiment: "later" }), cookie };
}

// As Lighthouse sees a phone on a slow network, or this machine as it is.
const phone = { extends: "lighthouse:default" };
const asItIs = {
  extends: "lighthouse:default",
  settings: {
    formFactor: "desktop", throttlingMethod: "provided", onlyCategories: ["performance"],
    screenEmulation: { mobile: false, width: 1440, height: 900, deviceScaleFactor: 1, disabled: false },
  },
};

const unasked = new Set(["missing", "nowhere", "closed", "new-password"]);
const tries = 3; // Chromium's trace has no beginning now and then

// Lighthouse empties the cache before each run.
async function inLighthouse(tools, url, config) {
  for (let left = tries; ; left--) {
    const done = await tools.lighthouse(url, { port: tools.port, logLevel: "error", output: "html", extraHeaders: tools.headers }, config);
    const wrong = done.lhr.runtimeError;
    if (!wrong) return done;
    if (left === 1) throw new Error(`${url}: ${wrong.message}`);
  }
}

// What kept a category from being whole, for whoever has to mend it.
function lost(lhr, category) {
  return lhr.categories[category].auditRefs
    .filter(({ id, weight }) => weight > 0 && lhr.audits[id].score !== null && lhr.audits[id].score < 0.9)
    .map(({ id }) => `${id} ${lhr.audits[id].displayValue ?? ""}`.trim());
}

async function scoresOf(tools, name, url) {
  const all = [];
  for (let run = 0; run < runs; run++) {
    const done = await inLighthouse(tools, url, phone);
    all.push(done.lhr);
    if (chosen.keep) writeFileSync(join(chosen.keep, `${name}.html`), done.report);
    // Only speed differs from run to run.
    if (run === 0 && done.lhr.categories.performance.score >= 0.98) break;
  }
  for (const [category, label] of Object.entries(scores)) {
    report(`${name}, ${label} (Lighthouse, a phone)`, "of 100", all.map((lhr) => lhr.categories[category].score * 100), `>= ${leastScore}`, (score) => score >= leastScore);
    const why = lost(all[0], category);
    if (why.length > 0) console.error(`  ${name}, ${label}: ${why.join("; ")}`);
  }
}

async function timesOf(tools, name, url) {
  const all = [];
  for (let run = 0; run < runs; run++) all.push((await inLighthouse(tools, url, asItIs)).lhr.audits);
  for (const [audit, [label, most]] of Object.entries(mostTimes))
    report(`${name}, ${label}`, "ms", all.map((audits) => audits[audit].numericValue), `< ${most}`, (ms) => ms < most);
  report(`${name}, layout shift`, "", all.map((audits) => audits["cumulative-layout-shift"].numericValue), "0", (shift) => shift < 0.0005);
}

// From a slider's own event to the first frame with another list; null where the list stays as it is.
const followed = ([at, to]) => new Promise((done) => {
  const slider = document.querySelectorAll("input[type=range]")[at];
  const list = () => [...document.querySelectorAll(".film-card[data-key]")].map((card) => card.dataset.key).join();
  const before = list();
  const began = performance.now();
  const look = (now) => {
    if (list() !== before) requestAnimationFrame((shown) => done(shown - began));
    else if (now - began > 2000) done(null);
    else requestAnimationFrame(look);
  };
  Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "value").set.call(slider, String(to));
  slider.dispatchEvent(new Event("input", { bubbles: true }));
  requestAnimationFrame(look);
});

// Each slider of the list: which one, and where it is pulled to.
const pulls = [[0, 100], [0, 40], [0, 0], [1, 100], [1, -100], [1, 50], [2, 100], [2, 30], [2, 70], [3, 100], [3, 0], [3, 50]];

async function onPage(use) {
  const { chromium: driver } = (await fetchLocked("playwright-core")).default;
  const browser = await driver.launch({ executablePath: program, headless: true, args: flags });
  try {
    const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
    page.setDefaultTimeout(60_000);
    await use(page);
  } finally {
    await browser.close();
  }
}

async function slider(base) {
  await onPage(async (page) => {
    const quiet = () => page.waitForFunction(() => document.querySelector(".film-card[data-key]") && !document.querySelector("[aria-busy=true]"));
    const [person] = (await (await fetch(`${base}/api/v1/people?limit=1`)).json()).items;
    await page.goto(`${base}/tune?person=${person.user}`);
    await quiet();
    const times = [];
    for (const pull of pulls) {
      times.push(await page.evaluate(followed, pull));
      await quiet();
    }
    const moved = times.filter((ms) => ms !== null);
    if (moved.length < pulls.length / 2) throw new Error(`only ${moved.length} of ${pulls.length} pulls changed the list`);
    report("a slider changes the list", "ms", moved, `< ${mostSliderMs}`, (ms) => ms < mostSliderMs);
    report("a slider changes the list, the slowest pull", "ms", [Math.max(...moved)], null, () => true);
  });
}

// When each frame of the next seconds began.
const frames = (seconds) => new Promise((done) => {
  const began = [];
  const next = (now) => {
    began.push(now);
    if (now - began[0] < seconds * 1000) requestAnimationFrame(next);
    else done(began);
  };
  requestAnimationFrame(next);
});

// A wheel turned all the while, down a page and back up, its pictures arriving.
async function scroll(base) {
  const seconds = 3, turn = 160, pause = 40;
  await onPage(async (page) => {
    const rates = [], gaps = [];
    for (let run = 0; run < runs; run++) {
      await page.goto(`${base}/`);
      await page.waitForFunction(() => document.querySelector(".shelf .film-card > a")); // rows below wait until they are near
      await page.mouse.move(720, 450);
      const recorded = page.evaluate(frames, seconds);
      for (let at = 0; at < seconds * 1000; at += pause) {
        await page.mouse.wheel(0, at < seconds * 500 ? turn : -turn);
        await page.waitForTimeout(pause);
      }
      const began = await recorded;
      rates.push((began.length - 1) / ((began.at(-1) - began[0]) / 1000));
      gaps.push(Math.max(...began.slice(1).map((now, i) => now - began[i])));
    }
    report("frames while the start page scrolls", `1/s, of ${screenHz}`, rates, `>= ${leastFrames}`, (rate) => rate >= leastFrames);
    report("the longest wait for a frame", "ms", gaps, null, () => true);
  });
}

async function measure(base) {
  const { pages: all, cookie } = await furnished(base);
  // What a browser remembers is taken from it before each run, and what is not there is no page to be found.
  const pages = all.filter(({ name, rated }) => (chosen.page ? chosen.page.split(",").includes(name) : !rated && !unasked.has(name)));
  const wants = (part) => !chosen.only || chosen.only === part;
  if (wants("slider")) await slider(base);
  if (wants("scroll")) await scroll(base);
  const { launch } = await fetchLocked("chrome-launcher");
  const browser = await launch({ chromePath: program, chromeFlags: flags, logLevel: "error" });
  const tools = { lighthouse: (await fetchLocked("lighthouse")).default, port: browser.port };
  try {
    for (const { name, path, as } of pages) {
      tools.headers = as ? { cookie } : {};
      if (wants("local")) await timesOf(tools, name, base + path);
      if (wants("lighthouse")) await scoresOf(tools, name, base + path);
    }
  } finally {
    browser.kill();
  }
}

if (chosen.keep) mkdirSync(chosen.keep, { recursive: true });
const scratch = mkdtempSync(join(tmpdir(), "reel-pages-"));
let server;
try {
  server = process.env.REEL_BASE_URL ? { url: process.env.REEL_BASE_URL, stop: () => {} } : await serve(reel, loadSample(reel, scratch));
  await measure(server.url);
} catch (error) {
  console.error(error.stack);
  missed++;
} finally {
  server?.stop();
  rmSync(scratch, { recursive: true, force: true });
}
process.exit(missed > 0 ? 1 : 0);
