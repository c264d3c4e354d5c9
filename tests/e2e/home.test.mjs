// Home: whoever is new is asked about a few films; rows follow every star and say why.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { api, open, settled, until } from "./browser.mjs";

let browser, page;
before(async () => {
  browser = await open();
  page = browser.page;
});
after(() => browser.close());

const titles = () => page.locator(".shelf h2").allInnerTexts();
const shelf = (name) => page.locator(".shelf").filter({ has: page.getByRole("heading", { name, exact: true }) });
const star = (at, stars) =>
  page.locator(".shelf.is-rating .film-card").nth(at).locator(`input[value="${stars}"]`).check({ force: true });
const idsOf = (row) => row.locator(".film-card > a").evaluateAll((links) => links.map((a) => Number(a.href.split("/").pop())));

test("whoever is new is asked about films that tell, and sees what everybody does", async () => {
  await settled(page, "/");
  assert.deepEqual(await titles(), ["Which of these have you seen?", "Popular now", "Hidden gems", "The best of the 90s"]);
  const chart = await api("/charts/informative?limit=16");
  assert.deepEqual(await idsOf(page.locator(".shelf.is-rating")), chart.items.map((film) => film.movie));
  const trending = await api("/charts/trending?limit=20");
  assert.deepEqual(await idsOf(shelf("Popular now")), trending.items.map((film) => film.movie));
});

test("with the first stars the rows become theirs, and follow", async () => {
  await star(0, 5);
  await until("a row for you", async () => (await titles()).includes("For you"));
  await until("its films", async () => (await idsOf(shelf("For you"))).length > 5);
  const before = (await idsOf(shelf("For you"))).join();
  await star(1, 5);
  await until("another list", async () => (await idsOf(shelf("For you"))).join() !== before);
  assert.ok((await titles()).filter((title) => title.startsWith("Because you liked ")).length === 2);
  assert.match(await shelf("For you").locator(".shelf-note").innerText(), /2 films/);
});

test("every row shows films not seen, each with its reason, none of the first row again", async () => {
  const rated = await page.evaluate(() => JSON.parse(localStorage.getItem("reel.ratings")).map((r) => r.movie));
  const rows = page.locator(".shelf:not(.is-rating)");
  const first = await idsOf(rows.first());
  for (let i = 0; i < (await rows.count()) - 1; i++) {
    await rows.nth(i).scrollIntoViewIfNeeded();
    await until("its films", async () => !(await rows.nth(i).locator(".is-waiting").count()));
    const films = await idsOf(rows.nth(i));
    assert.ok(films.every((id) => !rated.includes(id)));
    if (i > 0) assert.ok(films.every((id) => !first.includes(id)), await rows.nth(i).locator("h2").innerText());
    for (const why of await rows.nth(i).locator(".reason").allInnerTexts()) assert.ok(why.length > 5);
  }
});

test("a row goes on by arrow keys and by its buttons", async () => {
  const row = page.locator(".shelf.is-rating");
  const strip = row.locator(".shelf-strip");
  await strip.locator(".film-card > a").first().focus();
  for (let i = 0; i < 3; i++) await page.keyboard.press("ArrowRight");
  assert.ok(await strip.locator(".film-card > a").nth(3).evaluate((link) => link === document.activeElement));
  await page.keyboard.press("End");
  await until("the end", () => strip.evaluate((box) => box.scrollLeft > 100));
  await until("no way on", () => row.getByRole("button", { name: /^On in/ }).isDisabled());
  await row.getByRole("button", { name: /^Back in/ }).click();
  await until("back", () => strip.evaluate((box) => box.scrollLeft + box.clientWidth < box.scrollWidth - 100));
});

test("after five stars the invitation is gone on the next visit, and a row leads to its film and back", async () => {
  for (const [at, stars] of [[2, 4], [3, 2], [4, 5]]) await star(at, stars);
  await settled(page, "/");
  assert.equal((await titles())[0], "For you");
  const link = shelf("For you").locator(".film-card > a").first();
  const path = new URL(await link.getAttribute("href"), "http://x").pathname;
  await link.click();
  await page.waitForURL(`**${path}`);
  await page.goBack();
  await until("the rows", async () => (await titles())[0] === "For you");
});

test("nothing was complained about", () => {
  assert.deepEqual(browser.complaints, []);
});
