// Searching with filters: what is found fits them, the address holds them, and nothing found leads on.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { api, flaws, open, settled, still, tooWide, until } from "./browser.mjs";

let browser, page;
before(async () => {
  browser = await open();
  page = browser.page;
});
after(() => browser.close());

const chip = (name) => page.locator(".sieve .chip").filter({ hasText: new RegExp(`^${name}`) });
const query = () => new URL(page.url()).searchParams;
const found = () => page.locator(".film-card > a").evaluateAll((links) => links.map((link) => link.getAttribute("href")).join());
const said = () => page.locator(".found [role=status]").textContent();
const other = (last) => until("other films", async () => (await page.locator(".found[aria-busy=true]").count()) === 0 && (await found()) !== last);
const total = async (filter, q = "") => (await api(`/movies?limit=1&q=${encodeURIComponent(q)}&filter=${encodeURIComponent(filter)}`)).total;

test("chips narrow what was found, and back, forward and a reload keep them", async () => {
  await settled(page, "/search?q=the");
  const lists = [await found()];
  await chip("Drama").click();
  await other(lists[0]);
  lists.push(await found());
  await chip("90s").click();
  await other(lists[1]);
  lists.push(await found());
  assert.deepEqual([query().get("q"), query().get("genre"), query().get("decade")], ["the", "Drama", "1990"]);
  const count = await total('genre:"Drama" and decade = 1990', "the");
  assert.match(await said(), new RegExp(`^${count} film`));
  const years = (await page.locator(".film-card .facts").allInnerTexts()).map((facts) => Number(/\d{4}/.exec(facts)[0]));
  assert.ok(years.length > 0 && years.every((year) => year >= 1990 && year < 2000), years.join());

  await page.goBack();
  await until("the list before the decade", async () => (await found()) === lists[1]);
  assert.equal(await chip("90s").getAttribute("aria-pressed"), "false");
  await page.goBack();
  await until("all that was found", async () => (await found()) === lists[0]);
  await page.goForward();
  await page.goForward();
  await until("both filters again", async () => (await found()) === lists[2]);
  await page.reload();
  await still(page);
  assert.equal(await found(), lists[2]);
  assert.equal(await chip("Drama").getAttribute("aria-pressed"), "true");
  await chip("Drama").click(); // once more: it is no filter any more
  await other(lists[2]);
  assert.equal(query().get("genre"), null);
});

test("by keys alone, with nothing typed, films of a length", async () => {
  await settled(page, "/search");
  const first = await found();
  await chip("up to 1 h 30 min").focus();
  assert.notEqual(await page.evaluate(() => getComputedStyle(document.activeElement).outlineStyle), "none");
  await page.keyboard.press("Enter");
  await other(first);
  assert.equal(query().get("minutes"), "90");
  assert.match(await said(), new RegExp(`^${await total("runtime <= 90")} film`));
  assert.ok(await page.evaluate(() => document.activeElement.textContent.startsWith("up to 1 h 30")), "the focus stays on the chip");
  // The next page is of the same filter.
  const next = page.waitForResponse((answer) => answer.url().includes("cursor="));
  await page.getByRole("button", { name: "More films" }).click();
  assert.match(decodeURIComponent((await next).url()).replaceAll("+", " "), /filter=runtime <= 90/);
  await until("more films", async () => (await page.locator(".film-card").count()) > 24);
});

test("films by their stars and by how often they are rated, each at an address", async () => {
  await settled(page, "/search");
  const group = (name) => page.getByRole("group", { name, exact: true }).getByRole("button");
  await group("Stars").filter({ hasText: "from 4 stars" }).click();
  await page.waitForURL(/stars=4/);
  await still(page);
  assert.match(await said(), new RegExp(`^${await total("rating >= 4")} film`));
  await group("Ratings").last().click();
  await page.waitForURL(/rated=\d+/);
  await still(page);
  const least = Number(query().get("rated"));
  const filter = `rating >= 4 and ratings >= ${least}`;
  assert.ok((await total(filter)) < (await total("rating >= 4")), "the last chip leaves some out");
  assert.match(await said(), new RegExp(`^${await total(filter)} film`));
  const { items } = await api(`/movies?limit=200&filter=${encodeURIComponent(filter)}`);
  assert.ok(items.length > 0 && items.every(({ rating }) => rating.mean >= 3.995 && rating.count >= least));
  // A second press takes it back; so does going back.
  await group("Ratings").last().click();
  await page.waitForURL((url) => !url.search.includes("rated"));
  await page.goBack();
  await page.goBack();
  await page.waitForURL((url) => url.search === "");
  // On the way to nothing each can be let go of.
  await settled(page, "/search?stars=5&rated=1000000");
  await page.getByRole("button", { name: "Without filters" }).waitFor();
  assert.equal(await page.locator(".sieve .chip.is-only").count(), 2, "what was asked for in vain is there, too");
});

