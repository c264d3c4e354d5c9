import assert from "node:assert/strict";
import { test } from "node:test";
import { deflateRawSync } from "node:zlib";
import { ArchiveError, entriesOf, isArchive } from "../src/lib/archive";
import { mended, namedAs, outcomeOf, piecesOf, typeOf, wantedOf } from "../src/lib/bring";
import type { ImportReport, ImportRow } from "../src/lib/types";

interface Packed {
  name: string;
  text: string;
  stored?: boolean;
  flags?: number;
}

// A ZIP as a packer writes it; sums are left out, which nobody here reads.
function zip(files: Packed[]): Uint8Array<ArrayBuffer> {
  const bodies: Buffer[] = [], heads: Buffer[] = [];
  let at = 0;
  for (const { name, text, stored = false, flags = 0 } of files) {
    const data = stored ? Buffer.from(text) : deflateRawSync(Buffer.from(text));
    const head = Buffer.alloc(46), local = Buffer.alloc(30), title = Buffer.from(name);
    local.writeUInt32LE(0x04034b50, 0);
    local.writeUInt16LE(title.length, 26);
    head.writeUInt32LE(0x02014b50, 0);
    head.writeUInt16LE(flags, 8);
    head.writeUInt16LE(stored ? 0 : 8, 10);
    head.writeUInt32LE(data.length, 20);
    head.writeUInt16LE(title.length, 28);
    head.writeUInt32LE(at, 42);
    bodies.push(local, title, data);
    heads.push(head, title);
    at += 30 + title.length + data.length;
  }
  const end = Buffer.alloc(22 + 5); // and a remark of five bytes
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(files.length, 10);
  end.writeUInt32LE(at, 16);
  end.writeUInt16LE(5, 20);
  return new Uint8Array(Buffer.concat([...bodies, ...heads, end]));
}

const file = (name: string, bytes: Uint8Array<ArrayBuffer>) => ({ name, size: bytes.length, arrayBuffer: async () => bytes.slice().buffer });
const text = (bytes: Uint8Array) => Buffer.from(bytes).toString();

test("of an archive the lists of today are read", async () => {
  const bytes = zip([
    { name: "ratings.csv", text: "Name\nHeat\n".repeat(50) }, { name: "likes/films.csv", text: "Name\n", stored: true },
    { name: "deleted/ratings.csv", text: "no" }, { name: "profile.csv", text: "no" }, { name: "reviews.csv", text: "no" },
  ]);
  assert.ok(isArchive(bytes));
  const pieces = await piecesOf(file("letterboxd.zip", bytes));
  assert.deepEqual(pieces.map((piece) => piece.name), ["ratings.csv", "likes/films.csv"]);
  assert.equal(text(pieces[0]!.bytes), "Name\nHeat\n".repeat(50));
  assert.equal(text(pieces[1]!.bytes), "Name\n");
  assert.deepEqual(wantedOf(["a/ratings.json", "readme.txt", "__MACOSX/a.json"]), ["a/ratings.json"]);
});

test("what is no archive is one file, under the name it had before it was copied", async () => {
  const pieces = await piecesOf(file("Watchlist (2).csv", new Uint8Array(Buffer.from("Name\n"))));
  assert.deepEqual(pieces.map((piece) => [piece.name, text(piece.bytes)]), [["watchlist.csv", "Name\n"]]);
  assert.equal(namedAs("ratings.csv"), "ratings.csv");
  assert.deepEqual([typeOf("a.JSON"), typeOf("a.csv")], ["application/json", "text/csv"]);
});

test("a damaged archive, an encrypted one and one that swells are refused", async () => {
  const whole = zip([{ name: "ratings.csv", text: "x".repeat(5000) }]);
  const refuses = async (bytes: Uint8Array<ArrayBuffer>, most = 10_000) =>
    assert.rejects(async () => { for (const entry of entriesOf(bytes, most)) await entry.read(); }, ArchiveError);
  await refuses(whole, 4999);
  await refuses(zip([{ name: "ratings.csv", text: "x", flags: 1 }]));
  await refuses(zip([{ name: "ratings.csv", text: "x".repeat(99), stored: true }]), 98);
  for (let length = 4; length < whole.length - 5; length++) await refuses(whole.slice(0, length)); // cut off before the remark
  for (let at = 0; at < whole.length; at++) {
    const broken = whole.slice();
    broken[at] = broken[at]! ^ 0xff;
    try {
      for (const entry of entriesOf(broken, 10_000)) await entry.read();
    } catch (cause) {
      assert.ok(cause instanceof ArchiveError, `byte ${at}: ${String(cause)}`);
    }
  }
  await assert.rejects(piecesOf({ name: "big.zip", size: 65_000_000, arrayBuffer: () => assert.fail("it is not read") }), RangeError);
});

test("two files about a film are one film, and what was lost says the most it knows", () => {
  const row = (over: Partial<ImportRow>): ImportRow =>
    ({ line: 1, title: "X", kind: "rating", rating: 4, status: "taken", movie: 1, reason: null, candidates: [], ...over });
  const report = (items: ImportRow[], not_films = 0): ImportReport => ({ format: "", rows: 0, taken: 0, kept: 0, repeated: 0, unmatched: 0, not_films, items });
  const lost = { status: "unmatched" as const, movie: null };
  const outcome = outcomeOf([
    report([row({}), row({ movie: 2, status: "kept" }), row({ status: "repeated" }), row({ ...lost, title: "Gone", kind: "watched", rating: null })], 2),
    report([row({ status: "kept" }), row({ movie: 3, status: "kept" }), row({ ...lost, title: "gone" }), row({ ...lost, title: null }), row({ ...lost, title: null })], 1),
  ]);
  assert.deepEqual([outcome.taken, outcome.kept, outcome.notFilms], [1, 2, 3]);
  assert.deepEqual(outcome.lost.map((one) => [one.title, one.kind]), [["gone", "rating"], [null, "rating"], [null, "rating"]]);
  assert.equal(mended(outcome.lost[0]!, 7), "movieId,title,kind,rating\n7,,rating,4\n");
  assert.equal(mended(row({ kind: "liked", rating: null }), 7), "movieId,title,kind,rating\n7,,liked,\n");
});
