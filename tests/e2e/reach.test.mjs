// By keyboard alone, at 200 % zoom, without motion: everything is reached, in sight and lit, on every page.
import assert from "node:assert/strict";
import { test } from "node:test";
import { api, long, open, settled, until } from "./browser.mjs";
import { hold, known } from "./held.mjs";
import { everyPage } from "./pages.mjs";

const always = ["home", "film", "rate", "tune", "night", "person", "sign-up", "data"];
const pages = (await everyPage(api, known)).filter(({ name }) => long || always.includes(name));
// A window of 1,440 by 900, twice as large: what is drawn is that of half the size.
const zoomed = { viewport: { width: 720, height: 450 }, deviceScaleFactor: 2, reducedMotion: "reduce" };
const mostStops = long ? 80 : 26;

// What is in the row of the keyboard: a group of radio buttons is one stop.
const stops = () => {
  const seen = new Set();
  return [...document.querySelectorAll("a[href], button, input, select, textarea, summary, [tabindex='0']")].filter((one) => {
    if (one.disabled || one.tabIndex < 0 || !one.checkVisibility({ visibilityProperty: true })) return false;
    if (one.type !== "radio") return true;
    if (seen.has(one.name)) return false;
    seen.add(one.name);
    return true;
  }).length;
};

// What is wrong with where the focus is: not lit, or not in sight.
const wrong = () => {
  const at = document.activeElement;
  if (at.type === "date") return null; // the browser lights its parts
  const named = `${at.tagName} ${(at.getAttribute("aria-label") ?? at.textContent ?? "").trim().slice(0, 40)}`;
  const lit = (one) => { const style = getComputedStyle(one); return style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0; };
  let light = at;
  while (light && light !== document.body && !lit(light)) light = light.parentElement;
  const near = at.matches("input[type=radio], input[type=checkbox], input[type=file]") ? at.nextElementSibling ?? at.parentElement : null;
  if ((!light || light === document.body) && !(near && lit(near))) return `${named}: its focus is not seen`;
  // Some of it at least is in sight, and nothing lies over that.
  const shape = at.matches("input[type=radio], input[type=checkbox], input[type=file]") ? at.closest("label, fieldset") ?? at : at;
  const box = shape.getBoundingClientRect();
  const points = [...shape.getClientRects()].flatMap((line) => [0.1, 0.5, 0.9].flatMap((down) => [0.2, 0.5, 0.8].map((over) => [line.x + line.width * over, line.y + line.height * down])));
  const clear = points.some(([x, y]) => {
    const top = document.elementFromPoint(x, y);
    return top && (at.contains(top) || top === at.parentElement || at.closest("label, fieldset, .combobox")?.contains(top));
  });
  if (!clear) return `${named}: not in sight at ${[box.x, box.y, box.width, box.height].map(Math.round)}`;
  return null;
};

test("at 200 % zoom, by Tab alone", async () => {
  const { context, page, complaints, close } = await open(zoomed);
  try {
    const ready = await hold(context, page);
    for (const { path, ...who } of pages) {
      await ready(who);
      await settled(page, path);
      const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      assert.ok(wide <= 0, `${path}: ${wide} px too wide`);
      const fixed = await page.evaluate(() => [...document.querySelectorAll("body *")].filter((one) => ["fixed", "sticky"].includes(getComputedStyle(one).position) && one.checkVisibility())
        .reduce((sum, one) => sum + one.getBoundingClientRect().height, 0));
      assert.ok(fixed <= 225, `${path}: ${fixed} px of 450 stay where they are`);
      assert.equal(await page.evaluate(() => document.getAnimations().filter((one) => one.playState === "running").length), 0, `${path}: something moves`);
      const all = await page.evaluate(stops);
      await page.evaluate(() => document.querySelector(".skip").focus()); // the first of them
      const found = [];
      for (let i = 1; i < Math.min(all, mostStops); i++) {
        await page.keyboard.press("Tab");
        const said = await page.evaluate(wrong);
        if (said) found.push(`stop ${i}: ${said}`);
      }
      assert.deepEqual(found, [], path);
      assert.ok(await page.evaluate(() => document.activeElement !== document.body), `${path}: ${all} stops, and the last is not one of them`);
    }
    assert.deepEqual(complaints, []);
  } finally {
    await close();
  }
});

const standIn = (await api("/models").catch(() => null))?.items === undefined;
test("a visitor rates, reads why, makes an account and leaves it, all by keyboard", { skip: standIn && "the stand-in server keeps no accounts" }, async () => {
  const { page, complaints, close } = await open({ reducedMotion: "reduce" });
  const focused = (text) => page.evaluate((text) => (document.activeElement.getAttribute("aria-label") ?? document.activeElement.textContent ?? "").includes(text), text);
  // Tab until the focus is on what is called so.
  const tabTo = async (text, most = 120) => {
    for (let i = 0; i < most; i++) {
      await page.keyboard.press("Tab");
      if (await focused(text)) return;
    }
    assert.fail(`${most} times Tab, and ${text} was not reached`);
  };
  try {
    await settled(page, "/");
    await page.keyboard.press("Tab");
    assert.ok(await focused("Skip"), "the first stop leads past the header");
    await page.keyboard.press("Enter");
    for (let film = 0; film < 3; film++) {
      for (let i = 0; i < 20 && !(await page.evaluate(() => document.activeElement.type === "radio" && !document.activeElement.closest("fieldset").querySelector(":checked"))); i++)
        await page.keyboard.press("Tab");
      await page.keyboard.press("Space");
      for (let star = 0; star < 3 + film; star++) await page.keyboard.press("ArrowRight");
    }
    await page.getByRole("heading", { name: "For you" }).waitFor();
    assert.equal(await page.evaluate(() => JSON.parse(localStorage.getItem("reel.ratings")).length), 3);
    await settled(page, "/sign-in?new&next=/my%3Fshow%3Daccount");
    assert.equal(await page.evaluate(() => document.activeElement.tagName), "INPUT", "the first field waits for a name");
    await page.keyboard.type("Kim Keys");
    await page.keyboard.press("Tab");
    await page.keyboard.type("a lantern in the fog");
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { level: 1, name: "Kim Keys" }).waitFor();
    await page.locator("summary").first().waitFor();
    await tabTo("Delete the account");
    await page.keyboard.press("Enter");
    await page.keyboard.press("Tab");
    await page.keyboard.type("a lantern in the fog");
    await page.keyboard.press("Enter");
    await page.waitForURL(/\/$/);
    await until("no account", () => page.evaluate(async () => (await (await fetch("/api/v1/session")).json()).account === null));
    assert.deepEqual(complaints, []);
  } finally {
    await close();
  }
});
