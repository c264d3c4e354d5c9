// The page about the data: what it shows is what the server says, of all films or of those that were chosen.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { api, open, settled, still, tooWide, until } from "./browser.mjs";

const whole = await api("/data");
const check = (name, body) => test(name, { skip: !whole.figures && "the mock has no analyses" }, body);
const figureOf = (answer, id) => answer.figures.find((figure) => figure.figure === id);
const column = (answer, id, name) => figureOf(answer, id).columns.find((one) => one.name === name).values;
const counted = (n, one, more) => `${n.toLocaleString("en")} ${n === 1 ? one : more}`;

let browser, page;
before(async () => {
  browser = await open();
  page = browser.page;
});
after(() => browser.close());

const chart = (id) => page.locator(`[data-figure="${id}"]`);
const said = (answer) => `${counted(answer.movies, "film", "films")}, ${counted(answer.people, "person", "people")}, ${counted(answer.ratings, "rating", "ratings")}.`;
const saying = (answer) => until(said(answer), async () => (await page.locator(".lead").innerText()).startsWith(said(answer)));

check("every analysis that there is has a chart, and what there is not is said", async () => {
  await settled(page, "/analytics/data");
  await saying(whole);
  // Two of them are drawn by a switch.
  const drawn = whole.figures.filter((figure) => figure.absent === null && !["films-per-decade", "popularity", "popularity-log"].includes(figure.figure));
  for (const { figure } of drawn) assert.equal(await chart(figure).count(), 1, figure);
  for (const { figure } of whole.figures.filter((one) => one.absent !== null)) assert.equal(await chart(figure).count(), 0, figure);
  const stars = column(whole, "ratings-distribution", "ratings");
  assert.equal(await chart("ratings-distribution").locator(".plot-bar").count(), stars.length);
  const tallest = await chart("ratings-distribution").locator(".plot-bar").evaluateAll((bars) =>
    bars.map((bar) => Number(bar.getAttribute("height"))).reduce((best, height, i, all) => (height > all[best] ? i : best), 0));
  assert.equal(tallest, stars.indexOf(Math.max(...stars)));
});

check("what stands in a chart is said by pointer and by keyboard, with its numbers", async () => {
  await settled(page, "/analytics/data");
  const [values, ratings] = [column(whole, "ratings-distribution", "rating"), column(whole, "ratings-distribution", "ratings")];
  const line = chart("ratings-distribution").locator(".plot-said"), plot = chart("ratings-distribution").getByRole("slider");
  const spoken = (at) => `${counted(values[at], "star", "stars")}: ${ratings[at].toLocaleString("en")}`;
  await chart("ratings-distribution").locator(".plot-bar").first().hover({ force: true });
  assert.ok((await line.innerText()).startsWith(spoken(0)), await line.innerText());
  await page.mouse.move(0, 0);
  assert.equal(await line.innerText(), "Ratings by value");
  await plot.focus();
  await page.keyboard.press("End");
  assert.ok((await line.innerText()).startsWith(spoken(values.length - 1)));
  await page.keyboard.press("ArrowLeft");
  assert.ok((await plot.getAttribute("aria-valuetext")).startsWith(spoken(values.length - 2)));
  const pairs = chart("genre-cooccurrence"), sentence = pairs.locator(".plot-said");
  await pairs.getByRole("slider").focus();
  await page.keyboard.press("Home");
  const first = await sentence.innerText();
  await page.keyboard.press("ArrowRight"); // off the half that is there: one stays
  assert.equal(await sentence.innerText(), first);
  await page.keyboard.press("ArrowDown");
  assert.notEqual(await sentence.innerText(), first);
});

check("behind each chart is its table, and it is saved as the command line writes it", async () => {
  await settled(page, "/analytics/data");
  const top = chart("top-by-rating");
  await top.getByRole("button", { name: /^As a table/ }).press("Enter");
  const films = column(whole, "top-by-rating", "film");
  assert.equal(await top.locator(".data-table tbody tr").count(), Math.min(200, films.length));
  assert.equal(await top.locator(".data-table tbody td").first().innerText(), films[0]);
  const wait = page.waitForEvent("download");
  await top.getByRole("button", { name: /^Save as a table/ }).click();
  const file = await wait;
  assert.equal(file.suggestedFilename(), "top-by-rating.csv");
  const lines = readFileSync(await file.path(), "utf8").trimEnd().split("\r\n");
  assert.equal(lines.length, films.length + 1);
  assert.equal(lines[0], figureOf(whole, "top-by-rating").columns.map((one) => `"${one.name}"`).join(","));
});

