// The dashboard: days of long ago, which nobody else's test knows, are put into the log, and the page shows what came of them.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { api, flaws, open, settled, tooWide, until } from "./browser.mjs";
import { happened, range } from "./held.mjs";

const there = (await api("/analytics/health")).items !== undefined;
const check = (name, body) => test(name, { skip: !there && "the mock has no analytics" }, body);

let browser, page, first, second;
before(async () => {
  browser = await open();
  page = browser.page;
  if (!there) return;
  await happened();
  [first, second] = await Promise.all(["2020-03-02..2020-03-08", "2020-03-09..2020-03-15"].map((days) => api(`/analytics/summary?range=${days}`)));
});
after(() => browser.close());

const chart = (id) => page.locator(`[data-figure="${id}"]`);
async function shown(page, path) {
  await settled(page, path);
  for (let rest = 40; rest > 0 && (await page.locator(".is-later").count()) > 0; rest--) {
    await page.evaluate(() => scrollBy(0, innerHeight));
    await page.waitForTimeout(40);
  }
  await page.locator("[data-figure=health]").waitFor();
  await page.waitForFunction(() => document.querySelector(".bone, .ghost, .is-waiting") === null);
}

check("what was shown, clicked and rated is there, and what it is compared with", async () => {
  assert.deepEqual([first.items[0].lists, first.items[0].clicked, second.items[0].lists, second.items[0].clicked], [7, 4, 14, 6]);
  await shown(page, `/analytics/dashboard?range=2020-03-09..2020-03-15&against=previous`);
  await page.getByText("compared with March 2, 2020 to March 8, 2020").waitFor();
  assert.deepEqual(await chart("summary").locator("td.is-number").allInnerTexts(), ["100.0%", "56", "10.7%", "6", "7.14%", "4"]);
  await page.getByText(/^Click-through cannot be told from what it was: −3\.57 points/).waitFor();
  const lists = page.locator(".stats-facts > div").filter({ hasText: "Lists shown" });
  assert.equal(await lists.locator("dd").innerText(), "14\nbefore 7");
  assert.equal(await chart("films").locator("tbody tr").count(), 4);
  assert.equal(await chart("films").locator("tbody .is-number").first().innerText(), "14\nbefore 7");
  assert.equal(await chart("films").locator(".chart-others").count(), 4);
  const genres = (await api("/analytics/genres?range=2020-03-09..2020-03-15")).items.filter((row) => row.shown > 0).length;
  assert.equal(await chart("genres").locator("tbody tr").count(), genres);
  assert.equal(await chart("genres").locator(".whisker-once").count(), genres);
  for (const id of ["over", "people"]) assert.equal(await chart(id).locator(".plot-before").count(), 7, id);
  assert.equal(await chart("over").locator(".plot-line.is-dashed").count(), 1);
  for (const id of ["catalogue", "mix"]) assert.equal(await chart(id).locator(".plot-before").count(), 1, id);
  await chart("over").getByRole("slider").focus();
  await page.keyboard.press("Home");
  assert.match(await chart("over").locator(".plot-said").innerText(), /^March 9, 2020: 2 lists, .*\(before 1 list\)$/);
  await chart("people").getByRole("slider").focus();
  await page.keyboard.press("Home");
  assert.match(await chart("people").locator(".plot-said").innerText(), /\(before \d+\)$/);
});

check("rates by place have their interval, and a hollow mark before", async () => {
  await shown(page, `/analytics/dashboard?range=2020-03-09..2020-03-15&against=previous`);
  await chart("rates").getByRole("button", { name: "place" }).click();
  await page.waitForURL(/by=rank/);
  await until("four places", async () => (await chart("rates").locator("tbody tr").count()) === 4);
  assert.deepEqual(await chart("rates").locator("tbody tr").first().locator("th, .is-number").allInnerTexts(), ["Place 1", "42.9%", "14"]);
  assert.equal(await chart("rates").locator("tbody tr").first().locator(".whisker-mean.is-hollow").count(), 1);
  assert.match(await chart("rates").locator("figcaption").innerText(), /^Which is clicked most cannot be told/); // 0 of 14 may be 21.5%
  await chart("rates").getByRole("button", { name: "rated" }).click();
  await page.waitForURL(/rate=rating/);
  assert.match(await chart("rates").locator("figcaption").innerText(), /^Which is rated most cannot be told/);
  await page.reload();
  await until("the same after a reload", async () => (await chart("rates").locator("tbody tr").count()) === 4);
});

