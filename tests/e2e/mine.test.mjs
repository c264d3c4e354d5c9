// What a film is to whoever looks: bars that can be changed, the list that follows, and the watchlist.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { api, open, plain, settled, until } from "./browser.mjs";

let browser, page, films, film, history;
before(async () => {
  browser = await open();
  page = browser.page;
  films = (await api("/movies?limit=40")).items;
  history = [[5, 1], [4, 2], [5, 5], [2, 9], [4, 12], [5, 15], [3, 18], [1, 20]].map(([rating, at]) => ({ movie: films[at].movie, rating }));
  film = films[0];
});
after(() => browser.close());

const standIn = (await api("/models").catch(() => null))?.items === undefined; // it knows no edits and no accounts
const flow = (name, check) => test(name, { skip: standIn && "the stand-in server knows no edits" }, check);
const post = (path, body) => api(path, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });
const explained = (edits) => post("/explanations", { history, model: "hybrid", movie: film.movie, edits });
const listed = async (edits) => (await post("/recommendations", { history, model: "hybrid", limit: 8, reasons: 3, edits })).items.map((one) => one.movie);
const keys = (box) => page.locator(`${box} [data-key]`).evaluateAll((all) => all.map((one) => Number(one.dataset.key)));
const strongest = (item, count) => [...item.reasons].sort((a, b) => Math.abs(b.contribution) - Math.abs(a.contribution)).slice(0, count);
const cause = (movie) => page.locator(`.cause[data-key="${movie}"]`);
const listIs = (what, wanted) => until(what, async () => (await keys(".follows")).join() === wanted.join());

flow("who rated nothing is told what to do", async () => {
  await settled(page, `/film/${film.movie}`);
  assert.equal(await page.locator(".mine .cause").count(), 0);
  await page.locator(".mine a").click();
  await page.waitForURL("**/rate");
});

flow("the bars and the list are the API's", async () => {
  await page.evaluate((own) => localStorage.setItem("reel.ratings", JSON.stringify(own)),
    history.map(({ movie, rating }) => ({ ...films.find((one) => one.movie === movie), rating })));
  let asked = 0;
  const count = (request) => { if (request.url().endsWith("/explanations")) asked++; };
  page.on("request", count);
  await settled(page, `/film/${film.movie}`);
  page.off("request", count);
  assert.equal(asked, 1, "two parts of the page share one answer");
  const item = await explained([]);
  const longest = strongest(item, 6);
  assert.deepEqual(await keys(".causes"), longest.map((one) => one.movie));
  assert.equal(plain(await cause(longest[0].movie).locator("a").innerText()), longest[0].title);
  const said = await page.locator(".mine [role=status]").innerText();
  assert.ok(said.includes(item.predicted_rating.toFixed(1)) && said.includes(`number ${item.rank} `), said);
  assert.ok((await page.locator(".meters").innerText()).includes(item.predicted_rating.toFixed(2)));
  assert.deepEqual(await keys(".follows"), await listed([]));
});

flow("predicted stars say how sure they are, where the answer does", async () => {
  await page.route("**/api/v1/explanations", async (route) => {
    const answer = await route.fetch();
    await route.fulfill({ json: { ...(await answer.json()), predicted_rating: 3.5, predicted_rating_interval: [2.5, 4.25] } });
  });
  await settled(page, `/film/${film.movie}`);
  const meter = page.locator(".meter").first();
  assert.match((await meter.innerText()).replace(/\s+/g, " "), /Predicted for you 3\.50 likely 2\.5 to 4\.3/);
  const [track, range] = await Promise.all([".meter-track", ".meter-range"].map((one) => meter.locator(one).boundingBox()));
  assert.ok(Math.abs((range.x - track.x) / track.width - 0.5) < 0.02 && Math.abs(range.width / track.width - 0.35) < 0.02);
  await page.unrouteAll({ behavior: "wait" }); // a request that is under way would be lost
  await settled(page, `/film/${film.movie}`);
});

flow("by keyboard: a film is left out, another counts double, and the list follows each time", async () => {
  const before = await explained([]);
  const [first, second] = strongest(before, 2);
  await cause(first.movie).getByRole("button", { name: "Leave out" }).focus();
  await page.keyboard.press("Enter");
  const without = [{ movie: first.movie, weight: 0 }];
  await listIs("the list without it", await listed(without));
  await until("it is out", async () => (await cause(first.movie).getAttribute("class")).includes("is-out"));
  assert.equal((await keys(".causes")).at(-1), first.movie, "it stays, behind what counts");
  assert.ok(await cause(first.movie).getByRole("button", { name: "Use again" }).evaluate((button) => button === document.activeElement),
    "the focus stays on the button");
  await cause(second.movie).getByRole("button", { name: "Count double" }).focus();
  await page.keyboard.press("Enter");
  const both = [...without, { movie: second.movie, weight: 2 }];
  await listIs("the list with both", await listed(both));
  const now = await explained(both);
  await until("the sum", async () => Math.abs(Number((await page.locator(".mine .is-total .sum-share").innerText()).replace("−", "-")) - now.score) < 0.06);
  assert.equal(await page.locator(".follows-part h3").innerText(), "Your list, counted so");
  await cause(first.movie).getByRole("button", { name: "Use again" }).click();
  await listIs("the list with it again", await listed([{ movie: second.movie, weight: 2 }]));
  await page.getByRole("button", { name: "As it was" }).click();
  await listIs("the list as it was", await listed([]));
  assert.deepEqual(await keys(".causes"), strongest(before, 6).map((one) => one.movie));
});

