// Pages of analysts and operators: who may look, jobs from start to end, models put in service and back,
// and what several models say for one person.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { api, flaws, open, settled, still, tooWide, until } from "./browser.mjs";
import { experiment, found } from "./experiment.mjs";

// Only a server that the run started itself has an operator whom the tests may be.
const operator = process.env.REEL_E2E_OPERATOR ? JSON.parse(process.env.REEL_E2E_OPERATOR) : null;
const flow = (name, check) => test(name, { skip: !operator && "needs a server with an operator of its own" }, check);
const { items: [person] } = await api("/people?limit=1");

let browser, page;
before(async () => {
  browser = await open();
  page = browser.page;
});
after(() => browser.close());

const press = (name) => page.getByRole("button", { name, exact: true }).click();
const state = () => page.locator(".job-now .job-state").innerText();
const ended = (what) => until(`a job that is ${what}`, async () => (await state()) === what, 60_000);
const modelCard = (name) => page.locator(".model-card").filter({ has: page.locator("h2 code", { hasText: new RegExp(`^${name}$`) }) });
const send = (path, body) => page.evaluate(async ([url, text]) =>
  (await fetch(`/api/v1${url}`, { method: "POST", headers: { "Content-Type": "application/json" }, body: text })).json(), [path, JSON.stringify(body)]);

test("whoever has no role is told who can give it, and nothing else is asked for", async () => {
  const { page, close } = await open();
  try {
    const asked = [];
    page.on("request", (request) => asked.push(new URL(request.url()).pathname));
    await page.route("**/api/v1/session", (route) => route.fulfill({ json: { auth: "accounts", sign_up: true, mail: false, refused: null,
      account: { account: 9, user: 2 ** 40 + 9, name: "Ana", role: "person" } } }));
    await settled(page, "/analytics/jobs");
    await page.getByText("These pages are for analysts.").waitFor();
    await page.getByText('reel user role "Ana" analyst').waitFor();
    assert.ok(!asked.some((path) => /jobs$/.test(path) && path.startsWith("/api/")), asked.join());
    await page.unroute("**/api/v1/session");
    await page.route("**/api/v1/session", (route) => route.fulfill({ json: { auth: "accounts", sign_up: true, mail: false, refused: null, account: null } }));
    await settled(page, "/analytics/models");
    assert.equal(await page.locator(".notice a").getAttribute("href"), "/sign-in?next=%2Fanalytics%2Fmodels");
  } finally {
    await close();
  }
});

flow("where all is open everybody may look, and only an admin is offered to change something", async () => {
  await settled(page, "/analytics/jobs");
  await page.getByText("To change something here, sign in as an admin.").waitFor();
  assert.equal(await page.getByRole("button", { name: "Start" }).count(), 0);
  await settled(page, "/analytics");
  await page.getByRole("heading", { name: "The server is ready" }).waitFor();
  assert.deepEqual(await page.locator(".check").allInnerTexts().then((all) => all.length), 3);
});

