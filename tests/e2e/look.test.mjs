// Every page at three widths, each theme at one of them at least: nothing overflows, nothing jumps, axe finds nothing,
// it looks as it did (these tests come first, while nobody has changed anything at the server), and with REEL_E2E_ARTIFACTS pictures are kept for people to judge.
import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { api, flaws, leafThrough, open, settled, tooWide } from "./browser.mjs";
import { unlike } from "./snapshot.mjs";

const artifacts = process.env.REEL_E2E_ARTIFACTS; // a folder for pictures, when somebody wants to look
const sizes = [[360, 740], [768, 1024], [1440, 900]];
// The layout does not depend on the theme: without pictures to be made each width is measured in one of them.
const measured = new Set(["dark at 768", "dark at 1440", "light at 360"]);
// Each theme at one width: axe judges colours by the theme and structure by the layout.
const axed = new Set(["dark at 1440", "light at 360"]);
if (artifacts) mkdirSync(artifacts, { recursive: true });

const film = (await api("/movies?limit=1")).items[0];
const [person, other] = (await api("/people?limit=2")).items;
const pages = {
  home: "/", film: `/film/${film.movie}`, people: "/people", person: `/people/${person.user}`,
  search: "/search?q=the", rate: "/rate", tune: "/tune?films=10&genre=Drama&without=War&age=-50",
  night: `/night?with=${person.user}&with=${other.user}`, log: "/analytics/feedback",
  system: "/analytics", data: "/analytics/data", dashboard: "/analytics/dashboard", jobs: "/analytics/jobs", experiments: "/analytics/experiments", models: "/analytics/models", compare: `/analytics/compare?user=${person.user}&models=hybrid,ease,content,popular`,
  missing: "/film/999999",
  "sign-in": "/sign-in?new", reset: "/reset", my: "/my",
};

async function rateSome(page) {
  for (const [at, stars] of [[0, 5], [1, 4], [2, 2]]) {
    const input = page.locator(".is-rating .film-card").nth(at).locator(`input[value="${stars}"]`);
    await input.evaluate((element) => element.scrollIntoView({ block: "center" }));
    await input.check({ force: true });
  }
  await page.evaluate(() => scrollTo(0, 0));
}

const rated = [[5, 1], [4, 2], [5, 5], [2, 9], [4, 12]];

async function remember(page) {
  const films = (await api("/movies?limit=20")).items;
  await page.evaluate((own) => localStorage.setItem("reel.ratings", JSON.stringify(own)), rated.map(([rating, at]) => {
    const { movie, title, year, poster, generated_poster } = films[at];
    return { movie, title, year, poster, generated_poster, rating };
  }));
}

async function openPanel(page) {
  await page.locator(".film-card button").first().click();
  await page.locator(".panel .is-sum").waitFor();
}

// What these show is in the data; of the others, other models or a busier machine would make other pictures.
const pictured = new Set(["home", "film", "people", "search", "rate", "missing", "sign-in", "reset", "my", "taste"]);

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
  if (!axed.has(`${theme} at ${width}`)) return;
  assert.deepEqual(await flaws(page), [], `${name} at ${width}, ${theme}`);
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
  for (const [width, height] of sizes.filter(([width]) => artifacts || measured.has(`${theme} at ${width}`)))
    test(`${theme} at ${width}`, async () => {
      const { context, page, complaints, close } = await open({ colorScheme: theme, viewport: { width, height }, reducedMotion: "reduce" });
      const look = { page, helper: await context.newPage(), width, theme, unlikes: [] };
      try {
        await page.bringToFront();
        await page.addInitScript(watchShift);
        for (const [name, path] of Object.entries(pages)) {
          await settled(page, path);
          if (name === "home") await leafThrough(page);
          await stands(page, name, width);
          await compare(look, name);
          if (name === "rate") await rateSome(page);
          await inspect(look, name);
        }
        await settled(page, `/people/${person.user}`);
        await openPanel(page);
        await inspect(look, "why");
        await remember(page);
        await settled(page, "/");
        await leafThrough(page);
        await inspect(look, "home-rows");
        await settled(page, `/film/${film.movie}`);
        await stands(page, "film-mine", width);
        await inspect(look, "film-mine");
        await settled(page, "/my?show=taste");
        await compare(look, "taste");
        await inspect(look, "taste");
        assert.deepEqual(complaints, []);
        assert.deepEqual(look.unlikes, []);
      } finally {
        await close();
      }
    });

test("on the widest screen a page is no wider than it is read", async () => {
  const { page, close } = await open({ viewport: { width: 2560, height: 1440 } });
  try {
    for (const name of ["home", "tune", "night", "compare", "data"]) {
      await settled(page, pages[name]);
      assert.equal(await tooWide(page), 0, name);
      const [left, right] = await page.locator("main h1").first().evaluate((title) => {
        const box = title.closest(".page").getBoundingClientRect();
        return [box.left, innerWidth - box.right];
      });
      assert.ok(left > 300 && Math.abs(left - right) < 20, `${name}: ${left} px and ${right} px beside it`);
    }
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
