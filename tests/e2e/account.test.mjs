// From a visitor to an account and back: what was rated before comes along, another tab follows, and the
// pages that letters lead to say what is wrong with an old link.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { api, open, settled, still, until } from "./browser.mjs";

let browser, page;
before(async () => {
  browser = await open();
  page = browser.page;
});
after(() => browser.close());

const mock = (await api("/models").catch(() => null))?.items === undefined; // it keeps no accounts
const flow = (name, check) => test(name, { skip: mock && "the stand-in server keeps no accounts" }, check);
const password = "a lantern in the fog";
const field = (label) => page.getByLabel(label, { exact: true });
const press = (name) => page.getByRole("button", { name, exact: true }).click();
const rated = () => page.locator(".is-rating .film-card").filter({ has: page.locator("input:checked") });

flow("a visitor who rated makes an account, and the ratings come along", async () => {
  await settled(page, "/rate");
  for (const [film, stars] of [[0, 5], [1, 4], [2, 1]])
    await page.locator(".is-rating .film-card").nth(film).locator(`input[value="${stars}"]`).check({ force: true });
  await settled(page, "/my");
  assert.equal(await rated().count(), 3);
  await page.getByRole("link", { name: "Make an account" }).click();
  await still(page);
  await page.getByText("3 ratings of this browser come along.").waitFor();
  await field("Name").fill("Ana <b>& co</b>");
  await field("Password").fill("short");
  await press("Make an account");
  assert.equal(await field("Password").evaluate((input) => input.validity.tooShort), true);
  await field("Password").fill(password);
  await press("Make an account");
  await page.waitForURL("**/my");
  await page.getByRole("heading", { level: 1, name: "Ana <b>& co</b>" }).waitFor();
  await until("the ratings", async () => (await rated().count()) === 3);
  await settled(page, "/"); // the pages go on with them
  await page.getByRole("heading", { name: "For you" }).waitFor();
  await settled(page, "/my");
});

flow("a rating is changed and taken back, by keyboard, and stays so", async () => {
  const first = page.locator(".is-rating .film-card").first();
  await first.locator("input:checked").focus();
  const before = Number(await first.locator("input:checked").inputValue());
  await page.keyboard.press(before === 5 ? "ArrowLeft" : "ArrowRight");
  const after = Number(await first.locator("input:checked").inputValue());
  assert.notEqual(after, before);
  const gone = page.locator(".is-rating .film-card").nth(1);
  const title = await gone.locator(".film-title").innerText();
  await gone.getByRole("button").click();
  await until("it is taken back", async () => (await rated().count()) === 2);
  await until("it is sent", () => page.evaluate(() => JSON.stringify(JSON.parse(localStorage.getItem("reel.waiting")).ratings) === "{}"));
  await settled(page, "/my");
  await until("the films", async () => (await rated().count()) === 2);
  assert.ok(!(await page.locator(".is-rating .film-title").allInnerTexts()).includes(title));
});

flow("another tab follows when one signs out, and signs in again", async () => {
  const other = await browser.context.newPage();
  await settled(other, "/my");
  await other.getByRole("heading", { level: 1, name: "Ana" }).waitFor();
  await page.bringToFront();
  await page.getByRole("link", { name: "Account", exact: true }).click();
  await press("Sign out");
  await page.waitForURL(/\/$/);
  assert.equal(await page.evaluate(() => localStorage.getItem("reel.ratings")), "[]");
  await other.bringToFront();
  await other.getByText("What you rate is kept in this browser.").waitFor();
  await other.close();
  await settled(page, "/sign-in?next=/my");
  await field("Name").fill("ana <B>& CO</b>");
  await field("Password").fill("not the password");
  await press("Sign in");
  await page.getByText("The name or the password is not right.").waitFor();
  await field("Password").fill(password);
  await press("Sign in");
  await page.waitForURL("**/my");
  await until("the films", async () => (await rated().count()) === 2);
});

flow("what is rated without a connection reaches the account later", async () => {
  await browser.context.setOffline(true);
  await page.locator(".is-rating .film-card").first().getByRole("button").click();
  await until("it waits", () => page.evaluate(() => JSON.stringify(JSON.parse(localStorage.getItem("reel.waiting")).ratings) !== "{}"));
  await browser.context.setOffline(false);
  await until("it is sent", () => page.evaluate(() => JSON.stringify(JSON.parse(localStorage.getItem("reel.waiting")).ratings) === "{}"));
  await settled(page, "/my");
  await until("the films", async () => (await rated().count()) === 1);
});

