// My films: what was rated, seen and wanted, and what that says of a taste; for an account and for a browser.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { api, flaws, open, plain, settled, still, until } from "./browser.mjs";

const standIn = (await api("/models").catch(() => null))?.items === undefined; // it keeps no accounts
const flow = (name, check) => test(name, { skip: standIn && "the stand-in server keeps no accounts" }, check);
const password = "a lantern in the fog";

let browser, page, films, rated, wanted, liked;
before(async () => {
  browser = await open({ reducedMotion: "reduce" });
  page = browser.page;
  films = (await api("/movies?limit=60")).items;
  rated = films.slice(0, 24).map((film, i) => ({ ...film, rating: [4, 5, 3, 4, 1, 4][i % 6] }));
  [liked, ...wanted] = films.slice(30, 34);
});
after(() => browser.close());

const part = (name) => page.getByRole("navigation", { name: "Parts of my films" }).getByRole("link", { name, exact: true });
const titles = (box) => page.locator(`${box} .film-title`).allInnerTexts().then((all) => all.map(plain));
const most = (counts) => Object.entries(counts).sort((a, b) => b[1] - a[1] || a[0].localeCompare(b[0]))[0];
const countBy = (keysOf) => {
  const counts = {};
  for (const film of rated) for (const key of keysOf(film)) counts[key] = (counts[key] ?? 0) + 1;
  return counts;
};

const clean = async (name) => assert.deepEqual(await flaws(page), [], name);

// Gives as the account that is signed in.
const give = (movie, statement) => page.evaluate(async ([movie, statement]) => {
  const { account } = await (await fetch("/api/v1/session")).json();
  const init = { method: "PUT", headers: { "Content-Type": "application/json" }, body: JSON.stringify(statement) };
  return (await fetch(`/api/v1/people/${account.user}/ratings/${movie}`, init)).status;
}, [movie, statement]);
const kindOf = (movie) => page.evaluate(async (movie) => {
  const { account } = await (await fetch("/api/v1/session")).json();
  return (await (await fetch(`/api/v1/people/${account.user}/ratings/${movie}`)).json()).kind;
}, movie);

test("a browser's own ratings say what the taste is, in numbers that are true", async () => {
  await settled(page, "/people");
  await page.evaluate((own) => localStorage.setItem("reel.ratings", JSON.stringify(own)),
    rated.map((film) => ({ ...film, mean: film.rating.mean, rating: film.rating })));
  await settled(page, "/my");
  await part("My taste").click();
  await page.waitForURL("**/my?show=taste");
  await still(page);
  const rows = (finding) => page.locator("figure", { hasText: finding }).locator("tbody tr").evaluateAll((all) =>
    all.map((row) => [row.querySelector("th").textContent, row.querySelector(".chart-share").textContent]));
  const stars = await rows("You give 4 stars most often");
  assert.deepEqual(stars.find(([name]) => name === "4"), ["4", "50%"]);
  assert.deepEqual(stars.find(([name]) => name === "1"), ["1", "17%"]);
  const [genre, count] = most(countBy((film) => film.genres));
  const genres = await rows(`most of all: ${count} films`);
  assert.deepEqual(genres[0], [genre, `${Math.round((count / rated.length) * 100)}%`]);
  const [decade] = most(countBy((film) => [String(Math.floor(film.year / 10) * 10)]));
  assert.ok((await page.locator("figcaption").allInnerTexts()).some((text) => text.includes("The decade you watch most") && text.includes(decade.slice(decade < 2000 ? 2 : 0))));
  const { ratings, genres: all } = await api("/statistics");
  const others = Math.round((all.find((one) => one.genre === genre).ratings / ratings) * 100);
  const first = page.locator("figure", { hasText: `most of all: ${count} films` }).locator("tbody tr").first();
  assert.ok((await first.locator(".unseen").innerText()).includes(`Simulated people: ${others}%`), "everybody's share beside it");
  const [track, fill, line] = await Promise.all([".chart-track", ".chart-fill", ".chart-others"].map((one) => first.locator(one).boundingBox()));
  const drawn = (line.x + 1 - track.x) / fill.width; // everybody's over one's own
  assert.ok(Math.abs(drawn - others / Math.round((count / rated.length) * 100)) < 0.05, `the line stands at everybody's share: ${drawn}`);
  const widths = await page.locator("figure").first().locator(".chart-fill").evaluateAll((all) => all.map((bar) => bar.getBoundingClientRect().width));
  assert.ok(Math.abs(widths[4] / Math.max(...widths) - 1 / 3) < 0.02, `bars from zero, in proportion: ${widths}`);
  await clean("taste of a browser");
});

