// No English on a Spanish page: whatever the server says, and whatever goes wrong.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { api, leafThrough, long, open, settled } from "./browser.mjs";
import { hold, known } from "./held.mjs";
import { everyPage } from "./pages.mjs";
import { englishIn, marked, textsOn } from "./words.mjs";

let browser, page, pages, ready;
const data = new Set();
before(async () => {
  browser = await open({ locale: "es", reducedMotion: "reduce" });
  page = browser.page;
  pages = await everyPage(api, known);
  ready = await hold(browser.context, page, (said) => marked(said, data));
});
after(() => browser.close());

async function english() {
  const lines = [...data].sort((a, b) => b.length - a.length);
  return (await textsOn(page)).map((text) => [text, englishIn(text, lines)]).filter(([, words]) => words.length > 0)
    .map(([text, words]) => `${words.join(" ")}: ${text.slice(0, 160)}`);
}

// Of an evening every page is gone through, and each way in which something goes wrong; else those that say most of the server's.
const most = new Set(["film-mine", "search", "search-none", "night", "my-account", "system", "dashboard", "data", "jobs", "job", "models", "experiment", "log"]);

test("every page, whatever the server says", async () => {
  const found = {};
  for (const one of pages.filter(({ name }) => long || most.has(name))) {
    data.clear();
    for (const [, asked] of new URL(one.path, "http://page").searchParams) data.add(asked); // what was typed is said again
    await ready(one);
    await settled(page, one.path);
    if (["home", "home-rows", "dashboard", "data"].includes(one.name)) await leafThrough(page);
    assert.equal(await page.evaluate(() => document.documentElement.lang), "es", one.name);
    await page.evaluate(() => { for (const box of document.querySelectorAll("main details")) box.open = true; });
    const words = await english();
    if (words.length > 0) found[one.name] = words;
  }
  assert.deepEqual(found, {});
});

// ---- when something goes wrong

const problem = (status, code, more = {}) => ({ status, contentType: "application/problem+json",
  body: JSON.stringify({ type: "about:blank", title: "This is the title", status, detail: "this is what the server says of it", code, ...more }) });
const parameter = (name) => ({ errors: [{ parameter: name, detail: "this is not one of them", code: "invalid" }] });
const pointer = (path) => ({ errors: [{ pointer: `#/${path}`, detail: "this is not one of them", code: "invalid" }] });
const every = [problem(409, "E_CONFLICT"), problem(422, "E_INVALID"), problem(422, "E_INVALID", parameter("limit")), problem(422, "E_INVALID", pointer("history/3/rating")), problem(422, "E_FORMAT"), problem(400, "E_SYNTAX"),
  problem(403, "E_DENIED"), problem(404, "E_NOTFOUND"), problem(410, "E_GONE"), problem(412, "E_CONFLICT"), problem(413, "E_TOOLARGE"), problem(421, "E_INVALID"), problem(429, "E_BUSY"), problem(500, "E_UNKNOWN"),
  problem(503, "E_STORE"), problem(503, "E_CANCELLED"), problem(507, "E_BUDGET")];
// Answers `pattern` with a problem while `work` is done.
async function refusing(pattern, method, answer, work) {
  const refuse = (route) => (route.request().method() === method && !route.request().url().includes("/poster") ? route.fulfill(answer) : route.fallback());
  await page.route(pattern, refuse);
  try {
    await work();
  } finally {
    await page.unroute(pattern, refuse);
  }
}

test("every page that is not answered, by each kind of problem", async () => {
  const found = {};
  for (const [i, one] of pages.filter(({ name }) => !["nowhere", "sign-in", "sign-up", "reset", "new-password", "confirm", "my", "sofa"].includes(name)).entries()) {
    if (!long && i % 4 !== 1) continue;
    data.clear();
    for (const [, asked] of new URL(one.path, "http://page").searchParams) data.add(asked);
    await ready(one);
    for (const answer of long ? every : [every[i % every.length]])
      await refusing(/\/api\/v1\/(?!session|health)/, "GET", answer, async () => {
        await settled(page, one.path);
        const words = await english();
        if (words.length > 0) found[`${one.name} ${answer.status}`] = words;
      });
  }
  assert.deepEqual(found, {});
});