flow("an evaluation is started, followed while it runs, and shows intervals beside the baseline", async () => {
  await settled(page, "/sign-in?next=/analytics/jobs");
  await page.getByLabel("Name", { exact: true }).or(page.getByLabel("Name or e-mail address")).first().fill(operator.name);
  await page.getByLabel("Password", { exact: true }).fill(operator.password);
  await press("Sign in");
  await page.waitForURL("**/analytics/jobs");
  await still(page);
  await page.getByRole("combobox", { name: "Start a job" }).selectOption("evaluate");
  await page.getByRole("combobox", { name: "Model" }).selectOption("ease");
  await press("Start");
  await page.waitForURL(/\/analytics\/jobs\/\d+$/);
  await ended("done"); // without being loaded anew
  await page.locator(".measured .whisker-baseline").first().waitFor();
  const best = await page.locator(".measured figcaption").innerText();
  assert.match(best, /^By NDCG@10, .+ is best$/);
  const job = await api(`/jobs/${new URL(page.url()).pathname.split("/").pop()}`);
  const measured = job.result.models.find((model) => model.name === "popular").metrics["ndcg@10"];
  const row = page.locator(".measured tbody tr").filter({ hasText: "Popular" });
  assert.equal(await row.locator(".whisker-number").innerText(), measured.mean.toFixed(3));
  await page.reload();
  await page.locator(".measured").waitFor();
  await page.goBack();
  await page.getByRole("link", { name: "Evaluation, job" }).first().waitFor();
  await settled(page, "/analytics/models");
  const line = modelCard("popular").locator(".judged tr").filter({ hasText: "NDCG@10" });
  assert.equal(await line.locator(".whisker-number").innerText(), measured.mean.toFixed(3));
  assert.equal(await line.locator(".whisker-cell").innerText(), `${measured.low.toFixed(3)}–${measured.high.toFixed(3)}`);
  assert.equal(await modelCard("ease").locator(".whisker-baseline").count(), await modelCard("ease").locator(".judged tbody tr").count());
  await modelCard("content").getByText("Not measured yet").waitFor();
  assert.equal(await modelCard("popular").getByRole("link", { name: /^Evaluation, job/ }).getAttribute("href"), `/analytics/jobs/${job.id}`);
});

flow("a job that waits is cancelled after it was asked once more, by keyboard", async () => {
  await settled(page, "/analytics/jobs");
  const first = await send("/jobs", { kind: "evaluate", model: "hybrid,ease,ials" });
  const second = await send("/jobs", { kind: "evaluate", model: "ease" });
  await settled(page, `/analytics/jobs/${second.id}`);
  await page.getByRole("button", { name: "Cancel the job" }).focus();
  await page.keyboard.press("Enter");
  const ask = page.getByRole("dialog");
  await ask.waitFor();
  await page.keyboard.press("Escape");
  await ask.waitFor({ state: "hidden" });
  assert.equal((await api(`/jobs/${second.id}`)).cancel, false);
  await page.keyboard.press("Enter");
  await ask.getByRole("button", { name: "Cancel the job" }).press("Enter");
  await ended("cancelled");
  await settled(page, `/analytics/jobs/${first.id}`);
  await ended("done");
});

flow("earlier jobs come by a press, each once, and those that do not come are asked for again", async () => {
  const jobs = await Promise.all(Array.from({ length: 26 }, () => send("/jobs", { kind: "evaluate", model: "popular" })));
  await Promise.all(jobs.map(({ id }) => page.evaluate((id) => fetch(`/api/v1/jobs/${id}`, { method: "DELETE" }), id)));
  await until("none that waits", async () => (await api("/jobs?limit=100")).items.every((job) => !["queued", "running"].includes(job.state)));
  const { items: all } = await api("/jobs?limit=100");
  await settled(page, "/analytics/jobs");
  const listed = () => page.locator(".sheet tbody a").evaluateAll((links) => links.map((link) => Number(link.pathname.split("/").pop())));
  assert.deepEqual(await listed(), all.slice(0, 25).map((job) => job.id));
  const earlier = page.getByRole("button", { name: "Earlier jobs" });
  await page.route("**/api/v1/jobs?*cursor=*", (route) => route.abort(), { times: 1 });
  await earlier.click();
  await page.locator(".more [role=alert]", { hasText: "does not answer" }).waitFor();
  await earlier.click();
  await until("all of them", async () => (await listed()).length === all.length);
  assert.deepEqual(await listed(), all.map((job) => job.id));
  assert.equal(await page.locator(".more").count(), 0);
});

