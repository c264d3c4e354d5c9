// The pictures of docs/pages.md: every page over the bundled sample, as docs/images/NAME.webp.
//   pictures.mjs REEL STAGE [DIR]   STAGE: a folder where the end-to-end tests have installed their driver
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { chromium, loadSample, serve } from "./stage.mjs";

const [reel, stage, folder = fileURLToPath(new URL("../../docs/images", import.meta.url))] = process.argv.slice(2).map((path) => resolve(path));
if (!stage) {
  console.error("usage: pictures.mjs REEL STAGE [DIR]");
  process.exit(2);
}
const driver = (await import(pathToFileURL(createRequire(join(stage, "package.json")).resolve("playwright-core")))).default.chromium;
const tastes = [[5, "Spirited Away"], [5, "The Iron Giant"], [4.5, "Blade Runner"], [4, "Amélie"], [4, "Alien"], [3.5, "Heat"], [3, "The Matrix"], [2, "Titanic"], [4.5, "My Neighbor Totoro"], [4, "WALL·E"]];

async function pack(text) {
  const image = await createImageBitmap(await (await fetch(`data:image/png;base64,${text}`)).blob());
  const canvas = new OffscreenCanvas(image.width, image.height);
  canvas.getContext("2d").drawImage(image, 0, 0);
  const bytes = new Uint8Array(await (await canvas.convertToBlob({ type: "image/webp", quality: 0.82 })).arrayBuffer());
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
}

const settled = (page) => page.waitForFunction(() => {
  const seen = ({ left, top }) => left < innerWidth && top < innerHeight;
  return document.querySelector("main > *") !== null && [...document.images].every((one) => one.complete || !seen(one.getBoundingClientRect())) &&
    ![...document.querySelectorAll(".is-waiting, .bone, [aria-busy=true]")].some((one) => !one.closest(".is-later"));
});

async function history(api) {
  const found = await Promise.all(tastes.map(async ([rating, title]) => {
    const [film] = (await api(`/movies?q=${encodeURIComponent(title)}&limit=1`)).items;
    return film && { movie: film.movie, title: film.title, year: film.year, poster: film.poster, generated_poster: film.generated_poster, genres: film.genres, mean: film.rating.mean, rating };
  }));
  return found.filter((one, i) => one && found.findIndex((other) => other?.movie === one.movie) === i);
}

async function take(base, browser) {
  const api = async (path) => (await fetch(`${base}/api/v1${path}`)).json();
  const own = await history(api);
  const [film] = (await api("/movies?q=Barbie&limit=1")).items;
  const people = (await api("/people?limit=9")).items.map((one) => one.user);
  const pages = {
    home: ["/", "dark"], film: [`/film/${film.movie}`, "dark"], why: [`/film/${film.movie}`, "light", ".mine"], rate: ["/rate", "light"], tune: ["/tune?genre=Drama&age=-40&films=10", "dark"],
    night: [`/night?with=${people[1]}&with=${people[4]}&with=${people[7]}`, "dark"], person: [`/people/${people[4]}`, "light"], search: ["/search?q=space", "light"], taste: ["/my?show=taste", "light"],
    models: ["/analytics/models", "dark"], data: ["/analytics/data", "dark"], compare: [`/analytics/compare?user=${people[4]}&models=hybrid,ease,content,popular`, "light"],
    phone: ["/", "light", null, { width: 390, height: 844 }],
  };
  const helper = await browser.newPage();
  for (const [name, [path, colorScheme, part, viewport = { width: 1440, height: 900 }]] of Object.entries(pages)) {
    const context = await browser.newContext({ baseURL: base, locale: "en", timezoneId: "UTC", colorScheme, viewport, reducedMotion: "reduce" });
    const page = await context.newPage();
    await page.goto("/people");
    await page.evaluate((own) => localStorage.setItem("reel.ratings", JSON.stringify(own)), own);
    await page.goto(path);
    await settled(page);
    if (part) {
      await page.locator(part).evaluate((one) => scrollTo(0, one.getBoundingClientRect().top - 32));
      await settled(page);
    }
    const shot = (await page.screenshot({ animations: "disabled" })).toString("base64");
    writeFileSync(join(folder, `${name}.webp`), Buffer.from(await helper.evaluate(pack, shot), "base64"));
    await context.close();
  }
}

const scratch = mkdtempSync(join(tmpdir(), "reel-pictures-"));
const server = await serve(reel, loadSample(reel, scratch));
const browser = await driver.launch({ executablePath: chromium(), headless: true, args: ["--headless", "--no-sandbox", "--disable-gpu"] });
try {
  await take(server.url, browser);
} finally {
  await browser.close();
  await server.kill();
  rmSync(scratch, { recursive: true, force: true });
}
process.exit(0);