// What films count for in this browser, but once.
const weights = () => page.evaluate(() => Object.fromEntries(JSON.parse(localStorage.getItem("reel.ratings")).filter((one) => one.weight !== undefined).map((one) => [one.movie, one.weight])));
const weighed = (edits) => history.map((one) => ({ ...one, weight: edits.find(({ movie }) => movie === one.movie)?.weight ?? 1 }));
const listedBy = async (edits) => (await post("/recommendations", { history: weighed(edits), model: "hybrid", limit: 8 })).items.map((one) => one.movie);

flow("what counts otherwise is kept, for every list, until it is said otherwise", async () => {
  const [first, second] = strongest(await explained([]), 2);
  await cause(first.movie).getByRole("button", { name: "Leave out" }).click();
  await cause(second.movie).getByRole("button", { name: "Count double" }).click();
  const both = [{ movie: first.movie, weight: 0 }, { movie: second.movie, weight: 2 }];
  await listIs("the list with both", await listed(both));
  await page.getByRole("button", { name: "Always count so" }).focus();
  await page.keyboard.press("Enter");
  await until("it is kept", async () => Object.keys(await weights()).length === 2);
  assert.deepEqual(await weights(), Object.fromEntries(both.map(({ movie, weight }) => [movie, weight])));
  await settled(page, `/film/${film.movie}`);
  assert.deepEqual(await keys(".follows"), await listedBy(both));
  assert.match(await cause(second.movie).innerText(), /counts double\s*always/);
  assert.ok((await cause(first.movie).getAttribute("class")).includes("is-out"));
  await cause(first.movie).getByRole("button", { name: "Use again" }).click();
  await listIs("the list with it again", await listedBy([both[1]]));
  await page.getByRole("button", { name: "Always count so" }).click();
  await until("it counts again", async () => Object.keys(await weights()).length === 1);
  await settled(page, "/my");
  assert.equal(await page.getByText("counts double").count(), 1);
  await settled(page, `/film/${film.movie}`);
  await listIs("the same list", await listedBy([both[1]]));
});

flow("a star changes the bars; a film is no reason for itself", async () => {
  await page.locator('.own-stars input[value="5"]').check({ force: true });
  const itself = { movie: film.movie, rating: 5 };
  const edited = Object.entries(await weights()).map(([movie, weight]) => ({ movie: Number(movie), weight }));
  const item = await post("/explanations", { history: [itself, ...weighed(edited)], model: "hybrid", movie: film.movie, edits: [{ movie: film.movie, weight: 0 }] });
  await until("the bars", async () => (await keys(".causes")).join() === strongest(item, 6).map((one) => one.movie).join());
  await page.locator(".own-stars button").click();
});

flow("signed in, a film is wanted, and not any more", async () => {
  await settled(page, "/sign-in?new&next=/my");
  await page.getByLabel("Name", { exact: true }).fill("Wanda");
  await page.getByLabel("Password", { exact: true }).fill("a lantern in the fog");
  await page.getByRole("button", { name: "Make an account", exact: true }).click();
  await page.getByRole("heading", { level: 1, name: "Wanda" }).waitFor();
  const [[double]] = Object.entries(await weights());
  const weightThere = () => page.evaluate(async (movie) => {
    const { account } = await (await fetch("/api/v1/session")).json();
    return (await (await fetch(`/api/v1/people/${account.user}/ratings/${movie}`)).json()).weight;
  }, double);
  assert.equal(await weightThere(), 2, "what counts double came along");
  await settled(page, `/film/${film.movie}`);
  await cause(double).getByRole("button", { name: "Count once" }).click();
  await page.getByRole("button", { name: "Always count so" }).click();
  await until("it counts once", async () => (await weightThere()) === 1);
  await until("here as well", async () => Object.keys(await weights()).length === 0);
  const wish = page.locator(".actions button[aria-pressed]");
  const kind = () => page.evaluate(async (movie) => {
    const { account } = await (await fetch("/api/v1/session")).json();
    return (await (await fetch(`/api/v1/people/${account.user}/ratings/${movie}`)).json()).kind;
  }, film.movie);
  await wish.focus();
  await page.keyboard.press("Enter");
  await until("it is wanted", async () => (await wish.getAttribute("aria-pressed")) === "true");
  assert.equal(await kind(), "watchlist");
  await until("the log has it", async () => (await api(`/feedback?type=watchlist&movie=${film.movie}`)).items.length === 1);
  await settled(page, `/film/${film.movie}`);
  await until("it still is", async () => (await wish.getAttribute("aria-pressed")) === "true");
  await wish.click();
  await until("it is not", async () => (await wish.getAttribute("aria-pressed")) === "false");
  assert.equal(await kind(), undefined);
  await settled(page, "/my?show=account");
  await page.locator("summary", { hasText: "Delete the account" }).click();
  await page.locator("details[open]").getByLabel("Password").fill("a lantern in the fog");
  await page.locator("details[open]").getByRole("button").click();
  await page.waitForURL(/\/$/);
});

test("nothing was complained about", () => {
  assert.deepEqual(browser.complaints, []);
});