flow("the account is changed and deleted by its password", async () => {
  const open = (name) => page.locator("summary", { hasText: name }).click();
  const within = (name) => page.locator("details", { has: page.locator("summary", { hasText: name }) });
  await page.getByRole("link", { name: "Account", exact: true }).click();
  await open("Name");
  await within("Name").getByLabel("New name").fill("Ana");
  await within("Name").getByLabel("Password").fill(password);
  await within("Name").getByRole("button", { name: "Change" }).click();
  await page.getByText("It is changed.").waitFor();
  const [file] = await Promise.all([page.waitForEvent("download"), page.getByText("Download all that is known of me").click()]);
  assert.match(file.suggestedFilename(), /^reel-\d+\.json$/);
  await open("Delete the account");
  await within("Delete the account").getByLabel("Password").fill("not the password");
  await within("Delete the account").getByRole("button").click();
  await page.getByText("The password is not right.").waitFor();
  await within("Delete the account").getByLabel("Password").fill(password);
  await within("Delete the account").getByRole("button").click();
  await page.waitForURL(/\/$/);
  assert.equal((await page.evaluate(async () => (await (await fetch("/api/v1/session")).json()).account)), null);
});

flow("a letter is asked for, and old links say so", async () => {
  await settled(page, "/sign-in");
  await page.getByRole("link", { name: "Forgot the password?" }).click();
  await field("Name or e-mail address").fill("nobody");
  await press("Send a letter");
  await page.getByText("This server sends no letters.").waitFor();
  await page.goto(`/reset#${"A".repeat(43)}`);
  await still(page);
  assert.equal(new URL(page.url()).hash, ""); // no token stays in the address, or in the history
  await field("New password").fill(password);
  await press("Set the password");
  await page.getByText("This link was used, or is too old.").waitFor();
  await page.goto(`/confirm#${"A".repeat(43)}`);
  await page.getByText("This link was used, or is too old.").waitFor();
  await settled(page, "/confirm");
  await page.getByText("This link was used, or is too old.").waitFor();
});

flow("what is refused is said in the reader's language", async () => {
  const { page, complaints, close } = await open({ locale: "es" });
  const alert = (text) => page.getByRole("alert").filter({ hasText: text }).waitFor();
  const send = async (name, word) => {
    await page.getByLabel("Nombre", { exact: true }).fill(name);
    await page.getByLabel("Contraseña", { exact: true }).fill(word);
    await page.locator("form button[type=submit]").click();
  };
  try {
    await settled(page, "/sign-in?new");
    await send("Berta", "12345678");
    await alert("Elige otra contraseña");
    await send("Berta  B", "una linterna en la niebla");
    await alert("espacios sueltos entre palabras");
    await send("operator", "una linterna en la niebla");
    await alert("Alguien tiene ya ese nombre");
    await settled(page, "/sign-in");
    await page.route("**/api/v1/session", (route) => (route.request().method() === "POST"
      ? route.fulfill({ status: 429, headers: { "Retry-After": "7" }, contentType: "application/problem+json", body: JSON.stringify({ status: 429, code: "E_BUSY", detail: "too many tries; wait 7 seconds" }) })
      : route.continue()));
    await send("Berta", "una linterna en la niebla");
    await alert("7 segundos");
    await settled(page, "/people/99999999");
    await page.getByRole("heading", { name: "Nadie tiene el número" }).waitFor();
    await settled(page, "/tune?person=99999999");
    await alert("Nadie tiene el número 99999999");
    assert.deepEqual(complaints, []);
  } finally {
    await close();
  }
});

test("an address to go on to is one of ours", async () => {
  for (const next of ["//evil.example", "https://evil.example", "/\\evil.example", "/\t/evil.example", "/%09/evil.example"]) {
    await settled(page, `/sign-in?next=${encodeURIComponent(next)}`);
    assert.equal(new URL(page.url()).host, new URL(process.env.REEL_BASE_URL).host);
  }
  assert.deepEqual(browser.complaints, []);
});
