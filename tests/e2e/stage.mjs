// What runs pages in a browser shares: Debian's Chromium, locked packages installed beside the build, a server over
// the bundled sample. Used by run.mjs here and by bench/pages/.
import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

export const operator = { name: "operator", password: "a projector in the dark" };

// Ends with 77, which means skipped.
function skip(reason) {
  console.error(`skipped: ${reason}`);
  process.exit(77);
}

export function chromium() {
  const program = process.env.REEL_CHROMIUM ?? ["/usr/bin/chromium", "/usr/bin/chromium-browser"].find(existsSync);
  if (Number(process.versions.node.split(".")[0]) < 18) skip(`Node ${process.versions.node} is older than 18`);
  if (!program || !existsSync(program)) skip("no Chromium at /usr/bin/chromium (apt-get install chromium)");
  // Ubuntu's package is only a pointer to a snap.
  if (spawnSync(program, ["--version"], { stdio: "ignore" }).status !== 0) skip(`${program} does not start`);
  return program;
}

// The packages that `folder` locks, into `stage`, together with the `files` that import them.
export function install(folder, stage, files = []) {
  const inputs = ["package.json", "package-lock.json", ".npmrc"];
  if (stage !== folder) {
    mkdirSync(stage, { recursive: true });
    for (const name of [...inputs, ...files]) cpSync(join(folder, name), join(stage, name));
  }
  const lock = createHash("sha256").update(readFileSync(join(folder, "package-lock.json"))).digest("hex");
  const stamp = join(stage, "node_modules", ".reel-lock");
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === lock) return;
  const done = spawnSync("npm", ["ci", "--no-audit", "--no-fund"], { cwd: stage, stdio: ["ignore", "ignore", "pipe"], encoding: "utf8" });
  if (done.status !== 0) {
    console.error(`npm ci failed in ${stage}:\n${done.stderr}`);
    process.exit(1);
  }
  writeFileSync(stamp, lock);
}

const killed = (child) => new Promise((gone) => {
  if (child.exitCode !== null || child.signalCode !== null) return gone();
  child.once("exit", gone);
  child.kill("SIGKILL");
});

// Starts a server and waits for the line that names its address.
export function start(command, args, env = {}) {
  const child = spawn(command, args, { env: { ...process.env, ...env }, stdio: ["ignore", "pipe", "pipe"] });
  return new Promise((resolve, reject) => {
    let said = "";
    const listen = (chunk) => {
      said += chunk;
      const url = /http:\/\/127\.0\.0\.1:\d+/.exec(said)?.[0];
      if (url) resolve({ url, stop: () => child.kill("SIGTERM"), kill: () => killed(child) });
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

// The sample in a database of its own in `scratch`, with an operator's account.
export function loadSample(reel, scratch) {
  const sample = join(scratch, "sample");
  const database = join(scratch, "reel.db");
  must(reel, ["sample", "--output", sample]);
  must(reel, ["load", "--movielens", sample, "--tmdb", join(sample, "films.jsonl"), "--database", database, "--simulated", "--quiet"]);
  must(reel, ["user", "add", operator.name, "--admin", "--password-stdin", "--database", database], `${operator.password}\n`);
  return database;
}

export const serve = (reel, database, port = 0) => start(reel, ["serve", "--database", database, "--listen", `127.0.0.1:${port}`]);