const form = (button) => async () => {
  for (const field of await page.locator("input[type=email]:visible").all()) await field.fill("a@example.org");
  for (const field of await page.locator("form input:is([type=text], [type=password], :not([type])):visible").all()) await field.fill("una frase bastante larga");
  await page.locator(button).first().click();
};
const opened = (at, button) => async () => {
  await page.locator("details.setting").nth(at).evaluate((one) => { one.open = true; });
  await form(`details.setting:nth-of-type(${at + 1}) button[type=submit]`)();
};
const confirmed = (button) => async () => {
  await page.locator("main details").evaluateAll((all) => all.forEach((one) => { one.open = true; }));
  await page.locator(button).first().click();
  await page.locator("dialog[open] .button.is-main").click();
};
// What a page sends, who does it, and how.
const actions = [
  ["sign-in", "**/session", "POST", form("form button[type=submit]")],
  ["sign-up", "**/accounts", "POST", form("form button[type=submit]")],
  ["reset", "**/password-reset", "POST", form("form button[type=submit]")],
  ["new-password", "**/password-reset/confirm", "POST", form("form button[type=submit]")],
  ["my-account", "**/me", "PATCH", opened(0)],
  ["my-account", "**/me", "PATCH", opened(1)],
  ["my-account", "**/me/password", "POST", opened(2)],
  ["my-account", "**/me", "DELETE", opened(3)],
  ["my-account", "**/session", "DELETE", () => page.locator(".settings .form-end button[type=button]").first().click()],
  ["my-watchlist", "**/ratings/*", "DELETE", () => page.locator(".film-card button").first().click()],
  ["my-import", "**/ratings:import*", "POST", () => page.locator("input[type=file]").setInputFiles({ name: "mis.csv", mimeType: "text/csv", buffer: Buffer.from("Date,Name,Year,Letterboxd URI,Rating\n2020-01-01,A,1999,x,4\n") })],
  ["jobs", "**/jobs", "POST", form("form.filters button[type=submit]")],
  ["models", "**/activate", "POST", confirmed(".model-versions button")],
  ["experiment", "**/experiments/*", "DELETE", confirmed("main button:has-text('experimento')")],
];

test("everything that a page sends, refused in each way", async () => {
  const found = {};
  let said = 0;
  for (const [i, [name, pattern, method, act]] of actions.entries()) {
    if (!long && i % 2 === 0) continue;
    const one = pages.find((page) => page.name === name);
    data.clear();
    await ready(one);
    const answers = long ? every : [every[i % 4]];
    for (const answer of answers)
      await refusing(pattern, method, answer, async () => {
        await page.goto("about:blank");
        await settled(page, one.path);
        await act();
        const alert = page.locator("[role=alert], [role=status], .form-error, .form-done").filter({ hasText: /\S/ }).first();
        await alert.waitFor().catch((cause) => { throw new Error(`${name}, ${method} ${pattern} ${answer.status}: nothing is said`, { cause }); });
        said++;
        const words = await english();
        if (words.length > 0) found[`${name} ${method} ${answer.status}`] = words;
      });
  }
  assert.deepEqual(found, {});
  assert.ok(said >= Math.floor(actions.length / 2));
});

test("English would be seen: a sentence of the server's, a genre, and a page for others", async () => {
  assert.ok(englishIn("esto es: its file is not there", []).length > 0);
  assert.ok(englishIn("Documentary", []).length > 0);
  assert.deepEqual(englishIn("Porque te gustó The Third Man", ["The Third Man"]), []);
  assert.deepEqual(englishIn("Documental, 12 películas", []), []);
  const other = await open({ locale: "en" });
  try {
    for (const path of ["/tune", "/analytics"]) {
      await settled(other.page, path);
      const seen = (await textsOn(other.page)).filter((text) => englishIn(text, []).length > 0);
      assert.ok(seen.length >= 5, `${path}: ${seen.join(" | ")}`);
    }
  } finally {
    await other.close();
  }
});
