// Films that were opened from lists in this browser, or whose trailer was played, newest first: interest in them,
// which the next list is told of. Nothing was said of them, so they may be in it.
import { box, readJson, type Box } from "./storage";

const key = "reel.clicked";
const most = 50; // who clicked more means the later ones

const isClicked = (value: unknown): value is number[] => Array.isArray(value) && value.every(Number.isInteger);

export const loadClicked = (from: Box = box): number[] => readJson(from, key, isClicked, []);

const save = (all: number[], to: Box) => to.write(key, JSON.stringify(all));

export const dropClicked = (movie: number, to: Box = box): void =>
  save(loadClicked(to).filter((one) => one !== movie), to);

export const addClicked = (movie: number, to: Box = box): void =>
  save([movie, ...loadClicked(to).filter((one) => one !== movie)].slice(0, most), to);

export const forgetClicked = (to: Box = box): void => save([], to);
