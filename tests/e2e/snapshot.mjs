// Pages against pictures of how they looked: tests/e2e/snapshots/, a quarter as wide, made by REEL_E2E_LOOK=write.
// A picture is told by cells of eight pixels, each against the nearest of those round it. Where letters are drawn as
// they were when the pictures were made, a row of stars that is missing is seen, or eight pixels more above a page;
// on a machine with other fonts or another browser only what is missing, new or elsewhere by more.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const folder = process.env.REEL_E2E_SNAPSHOTS; // none over a server that does not serve the sample
const write = process.env.REEL_E2E_LOOK === "write";
const probePath = folder && join(folder, "letters.txt");
// far: how unlike of 255 a cell may be; most: cells that may be more unlike.
const fine = { far: 12, most: 40 };
const coarse = { far: 40, most: 100 };

// How letters are drawn here, as a sum.
function probe() {
  const canvas = new OffscreenCanvas(320, 80);
  const pen = canvas.getContext("2d", { willReadFrequently: true });
  for (const [row, font] of ["24px sans-serif", "24px serif", "13px sans-serif"].entries()) {
    pen.font = font;
    pen.fillText("Reel 0123 Ágñ ★", 4, 24 + row * 26);
  }
  let sum = 2166136261;
  for (const byte of pen.getImageData(0, 0, 320, 80).data) sum = Math.imul(sum ^ byte, 16777619) >>> 0;
  return sum.toString(16).padStart(8, "0");
}

// In a page of its own: the browser reads and writes the pictures, so the tests need no library for it.
async function measure({ shot, before, kept, cell, far }) {
  const read = async (type, text) => createImageBitmap(await (await fetch(`data:image/${type};base64,${text}`)).blob());
  const scaled = (image, width, height) => {
    const canvas = new OffscreenCanvas(width, height);
    const pen = canvas.getContext("2d", { willReadFrequently: true });
    pen.imageSmoothingQuality = "high";
    pen.drawImage(image, 0, 0, width, height);
    return canvas;
  };
  const pack = async (canvas) => {
    const bytes = new Uint8Array(await (await canvas.convertToBlob({ type: "image/webp", quality: 0.8 })).arrayBuffer());
    return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
  };
  const now = await read("png", shot);
  const picture = await pack(scaled(now, now.width / kept, now.height / kept));
  if (before === null) return { picture, cells: 0 };

  const [width, height] = [Math.floor(now.width / cell), Math.floor(now.height / cell)];
  const was = await read("webp", before);
  if (was.width !== Math.floor(now.width / kept) || was.height !== Math.floor(now.height / kept)) return { picture, cells: width * height };
  const pixels = (image) => scaled(image, width, height).getContext("2d").getImageData(0, 0, width, height).data;
  const [a, b] = [pixels(await read("webp", picture)), pixels(was)];
  const nearest = (one, other, x, y) => {
    let least = 255;
    for (let v = Math.max(0, y - 1); v <= Math.min(height - 1, y + 1); v++)
      for (let u = Math.max(0, x - 1); u <= Math.min(width - 1, x + 1); u++) {
        const [i, j] = [(y * width + x) * 4, (v * width + u) * 4];
        least = Math.min(least, Math.max(...[0, 1, 2].map((c) => Math.abs(one[i + c] - other[j + c]))));
      }
    return least;
  };
  let cells = 0;
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) if (Math.max(nearest(a, b, x, y), nearest(b, a, x, y)) > far) cells++;
  return { picture, cells };
}

let limits;
async function limitsHere(helper) {
  const letters = await helper.evaluate(probe);
  if (write) {
    mkdirSync(folder, { recursive: true });
    writeFileSync(probePath, `${letters}\n`);
  }
  const same = existsSync(probePath) && readFileSync(probePath, "utf8").trim() === letters;
  if (!same) console.error("letters are drawn otherwise here than in tests/e2e/snapshots: pages are compared coarsely");
  return same ? fine : coarse;
}

// What is wrong with how `page` looks, or null.
export async function unlike(page, helper, name) {
  if (!folder) return null;
  limits ??= await limitsHere(helper);
  const path = join(folder, `${name}.webp`);
  const shot = (await page.screenshot({ animations: "disabled", caret: "hide" })).toString("base64");
  const before = existsSync(path) ? readFileSync(path).toString("base64") : null;
  const { picture, cells } = await helper.evaluate(measure, { shot, before, kept: 4, cell: 8, far: limits.far });
  if (write) {
    if (before === null || cells > 0) writeFileSync(path, Buffer.from(picture, "base64")); // those that look alike stay as they are
    return null;
  }
  if (process.env.REEL_E2E_LOOK === "say") console.error(`${name}: ${cells} of ${limits.most}`);
  if (before === null) return `${name}: there is no ${path}; REEL_E2E_LOOK=write makes it`;
  if (cells <= limits.most) return null;
  const seen = join(process.env.REEL_E2E_ARTIFACTS ?? process.env.REEL_E2E_STAGE ?? ".", `unlike-${name}.png`);
  writeFileSync(seen, Buffer.from(shot, "base64"));
  return `${name} does not look as ${path} (${cells} cells of 64 pixels, at most ${limits.most}): see ${seen}. ` +
    "Where it is meant to, REEL_E2E_LOOK=write makes the picture anew.";
}
