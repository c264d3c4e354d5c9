// Scripts in whatever is typed, sent in an address, or said by the server: shown as text, everywhere.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { api, long, open, until } from "./browser.mjs";
import { hold, known } from "./held.mjs";
import { everyPage } from "./pages.mjs";

const nasty = `"><img src=x onerror="window.hit=1"><svg onload=window.hit=1>{{7*7}}<script>window.hit=1</script>`;

let browser, page, pages, ready;
let change = (said) => said;
before(async () => {
  browser = await open({ reducedMotion: "reduce" });
  page = browser.page;
  pages = await everyPage(api, known);
  ready = await hold(browser.context, page, (said) => change(said));
});
after(() => browser.close());

const answered = (path) => until(`an answer at ${path}`, () => page.evaluate(() => document.querySelector("main > *") !== null &&
  ![...document.querySelectorAll("[aria-busy=true]")].some((one) => !one.closest(".is-later"))));

// Whether anything of it became a part of the page instead of text.
const alive = () => page.evaluate(() => [...document.querySelectorAll("img[src=x], [onerror], [onload], main script")].map((one) => one.outerHTML)
  .concat(window.hit ? ["it ran"] : []));
// The pages' policy would refuse what got through, and the browser say so. (Charts of nonsense complain of numbers.)
const unheard = () => assert.deepEqual(browser.complaints.splice(0).filter((line) => /refused|policy|script|hit/i.test(line)), []);

test("in every field", async () => {
  let fields = 0;
  const chosen = long ? pages : pages.filter(({ name }) => ["rate", "tune", "night", "sign-up", "log"].includes(name));
  for (const { path, ...who } of chosen) {
    await ready(who);
    await page.goto(path);
    await answered(path);
    const count = await page.locator("input:is([type=text], [type=search], [type=email], [type=password], :not([type])), textarea").count();
    for (let i = 0; i < count; i++) {
      const field = page.locator("input:is([type=text], [type=search], [type=email], [type=password], :not([type])), textarea").nth(i);
      if (!(await field.isVisible()) || !(await field.isEditable())) continue;
      await field.fill(nasty);
      fields++;
      assert.deepEqual(await alive(), [], `${path}, field ${i}`);
    }
    if (count > 0) {
      await page.keyboard.press("Enter");
      await answered(path);
      assert.deepEqual(await alive(), [], `${path}, sent`);
    }
  }
  assert.ok(fields > chosen.length, `${fields} fields`);
  unheard();
});

test("in every part of an address", async () => {
  const text = encodeURIComponent(nasty);
  const names = { "/search": "q", "/rate": "method", "/tune": "genre without decade age films model person", "/night": "with rule", "/my": "show",
    "/sign-in": "next", "/analytics/data": "genre from to", "/analytics/dashboard": "range against by rate films model", "/analytics/compare": "user models", "/analytics/feedback": "method type user movie from to" };
  for (const { name, path } of pages) if (name === "film" || name === "person") names[path] = "method count";
  await ready({});
  for (const [path, parts] of Object.entries(names)) {
    await page.goto(`${path}?${parts.split(" ").map((name) => `${name}=${text}`).join("&")}`);
    await answered(path);
    assert.deepEqual(await alive(), [], path);
  }
  const part = encodeURIComponent('"><img src=x onerror=hit()>'); // without a dot or a slash: no file is asked for
  for (const path of [`/film/${part}`, `/people/${part}`, `/analytics/${part}`, `/${part}`]) {
    await page.goto(path);
    await page.locator("main .button, main h1, main .notice").first().waitFor();
    assert.deepEqual(await alive(), [], path);
  }
  unheard();
});

// Names that pages go by are left as they are.
const kept = /^(name|id|kind|type|model|models|method|basis|rule|status|state|role|auth|how|field|poster|generated_poster|figure|unit|list_id|model_id|event_id|scenario|time|language|trailer|backdrop|imdb_id|next|next_cursor|next_cursor|version|.*_at|.*date)$/;
const spoil = (value, name) => typeof value === "string" ? (kept.test(name) ? value : `${value.slice(0, 12)} ${nasty}`)
  : Array.isArray(value) ? value.map((one) => spoil(one, name))
    : value !== null && typeof value === "object" ? Object.fromEntries(Object.entries(value).map(([key, one]) => [key, spoil(one, key)])) : value;

test("in every text of the server's", async () => {
  change = (said) => spoil(said, "");
  for (const { path, ...who } of long ? pages : pages.filter((_, i) => i % 3 === 1)) {
    await ready(who);
    await page.goto(path);
    await answered(path);
    assert.deepEqual(await alive(), [], path);
    if (who.name === "film") assert.ok((await page.locator("h1").innerText()).includes("<img src=x"), "it is shown as it is");
  }
  await browser.context.unrouteAll({ behavior: "ignoreErrors" });
  unheard();
});