check("films are chosen by genre and by years, at an address", async () => {
  const genres = column(whole, "genre-frequency", "genre"), years = column(whole, "films-per-year", "year");
  const genre = genres[0], last = years[years.length - 1] - 5;
  const [byGenre, byBoth] = [await api(`/data?genre=${encodeURIComponent(genre)}`), await api(`/data?genre=${encodeURIComponent(genre)}&to=${last}`)];
  assert.ok(byBoth.movies > 0 && byBoth.movies < byGenre.movies && byGenre.movies < whole.movies);
  await settled(page, "/analytics/data");
  await page.getByRole("combobox", { name: "Genre" }).selectOption(genre);
  await page.waitForURL((url) => url.searchParams.get("genre") === genre);
  await saying(byGenre);
  const end = page.getByRole("slider", { name: "To the year" });
  await end.focus();
  for (let i = 0; i < 5; i++) await page.keyboard.press("ArrowLeft");
  await page.waitForURL((url) => url.searchParams.get("to") === String(last));
  await saying(byBoth);
  assert.equal(await chart("top-by-rating").locator("tbody th").first().innerText(), column(byBoth, "top-by-rating", "film")[0].replace(/ - /g, "\u00a0– "));
  await page.reload();
  await still(page);
  await saying(byBoth);
  await page.getByRole("button", { name: "All films" }).click();
  await saying(whole);
  assert.equal(new URL(page.url()).search, "");
  await settled(page, `/analytics/data?genre=${encodeURIComponent(genre)}&from=1&to=2`);
  await page.getByText("No film is of that genre and of these years.").waitFor();
});

check("a genre or years that are none are told beside the choice, and the rest stays", async () => {
  await settled(page, `/analytics/data?genre=${"Opera".repeat(20)}&from=1990&to=1980`);
  await saying(whole);
  assert.equal(await page.getByRole("alert").count(), 2);
  await page.getByText("“1990–1980” are no years from one to another.").waitFor();
  assert.ok((await page.locator("[data-figure]").count()) > 5);
  const [genre] = await page.getByRole("button", { name: "Leave it out" }).all();
  await genre.click();
  await page.waitForURL((url) => !url.searchParams.has("genre") && url.searchParams.has("from"));
  await page.getByRole("button", { name: "Leave it out" }).press("Enter");
  await page.waitForURL((url) => url.search === "");
  assert.equal(await page.getByRole("alert").count(), 0);
  await settled(page, "/analytics/data?genre=Opera&to=1990");
  await saying(await api("/data?to=1990"));
  await page.getByText("No film here is of the genre “Opera”. All genres are shown.").waitFor();
});

check("a way to draw is chosen, and is part of the address", async () => {
  await settled(page, "/analytics/data");
  await page.getByRole("button", { name: "decade" }).click();
  await page.waitForURL(/films=decade/);
  assert.equal(await chart("films-per-decade").locator(".plot-bar").count(), figureOf(whole, "films-per-decade").rows);
});

check("in Spanish, too, and on a phone the charts are as wide as it is", async () => {
  const { page, complaints, close } = await open({ locale: "es", viewport: { width: 360, height: 740 } });
  try {
    await settled(page, "/analytics/data?genre=Drama");
    await page.getByRole("heading", { level: 2, name: "Lo que falta" }).waitFor();
    await page.getByText(/^Junto a Drama, el género más frecuente es /).waitFor();
    assert.equal(await tooWide(page), 0);
    assert.deepEqual(complaints, []);
  } finally {
    await close();
  }
});

check("the charts come with this page alone", async () => {
  const { page, close } = await open();
  try {
    const scripts = [];
    page.on("request", (request) => request.resourceType() === "script" && scripts.push(new URL(request.url()).pathname));
    await settled(page, "/analytics");
    const before = scripts.length;
    await page.getByRole("link", { name: "Data", exact: true }).click();
    await page.locator("[data-figure]").first().waitFor();
    assert.ok(scripts.length > before, scripts.join());
  } finally {
    await close();
  }
});

test("nothing was complained about", () => {
  assert.deepEqual(browser.complaints, []);
});