test("a chart is saved as a table, by keyboard", async () => {
  await page.getByRole("button", { name: /Save as a table: You give/ }).focus();
  const [file] = await Promise.all([page.waitForEvent("download"), page.keyboard.press("Enter")]);
  assert.equal(file.suggestedFilename(), "stars.csv");
  const text = readFileSync(await file.path(), "utf8");
  assert.ok(text.includes('"4",12,0.5'), text);
  await page.goBack();
  await page.waitForURL(/\/my$/);
});

flow("an account has what was rated, seen and wanted, each at its address", async () => {
  await settled(page, "/sign-in?new&next=/my");
  await page.getByLabel("Name", { exact: true }).fill("Mia");
  await page.getByLabel("Password", { exact: true }).fill(password);
  await page.getByRole("button", { name: "Make an account", exact: true }).click();
  await page.getByRole("heading", { level: 1, name: "Mia" }).waitFor();
  assert.equal(await give(liked.movie, { kind: "liked" }), 200);
  for (const film of wanted) assert.equal(await give(film.movie, { kind: "watchlist" }), 200);
  await part("Seen").focus();
  await page.keyboard.press("Enter");
  await page.waitForURL("**/my?show=history");
  await still(page);
  assert.equal((await titles(".seen")).length, rated.length + 1);
  assert.ok((await page.locator(".seen li", { hasText: plain(liked.title) }).innerText()).includes("liked"));
  assert.match(await page.locator(".month h2").first().innerText(), /^[A-Z][a-z]+ \d{4}$/);
  await clean("what was seen");
  await page.reload();
  await still(page);
  assert.equal((await titles(".seen")).length, rated.length + 1);
  await part("My taste").click();
  await page.getByText(`${rated.length} ratings, 3.5 stars on average. Simulated people: `).waitFor();
});

flow("a film is taken off the watchlist and put back, by keyboard", async () => {
  await part("Watchlist").click();
  await until("the films", async () => (await titles(".film-grid")).length === wanted.length);
  assert.deepEqual((await titles(".film-grid")).sort(), wanted.map((film) => film.title).sort());
  await clean("watchlist");
  const [first] = wanted;
  await page.getByRole("button", { name: `Take off the list: ${first.title}` }).focus();
  await page.keyboard.press("Enter");
  const back = page.getByRole("button", { name: `Put back: ${first.title}` });
  await back.waitFor();
  assert.equal(await kindOf(first.movie), undefined);
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: `Take off the list: ${first.title}` }).waitFor();
  assert.equal(await kindOf(first.movie), "watchlist");
  await page.getByRole("button", { name: `Take off the list: ${first.title}` }).click();
  await back.waitFor();
  await part("Rated").click();
  await part("Watchlist").click();
  await until("two are left", async () => (await titles(".film-grid")).length === wanted.length - 1);
});

flow("without a connection nothing is said to be done", async () => {
  await browser.context.setOffline(true);
  await page.getByRole("button", { name: /^Take off the list/ }).first().click();
  await page.locator(".film-grid [role=alert]", { hasText: "does not answer" }).waitFor();
  assert.equal(await page.locator(".film-card.is-gone").count(), 0);
  await browser.context.setOffline(false);
});

flow("in Spanish, on a phone, no part is too wide", async () => {
  const phone = await open({ viewport: { width: 360, height: 740 }, locale: "es", colorScheme: "light", storageState: await browser.context.storageState() });
  try {
    for (const [show, said] of [["taste", "Lo que más das"], ["history", "te gustó"], ["watchlist", "Quitar de la lista"], ["account", "Borrar"]]) {
      await settled(phone.page, `/my?show=${show}`);
      await phone.page.getByText(said).first().waitFor();
      const wide = await phone.page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      assert.ok(wide <= 0, `${show}: ${wide} px too wide`);
      const here = await phone.page.locator(".parts [aria-current]").boundingBox();
      assert.ok(here.x >= 0 && here.x + here.width <= 360, `${show} is in sight among the parts`);
    }
    assert.deepEqual(phone.complaints, []);
  } finally {
    await phone.close();
  }
});

test("nothing was complained about", () => {
  assert.deepEqual(browser.complaints, []);
});
