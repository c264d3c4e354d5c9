// Tuning: the films follow what is moved, and the address holds all of it.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { api, cardIds, open, settled, still, until } from "./browser.mjs";

let browser, page, person;
before(async () => {
  browser = await open();
  page = browser.page;
  person = (await api("/people?limit=3")).items[2];
});
after(() => browser.close());

const ids = async () => (await cardIds(page)).join();
const slider = (name) => page.getByRole("slider", { name });
const chip = (name) => page.locator(".wishes .chip").filter({ hasText: new RegExp(`^${name}`) });
const query = () => new URL(page.url()).searchParams;
const changed = (last) => until("other films", async () => (await ids()) !== last && (await page.locator(".tuned[aria-busy=true]").count()) === 0);

test("by keys alone: sliders and chips move films, and going back undoes them one by one", async () => {
  await settled(page, `/tune?films=10&person=${person.user}`);
  const lists = [await ids()];
  // The first stop is the link past the header, the next one the first slider after it.
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  for (let rest = 5; rest > 0 && !(await page.evaluate(() => document.activeElement.type === "range")); rest--) await page.keyboard.press("Tab");
  for (let i = 0; i < 8; i++) await page.keyboard.press("ArrowRight");
  await changed(lists[0]);
  lists.push(await ids());
  assert.equal(query().get("novelty"), "40");
  assert.match(await slider("Familiar to surprising").getAttribute("aria-valuetext"), /clearly: surprising/);
  assert.notEqual(await page.evaluate(() => getComputedStyle(document.activeElement).outlineStyle), "none");

  await chip("Comedy").focus();
  await page.keyboard.press("Space");
  await changed(lists[1]);
  lists.push(await ids());
  assert.deepEqual([query().get("genre"), query().get("novelty")], ["Comedy", "40"]);
  assert.match(await chip("Comedy").textContent(), /only these/);

  await page.goBack();
  await until("the list before the chip", async () => (await ids()) === lists[1]);
  await page.goBack();
  await until("the list before the slider", async () => (await ids()) === lists[0]);
  assert.equal(await slider("Familiar to surprising").inputValue(), "0");
  await page.goForward();
  await page.goForward();
  await until("all of it again", async () => (await ids()) === lists[2]);
  await page.reload();
  await still(page);
  assert.equal(await ids(), lists[2]);
  assert.equal(await slider("Familiar to surprising").inputValue(), "40");
});

test("chips say what the films are", async () => {
  const genresOf = async () => Promise.all((await cardIds(page)).map(async (id) => (await api(`/movies/${id}`)).genres));
  await settled(page, `/tune?person=${person.user}&genre=Drama&decade=1990&films=5`);
  const years = (await page.locator(".film-card .facts").allInnerTexts()).map((facts) => Number(/\d{4}/.exec(facts)[0]));
  assert.ok(years.length > 0 && years.every((year) => year >= 1990 && year < 2000), years.join());
  assert.ok((await genresOf()).every((genres) => genres.includes("Drama")));
  const before = await ids();
  await chip("Drama").click();
  await changed(before);
  assert.deepEqual([query().get("genre"), query().get("without")], [null, "Drama"]);
  assert.ok((await genresOf()).every((genres) => !genres.includes("Drama")));
});

test("models are blended, the list is the blend's, and so are its reasons", async () => {
  await settled(page, `/tune?person=${person.user}&films=10`);
  await page.getByRole("radio", { name: "Hybrid" }).focus();
  await page.keyboard.press("ArrowUp"); // round to the last one, the blend
  await until("a blend", () => query().get("blend")?.includes("content:50"));
  const content = slider("Content");
  for (let i = 0; i < 6; i++) await content.press("ArrowRight");
  await until("its weight", () => query().get("blend")?.includes("content:80"));
  await still(page);
  const list = await api("/recommendations", {
    method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ user: person.user, limit: 10,
      model: Object.fromEntries(query().get("blend").split(",").map((part) => part.split(":")).map(([name, weight]) => [name, weight / 100])) }),
  });
  assert.equal(await ids(), list.items.map((item) => item.movie).join());
  await page.locator(".film-card button").first().click();
  await page.locator(".panel .is-sum").waitFor();
  await page.keyboard.press("Escape");
  await page.reload();
  await still(page);
  assert.ok(await page.getByRole("radio", { name: "A blend" }).isChecked());
  for (const one of await page.locator(".wishes .scale input").all()) await one.press("Home");
  await until("nothing weighs anything", () => query().get("blend") === "none");
  await still(page);
  assert.ok((await cardIds(page)).length === 10 && (await page.getByRole("alert").count()) === 0);
});

test("while a list is on its way the last one stays, and what is not wanted any more is given up", async () => {
  await settled(page, `/tune?films=10&person=${person.user}`);
  const before = await ids();
  const asked = [];
  const gone = [];
  const wish = (request) => request.postDataJSON?.()?.novelty;
  page.on("requestfailed", (request) => gone.push(wish(request)));
  await page.route("**/api/v1/recommendations", async (route) => {
    asked.push(wish(route.request()));
    if (asked.length > 1) await route.continue(); // the first never comes
  });
  await slider("Familiar to surprising").focus();
  await page.keyboard.press("ArrowRight");
  await until("the first request", () => asked.length === 1);
  assert.equal(await ids(), before);
  const tops = () => page.locator(".film-card[data-key]").evaluateAll((cards) => cards.map((card) => card.offsetTop).join());
  const places = await tops();
  for (let i = 0; i < 11; i++) await page.keyboard.press("ArrowRight");
  await changed(before);
  assert.equal(asked.at(-1), 0.6);
  assert.equal(gone[0], 0.05); // and on a slow machine some of those between
  assert.equal(await tops(), places, "no card changes its place");
  await page.unroute("**/api/v1/recommendations");
});

test("nothing in an address becomes part of the page or of an expression", async () => {
  const nasty = ['<img src=x onerror="hit=1">', '") or year > 0 or genre:("', "</p><script>hit=1</script>", "\\"];
  const search = new URLSearchParams([...nasty.map((one) => ["genre", one]), ["without", nasty[0]], ["model", "<b>hit</b>"], ["person", "1<"]]);
  await settled(page, `/tune?${search}`);
  assert.equal(await page.getByRole("alert").count(), 0);
  assert.match(await page.locator(".notice").innerText(), /No film fits/);
  for (const one of nasty) assert.equal(await page.locator(".wishes .chip").filter({ hasText: one }).count(), 1, one);
  assert.equal(await page.evaluate(() => window.hit ?? document.querySelector("main script, main img[src=x]")), null);
  await page.locator(".notice").getByRole("button", { name: "Genres" }).click();
  await until("films", async () => (await cardIds(page)).length > 0);
  assert.equal(query().toString(), "");
});

test("on a narrow screen the films stay in sight above the controls", async () => {
  await page.setViewportSize({ width: 360, height: 740 });
  await settled(page, `/tune?films=10&person=${person.user}`);
  await page.getByRole("button", { name: "Adjust" }).click();
  const card = await page.locator(".film-card .film-title").first().boundingBox();
  const sheet = await page.locator(".tune-panel").boundingBox();
  assert.ok(card.y > 0 && card.y + card.height < sheet.y, `${card.y} to ${card.y + card.height} above ${sheet.y}`);
  const last = await ids();
  await slider("Familiar to surprising").press("End");
  await changed(last);
  assert.match(await page.locator(".tune-bar").innerText(), /Surprising/);
});

test("nothing was complained about", () => {
  assert.deepEqual(browser.complaints, []);
});
