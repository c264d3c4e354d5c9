// Film mode: from a few letters to films that are alike, and why.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { api, cardIds, open, plain, settled, until } from "./browser.mjs";

let browser, page, film;
before(async () => {
  browser = await open();
  page = browser.page;
  film = (await api("/movies?limit=1")).items[0];
});
after(() => browser.close());

test("with the keyboard alone: search, choose, read, change, ask why", async () => {
  await settled(page, "/");
  await page.keyboard.press("/");
  await page.keyboard.type(film.title.slice(0, 12));
  const field = page.getByRole("combobox");
  await until("choices", async () => (await page.getByRole("option").count()) > 0);
  assert.equal(await field.getAttribute("aria-expanded"), "true");
  const options = (await page.getByRole("option").allInnerTexts()).map(plain);
  const at = options.findIndex((text) => text.startsWith(film.title));
  assert.ok(at >= 0, `${film.title} among ${options}`);
  assert.ok((await page.getByRole("option").nth(at).locator("mark").count()) > 0, "what was typed is marked");
  for (let i = 0; i < at; i++) await page.keyboard.press("ArrowDown");
  const active = await field.getAttribute("aria-activedescendant");
  assert.equal(await page.locator(`[id="${active}"]`).getAttribute("aria-selected"), "true");
  await page.keyboard.press("Enter");
  await page.waitForURL(`**/film/${film.movie}`);
  assert.equal(plain(await page.locator("h1").innerText()), film.title);
  await page.waitForFunction((name) => document.title.includes(name), film.title.slice(0, 8));
  assert.match(await page.title(), new RegExp(film.title.slice(0, 8)));

  await until("ten films", async () => (await cardIds(page)).length === 10);
  await page.locator(".switch input:checked").focus();
  await page.keyboard.press("ArrowRight");
  await page.waitForURL("**method=user-knn");
  await page.locator(".slider input").focus();
  for (let i = 0; i < 6; i++) await page.keyboard.press("ArrowLeft");
  await page.waitForURL("**count=4");
  await until("four films", async () => (await cardIds(page)).length === 4);

  const why = page.locator(".film-card button").first();
  await why.focus();
  await page.keyboard.press("Enter");
  await page.getByRole("dialog").waitFor();
  await page.keyboard.press("Escape");
  await page.getByRole("dialog").waitFor({ state: "detached" });
  assert.ok(await why.evaluate((button) => button === document.activeElement), "focus comes back to the button");
});

test("the card says what the API knows", async () => {
  await settled(page, `/film/${film.movie}`);
  const full = await api(`/movies/${film.movie}`);
  const text = await page.locator(".film-head").innerText();
  assert.ok(text.includes(String(full.year)));
  for (const genre of full.genres) assert.ok(text.includes(genre), genre);
  if (full.overview) assert.ok(text.includes(full.overview.slice(0, 40)));
  assert.ok(text.includes(full.rating.mean.toFixed(2)));
  if (full.tmdb_id !== null)
    assert.equal(await page.locator(".actions a").getAttribute("href"), `https://www.themoviedb.org/movie/${full.tmdb_id}`);
});

test("the list is the API's, in its order, each film with a reason and a picture", async () => {
  await settled(page, `/film/${film.movie}?method=content&count=6`);
  const list = await api(`/movies/${film.movie}/similar?model=content&limit=6`);
  assert.deepEqual(await cardIds(page), list.items.map((item) => item.movie));
  for (const reason of await page.locator(".film-card .reason").allInnerTexts()) assert.ok(reason.length > 5, reason);
  await until("pictures", () => page.locator(".film-card img").evaluateAll((all) => all.every((img) => img.complete && img.naturalWidth > 0)));
});

test("films like a film come from what they are about, unless another method is chosen", async () => {
  await settled(page, `/film/${film.movie}`);
  const list = await api(`/movies/${film.movie}/similar`);
  assert.equal(list.model.name, "content");
  assert.deepEqual(await cardIds(page), list.items.map((item) => item.movie));
});