flow("a version is rolled back and put in service again", async () => {
  const before = await api("/models/ease");
  const { id } = await send("/jobs", { kind: "train", model: "ease", params: { lambda: "333" }, accept: true });
  await settled(page, `/analytics/jobs/${id}`);
  await ended("done");
  const now = (await api("/models/ease")).id;
  assert.notEqual(now, before.id);
  await settled(page, "/analytics/models");
  const card = modelCard("ease");
  await card.getByRole("button", { name: "Roll back: Seen together" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Roll back" }).click();
  await page.getByText(`${before.id} is in service.`).waitFor();
  assert.equal((await api("/models/ease")).id, before.id);
  await card.locator("summary", { hasText: "other version" }).click();
  await card.getByRole("button", { name: `Put in service: ${now}` }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Put in service" }).click();
  await page.getByText(`${now} is in service.`).waitFor();
  assert.equal((await api("/models/ease")).id, now);
});

flow("what the gate refused is explained, and an admin may put it in service all the same", async () => {
  const before = (await api("/models/ease")).id;
  const { id } = await send("/jobs", { kind: "train", model: "ease", params: { lambda: "1000000000" } });
  await settled(page, `/analytics/jobs/${id}`);
  await ended("failed");
  await page.getByRole("heading", { name: "What served before goes on" }).waitFor();
  assert.equal((await api("/models/ease")).id, before);
  await press("Put it in service all the same");
  await page.getByRole("dialog").getByRole("button", { name: "Put it in service all the same" }).click();
  await page.waitForURL((url) => url.pathname !== `/analytics/jobs/${id}`);
  await ended("done");
  assert.notEqual((await api("/models/ease")).id, before);
  assert.equal(await page.getByRole("heading", { name: "What served before goes on" }).count(), 0);
  await send(`/models/${before}/activate`, {});
});

flow("a version that cannot serve says why, and offers a training in its place", async () => {
  await settled(page, "/analytics/models");
  await modelCard("ease").locator("summary", { hasText: "other version" }).click();
  await page.route("**/activate", (route) => route.fulfill({ status: 409, json: { status: 409, code: "E_CONFLICT", detail: "ease-1 was fitted on other films" } }));
  await modelCard("ease").getByRole("button", { name: /^Put in service: / }).first().click();
  const ask = page.getByRole("dialog");
  await ask.getByRole("button", { name: "Put in service" }).click();
  await ask.getByText("ease-1 was fitted on other films").waitFor();
  await ask.getByText(/not a matter of permission/).waitFor();
  await page.unroute("**/activate");
  await ask.getByRole("button", { name: "Train Seen together anew" }).click();
  await page.waitForURL(/\/analytics\/jobs\/\d+$/);
  await until("the end", async () => ["done", "failed"].includes(await state()), 60_000);
});

test("what several models say for one person stands side by side, at an address", async () => {
  await settled(page, `/analytics/compare?user=${person.user}&models=content,popular`);
  const columns = page.locator(".compare > section");
  await until("two lists", async () => (await columns.count()) === 2);
  const expected = await api("/recommendations", { method: "POST", headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ user: person.user, model: "popular", limit: 10 }) });
  const hrefs = await columns.nth(1).locator(".film-title").evaluateAll((links) => links.map((link) => link.getAttribute("href")));
  assert.deepEqual(hrefs, expected.items.map((item) => `/film/${item.movie}`));
  await page.getByRole("button", { name: "Hybrid" }).click();
  await page.waitForURL(/models=hybrid%2Ccontent%2Cpopular/);
  await until("three lists", async () => (await columns.count()) === 3);
  await page.reload();
  await until("three lists", async () => (await columns.count()) === 3);
  assert.equal(await page.getByRole("button", { name: "Hybrid" }).getAttribute("aria-pressed"), "true");
});

test("the system says what waits for MongoDB, since when, and what room is left", async () => {
  const { page, close } = await open();
  try {
    const facts = await api("/system");
    await settled(page, "/analytics");
    await page.getByText("No MongoDB is configured").waitFor();
    assert.equal(await page.locator(".disk-bar").count(), facts.disks.length);
    const queue = { state: "failing", why: null, waiting: 1200, oldest_at: new Date(Date.now() - 7_200_000).toISOString(), delivered: 3, refused: 0, damaged: 2, forgetting: 1 };
    await page.route("**/api/v1/system", (route) => route.fulfill({ json: { ...facts, queue, disks: [{ of: "models", taken_bytes: 5e8, free_bytes: 2e8, total_bytes: 1e12 }] } }));
    await page.getByRole("button", { name: "Look again" }).click();
    await page.getByText("1,200 wait, the oldest for 2\u00a0h. MongoDB does not take them. 2 cannot be read. Documents of 1 deleted account are still there").waitFor();
    assert.equal(await page.locator(".disk.is-bad").innerText(), "500\u00a0MB; 200\u00a0MB of 1.0\u00a0TB are free");
  } finally {
    await close();
  }
});

test("events of the log that cannot be read are said", async () => {
  const { page, close } = await open();
  try {
    await page.route("**/api/v1/feedback?*", (route) => route.fulfill({ json: { items: [], next_cursor: null, damaged: 2 } }));
    await settled(page, "/analytics/feedback");
    await page.getByText("2 events could not be read and are left out here.").waitFor();
    await page.getByText("reel doctor --deep").waitFor();
  } finally {
    await close();
  }
});

test("an experiment says what its rule makes of it", async () => {
  const { page, complaints, close } = await open();
  const results = { ...found };
  try {
    await page.route(/\/api\/v1\/experiments\?/, (route) => route.fulfill({ json: { items: [experiment] } }));
    await page.route("**/api/v1/experiments/texts-1/results", (route) => route.fulfill({ json: results }));
    await settled(page, "/analytics/experiments");
    await page.getByText("now against texts").waitFor();
    await page.getByRole("link", { name: "texts-1" }).click();
    await page.waitForURL("**/analytics/experiments/texts-1");
    await page.getByText("“texts” is better than “now”: take it.").waitFor();
    assert.equal(await page.locator(".judged .whisker-number").innerText(), "+3.01");
    await page.getByText("known after 4,210 people").waitFor();
    await page.getByText(/To find a difference of 2 points four times of five.* 7,064 people/).waitFor();
    await page.getByText("each person has the lists of one arm · clicks count · all lists").waitFor();
    await page.getByText("+0.25 to +5.77 points").waitFor();
    assert.deepEqual(await page.locator(".arms thead th").allInnerTexts(), ["Arm", "People", "Clicked", "Share of people"]);
    const way = page.locator(".experiment-path");
    assert.equal(await way.locator(".plot-marked").count(), 1);
    await way.getByRole("slider").focus();
    await page.keyboard.press("Home");
    assert.match(await way.locator(".plot-said").innerText(), /^After 40 people: [+−][\d.]+, too few for an interval$/);
    await page.keyboard.press("End");
    assert.match(await way.locator(".plot-said").innerText(), /^After 5,000 people: [+−][\d.]+ \([+−][\d.]+ to [+−][\d.]+\)$/);
    await way.getByRole("button", { name: /^As a table/ }).press("Enter");
    assert.match(await way.locator(".data-table tbody tr").last().innerText(), /^5,000\s[+−][\d.]+\s[+−][\d.]+\s[+−][\d.]+$/);
    await way.getByRole("button", { name: /^As a table/ }).press("Enter");
    const wait = page.waitForEvent("download");
    await way.getByRole("button", { name: /^As CSV/ }).click();
    assert.equal((await wait).suggestedFilename(), "texts-1_texts.csv");
    await page.getByText(/certainty\. The first time it leaves out 0, the better is taken/).waitFor();
    assert.equal(await page.getByText("more uneven than chance").count(), 0);
    assert.deepEqual(await flaws(page), []);
    results.balance_p = 0.0001;
    await page.goBack(); // what is known there is asked anew
    await page.getByText("now against texts").waitFor();
    await page.goForward();
    await page.getByText("more uneven than chance").waitFor();
    await page.emulateMedia({ colorScheme: "light" });
    await page.setViewportSize({ width: 360, height: 740 });
    await until("the drawing is as wide as the page", async () => (await tooWide(page)) === 0);
    assert.deepEqual(await flaws(page), []);
    assert.deepEqual(complaints, []);
  } finally {
    await close();
  }
});

test("an experiment with arms of long names fits a phone, and one that nobody saw says so", async () => {
  const { page, close } = await open({ viewport: { width: 390, height: 844 } });
  const long = "an-arm-of-a-rather-long-name-abc";
  const arms = [{ name: "control-of-the-usual-kind", model: "hybrid", weight: 2 }, { name: long, model: "ease", weight: 1 }, { name: "c", model: "content", weight: 1 }];
  const results = { ...found, strays: 3, experiment: { ...experiment, arms, scenario: "gems", metric: "rating_through" }, verdict: "open", winner: null,
    arms: arms.map(({ name }, i) => ({ ...found.arms[Math.min(i, 1)], name })), comparisons: [long, "c"].map((arm) => ({ ...found.comparisons[0], arm, verdict: "open", decided_after: null })) };
  try {
    await page.route("**/api/v1/experiments/texts-1/results", (route) => route.fulfill({ json: results }));
    await settled(page, "/analytics/experiments/texts-1");
    assert.equal(await tooWide(page), 0);
    const row = await page.locator(".judged tbody tr").first().evaluate((one) => [...one.children].map((cell) => cell.getBoundingClientRect().height));
    assert.ok(Math.max(...row) < 80, `a row of ${row.join(", ")} px`);
    await page.getByText("Hybrid · 50% of people").waitFor();
    await page.getByText("3 lists are left out: whoever saw them is in another arm.").waitFor();
    assert.deepEqual(await flaws(page), []);
    Object.assign(results, { people: 0, waiting: 0 });
    await page.reload();
    await page.getByText("Nobody has been shown a list of it yet.").waitFor();
  } finally {
    await close();
  }
});

flow("an experiment is ended after it was asked once more, and the page says so", async () => {
  await settled(page, "/analytics/experiments"); // signed in as an admin by now
  const { name } = await send("/experiments", { name: "ended-by-hand", arms: [{ name: "now", model: "ease" }, { name: "other", model: "content" }] });
  await page.reload();
  await page.getByRole("link", { name }).click();
  await press("End the experiment");
  await page.getByRole("dialog").getByRole("button", { name: "End the experiment" }).click();
  await page.getByText(/^was ended/).waitFor();
  assert.equal(await page.getByRole("button", { name: "End the experiment" }).count(), 0);
  await page.getByRole("link", { name: "All experiments" }).click();
  await page.locator("tr", { hasText: name }).getByText("was ended").waitFor();
});

flow("an experiment that has not begun is taken away from its page", async () => {
  const { name } = await send("/experiments", { name: "not-begun", start: "2090-01-31", arms: [{ name: "now", model: "ease" }, { name: "other", model: "content" }] });
  await settled(page, `/analytics/experiments/${name}`);
  await page.getByText(/^has not begun/).waitFor();
  await press("Take the experiment away");
  await page.getByRole("dialog").getByRole("button", { name: "Take the experiment away" }).click();
  await page.waitForURL("**/analytics/experiments");
  await still(page);
  assert.equal(await page.locator("tr", { hasText: name }).count(), 0);
});

test("in Spanish, too", async () => {
  const { page, complaints, close } = await open({ locale: "es" });
  try {
    await settled(page, "/analytics/compare");
    await page.getByRole("heading", { level: 1, name: "Análisis" }).waitFor();
    await page.getByText("Elige a una persona").waitFor();
    assert.deepEqual(complaints, []);
  } finally {
    await close();
  }
});

test("nothing was complained about", () => {
  assert.deepEqual(browser.complaints, []);
});
