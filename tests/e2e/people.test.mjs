// Person mode: somebody of the data set, what they liked, what they might watch, who is like them.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { api, cardIds, open, plain, settled, until } from "./browser.mjs";

let browser, page, person, health;
before(async () => {
  browser = await open();
  page = browser.page;
  health = await api("/health");
  person = (await api("/people?limit=5")).items[4];
});
after(() => browser.close());

test("a person is found by number", async () => {
  await settled(page, "/people");
  await page.keyboard.press("/");
  await page.keyboard.type(String(person.user));
  const option = page.getByRole("option", { name: new RegExp(`^Person ${person.user}(?!\\d)`) }).first();
  await option.waitFor();
  await option.click();
  await page.waitForURL(`**/people/${person.user}`);
  assert.match(await page.locator("h1").innerText(), new RegExp(`Person ${person.user}(?!\\d)`));
});

test("their best films stand beside what they might watch next", async () => {
  await settled(page, `/people/${person.user}`);
  const rated = await api(`/people/${person.user}/ratings?limit=10`);
  const best = (await page.locator(".is-best .film-title").allInnerTexts()).map(plain);
  assert.deepEqual(best, rated.items.map((film) => film.title));
  const list = await api("/recommendations", {
    method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ user: person.user, limit: 10 }),
  });
  assert.deepEqual(await cardIds(page), list.items.map((item) => item.movie));
  const left = await page.locator(".beside > section").first().boundingBox();
  const right = await page.locator(".recommended").boundingBox();
  assert.ok(left.x + left.width <= right.x, "side by side");
  assert.ok(Math.abs(left.y - right.y) < 2, "on one line");
});

test("similar people lead on", async () => {
  await settled(page, `/people/${person.user}`);
  const similar = await api(`/people/${person.user}/similar?limit=8`);
  const links = page.locator(".people-grid a");
  assert.equal(await links.count(), similar.items.length);
  await links.first().click();
  await page.waitForURL(`**/people/${similar.items[0].user}`);
});

test("simulated people are called simulated", async () => {
  await settled(page, `/people/${person.user}`);
  const tag = await page.locator("h1 .tag").count();
  const footer = await page.locator("footer").innerText();
  assert.equal(tag, health.simulated ? 1 : 0);
  assert.equal(/simulated/.test(footer), health.simulated);
  assert.equal(/TMDB API/.test(footer), health.tmdb);
});

const toNumber = (text) => Number(text.replace("−", "-").replaceAll(",", ""));

test("the reason panel is a sum that adds up, for every method", async () => {
  for (const method of ["hybrid", "content", "user-knn", "popular"]) {
    await settled(page, `/people/${person.user}?method=${method}`);
    await page.locator(".film-card button").first().click();
    await page.locator(".panel .is-sum").waitFor();
    const lines = (await page.locator(".panel .is-sum .sum-share").allInnerTexts()).map(toNumber);
    const films = (await page.locator(".panel .sum:not(.is-sum) .sum-share").allInnerTexts()).map(toNumber);
    const total = lines.pop();
    const add = (numbers) => numbers.reduce((a, b) => a + b, 0);
    assert.ok(Math.abs(add(lines) - total) < 1e-9, `${method}: ${lines} make ${total}`);
    if (films.length > 0) assert.ok(Math.abs(add(films) - lines[0]) < 1e-9, `${method}: ${films} make ${lines[0]}`);
    await page.keyboard.press("Escape");
    await page.locator(".panel").waitFor({ state: "detached" });
  }
});

test("nothing was complained about", () => {
  assert.deepEqual(browser.complaints, []);
});