check("hours, days, weeks and new versions are said by keyboard", async () => {
  await shown(page, `/analytics/dashboard?${range}`);
  const hours = chart("hours");
  assert.match(await hours.locator("figcaption").innerText(), /^The most lists are shown on \w+ from 20 to 21 o’clock: \d+$/);
  await chart("over").getByRole("slider").focus();
  await page.keyboard.press("Home");
  assert.equal(await chart("over").locator(".plot-said").innerText(), "March 2, 2020: 1 list, 1 click, 1 rating");
  await page.keyboard.press("End");
  assert.equal(await chart("over").locator(".plot-said").innerText(), "March 15, 2020: 2 lists, 0 clicks, 0 ratings");
  assert.equal(await chart("people").locator(".plot-bar.is-most").count(), 5); // five browsers, each new once
  assert.equal(await chart("models").locator(".plot-marked").count(), 2);
  await chart("models").getByRole("slider").focus();
  await page.keyboard.press("End");
  assert.match(await chart("models").locator(".plot-said").innerText(), /^Week of March 9, 2020: 10\.7%.*new: ease-v2$/);
  assert.equal(await chart("catalogue").locator("figcaption").innerText(), "Four whole weeks tell whether the catalogue narrows");
});

check("hours and days may be those of clicks, each axis says its ends, and what is not whole is pale", async () => {
  await shown(page, `/analytics/dashboard?${range}`);
  assert.match(await chart("hours").locator(".plot-said").innerText(), /^Lists by weekday and hour \(UTC\), from 0 to \d+:/);
  await chart("hours").getByRole("button", { name: "clicks" }).click();
  await page.waitForURL(/hours=clicks/);
  assert.match(await chart("hours").locator("figcaption").innerText(), /^The most clicks are on \w+ from 21 to 22 o’clock: \d+$/);
  await chart("over").getByRole("button", { name: "ratings" }).click();
  await page.waitForURL(/over=ratings/);
  assert.match(await chart("over").locator("figcaption").innerText(), / had the most ratings: 2$/);
  assert.deepEqual(await chart("over").locator(".plot-text").allTextContents().then((all) => all.filter((text) => text.endsWith("%"))), ["0%", "30%"]);
  assert.equal(await chart("over").locator(".plot-bar.is-quiet").count(), 0);
  await shown(page, "/analytics/dashboard?range=7d");
  await until("today's bar is pale", async () => (await page.locator("[data-figure=over] .plot-bar.is-quiet").count()) > 0 || (await page.getByText("Nothing was shown on these days.").count()) > 0);
});

check("what nobody named does not decide which is clicked most", async () => {
  const { page, close } = await open();
  const of = (method, clicked, shown, low, high) => ({ method, lists: shown, shown, clicked, rated: 0, clicked_rated: 0, not_interested: 0, click_through: { rate: clicked / shown, low, high }, rating_through: { rate: 0, low: 0, high: 0.1 } });
  const days = { from: "2020-03-02", to: "2020-03-15" };
  const answer = { range: days, against: null, waiting: 0, by: "method", omitted: 0, items: [of("ease", 500, 10_000, 0.046, 0.054), of("popular", 300, 10_000, 0.027, 0.034), of("", 0, 34, 0, 0.1)] };
  try {
    await page.route("**/api/v1/analytics/rates?*", (route) => route.fulfill({ json: answer }));
    await settled(page, `/analytics/dashboard?${range}`);
    const rates = page.locator("[data-figure=rates]");
    assert.equal(await rates.locator("figcaption").innerText(), "Seen together is clicked most: 5.00% of what it shows");
    assert.equal(await rates.locator("tbody th").last().innerText(), "no method");
    answer.items[1] = of("popular", 470, 10_000, 0.043, 0.051);
    await page.reload();
    await until("both are named", async () => (await rates.locator("figcaption").innerText()) === "Which is clicked most cannot be told between Seen together, Popular");
  } finally {
    await close();
  }
});

check("trainings are drawn with their intervals, on a phone, too, and saved", async () => {
  const { page, close } = await open({ viewport: { width: 390, height: 844 } });
  const training = (job, rate) => ({ day: "2020-03-10", job, passed: rate !== null && rate > 0, reason: null, candidate: `hybrid-00000000000${job}`, incumbent: "hybrid-000000000000", people: 90, before: 0.2, after: rate === null ? null : 0.2 + rate,
    difference: rate === null ? { rate: null, low: null, high: null } : { rate, low: rate - 0.01, high: rate + 0.01 }, overlap: 0.8 });
  try {
    await page.route("**/api/v1/analytics/models?*", async (route) => {
      const answer = await (await route.fetch()).json();
      await route.fulfill({ json: { ...answer, trainings: [training(9, 0.0004), training(8, -0.05), training(7, null)] } });
    });
    await shown(page, `/analytics/dashboard?${range}`);
    const trainings = page.locator("[data-figure=trainings]");
    assert.equal(await trainings.locator("figcaption").innerText(), "1 of 3 trainings passed the gate");
    assert.deepEqual(await trainings.locator(".lying .is-number").allInnerTexts(), ["0.000", "passed", "−0.050", "refused", "–", "refused"]);
    assert.equal(await trainings.locator(".whisker-line").count(), 2);
    assert.equal(await tooWide(page), 0);
    const tall = await trainings.locator(".lying tbody tr").evaluateAll((rows) => Math.max(...rows.map((row) => row.getBoundingClientRect().height)));
    assert.ok(tall < 70, `a row is ${tall} px high`);
    const wait = page.waitForEvent("download");
    await trainings.getByRole("button", { name: /^As CSV/ }).click();
    const file = await wait;
    assert.equal(file.suggestedFilename(), "trainings_2020-03-02_2020-03-15.csv");
    assert.match(readFileSync(await file.path(), "utf8"), /^"day","job","candidate",.*\r\n"2020-03-10",9,"hybrid-000000000009",/);
    assert.equal(await page.locator("[data-figure=health] figcaption").count(), 1);
    assert.deepEqual(await flaws(page), []);
  } finally {
    await close();
  }
});

