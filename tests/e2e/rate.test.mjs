// Rating: the list follows every star, moves visibly, and the ratings stay in this browser.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { cardIds, open, settled, until } from "./browser.mjs";

let browser, page;
before(async () => {
  browser = await open();
  page = browser.page;
});
after(() => browser.close());

const listIds = async () => (await cardIds(page)).join();
const star = (film, stars) =>
  page.locator(".is-rating .film-card").nth(film).locator(`input[value="${stars}"]`).check({ force: true });

test("each star changes the list", async () => {
  await settled(page, "/rate");
  await until("a first list", listIds);
  const seen = new Set([await listIds()]);
  for (const [film, stars] of [[0, 5], [1, 1], [2, 5]]) {
    const last = await listIds();
    await star(film, stars);
    await until("another list", async () => (await listIds()) !== last);
    seen.add(await listIds());
  }
  assert.equal(seen.size, 4);
  const reasons = await page.locator(".live .reason").allInnerTexts();
  assert.ok(reasons.some((reason) => reason.startsWith("Because you gave")), reasons.join(" | "));
});

test("rated films leave the list, and what is not for me leaves it too", async () => {
  const rated = await page.locator(".is-rating .film-card a").evaluateAll((links) => links.slice(0, 3).map((a) => Number(a.href.split("/").pop())));
  assert.ok((await cardIds(page)).every((id) => !rated.includes(id)));
  const [first] = await cardIds(page);
  await page.locator(".live-row").first().getByRole("button", { name: /not for me/ }).click();
  await until("it is gone", async () => !(await cardIds(page)).includes(first));
});

test("the films glide to their places, and stand still where motion is unwanted", async () => {
  await page.evaluate(() => {
    window.glides = 0;
    const animate = Element.prototype.animate;
    Element.prototype.animate = function (...all) {
      window.glides++;
      return animate.apply(this, all);
    };
  });
  let last = await listIds();
  await star(3, 5);
  await until("another list", async () => (await listIds()) !== last);
  assert.ok((await page.evaluate(() => window.glides)) > 0, "they glide");
  await page.emulateMedia({ reducedMotion: "reduce" });
  await page.evaluate(() => (window.glides = 0));
  last = await listIds();
  await star(4, 1);
  await until("another list", async () => (await listIds()) !== last);
  assert.equal(await page.evaluate(() => window.glides), 0);
  await page.emulateMedia({ reducedMotion: "no-preference" });
});

test("the ratings outlive a reload and can be forgotten", async () => {
  await page.reload();
  await until("the ratings", async () => /5 films/.test(await page.locator(".own-head").innerText()));
  assert.equal(await page.locator(".stars-input.is-given").count(), 5);
  await page.getByRole("button", { name: "Start over" }).click();
  await page.getByRole("button", { name: "Start over" }).click();
  await until("no stars", async () => (await page.locator(".stars-input.is-given").count()) === 0);
});

test("stars are given with the arrow keys", async () => {
  const group = page.locator(".is-rating .film-card").first().locator("input");
  await group.first().focus();
  await page.keyboard.press("Space");
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("ArrowRight");
  const third = await group.nth(2).inputValue();
  assert.equal(await page.locator(".is-rating .film-card").first().locator("input:checked").inputValue(), third);
});

test("nothing was complained about", () => {
  assert.deepEqual(browser.complaints, []);
});
