// What was given elsewhere is brought along: dropped or chosen, taken by what its name says, mended where a
// film was not found, taken out again.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { deflateRawSync } from "node:zlib";
import { after, before, test } from "node:test";
import { api, flaws, open, plain, settled, still, tooWide, until } from "./browser.mjs";

const standIn = (await api("/models").catch(() => null))?.items === undefined;
const flow = (name, check) => test(name, { skip: standIn && "the stand-in server keeps no accounts" }, check);
const nasty = '<img src=x onerror="window.hit=1">';

let browser, page, films;
before(async () => {
  browser = await open({ reducedMotion: "reduce" });
  page = browser.page;
  films = (await api("/movies?limit=40")).items.filter((film) => film.year !== null && !/["(,]/.test(film.title));
});
after(() => browser.close());

const line = (film, rest = "") => `2020-01-02,${film.title},${film.year},u${rest}\n`;
const list = (head, ...rows) => `Date,Name,Year,Letterboxd URI${head}\n${rows.join("")}`;
const choose = (...files) => page.locator('input[type="file"]').setInputFiles(files.map(([name, text]) => ({ name, mimeType: "text/csv", buffer: Buffer.from(text) })));
const mine = (path) => page.evaluate(async (path) => {
  const { account } = await (await fetch("/api/v1/session")).json();
  return (await fetch(`/api/v1/people/${account.user}/ratings${path}`)).json();
}, path);
const reported = () => page.locator(".brought .form-done").innerText();

// Packed as Letterboxd does; sums are left out, which nobody reads.
function zip(files) {
  const bodies = [], heads = [];
  let at = 0;
  for (const [name, text] of files) {
    const data = deflateRawSync(Buffer.from(text)), local = Buffer.alloc(30), head = Buffer.alloc(46), title = Buffer.from(name);
    local.writeUInt32LE(0x04034b50, 0);
    local.writeUInt16LE(title.length, 26);
    head.writeUInt32LE(0x02014b50, 0);
    head.writeUInt16LE(8, 10);
    head.writeUInt32LE(data.length, 20);
    head.writeUInt16LE(title.length, 28);
    head.writeUInt32LE(at, 42);
    bodies.push(local, title, data);
    heads.push(head, title);
    at += 30 + title.length + data.length;
  }
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(files.length, 10);
  end.writeUInt32LE(at, 16);
  return Buffer.concat([...bodies, ...heads, end]);
}

flow("an archive is dropped: each of its lists is taken for what it is", async () => {
  await settled(page, "/sign-in?new&next=/my%3Fshow%3Dimport");
  await page.getByLabel("Name", { exact: true }).fill("Ines");
  await page.getByLabel("Password", { exact: true }).fill("a lantern in the fog");
  await page.getByRole("button", { name: "Make an account", exact: true }).click();
  await page.locator(".drop").waitFor();
  const [a, b, c, d] = films;
  const bytes = zip([
    ["ratings.csv", list(",Rating", line(a, ",4.5"), line(b, ",2"))], ["watched.csv", list("", line(a), line(b), line(c))],
    ["watchlist.csv", list("", line(d))], ["profile.csv", "Username\nines\n"],
    ["deleted/ratings.csv", list(",Rating", line(films[9], ",1"))],
  ]);
  await page.locator(".drop").evaluate((box, bytes) => {
    const carried = new DataTransfer();
    carried.items.add(new File([new Uint8Array(bytes)], "letterboxd-ines.zip"));
    box.dispatchEvent(new DragEvent("drop", { dataTransfer: carried, bubbles: true, cancelable: true }));
  }, [...bytes]);
  await page.getByText("4 films are yours now.").waitFor();
  const kinds = Object.fromEntries((await mine("/export")).items.map((one) => [one.movie, [one.kind, one.rating]]));
  assert.deepEqual(kinds, { [a.movie]: ["rating", 4.5], [b.movie]: ["rating", 2], [c.movie]: ["watched", null], [d.movie]: ["watchlist", null] });
  await page.getByRole("link", { name: "See them" }).click();
  await until("they are there", async () => (await page.locator(".is-rating .film-title").allInnerTexts()).map(plain).includes(a.title));
  assert.equal((await page.evaluate(() => JSON.parse(localStorage.getItem("reel.ratings")).length)), 2, "the pages go on with them");
});

flow("a watchlist sent by itself is one, whatever the browser made of its name", async () => {
  await settled(page, "/my?show=import");
  await choose(["watchlist (1).csv", list("", line(films[4]), line(films[0]))]);
  await page.getByText("1 film is yours now. 1 was there already.").waitFor();
  assert.equal((await mine(`/${films[4].movie}`)).kind, "watchlist");
  assert.equal((await mine(`/${films[0].movie}`)).kind, "rating");
});

flow("IMDb's table and Trakt's list are read as well", async () => {
  const [a, b] = films.slice(11, 13);
  const imdb = `Const,Your Rating,Date Rated,Title,URL,Title Type,IMDb Rating,Runtime (mins),Year\ntt0000000,9,2020-01-02,${a.title},u,Movie,8,100,${a.year}\ntt0000001,9,2020-01-02,Somewhere,u,TV Series,8,50,2001\n`;
  const trakt = JSON.stringify([{ rated_at: "2020-01-02T00:00:00Z", rating: 6, type: "movie", movie: { title: b.title, year: b.year, ids: {} } }]);
  await choose(["imdb.csv", imdb], ["ratings-movies.json", trakt]);
  await page.getByText("2 films are yours now. 1 is no film and stays out.").waitFor();
  assert.deepEqual([await mine(`/${a.movie}`), await mine(`/${b.movie}`)].map((one) => one.your_rating), [4.5, 3]);
});

flow("what was not found is mended by keyboard: by the film that is offered, or by another", async () => {
  const near = `${films[5].title.slice(0, -1)}zz`;
  await choose(["ratings.csv", list(",Rating", `2020-01-02,${near},${films[5].year},u,5\n`, `2020-01-02,"${nasty.replaceAll('"', '""')}",1999,u,3\n`, line(films[6], ",4"))]);
  await page.getByText("2 films were not found").waitFor();
  assert.match(await reported(), /^1 film is yours now\./);
  assert.ok((await page.locator(".losts").innerText()).includes(nasty), "what a file says is shown as text");
  assert.deepEqual(await flaws(page), []);

  const lost = (title) => page.locator(".lost").filter({ hasText: title });
  const field = lost(nasty).getByRole("combobox");
  await field.focus();
  await page.keyboard.type(films[7].title.slice(0, 12));
  const wanted = lost(nasty).getByRole("option", { name: films[7].title }).first();
  await wanted.waitFor();
  const at = await lost(nasty).getByRole("option").evaluateAll((all, title) => all.findIndex((one) => one.textContent.startsWith(title)), films[7].title);
  for (let i = 0; i < at; i++) await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await lost(nasty).getByText("Taken as").waitFor();
  assert.deepEqual(await mine(`/${films[7].movie}`).then((one) => [one.kind, one.your_rating]), ["rating", 3]);

  const offered = lost(near).getByRole("button", { name: /^It is/ });
  if ((await offered.count()) > 0) {
    await offered.focus();
    await page.keyboard.press("Enter");
    await lost(near).getByText("Taken as").waitFor();
  }
  assert.equal(await page.evaluate(() => window.hit), undefined);
});

flow("files that are no exports say so, and do not stop the others", async () => {
  await choose(["diary.csv", "what is this?\n"], ["broken.zip", "PK\u0003\u0004 and no more"], ["big.csv", "x".repeat(4_000_001)], ["ratings.csv", list(",Rating", line(films[8], ",4"))]);
  await page.getByText("1 film is yours now.").waitFor();
  const said = await page.locator(".brought [role=alert]").allInnerTexts();
  assert.equal(said.length, 3);
  assert.match(said[0], /^diary\.csv: ./);
  assert.match(said[1], /^broken\.zip: This archive cannot be opened/);
  assert.match(said[2], /^big\.csv: Too large/);
});

flow("without a connection nothing is said to be taken", async () => {
  await browser.context.setOffline(true);
  await choose(["ratings.csv", list(",Rating", line(films[10], ",4"))]);
  await page.locator(".brought [role=alert]", { hasText: "The server does not answer." }).waitFor();
  assert.equal(await page.locator(".brought .form-done").count(), 0);
  await browser.context.setOffline(false);
});

flow("all of it is taken elsewhere, and read again", async () => {
  await settled(page, "/my?show=import");
  const [file] = await Promise.all([page.waitForEvent("download"), page.getByRole("link", { name: "As a table (CSV)" }).click()]);
  const text = readFileSync(await file.path(), "utf8");
  assert.match(text, /^movieId,title,year,imdbId,tmdbId,kind,rating,time,weight\n/);
  const rows = text.trim().split("\n").length - 1;
  await choose(["reel-ratings.csv", text]);
  await page.getByText(`Nothing new was in it. ${rows} were there already.`).waitFor();
});

flow("in Spanish, on a phone: nothing is too wide, and the field shows its focus", async () => {
  const phone = await open({ viewport: { width: 360, height: 740 }, locale: "es", colorScheme: "light", storageState: await browser.context.storageState() });
  try {
    await settled(phone.page, "/my?show=import");
    await phone.page.locator('input[type="file"]').setInputFiles([{ name: "ratings.csv", mimeType: "text/csv", buffer: Buffer.from(list(",Rating", "2020-01-02,Una película que no existe en ningún catálogo del mundo,1999,u,3\n")) }]);
    await phone.page.getByText("Una película no se encontró").waitFor();
    assert.equal(await tooWide(phone.page), 0);
    await phone.page.locator(".parts [aria-current]").focus();
    await phone.page.keyboard.press("Tab");
    await phone.page.keyboard.press("Tab");
    assert.equal(await phone.page.locator(".drop").evaluate((box) => getComputedStyle(box).outlineStyle), "solid");
    assert.deepEqual(phone.complaints, []);
  } finally {
    await phone.close();
  }
});

test("nothing was complained about", () => {
  assert.deepEqual(browser.complaints, []);
});
