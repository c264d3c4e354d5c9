import assert from "node:assert/strict";
import { test } from "node:test";
import { guestName, nameGuest } from "../src/lib/guests";
import {
  becauseOf, guestId, householdOf, initialsOf, keenness, left, lineOf, marksOf, placesOf, readNight, seated, spreadOf, writeNight, type Seat,
} from "../src/lib/night";
import type { MemberItem } from "../src/lib/types";

const read = (text: string) => readNight(new URLSearchParams(text));
const guest = (id: string, ...ratings: [number, number][]): Seat =>
  ({ kind: "guest", id, ratings: ratings.map(([movie, rating]) => ({ movie, rating })) });

test("who is on the sofa is in the address, as numbers, and comes back from it", () => {
  const night = { seats: [{ kind: "me" }, { kind: "person", user: 6040 }, guest("gk3", [318, 5], [296, 4.5])] as Seat[], rule: "fairness" as const };
  assert.equal(writeNight(night), "?with=me&with=6040&with=gk3_318-5_296-4.5&rule=fairness");
  assert.deepEqual(read(writeNight(night)), night);
  assert.equal(writeNight({ seats: [], rule: "average" }), "");
  assert.deepEqual(read(""), { seats: [], rule: "average" });
});

test("an address that makes no sense is read as far as it does", () => {
  assert.deepEqual(read("with=&with=-1&with=1.5&with=ME&with=99999999999999999999&with=<b>&with=a b_1-5&rule=<i>"), { seats: [], rule: "average" });
  assert.deepEqual(read("with=7&with=7&with=me&with=me").seats.length, 2);
  assert.deepEqual(read("with=g1&with=g2_&with=g3_1-0&with=g4_1-x_2--5_3-5-5_x-5_-5").seats, []);
  assert.deepEqual(read("with=g1_1-5_1-2_2-3").seats, [guest("g1", [1, 5], [2, 3])]);
  assert.equal(read(Array.from({ length: 40 }, (_, i) => `with=${i}`).join("&")).seats.length, 12);
});

test("people come and go, each once", () => {
  const ana = guest("gana", [1, 5]);
  const two = seated(seated([], { kind: "person", user: 7 }), ana);
  assert.equal(seated(two, { kind: "person", user: 7 }).length, 2);
  assert.deepEqual(seated(two, guest("gana", [1, 2], [3, 4]))[1], guest("gana", [1, 2], [3, 4]));
  assert.deepEqual(seated(two, guest("gana")).map((seat) => seat.kind), ["person"]);
  assert.deepEqual(left(two, "7"), [ana]);
  const twelve = Array.from({ length: 12 }, (_, user): Seat => ({ kind: "person", user }));
  assert.equal(seated(twelve, ana).length, 12);
  const dice = [0, 0, 0.5];
  assert.equal(guestId([guest("g0", [1, 1])], () => dice.shift()!), "gi00");
});

test("the server is told numbers and stars, no names", () => {
  const seats: Seat[] = [{ kind: "me" }, { kind: "person", user: 7 }, guest("gana", [1, 5])];
  assert.deepEqual(householdOf(seats, "average", { history: [{ movie: 2, rating: 3 }] }), {
    rule: "average", members: [{ history: [{ movie: 2, rating: 3 }] }, { user: 7 }, { history: [{ movie: 1, rating: 5 }] }],
  });
});

test("names stay in the browser, short and only the latest", () => {
  const kept = new Map<string, string>();
  const box = { read: (key: string) => kept.get(key) ?? null, write: (key: string, value: string) => void kept.set(key, value) };
  nameGuest("g1", "  Ana  ", box);
  nameGuest("g2", "<img src=x onerror=alert(1)>" + "x".repeat(99), box);
  assert.equal(guestName("g1", box), "Ana");
  assert.equal(guestName("g2", box)!.length, 40);
  nameGuest("g1", " ", box);
  assert.equal(guestName("g1", box), null);
  for (let i = 0; i < 80; i++) nameGuest(`n${i}`, "x", box);
  assert.equal(guestName("n0", box), null);
  assert.equal(guestName("n79", box), "x");
  kept.set("reel.guests", '{"a":1}');
  assert.equal(guestName("g1", box), null);
});

test("initials are two letters, or the number", () => {
  assert.deepEqual(["Ana", "ben kim", "Ana María del Río", "42", "6040", "123456", "", " ", "𝄞 clef", "Ñ"].map(initialsOf),
    ["A", "BK", "AR", "42", "6040", "…456", "", "", "𝄞C", "Ñ"]);
});

const member = (standing: number, stars: number | null = null, title = "Heat", contribution = 1): MemberItem =>
  ({ standing, predicted_rating: stars, score: 0, baseline: 0, other: 0, reasons: [{ movie: title.length, title, rating: 5, contribution }] });

test("marks too near each other stand one above the other", () => {
  assert.deepEqual(marksOf([0.5, 0.1, 0.52, 0.9, 0.54], 0.1).map((mark) => mark.lane), [0, 0, 1, 0, 2]);
  assert.deepEqual(marksOf([-1, 2], 0.1).map((mark) => mark.at), [0, 1]);
  assert.deepEqual(marksOf([], 0.1), []);
});

test("the line counts stars where all are known, else standings", () => {
  const scale = { min: 1, max: 5 };
  const stars = [{ members: [member(2, 4.2), member(1, 3.9)] }, { members: [member(0, 3.1), member(1, 4.9)] }];
  assert.deepEqual(lineOf(stars, scale), { stars: true, from: 3, to: 5 });
  assert.deepEqual(placesOf(stars[0]!, { stars: true, from: 3, to: 5 }).map((at) => Math.round(at * 100)), [60, 45]);
  assert.deepEqual(lineOf([{ members: [member(2, 5), member(2, 5)] }], scale), { stars: true, from: 3, to: 5 });
  assert.deepEqual(lineOf([{ members: [member(2, 1), member(2, 1)] }], scale), { stars: true, from: 1, to: 3 });
  const mixed = [{ members: [member(2.4, 4), member(-0.5)] }];
  assert.deepEqual(lineOf(mixed, scale), { stars: false, from: -1, to: 3 });
  assert.deepEqual(lineOf([], scale), { stars: false, from: -1, to: 1 });
});

test("who is keenest and how far they are apart is read off the line", () => {
  const item = { members: [member(2, 3.9), member(0.5, 4.3), member(1, 4)] };
  assert.deepEqual(keenness(item, { stars: true, from: 3, to: 5 }), { most: 1, least: 0 });
  assert.deepEqual(keenness(item, { stars: false, from: 0, to: 3 }), { most: 0, least: 1 });
  assert.equal(spreadOf(item, { stars: true, from: 3, to: 5 }), "close");
  assert.equal(spreadOf(item, { stars: false, from: 0, to: 3 }), "near");
  assert.equal(spreadOf({ members: [member(0, 2), member(0, 4)] }, { stars: true, from: 1, to: 5 }), "apart");
});

test("those who share a reason are named together", () => {
  const item = { members: [member(1, 4, "Heat"), member(1, 4, "Fargo"), member(1, 4, "Heat"), member(1, 4, "Titanic", -1)] };
  assert.deepEqual(becauseOf(item, ["Ana", "Ben", "You", "42"]), [{ title: "Heat", names: ["Ana", "You"] }, { title: "Fargo", names: ["Ben"] }]);
});
