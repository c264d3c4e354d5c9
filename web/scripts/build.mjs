// Builds dist/: the script every page needs, one for each page that comes when it is asked for, one
// style sheet, the fonts, the page that names them by their hashes, and the notices of everything that
// was bundled. With --watch it builds again on every change.
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import * as esbuild from "esbuild";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const dist = join(root, "dist");
const watch = process.argv.includes("--watch");
const scriptBudget = 80_000; // bytes, packed: what the home page loads
const fontBudget = 60_000;
const preloaded = ["gloock-latin-400", "hanken-grotesk-latin-400"];

// Each page that comes later imports the app: what both need is then needed by all, which makes one script of it
// instead of one for each set of pages that shares something. A phone on a slow network has six connections.
const oneChunk = {
  name: "one chunk",
  setup(build) {
    build.onResolve({ filter: /^\.+\// }, async ({ path, kind, resolveDir, pluginData }) => {
      if (kind !== "dynamic-import" || pluginData === oneChunk) return undefined;
      const found = await build.resolve(path, { kind, resolveDir, pluginData: oneChunk });
      return { ...found, pluginData: oneChunk };
    });
    build.onLoad({ filter: /\.tsx$/ }, ({ path, pluginData }) => pluginData !== oneChunk ? undefined
      : { contents: `import ${JSON.stringify(join(root, "src/app.tsx"))};\n${readFileSync(path, "utf8")}`, loader: "tsx" });
  },
};

const options = {
  absWorkingDir: root,
  entryPoints: ["src/main.tsx"],
  outdir: "dist/assets",
  entryNames: "[name]-[hash]",
  chunkNames: "[name]-[hash]",
  assetNames: "[name]-[hash]",
  publicPath: "/assets",
  bundle: true,
  splitting: true,
  minify: !watch,
  format: "esm",
  target: "es2022",
  jsx: "automatic",
  jsxImportSource: "preact",
  loader: { ".woff2": "file", ".svg": "file" },
  metafile: true,
  legalComments: "none",
  logLevel: "warning",
  plugins: [oneChunk, { name: "page", setup: (build) => build.onEnd(finish) }],
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

// A script and what it imports at once; pages that come later are imported by a call.
function scriptsOf(outputs, from) {
  const found = new Set();
  const follow = (path) => {
    if (found.has(path)) return;
    found.add(path);
    for (const { path: next, kind } of outputs[path].imports) if (kind === "import-statement") follow(next);
  };
  follow(from);
  return [...found];
}

const firstScripts = (outputs) => scriptsOf(outputs, Object.keys(outputs).find((path) => outputs[path].entryPoint === "src/main.tsx"));

function writePage(outputs) {
  const named = (pattern) => Object.keys(outputs).map((path) => basename(path)).filter((name) => pattern.test(name));
  const [script, ...shared] = firstScripts(outputs).map((path) => basename(path));
  const [style] = named(/^main-.*\.css$/);
  const fonts = named(/\.woff2$/).filter((name) => preloaded.some((start) => name.startsWith(start)));
  const head = [
    ...shared.map((name) => `<link rel="modulepreload" href="/assets/${name}" />`),
    ...fonts.map((name) => `<link rel="preload" href="/assets/${name}" as="font" type="font/woff2" crossorigin />`),
    `<link rel="stylesheet" href="/assets/${style}" />`,
  ].join("\n    ");
  const page = readFileSync(join(root, "index.html"), "utf8")
    .replace("</head>", `  ${head}\n  </head>`)
    .replace("/src/main.tsx", `/assets/${script}`);
  writeFileSync(join(dist, "index.html"), page);
}

// Pages with scripts of their own and what they are made of, the longer addresses first: public/theme.js fetches them.
const later = [["/tune", "tune"], ["/night", "night"], ["/my", "my"], ["/sign-in", "signin"], ["/reset", "letters"], ["/confirm", "letters"],
  ["/analytics/dashboard", "analytics", "dashboard"], ["/analytics/data", "analytics", "data"], ["/analytics", "analytics"]];

function writeEarly(outputs) {
  const first = firstScripts(outputs);
  const ofPage = (name) => Object.keys(outputs).find((path) => outputs[path].entryPoint === `src/pages/${name}.tsx`);
  const early = later.map(([start, ...names]) => {
    const found = new Set(names.flatMap((name) => scriptsOf(outputs, ofPage(name))));
    return [start, [...found].filter((path) => !first.includes(path)).map((path) => `/assets/${basename(path)}`)];
  });
  const script = readFileSync(join(root, "public/theme.js"), "utf8");
  writeFileSync(join(dist, "theme.js"), script.replace("early = []", () => `early = ${JSON.stringify(early)}`));
}

function weigh(outputs) {
  const sum = (paths, weight) => paths.reduce((total, path) => total + weight(readFileSync(join(root, path))), 0);
  const ending = (end) => Object.keys(outputs).filter((path) => path.endsWith(end));
  const packed = (bytes) => gzipSync(bytes, { level: 9 }).length;
  const script = sum(firstScripts(outputs), packed);
  const later = sum(ending(".js"), packed) - script;
  const style = sum(ending(".css"), packed);
  const fonts = sum(ending(".woff2"), (bytes) => bytes.length);
  console.log(`packed: script ${script}, of other pages ${later}, style ${style}; fonts ${fonts} bytes`);
  if (script > scriptBudget || fonts > fontBudget)
    throw new Error(`over budget: script ${scriptBudget}, fonts ${fontBudget} bytes`);
}

function finish(result) {
  if (result.errors.length > 0) return;
  const { outputs } = result.metafile;
  cpSync(join(root, "public"), dist, { recursive: true });
  writePage(outputs);
  writeEarly(outputs);
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
