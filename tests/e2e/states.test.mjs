// What happens when things are missing, broken, slow or away.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { api, base, cardIds, open, settled, until } from "./browser.mjs";
import { known } from "./held.mjs";
import { everyPage } from "./pages.mjs";

let browser, page, film;
before(async () => {
  browser = await open();
  page = browser.page;
  film = (await api("/movies?limit=1")).items[0];
});
after(() => browser.close());

test("a mistake in a script is told to the server, once", async () => {
  const { page, close } = await open();
  try {
    await settled(page, "/people");
    const asked = [];
    page.on("request", (request) => { if (request.url().endsWith("/client-errors")) asked.push(JSON.parse(request.postData())); });
    const answer = page.waitForResponse("**/api/v1/client-errors");
    await page.evaluate(() => {
      const mistake = new TypeError("a test's own mistake");
      for (let i = 0; i < 3; i++) dispatchEvent(new ErrorEvent("error", { error: mistake, message: mistake.message }));
    });
    assert.ok((await answer).ok());
    assert.deepEqual(asked.map(({ message, page }) => [message, page]), [["TypeError: a test's own mistake", "/people"]]);
    assert.ok(asked[0].at.length > 0);
  } finally {
    await close();
  }
});

test("a photograph that fails becomes the generated poster", async () => {
  const photo = "https://image.tmdb.org/t/p/w342/none.jpg";
  await page.route("**/api/v1/movies?*", async (route) => {
    const body = await (await route.fetch()).json();
    await route.fulfill({ json: { ...body, items: body.items.map((item) => ({ ...item, poster: photo })) } });
  });
  await settled(page, "/search");
  await until("pictures", () => page.locator(".film-card img").evaluateAll((all) =>
    all.length > 0 && all.slice(0, 8).every((img) => img.src.endsWith("/poster.svg") && img.complete && img.naturalWidth > 0)));
  await page.unroute("**/api/v1/movies?*");
});

test("a host of photographs that never answers is given up", async () => {
  const photo = "https://image.tmdb.org/t/p/w342/slow.jpg";
  await browser.context.route("https://image.tmdb.org/**", () => {});
  await page.route("**/api/v1/movies?*", async (route) => {
    const body = await (await route.fetch()).json();
    await route.fulfill({ json: { ...body, items: body.items.map((item) => ({ ...item, poster: photo })) } });
  });
  await page.clock.install(); // patience is quicker by a clock of one's own
  await page.goto("/search");
  await page.locator(".film-card img").first().waitFor();
  await page.clock.fastForward(7000);
  await until("generated posters", () => page.locator(".film-card img").evaluateAll((all) =>
    all.length > 0 && all.every((img) => img.src.endsWith("/poster.svg"))));
  await page.clock.resume();
  await page.unroute("**/api/v1/movies?*");
  await browser.context.unroute("https://image.tmdb.org/**");
});

test("a film, a person and a page that do not exist say so and lead on", async () => {
  for (const [path, link] of [["/film/999999", "/"], ["/people/99999999", "/people"], ["/nowhere/at/all", "/"]]) {
    await settled(page, path);
    await page.locator("main .button").waitFor();
    assert.equal(await page.locator("main .button").getAttribute("href"), link);
  }
  // What is no page at all is none for machines, too; the addresses of pages are known to both sides.
  for (const method of ["GET", "HEAD"]) assert.equal((await fetch(`${base}/nowhere/at/all`, { method })).status, 404);
  for (const { name, path } of await everyPage(api, known))
    if (name !== "nowhere") assert.equal((await fetch(base + path)).status, 200, path);
});

test("when the server does not answer the page says so, and tries again on request and by itself", async () => {
  let asked = 0;
  await page.clock.install(); // waits are quicker by a clock of one's own
  await page.route("**/similar?*", (route) => {
    asked++;
    return route.abort();
  });
  await settled(page, `/film/${film.movie}`);
  const alert = page.getByRole("alert");
  await alert.waitFor();
  assert.match(await alert.innerText(), /does not answer/);
  const before = asked;
  await alert.getByRole("button").click();
  await until("another try", () => asked > before);
  await alert.waitFor();
  await page.unroute("**/similar?*");
  await page.clock.fastForward(16_000);
  await page.clock.resume();
  await until("the list", async () => (await cardIds(page)).length === 10);
  assert.equal(await alert.count(), 0);
});

test("an error of the server is shown in its own words", async () => {
  await page.route("**/similar?*", (route) => route.fulfill({
    status: 503, contentType: "application/problem+json", json: { title: "Busy", status: 503, detail: "the models are being trained" },
  }));
  await settled(page, `/film/${film.movie}`);
  assert.match(await page.getByRole("alert").innerText(), /the models are being trained/);
  await page.unroute("**/similar?*");
});

test("waiting has the final geometry: nothing jumps when the list arrives", async () => {
  let answer;
  const measured = new Promise((done) => (answer = done));
  await page.route("**/similar?*", async (route) => {
    await measured;
    await route.continue();
  });
  await page.goto(`/film/${film.movie}`);
  const bone = await page.locator(".recommended .film-card .poster").nth(7).boundingBox();
  answer();
  await page.locator(".film-card[data-key]").first().waitFor();
  const card = await page.locator(".recommended .film-card .poster").nth(4).boundingBox();
  assert.ok(Math.abs(bone.width - card.width) < 1 && Math.abs(bone.height - card.height) < 1);
  await page.unroute("**/similar?*");
});

test("without a connection a line says that nothing is lost", async () => {
  await settled(page, "/");
  await browser.context.setOffline(true);
  await until("the line", () => page.locator(".offline-bar").isVisible());
  await browser.context.setOffline(false);
  await until("no line", async () => !(await page.locator(".offline-bar").isVisible()));
});

test("a title that is nowhere is answered with advice", async () => {
  await settled(page, "/");
  await page.keyboard.press("/");
  await page.keyboard.type("qqqzzzxxx");
  const note = page.locator(".choices-note");
  const options = page.getByRole("option");
  await until("advice or the nearest titles", async () => (await note.count()) > 0 || (await options.count()) > 0);
});

test("the theme is kept over a reload", async () => {
  await settled(page, "/");
  await page.getByRole("button", { name: /theme/ }).click();
  const chosen = await page.evaluate(() => document.documentElement.dataset.theme);
  const ground = () => page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
  const colour = await ground();
  await page.reload();
  assert.equal(await page.evaluate(() => document.documentElement.dataset.theme), chosen);
  assert.equal(await ground(), colour);
});

test("whoever reads Spanish reads Spanish, and the document says so", async () => {
  const spanish = await open({ locale: "es-ES" });
  try {
    await settled(spanish.page, `/film/${film.movie}`);
    assert.equal(await spanish.page.locator("html").getAttribute("lang"), "es");
    const text = await spanish.page.locator("#app").innerText();
    assert.match(text, /Parecidas a /);
    assert.match(text, /Saltar al contenido/);
    assert.doesNotMatch(text, /More like|Your stars|Licences|Directed by/);
    await settled(spanish.page, "/analytics/feedback");
    assert.match(await spanish.page.locator("h1").innerText(), /Análisis/);
    assert.deepEqual(spanish.complaints, []);
  } finally {
    await spanish.close();
  }
});

test("nothing was complained about", () => {
  assert.deepEqual(browser.complaints, []);
});
