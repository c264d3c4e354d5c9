// A stand-in for the server's poster generator: enough to judge the pages by.
import { random } from "./random.mjs";

const palettes = [
  ["#1f2a37", "#d98f4e", "#f3e3c8"], ["#3a1f2b", "#e2674a", "#f6d9b0"], ["#16322f", "#d9b95b", "#f0ead2"],
  ["#2b2440", "#c76b98", "#f4d6cf"], ["#e9dcc3", "#b8402f", "#27313a"], ["#0f2742", "#7fb3c8", "#f2efe4"],
  ["#d9c7a3", "#33553f", "#1e1c18"], ["#4a1d17", "#e8a94a", "#f5e6cf"], ["#c9d3cf", "#39536b", "#a43d2b"],
];

const escape = (text) => text.replace(/[&<>"]/g, (c) => `&#${c.charCodeAt(0)};`);

function lines(title) {
  const out = [""];
  for (const word of title.split(" ")) {
    const last = out[out.length - 1];
    if (last && (last + " " + word).length > 14) out.push(word);
    else out[out.length - 1] = last ? `${last} ${word}` : word;
  }
  return out.slice(0, 6);
}

const scenes = [
  (n, [, b, c]) => `<circle cx="${120 + n() * 160}" cy="210" r="${80 + n() * 70}" fill="${b}"/><circle cx="${150 + n() * 160}" cy="250" r="60" fill="${c}" opacity=".8"/>`,
  (n, [, b]) => Array.from({ length: 9 }, (_, i) => `<path d="M0 ${40 + i * 44}l400 ${-30 - n() * 30}v18L0 ${58 + i * 44}z" fill="${b}" opacity="${0.3 + n() * 0.7}"/>`).join(""),
  (n, [, b, c]) => `<circle cx="200" cy="280" r="${90 + n() * 40}" fill="${b}"/><path d="M0 300 Q200 ${250 + n() * 40} 400 310V420H0z" fill="${c}" opacity=".9"/>`,
  (n, [, b, c]) => Array.from({ length: 5 }, (_, i) => `<path d="M${n() * 400} 0L${n() * 400} 400L${n() * 400} ${n() * 400}z" fill="${i % 2 ? b : c}" opacity=".6"/>`).join(""),
  (n, [, b, c]) => Array.from({ length: 4 }, (_, i) => `<circle cx="200" cy="220" r="${170 - i * 40}" fill="none" stroke="${i % 2 ? c : b}" stroke-width="${4 + n() * 14}"/>`).join(""),
  (n, [, b, c]) => `<rect x="${60 + n() * 80}" y="60" width="${120 + n() * 80}" height="330" fill="${b}"/><rect x="${140 + n() * 80}" y="140" width="100" height="250" fill="${c}" opacity=".7"/>`,
];

export function poster(film) {
  const next = random(film.movie * 2654435761);
  const palette = palettes[Math.floor(next() * palettes.length)];
  const scene = scenes[Math.floor(next() * scenes.length)](next, palette);
  const rows = lines(film.title);
  const size = Math.min(52, 620 / Math.max(...rows.map((r) => r.length)));
  const top = 560 - rows.length * size * 1.08;
  const text = rows.map((row, i) => `<text x="28" y="${top + i * size * 1.08}" font-size="${size}">${escape(row)}</text>`).join("");
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 400 600"><rect width="400" height="600" fill="${palette[0]}"/>${scene}` +
    `<rect y="400" width="400" height="200" fill="${palette[0]}"/><g font-family="Georgia,'Noto Serif',serif" font-weight="bold" fill="${palette[2]}">${text}</g>` +
    `<text x="28" y="582" font-family="sans-serif" font-size="15" fill="${palette[2]}" opacity=".8">${film.year ?? ""}  ${escape(film.directors[0] ?? "")}</text></svg>`;
}