check("days that are none are told beside the choice, and the rest stays", async () => {
  await settled(page, "/analytics/dashboard?range=2020-13-45..2020-14-01&against=2020-02-30..2020-03-01&by=rank");
  await page.getByText("“2020-13-45..2020-14-01” are no days that can be counted. The last 28 are shown.").waitFor();
  await page.getByText("“2020-02-30..2020-03-01” are no days to compare with.").waitFor();
  await page.locator(".stats-which").waitFor();
  assert.deepEqual(await flaws(page), []);
  await page.getByRole("button", { name: "Leave it out" }).first().click();
  await page.waitForURL((url) => !url.searchParams.has("range") && url.searchParams.get("by") === "rank");
  await page.getByRole("button", { name: "Leave it out" }).press("Enter");
  await page.waitForURL((url) => url.search === "?by=rank");
  assert.equal(await page.getByRole("alert").filter({ hasText: "days" }).count(), 0);
});

check("a chart is a table on the page, and a file of the server's", async () => {
  await shown(page, `/analytics/dashboard?${range}`);
  for (const [id, text] of [["hours", /^Mondays\s0:00/], ["rates", /^(Content|Hybrid|Seen together|Collaborative|Popular|Shared taste)\s/], ["over", /^March \d+, 2020/]]) {
    await chart(id).getByRole("button", { name: /^As a table/ }).press("Enter");
    assert.match(await chart(id).locator(".data-table tbody tr").first().innerText(), text);
  }
  await chart("films").getByRole("button", { name: /^As a table/ }).press("Enter");
  assert.equal(await chart("films").locator(".data-table tbody tr").count(), 4);
  for (const [link, name] of [["As CSV", "films_2020-03-02_2020-03-15.csv"], ["As JSON", "films_2020-03-02_2020-03-15.json"]]) {
    const wait = page.waitForEvent("download");
    await chart("films").getByRole("link", { name: new RegExp(`^${link}`) }).click();
    const file = await wait;
    assert.equal(file.suggestedFilename(), name);
    const text = readFileSync(await file.path(), "utf8");
    if (name.endsWith("csv")) assert.equal(text.trimEnd().split("\n").length, 5);
    else assert.equal(JSON.parse(text).items.length, 4);
  }
});

check("days are chosen by name or by hand", async () => {
  await settled(page, "/analytics/dashboard");
  await page.getByRole("button", { name: "Other days", exact: true }).click();
  const [from, to] = [page.getByLabel("From", { exact: true }), page.getByLabel("To", { exact: true })];
  await from.fill("2020-03-02");
  await page.waitForURL(/range=2020-03-02\.\./);
  await to.fill("2020-03-15");
  await page.waitForURL(/range=2020-03-02\.\.2020-03-15/);
  await page.getByText(/^March 2, 2020 to March 15, 2020/).waitFor();
  await to.focus();
  await page.keyboard.type("03082020"); // digit by digit: 0002 is no year that was meant
  await page.waitForURL(/range=2020-03-02\.\.2020-03-08/);
  await page.getByRole("button", { name: "28 days" }).click();
  await until("the usual days", async () => new URL(page.url()).search === "");
  await settled(page, "/analytics/dashboard?range=2019-01-01..2019-01-02");
  await page.getByText("Nothing was shown on these days.").waitFor();
});

check("it fits a phone, in Spanish and either theme, and axe finds nothing", async () => {
  for (const [width, colorScheme, locale] of [[360, "light", "es"], [1440, "dark", "en"]]) {
    const { page, complaints, close } = await open({ locale, colorScheme, viewport: { width, height: 800 } });
    try {
      await shown(page, `/analytics/dashboard?${range}&against=previous`);
      assert.equal(await tooWide(page), 0);
      for (const button of await page.locator(".chart-foot button").all()) await button.click();
      const heads = await page.locator(".data-table th").allInnerTexts();
      assert.ok(heads.length > 40, `${heads.length} columns`);
      assert.deepEqual(heads.filter((head) => /[a-z][_.][a-z]/.test(head)), [], "none is called as the API calls it");
      if (locale === "es") await page.getByRole("heading", { level: 2, name: "En qué quedó" }).waitFor();
      assert.deepEqual(await flaws(page), []);
      assert.deepEqual(complaints, []);
    } finally {
      await close();
    }
  }
});

test("nothing was complained about", () => {
  assert.deepEqual(browser.complaints, []);
});
