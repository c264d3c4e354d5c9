// What guests of a movie night are called, in this browser only.
import { box, readJson, type Box } from "./storage";

const key = "reel.guests";
const longest = 40;
const most = 60;

type Names = [string, string][]; // id and name, the latest last

const isNames = (value: unknown): value is Names =>
  Array.isArray(value) && value.every((one) => Array.isArray(one) && typeof one[0] === "string" && typeof one[1] === "string");

export const guestName = (id: string, from: Box = box): string | null =>
  readJson(from, key, isNames, []).find(([known]) => known === id)?.[1] ?? null;

export function nameGuest(id: string, name: string, to: Box = box): void {
  const others = readJson(to, key, isNames, []).filter(([known]) => known !== id);
  const short = Array.from(name.trim()).slice(0, longest).join("");
  to.write(key, JSON.stringify((short ? [...others, [id, short] as [string, string]] : others).slice(-most)));
}
