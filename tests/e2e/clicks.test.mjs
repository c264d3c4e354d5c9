// What is opened from a list is in the next one: of a visitor from what this browser keeps, of an account at the server.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { api, base, open, settled, until } from "./browser.mjs";

const standIn = (await api("/models").catch(() => null))?.items === undefined; // it weighs no clicks

let browser, page;
before(async () => {
  browser = await open();
  page = browser.page;
});
after(() => browser.close());

// The list that a page asks for, by what it is for.
async function listOf(path, scenario) {
  const coming = page.waitForResponse((one) => one.url().endsWith("/api/v1/recommendations") && one.request().postDataJSON()?.scenario === scenario);
  await settled(page, path);
  const answer = await coming;
  const { basis, items } = await answer.json();
  return { asked: answer.request().postDataJSON(), basis, films: items.map(({ movie }) => movie), scores: items.map(({ score }) => score.toFixed(6)).join() };
}

async function openFilm(link) {
  const path = new URL(await link.getAttribute("href"), base).pathname;
  await link.click();
  await page.waitForURL(`**${path}`);
  return Number(path.split("/").pop());
}

const clickedIn = (history) => history.filter((one) => one.kind === "clicked").map((one) => one.movie);

test("a visitor's click is in the next list, beside what was rated", { skip: standIn && "the stand-in server weighs no clicks" }, async () => {
  await settled(page, "/rate");
  for (const [at, stars] of [[0, 5], [1, 4], [2, 1]])
    await page.locator(".is-rating .film-card").nth(at).locator(`input[value="${stars}"]`).check({ force: true });
  const first = await listOf("/", "for-you");
  assert.equal(first.asked.history.length, 3);
  const row = page.locator(".shelf").filter({ has: page.getByRole("heading", { name: "For you", exact: true }) });
  const film = await openFilm(row.locator(".film-card > a").first());
  const second = await listOf("/", "for-you");
  assert.deepEqual(clickedIn(second.asked.history), [film]);
  assert.ok(second.films.includes(film), "it was looked at, not seen");
  assert.notEqual(second.scores, first.scores);
  // Its stars take the place of the click.
  await page.evaluate((movie) => {
    const own = JSON.parse(localStorage.getItem("reel.ratings"));
    localStorage.setItem("reel.ratings", JSON.stringify([{ ...own[0], movie }, ...own]));
  }, film);
  const third = await listOf("/", "for-you");
  assert.deepEqual([third.asked.history.length, clickedIn(third.asked.history)], [4, []]);
});

test("the last fifty are kept, the newest first, until the ratings are forgotten", async () => {
  await page.evaluate(() => localStorage.setItem("reel.clicked", JSON.stringify(Array.from({ length: 50 }, (_, i) => 900000 + i))));
  await settled(page, "/film/1?method=content&count=5"); // a list that is made without them
  const film = await openFilm(page.locator(".recommended .film-card a").first());
  const kept = () => page.evaluate(() => JSON.parse(localStorage.getItem("reel.clicked")));
  const all = await kept();
  assert.deepEqual([all.length, all[0], all[1], all.at(-1)], [50, film, 900000, 900048]);
  await page.evaluate((movie) => localStorage.setItem("reel.clicked", JSON.stringify([movie])), film);
  await settled(page, "/rate");
  await page.getByRole("button", { name: "Start over" }).first().click();
  await page.getByRole("button", { name: "Start over" }).first().click();
  await until("nothing is kept", async () => (await kept()).length === 0);
  assert.equal(await page.evaluate(() => localStorage.getItem("reel.ratings")), "[]");
});

test("the click of somebody who is signed in is in their next list at once", { skip: standIn && "the stand-in server keeps no accounts" }, async () => {
  const made = await browser.context.request.post("/api/v1/accounts", { data: { name: "Curious", password: "a lantern in the fog" }, headers: { Origin: base } });
  assert.ok(made.ok(), await made.text());
  const { user } = await made.json();
  const first = await listOf("/tune", "tune");
  assert.deepEqual([first.asked.user, first.basis], [user, "fallback"]);
  const film = await openFilm(page.locator(".film-grid a, .film-card a").first());
  const get = (address) => page.evaluate(async (at) => { const answer = await fetch(at); return { status: answer.status, body: await answer.json() }; }, `/api/v1${address}`);
  await until("the click", async () => (await get("/feedback?type=click")).body.items.some((event) => event.user === user && event.movies[0].movie === film));
  const second = await listOf("/tune", "tune");
  assert.deepEqual([second.asked.user, second.basis], [user, "fold_in"]);
  assert.notEqual(second.scores, first.scores);
  assert.equal((await get(`/people/${user}/ratings/${film}`)).status, 404, "nothing was said of it");
});

test("nothing was complained about", () => {
  assert.deepEqual(browser.complaints, []);
});
