// Every page at three widths, each theme at one of them at least, and wider and zoomed: nothing overflows, nothing jumps, axe finds nothing,
// it looks as it did (these tests come first, while nobody has changed anything at the server), and with REEL_E2E_ARTIFACTS pictures are kept for people to judge.
import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { api, flaws, leafThrough, long, open, settled, tooWide } from "./browser.mjs";
import { happened, hold, known } from "./held.mjs";
import { everyPage } from "./pages.mjs";
import { unlike } from "./snapshot.mjs";

const artifacts = process.env.REEL_E2E_ARTIFACTS; // a folder for pictures, when somebody wants to look
const sizes = [[360, 740], [768, 1024], [1440, 900]];
// The layout does not depend on the theme: without pictures to be made each width is measured in one of them.
const measured = new Set(["dark at 768", "dark at 1440", "light at 360"]);
// Each theme at one width: axe judges colours by the theme and structure by the layout.
const axed = new Set(["dark at 1440", "light at 360"]);
if (artifacts) mkdirSync(artifacts, { recursive: true });

const pages = await everyPage(api, known);
await happened();

async function rateSome(page) {
  for (const [at, stars] of [[0, 5], [1, 4], [2, 2]]) {
    const input = page.locator(".is-rating .film-card").nth(at).locator(`input[value="${stars}"]`);
    await input.evaluate((element) => element.scrollIntoView({ block: "center" }));
    await input.check({ force: true });
  }
  await page.evaluate(() => scrollTo(0, 0));
}

async function openPanel(page) {
  await page.locator(".film-card button").first().click();
  await page.locator(".panel .is-sum").waitFor();
}

// What these show is in the data, or held; of the others, other models or a busier machine would make other pictures.
const pictured = new Set(["home", "film", "people", "search", "rate", "missing", "sign-up", "reset", "my", "taste", "tune", "night",
  "system", "dashboard", "data", "jobs", "job", "models", "compare", "experiments", "experiment", "log"]);
const longer = new Set(["home", "home-rows"]); // rows that wait to be seen at their final height

// On a change the plain ones have one width and theme each; of an evening, or for pictures, every page has all.
const plain = (name) => !pictured.has(name) && !["person", "home-rows", "film-mine"].includes(name);
const isDue = ({ name }, i, width) => artifacts || long || !plain(name) || width === [360, 1440][i % 2];

async function compare({ page, helper, width, theme, unlikes }, name) {
  if (!pictured.has(name) || !measured.has(`${theme} at ${width}`)) return;
  const said = await unlike(page, helper, `${name}-${width}-${theme}`);
  if (said !== null) unlikes.push(said);
}

async function inspect({ page, width, theme }, name) {
  await page.waitForFunction(() => document.getAnimations().every((one) => one.playState !== "running"));
  assert.equal(await tooWide(page), 0, `${name} at ${width} is wider than its window`);
  const broken = await page.locator("h1").evaluateAll(([title]) => {
    if (!title) return [];
    const range = document.createRange();
    const text = title.firstChild;
    return [...text.data.matchAll(/[^\s-]+/g)].filter((word) => {
      range.setStart(text, word.index);
      range.setEnd(text, word.index + word[0].length);
      return range.getClientRects().length > 1;
    }).map(String);
  });
  assert.deepEqual(broken, [], `${name} at ${width}: words of the title broken over lines`);
  if (artifacts) await page.screenshot({ path: join(artifacts, `${name}-${width}-${theme}.png`), fullPage: name !== "rate" && name !== "why" });
  if (!long && !axed.has(`${theme} at ${width}`)) return;
  assert.deepEqual(await flaws(page), [], `${name} at ${width}, ${theme}`);
}

// Other windows, on a page that is there already: as at 200 % zoom of this one, half as wide and high, and the widest; of an evening what lies between.
const windows = [...(long ? [[360, 640], [480, 800], [600, 800], [768, 1024], [900, 700], [1024, 768], [1280, 800], [1920, 1080]] : []), [720, 450], [2560, 1440]];

async function fits(page, name) {
  for (const [width, height] of windows) {
    await page.setViewportSize({ width, height });
    assert.equal(await tooWide(page), 0, `${name} in a window of ${width} by ${height}`);
  }
  const beside = await page.locator("main .page").first().evaluate((one) => {
    const box = one.getBoundingClientRect();
    return [box.left, innerWidth - box.right];
  });
  assert.ok(beside[0] > 300 && Math.abs(beside[0] - beside[1]) < 20, `${name} at 2560: ${beside.join(" px and ")} px beside it`);
  await page.setViewportSize({ width: 1440, height: 900 });
}

// Where somebody would see it: not a letter that changes its width as the fonts come, or one pixel.
const mostShift = 0.005;

// How far what had been shown moved while the page arrived, until two frames after it stands still.
const watchShift = () => {
  window.shift = 0;
  window.moved = [];
  const count = (entries) => {
    for (const entry of entries.filter((one) => !one.hadRecentInput)) {
      window.shift += entry.value;
      for (const { node, previousRect: was, currentRect: is } of entry.sources)
        window.moved.push(`${node?.outerHTML?.slice(0, 80) ?? "what is gone"}: ${[was.x, was.y, was.width, was.height]} -> ${[is.x, is.y, is.width, is.height]}`);
    }
  };
  const observer = new PerformanceObserver((list) => count(list.getEntries()));
  observer.observe({ type: "layout-shift", buffered: true });
  window.shifted = () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => { count(observer.takeRecords()); done(window.shift); })));
};

async function stands(page, name, width) {
  const shift = await page.evaluate(() => window.shifted());
  assert.ok(shift < mostShift, `${name} at ${width} moves by ${shift}:\n${await page.evaluate(() => window.moved.join("\n"))}`);
}

for (const theme of ["dark", "light"])
  for (const [width, height] of sizes.filter(([width]) => artifacts || long || measured.has(`${theme} at ${width}`)))
    test(`${theme} at ${width}`, async () => {
      const { context, page, complaints, close } = await open({ colorScheme: theme, viewport: { width, height }, reducedMotion: "reduce" });
      const look = { page, helper: await context.newPage(), width, theme, unlikes: [] };
      try {
        await page.bringToFront();
        await page.addInitScript(watchShift);
        const ready = await hold(context, page);
        for (const one of pages.filter((one, i) => isDue(one, i, width))) {
          await ready(one);
          await settled(page, one.path);
          if (longer.has(one.name)) await leafThrough(page);
          await stands(page, one.name, width);
          await compare(look, one.name);
          if (one.name === "dashboard") await leafThrough(page); // how high a chart is depends on what came of these days
          if (one.name === "rate") await rateSome(page);
          await inspect(look, one.name);
          if (width === 1440) await fits(page, one.name);
          if (one.name !== "person") continue;
          await openPanel(page);
          await inspect(look, "why");
          await page.mouse.move(0, 0); // what it lies over looks otherwise
        }
        assert.deepEqual(complaints, []);
        assert.deepEqual(look.unlikes, []);
      } finally {
        await close();
      }
    });

test("the fonts are our own", async () => {
  const { page, close } = await open();
  try {
    await settled(page, "/");
    const fonts = await page.evaluate(async () => {
      await document.fonts.ready;
      return [...document.fonts].filter((font) => font.status === "loaded").map((font) => font.family.replaceAll('"', ""));
    });
    assert.ok(fonts.includes("Gloock") && fonts.includes("Hanken Grotesk"), fonts.join());
  } finally {
    await close();
  }
});
