// Debian's Chromium, one for all tests, each with a fresh profile and no background traffic; and helpers they share.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { after } from "node:test";
import { chromium } from "playwright-core";

const flags = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
  "--disable-background-networking", "--disable-component-update", "--disable-sync"];

export const base = process.env.REEL_BASE_URL;
export const long = Boolean(process.env.REEL_E2E_LONG); // every page and field, of an evening

// What a page must never say. Failed requests are said too; tests that cause them look away.
const harmless = /Failed to load resource/;

let program;
after(async () => (await program)?.close());

export async function open(options = {}) {
  program ??= chromium.launch({ executablePath: process.env.REEL_CHROMIUM, headless: true, args: flags });
  const context = await (await program).newContext({
    baseURL: base, locale: "en", timezoneId: "UTC", viewport: { width: 1440, height: 900 }, ...options,
  });
  // No test depends on the world outside: photographs and trailers are never fetched.
  await context.route(/^https?:\/\/(?!127\.0\.0\.1|localhost)/, (route) => route.abort());
  context.setDefaultTimeout(10_000);
  const page = await context.newPage();
  const complaints = [];
  page.on("console", (line) => {
    if (["error", "warning"].includes(line.type()) && !harmless.test(line.text())) complaints.push(line.text());
  });
  page.on("pageerror", (error) => complaints.push(error.message));
  return { context, page, complaints, close: () => context.close() };
}

export const api = async (path, init) => (await fetch(`${base}/api/v1${path}`, init)).json();

// Waits until nothing on a page waits any more, but for rows that are far below the screen.
export async function still(page) {
  await page.waitForFunction(() => {
    const seen = (image) => {
      const { left, top } = image.getBoundingClientRect();
      return left < innerWidth && top < innerHeight;
    };
    return document.querySelector("main > *") !== null &&
      document.querySelector("footer")?.textContent.includes("Reel") &&
      ![...document.querySelectorAll(".is-waiting, .bone, [aria-busy=true]")].some((one) => !one.closest(".is-later")) &&
      [...document.images].every((image) => image.complete || !seen(image));
  });
}

export async function settled(page, path) {
  await page.goto(path);
  await still(page).catch((cause) => { throw new Error(`${path} does not come to rest: ${cause.message}`, { cause }); });
}

// Down to the end, so that rows that wait to be seen have come, and up again.
export async function leafThrough(page) {
  for (let rest = 30; rest > 0 && (await page.locator(".is-later").count()) > 0; rest--) {
    await page.evaluate(() => scrollBy(0, innerHeight));
    await page.waitForTimeout(60);
  }
  await page.evaluate(() => scrollTo(0, 0));
  await still(page);
}

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

// What axe finds. It is put into the page by the test; the page's own policy would refuse it.
export async function flaws(page) {
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => window.axe.run({ resultTypes: ["violations"] }));
  return violations.map((one) => `${one.id}: ${one.nodes.map((node) => node.target.join(" ")).slice(0, 3).join(", ")}`);
}

// How many pixels a page is wider than its window.
export const tooWide = (page) => page.evaluate(() => Math.max(0, document.documentElement.scrollWidth - document.documentElement.clientWidth));

export async function until(what, check, ms = 8000) {
  const end = Date.now() + ms;
  for (;;) {
    const value = await check();
    if (value) return value;
    if (Date.now() > end) throw new Error(`waited ${ms} ms in vain for: ${what}`);
    await new Promise((done) => setTimeout(done, 30));
  }
}

// Titles are printed with a dash where the data has a hyphen.
export const plain = (text) => text.replace(/\u00a0– /g, " - ");

export const cardIds = (page) =>
  page.locator(".film-grid [data-key], .live [data-key]").evaluateAll((cards) => cards.map((card) => Number(card.dataset.key)));
