// Builds dist/: one script, one style sheet, the fonts, the page that names them by their hashes,
// and the notices of everything that was bundled. With --watch it builds again on every change.
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import * as esbuild from "esbuild";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const dist = join(root, "dist");
const watch = process.argv.includes("--watch");
const scriptBudget = 80_000; // bytes, packed
const fontBudget = 60_000;
const preloaded = ["gloock-latin-400", "hanken-grotesk-latin-400"];

const options = {
  absWorkingDir: root,
  entryPoints: ["src/main.tsx"],
  outdir: "dist/assets",
  entryNames: "[name]-[hash]",
  assetNames: "[name]-[hash]",
  publicPath: "/assets",
  bundle: true,
  minify: !watch,
  format: "esm",
  target: "es2022",
  jsx: "automatic",
  jsxImportSource: "preact",
  loader: { ".woff2": "file", ".svg": "file" },
  metafile: true,
  legalComments: "none",
  logLevel: "warning",
  plugins: [{ name: "page", setup: (build) => build.onEnd(finish) }],
};

// The packages whose files went in, read from what esbuild says it used.
function bundledPackages(inputs) {
  const names = Object.keys(inputs)
    .map((path) => /node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1])
    .filter(Boolean);
  return [...new Set(names)].sort();
}

function notices(names) {
  return names.map((name) => {
    const home = join(root, "node_modules", name);
    const facts = JSON.parse(readFileSync(join(home, "package.json"), "utf8"));
    const text = readFileSync(join(home, "LICENSE"), "utf8").trim();
    return `${name} ${facts.version} (${facts.license})\n\n${text}\n`;
  }).join(`\n${"-".repeat(72)}\n\n`);
}

function writePage(outputs) {
  const named = (pattern) => outputs.map((path) => basename(path)).filter((name) => pattern.test(name));
  const [script] = named(/^main-.*\.js$/);
  const [style] = named(/^main-.*\.css$/);
  const fonts = named(/\.woff2$/).filter((name) => preloaded.some((start) => name.startsWith(start)));
  const head = [
    ...fonts.map((name) => `<link rel="preload" href="/assets/${name}" as="font" type="font/woff2" crossorigin />`),
    `<link rel="stylesheet" href="/assets/${style}" />`,
  ].join("\n    ");
  const page = readFileSync(join(root, "index.html"), "utf8")
    .replace("</head>", `  ${head}\n  </head>`)
    .replace("/src/main.tsx", `/assets/${script}`);
  writeFileSync(join(dist, "index.html"), page);
}

function weigh(outputs) {
  const sum = (end, weight) => outputs.filter((path) => path.endsWith(end))
    .reduce((total, path) => total + weight(readFileSync(join(root, path))), 0);
  const packed = (bytes) => gzipSync(bytes, { level: 9 }).length;
  const script = sum(".js", packed);
  const style = sum(".css", packed);
  const fonts = sum(".woff2", (bytes) => bytes.length);
  console.log(`packed: script ${script}, style ${style}; fonts ${fonts} bytes`);
  if (script > scriptBudget || fonts > fontBudget)
    throw new Error(`over budget: script ${scriptBudget}, fonts ${fontBudget} bytes`);
}

function finish(result) {
  if (result.errors.length > 0) return;
  const outputs = Object.keys(result.metafile.outputs);
  cpSync(join(root, "public"), dist, { recursive: true });
  writePage(outputs);
  writeFileSync(join(dist, "licenses.txt"), notices(bundledPackages(result.metafile.inputs)));
  if (!watch) weigh(outputs);
}

rmSync(dist, { recursive: true, force: true });
mkdirSync(dist);
if (watch) {
  const context = await esbuild.context(options);
  await context.watch();
} else {
  await esbuild.build(options).catch((error) => {
    console.error(error.message);
    process.exit(1);
  });
}
