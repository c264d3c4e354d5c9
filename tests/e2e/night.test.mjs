// Movie night: several people, a rule, one list; the address holds numbers and never a name.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { api, open, settled, still, until } from "./browser.mjs";

let browser, page, people;
before(async () => {
  browser = await open();
  page = browser.page;
  people = (await api("/people?limit=5")).items.map((person) => person.user);
});
after(() => browser.close());

const rows = () => page.locator(".night-row[data-key]").evaluateAll((all) => all.map((one) => Number(one.dataset.key)).join());
const faces = () => page.locator(".sitting-name").allInnerTexts();
const query = () => new URL(page.url()).searchParams;
const changed = (last) => until("another list", async () => (await rows()) !== last && (await page.locator(".night[aria-busy=true]").count()) === 0);
const asked = async (members, rule) => (await api("/recommendations", {
  method: "POST", headers: { "Content-Type": "application/json" },
  body: JSON.stringify({ household: { rule, members }, model: "hybrid", limit: 12 }),
})).items.map((item) => item.movie).join();
const nasty = '<img src=x onerror="window.hit=1">';

test("by keys alone: people by number, a guest who rates five films, a rule", async () => {
  await settled(page, "/night");
  assert.match(await page.locator(".notice").innerText(), /The sofa is empty/);
  await page.getByRole("combobox", { name: "Somebody of the data, by number" }).focus(); // and it keeps it for the next one
  for (const user of people.slice(1, 3)) {
    await page.keyboard.type(String(user));
    await page.getByRole("option", { name: new RegExp(`^Person ${user}(?!\\d)`) }).first().waitFor();
    await page.keyboard.press("Enter");
    await until("a face", async () => (await faces()).includes(`Person ${user}`));
  }
  await until("a list", rows);
  const two = await rows();
  assert.equal(two, await asked([{ user: people[1] }, { user: people[2] }], "average"));

  await page.getByRole("button", { name: "A guest" }).focus();
  await page.keyboard.press("Enter");
  const name = page.getByLabel(/^Name/);
  await name.waitFor(); // before the panel is open nothing in it takes the focus
  await name.focus();
  await page.keyboard.type(nasty);
  const cards = page.locator(".guest .film-card");
  await cards.first().waitFor();
  for (let film = 0; film < 5; film++) {
    await cards.nth(film).locator('input[type="radio"]').last().focus();
    await page.keyboard.press("Space");
  }
  assert.match(await page.locator(".guest-foot").innerText(), /5 films/);
  await page.keyboard.press("Escape");
  await changed(two);
  await until("the faces", async () => (await faces()).join() === [`Person ${people[1]}`, `Person ${people[2]}`, nasty].join());
  assert.match(query().getAll("with")[2], /^g[a-z0-9]+(_\d+-\d+){5}$/);

  const three = await rows();
  await page.getByRole("radio", { name: "For most" }).focus();
  await page.keyboard.press("ArrowRight");
  await until("the rule", () => query().get("rule") === "least_misery");
  await until("its list", async () => /^Least keen/.test(await page.locator(".is-fair").first().innerText()));
  await page.goBack();
  await until("the list before", async () => (await rows()) === three);
  await page.goForward();
  await until("the rule again", async () => await page.getByRole("radio", { name: "For everyone" }).isChecked());
});

test("every film has a mark and words for each of them, and a panel says why it is fair", async () => {
  await still(page);
  for (const row of (await page.locator(".night-row").all()).slice(0, 3)) {
    assert.equal(await row.locator(".mark").count(), 3);
    const said = await row.locator(".marks li").allTextContents();
    assert.ok(said.length === 3 && said[0].startsWith(`Person ${people[1]}`), said.join(" | "));
    assert.match(await row.locator(".reason").last().innerText(), /^Because of .+ \(/);
  }
  await page.locator(".night-row").first().getByRole("button", { name: /is fair$/ }).click();
  await page.locator(".fair li").first().waitFor();
  assert.equal(await page.locator(".fair li").count(), 3);
  await page.keyboard.press("Escape");
  await page.locator(".panel").waitFor({ state: "detached" });
});

test("the address alone makes the same list, without the guest's name", async () => {
  const list = await rows();
  const address = page.url();
  assert.ok(!decodeURIComponent(address).includes("img"));
  const sent = [];
  page.on("request", (request) => sent.push(request.postData() ?? ""));
  await page.evaluate(() => localStorage.clear());
  await page.goto("about:blank");
  await settled(page, address);
  assert.equal(await rows(), list);
  assert.deepEqual(await faces(), [`Person ${people[1]}`, `Person ${people[2]}`, "Guest 1"]);
  assert.ok(sent.every((body) => !body.includes("onerror") && !body.includes("Guest")));
  await page.getByRole("button", { name: "Guest 1 leaves" }).click();
  await changed(list);
  assert.equal(query().getAll("with").length, 2);
  assert.equal(await page.evaluate(() => window.hit), undefined);
});

test("who gave no stars is not asked, who is nobody is named, and nothing in an address is run", async () => {
  await settled(page, `/night?with=me&with=${people[0]}&with=${people[1]}`);
  assert.match(await page.locator(".night > .remark").first().innerText(), /rated nothing/);
  assert.equal(await rows(), await asked([{ user: people[0] }, { user: people[1] }], "average"));
  await settled(page, `/night?with=${people[0]}&with=987654321&rule=${encodeURIComponent(nasty)}&with=${encodeURIComponent(nasty)}`);
  assert.match(await page.getByRole("alert").innerText(), /987654321/);
  await page.getByRole("button", { name: "Person 987654321 leaves" }).click();
  await until("advice", async () => /One more/.test(await page.locator(".notice").innerText()));
  assert.equal(await page.evaluate(() => window.hit ?? document.querySelector("main img[src=x]")), null);
});

test("nothing was complained about", () => {
  assert.deepEqual(browser.complaints, []);
});
