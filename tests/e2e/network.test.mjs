// A slow network, and a server that goes away under the page and comes back.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { api, cardIds, open, settled, still, until } from "./browser.mjs";
import { loadSample, serve } from "./stage.mjs";

const mostShift = 0.005;

async function slow(context, page, latency, kilobits) {
  const wire = await context.newCDPSession(page);
  await wire.send("Network.enable");
  await wire.send("Network.emulateNetworkConditions", { offline: false, latency, downloadThroughput: kilobits * 125, uploadThroughput: kilobits * 125 });
}

test("on a slow network a page says at once what comes, and nothing moves when it is there", async () => {
  const { context, page, complaints, close } = await open({ viewport: { width: 360, height: 740 } });
  try {
    await slow(context, page, 200, 800);
    await page.addInitScript(() => {
      window.shift = 0;
      new PerformanceObserver((list) => { for (const one of list.getEntries()) if (!one.hadRecentInput) window.shift += one.value; })
        .observe({ type: "layout-shift", buffered: true });
    });
    await page.goto("/", { waitUntil: "commit" });
    await page.locator("h1").waitFor();
    assert.ok((await page.locator(".is-waiting, .bone").count()) > 0, "places are kept for what is on its way");
    await still(page);
    assert.ok((await page.evaluate(() => window.shift)) < mostShift);
    // Letters that are typed quicker than answers come: the last word counts.
    const film = (await api("/movies?limit=1")).items[0];
    await page.keyboard.press("/");
    await page.keyboard.type(`zzz`, { delay: 30 });
    for (let i = 0; i < 3; i++) await page.keyboard.press("Backspace");
    await page.keyboard.type(film.title, { delay: 30 });
    await page.getByRole("option", { name: film.title }).first().waitFor();
    assert.deepEqual(complaints, []);
  } finally {
    await close();
  }
});

const reel = process.env.REEL_E2E_OPERATOR && process.env.REEL_PROGRAM;
const restarted = (name, check) => test(name, { skip: !reel && "needs a server of its own" }, check);

restarted("a server that is killed under the page and comes back is waited for, and nothing is lost", async () => {
  const scratch = mkdtempSync(join(tmpdir(), "reel-network-"));
  const database = loadSample(reel, scratch);
  let server = await serve(reel, database);
  const { page, close } = await open({ baseURL: server.url });
  const ask = async (path) => (await fetch(`${server.url}/api/v1${path}`)).json();
  try {
    await settled(page, "/");
    const link = page.locator(".shelf:not(.is-rating) .film-card > a").first();
    const id = Number((await link.getAttribute("href")).split("/").pop());
    const { title } = await ask(`/movies/${id}`);
    await server.kill();
    await page.locator(".shelf.is-rating .film-card").first().locator('input[value="5"]').check({ force: true });
    await link.click();
    const alert = page.getByRole("alert").filter({ hasText: "The server does not answer." });
    await alert.first().waitFor();
    assert.match(await alert.first().innerText(), /goes on when it answers/);
    const waiting = await page.evaluate(() => JSON.parse(localStorage.getItem("reel.outbox") ?? "[]").map((event) => event.event_id));
    assert.ok(waiting.length > 0, "what happened meanwhile waits");
    server = await serve(reel, database, new URL(server.url).port);
    await page.getByRole("heading", { level: 1 }).filter({ hasText: title }).waitFor();
    await until("its list", async () => (await cardIds(page)).length === 10);
    assert.equal(await alert.count(), 0);
    await page.reload(); // what waits is sent with the next page at the latest
    await until("what waited has come", async () => {
      const known = new Set((await ask("/feedback?limit=200")).items.map((event) => event.event_id));
      return waiting.every((id) => known.has(id));
    });
    assert.equal(await page.evaluate(() => JSON.parse(localStorage.getItem("reel.ratings")).length), 1);
  } finally {
    await close();
    await server.kill();
    rmSync(scratch, { recursive: true, force: true });
  }
});
