// Bundles every test/*.test.ts with esbuild and runs it with Node's own test runner, so that the
// tests need no package of their own and run on Node 18 as well. The packages are those of the folder
// it is started in: a build tree, or web/ itself.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const esbuild = createRequire(join(process.cwd(), "package.json"))("esbuild");
const here = fileURLToPath(new URL(".", import.meta.url));
const out = mkdtempSync(join(tmpdir(), "reel-web-test-"));
const tests = readdirSync(here).filter((name) => name.endsWith(".test.ts"));
await esbuild.build({
  entryPoints: tests.map((name) => join(here, name)),
  outdir: out,
  outExtension: { ".js": ".mjs" },
  bundle: true,
  platform: "node",
  format: "esm",
  target: "node18",
  nodePaths: [join(process.cwd(), "node_modules")],
  logLevel: "warning",
});
const files = readdirSync(out).map((name) => join(out, name));
const { status } = spawnSync(process.execPath, ["--test", ...files], { stdio: "inherit" });
rmSync(out, { recursive: true, force: true });
process.exit(status ?? 1);