test("a genre of a film leads to the films of it", async () => {
  const film = (await api("/movies?limit=1&filter=genre:Western")).items[0];
  await settled(page, `/film/${film.movie}`);
  await page.getByRole("link", { name: "Western", exact: true }).click();
  await page.waitForURL(/\/search\?genre=Western/);
  await still(page);
  assert.match(await said(), new RegExp(`^${await total("genre:Western")} film`));
});

test("nothing left says which filter to drop, and how much there is then", async () => {
  const word = (await api("/movies?limit=1&filter=genre:Western")).items[0].title;
  const films = await total("decade = 1900 or year > 0", word);
  await settled(page, `/search?q=${encodeURIComponent(word)}&genre=Western&decade=1870`);
  await page.getByText("fits these filters").waitFor();
  assert.match(await page.locator(".notice").textContent(), new RegExp(`${films === 1 ? "one" : films} without them`));
  const way = page.getByRole("button", { name: /^Any decade: \d+ film/ });
  await way.waitFor();
  assert.deepEqual(await flaws(page), []);
  await way.click();
  await page.locator(".film-card").first().waitFor();
  assert.deepEqual([query().get("decade"), query().get("genre")], [null, "Western"]);
  // What was typed is nowhere: the filters alone may do.
  await settled(page, "/search?q=qqqqqq&genre=Western");
  await page.getByRole("link", { name: "All films that fit the filters" }).click();
  await page.locator(".film-card").first().waitFor();
  assert.equal(query().get("q"), null);
});

test("the rest that does not come is asked for again", async () => {
  await settled(page, "/search?q=the");
  await page.route("**/api/v1/movies?*cursor=*", (route) => route.abort());
  await page.getByRole("button", { name: "More films" }).click();
  await page.locator(".more [role=alert]", { hasText: "does not answer" }).waitFor();
  const count = await page.locator(".film-card").count();
  await page.unroute("**/api/v1/movies?*cursor=*");
  await page.getByRole("button", { name: "More films" }).click();
  await until("more films", async () => (await page.locator(".film-card").count()) > count);
  assert.equal(await page.locator(".more [role=alert]").textContent(), "");
});

test("whoever comes back finds as many films as there were, and the place", async () => {
  await settled(page, "/search?genre=Drama");
  for (const count of [48, 72]) {
    await page.getByRole("button", { name: "More films" }).click();
    await until(`${count} films`, async () => (await page.locator(".film-card").count()) === count);
  }
  const last = page.locator(".film-card > a").nth(64);
  await last.scrollIntoViewIfNeeded();
  const before = await page.evaluate(() => scrollY);
  assert.ok(before > 800, `${before} px`);
  await last.click();
  await page.waitForURL(/\/film\//);
  await still(page);
  await page.goBack();
  await until("the place", async () => Math.abs((await page.evaluate(() => scrollY)) - before) < 8);
  assert.equal(await page.locator(".film-card").count(), 72);
});

test("nobody's genre and an odd address are read as far as they make sense", async () => {
  await settled(page, `/search?genre=${encodeURIComponent('") or year > 0 or genre:("')}&decade=abc&minutes=x`);
  await page.getByText("fits these filters").waitFor();
  assert.equal(await page.locator(".sieve .chip.is-only").count(), 1);
  assert.deepEqual(browser.complaints, []);
});

test("in Spanish, on the narrowest and the widest screen, in both themes", async () => {
  for (const [width, colorScheme] of [[360, "light"], [2560, "dark"]]) {
    const { page, complaints, close } = await open({ locale: "es", viewport: { width, height: 800 }, colorScheme });
    try {
      await settled(page, "/search?genre=Western&minutes=120");
      assert.match(await page.locator(".found [role=status]").textContent(), /^\d+ películas?, primero las más valoradas/);
      assert.equal(await tooWide(page), 0);
      const box = await page.locator(".sieve .chip.is-only").first().boundingBox();
      assert.ok(box.x >= 0 && box.x + box.width <= width, "what is chosen is in sight");
      assert.deepEqual(complaints, []);
    } finally {
      await close();
    }
  }
});