test("all four methods and every length from one to twenty", async () => {
  for (const method of ["hybrid", "content", "user-knn", "popular"]) {
    await settled(page, `/film/${film.movie}?method=${method}&count=20`);
    await until(`twenty films by ${method}`, async () => (await cardIds(page)).length === 20);
  }
  await settled(page, `/film/${film.movie}?count=1`);
  await until("one film", async () => (await cardIds(page)).length === 1);
});

test("a person on a film's page leads to the search, which has an address, and back", async () => {
  await settled(page, `/film/${film.movie}`);
  const link = page.locator(".credits a").first();
  const wanted = new URL(await link.getAttribute("href"), "http://x").searchParams.get("q");
  await link.click();
  await page.waitForURL("**/search?q=*");
  await until("its films", async () => (await page.locator(".film-card").count()) > 0);
  const ids = () => page.locator(".film-card > a").evaluateAll((links) => links.map((a) => Number(a.href.split("/").pop())));
  const found = (await api(`/movies?q=${encodeURIComponent(wanted)}&limit=24`)).items.map((one) => one.movie);
  await until("the API's films", async () => (await ids()).join() === found.join());
  await page.reload();
  await until("the same after a reload", async () => (await ids()).join() === found.join());
  await page.goBack();
  await page.waitForURL(`**/film/${film.movie}`);
  await settled(page, "/search?q=" + encodeURIComponent("<img src=x onerror=alert(1)>"));
  assert.match(await page.locator("h1").innerText(), /<img src=x/);
  await page.keyboard.press("/");
  await page.keyboard.type(film.title.slice(0, 5));
  await until("choices", async () => (await page.getByRole("option").count()) > 1);
  await page.keyboard.press("ArrowUp");
  await page.keyboard.press("Enter");
  await page.waitForURL("**/search?q=*");
});

test("a film leads to the next, and back", async () => {
  await settled(page, `/film/${film.movie}`);
  const [first] = await cardIds(page);
  await page.locator(".film-card a").first().click();
  await page.waitForURL(`**/film/${first}`);
  await until("its own list", async () => (await cardIds(page)).length === 10);
  await page.goBack();
  await page.waitForURL(`**/film/${film.movie}`);
  assert.equal(plain(await page.locator("h1").innerText()), film.title);
});

test("names without end or without blanks neither widen the page nor push the facts away", async () => {
  const endless = "W".repeat(10_000);
  await page.route(`**/api/v1/movies/${film.movie}`, async (route) => {
    const answer = await route.fetch();
    await route.fulfill({ json: { ...(await answer.json()), title: endless, tagline: endless, keywords: ["\u202eturned", endless] } });
  });
  await settled(page, `/film/${film.movie}`);
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  assert.ok(wide <= 0, `${wide} px too wide`);
  assert.ok((await page.locator("h1").boundingBox()).height < 500);
  assert.equal(await page.locator(".credits bdi").filter({ hasText: "turned" }).count(), 1);
});

test("the trailer comes on click, from the host without cookies", async () => {
  await page.route(`**/api/v1/movies/${film.movie}`, async (route) => {
    const answer = await route.fetch();
    await route.fulfill({ json: { ...(await answer.json()), trailer: "abc_DEF-123" } });
  });
  await settled(page, `/film/${film.movie}`);
  assert.equal(await page.locator("iframe").count(), 0);
  await page.getByRole("button", { name: /trailer/i }).click();
  assert.match(await page.locator("iframe").getAttribute("src"), /^https:\/\/www\.youtube-nocookie\.com\/embed\/abc_DEF-123/);
  await page.keyboard.press("Escape");
  await until("no frame", async () => (await page.locator("iframe").count()) === 0);
  await page.unroute(`**/api/v1/movies/${film.movie}`);
});

test("nothing was complained about", () => {
  assert.deepEqual(browser.complaints, []);
});
