// Runs the end-to-end tests: finds Chromium, installs the locked driver beside the build, starts the
// server under test, and cleans up. Exit 77 means skipped, with the reason on stderr.
//   REEL_BASE_URL     a server that already runs
//   REEL_PROGRAM      else this program is started over the bundled sample
//   REEL_MOCK_DIST    else the mock server is, over these built pages (web/dist otherwise)
//   REEL_E2E_ARTIFACTS  a folder: pictures of every page at three widths in both themes go there
//   REEL_E2E_STAGE    where the driver is installed and servers keep their files
import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const here = fileURLToPath(new URL(".", import.meta.url));
const root = join(here, "../..");
const stage = process.env.REEL_E2E_STAGE ?? here;
const program = process.env.REEL_CHROMIUM ?? ["/usr/bin/chromium", "/usr/bin/chromium-browser"].find(existsSync);

function skip(reason) {
  console.error(`skipped: ${reason}`);
  process.exit(77);
}

if (Number(process.versions.node.split(".")[0]) < 18) skip(`Node ${process.versions.node} is older than 18`);
if (!program || !existsSync(program)) skip("no Chromium at /usr/bin/chromium (apt-get install chromium)");
// Ubuntu's package is only a pointer to a snap.
if (spawnSync(program, ["--version"], { stdio: "ignore" }).status !== 0) skip(`${program} does not start`);

function install() {
  const inputs = ["package.json", "package-lock.json", ".npmrc"];
  if (stage !== here) {
    mkdirSync(stage, { recursive: true });
    for (const name of [...inputs, ...readdirSync(here).filter((n) => n.endsWith(".mjs"))]) cpSync(join(here, name), join(stage, name));
  }
  const lock = createHash("sha256").update(readFileSync(join(here, "package-lock.json"))).digest("hex");
  const stamp = join(stage, "node_modules", ".reel-lock");
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === lock) return;
  const done = spawnSync("npm", ["ci", "--no-audit", "--no-fund"], { cwd: stage, stdio: ["ignore", "ignore", "pipe"], encoding: "utf8" });
  if (done.status !== 0) {
    console.error(`npm ci failed in ${stage}:\n${done.stderr}`);
    process.exit(1);
  }
  writeFileSync(stamp, lock);
}

// Starts a server and waits for the line that names its address.
function start(command, args, env = {}) {
  const child = spawn(command, args, { env: { ...process.env, ...env }, stdio: ["ignore", "pipe", "pipe"] });
  return new Promise((resolve, reject) => {
    let said = "";
    const listen = (chunk) => {
      said += chunk;
      const url = /http:\/\/127\.0\.0\.1:\d+/.exec(said)?.[0];
      if (url) resolve({ url, stop: () => child.kill("SIGTERM") });
    };
    child.stdout.on("data", listen);
    child.stderr.on("data", listen);
    child.on("exit", (code) => reject(new Error(`${command} ended with ${code}:\n${said}`)));
    setTimeout(() => reject(new Error(`${command} named no address within 60 s:\n${said}`)), 60_000).unref();
  });
}

function must(command, args, input = "") {
  const done = spawnSync(command, args, { encoding: "utf8", input });
  if (done.status !== 0) throw new Error(`${command} ${args.join(" ")} ended with ${done.status}:\n${done.stderr}`);
}

async function serve(scratch) {
  if (process.env.REEL_BASE_URL) return { url: process.env.REEL_BASE_URL, stop: () => {} };
  const reel = process.env.REEL_PROGRAM;
  if (!reel) return start(process.execPath, [join(root, "web/mock/server.mjs"), "0"]);
  const sample = join(scratch, "sample");
  const database = join(scratch, "reel.db");
  must(reel, ["sample", "--output", sample]);
  must(reel, ["load", "--movielens", sample, "--tmdb", join(sample, "films.jsonl"), "--database", database, "--simulated", "--quiet"]);
  must(reel, ["user", "add", operator.name, "--admin", "--password-stdin", "--database", database], `${operator.password}\n`);
  return start(reel, ["serve", "--database", database, "--listen", "127.0.0.1:0"]);
}

const operator = { name: "operator", password: "a projector in the dark" };
install();
const scratch = mkdtempSync(join(tmpdir(), "reel-e2e-"));
let server;
let status = 1;
try {
  server = await serve(scratch);
  const child = spawn(process.execPath, [join(stage, "suite.mjs")], {
    stdio: "inherit",
    env: { ...process.env, REEL_BASE_URL: server.url, REEL_CHROMIUM: program,
      ...(process.env.REEL_PROGRAM && !process.env.REEL_BASE_URL ? { REEL_E2E_OPERATOR: JSON.stringify(operator) } : {}) },
  });
  status = await new Promise((resolve) => child.on("exit", (code) => resolve(code ?? 1)));
} catch (error) {
  console.error(error.message);
} finally {
  server?.stop();
  rmSync(scratch, { recursive: true, force: true });
}
process.exit(status);
