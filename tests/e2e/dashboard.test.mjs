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
  assert.equal(await chart("films").locator("tbody .is-number").first().innerText(), "14");
  assert.equal(await chart("genres").locator("tbody tr").count(), (await api("/analytics/genres?range=2020-03-09..2020-03-15")).items.filter((row) => row.shown > 0).length);
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
  assert.match(await hours.locator("figcaption").innerText(), /^The most lists are shown on \w+ from 20 to 21 o’clock$/);
  await chart("over").getByRole("slider").focus();
  await page.keyboard.press("Home");
  assert.equal(await chart("over").locator(".plot-said").innerText(), "March 2, 2020: 1 list, 1 click");
  await page.keyboard.press("End");
  assert.equal(await chart("over").locator(".plot-said").innerText(), "March 15, 2020: 2 lists, 0 clicks");
  assert.equal(await chart("people").locator(".plot-bar.is-most").count(), 5); // five browsers, each new once
  assert.equal(await chart("models").locator(".plot-marked").count(), 2);
  await chart("models").getByRole("slider").focus();
  await page.keyboard.press("End");
  assert.match(await chart("models").locator(".plot-said").innerText(), /^Week of March 9, 2020: 10\.7%.*new: ease-v2$/);
  assert.equal(await chart("catalogue").locator("figcaption").innerText(), "Four whole weeks tell whether the catalogue narrows");
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
