// Runs the end-to-end tests: finds Chromium, installs the locked driver beside the build, starts the
// server under test, and cleans up. Exit 77 means skipped, with the reason on stderr.
//   REEL_BASE_URL     a server that already runs
//   REEL_PROGRAM      else this program is started over the bundled sample
//   REEL_MOCK_DIST    else the mock server is, over these built pages (web/dist otherwise)
//   REEL_E2E_ARTIFACTS  a folder: pictures of every page at three widths in both themes go there
//   REEL_E2E_LOOK     "write": how pages look now is how they shall look (tests/e2e/snapshots/)
//   REEL_E2E_LONG     every page and field by keyboard and with hostile texts, not a few of each
//   REEL_E2E_ONLY     some of the tests by their files' names: look,reach
//   REEL_E2E_STAGE    where the driver is installed and servers keep their files
import { spawn } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium, install, loadSample, operator, serve, start } from "./stage.mjs";

const here = fileURLToPath(new URL(".", import.meta.url));
const stage = process.env.REEL_E2E_STAGE ?? here;
const program = chromium();

async function underTest(scratch) {
  if (process.env.REEL_BASE_URL) return { url: process.env.REEL_BASE_URL, stop: () => {} };
  if (!process.env.REEL_PROGRAM) return start(process.execPath, [join(here, "../../web/mock/server.mjs"), "0"]);
  return serve(process.env.REEL_PROGRAM, loadSample(process.env.REEL_PROGRAM, scratch));
}

install(here, stage, readdirSync(here).filter((name) => name.endsWith(".mjs")));
const scratch = mkdtempSync(join(tmpdir(), "reel-e2e-"));
let server;
let status = 1;
try {
  server = await underTest(scratch);
  const child = spawn(process.execPath, [join(stage, "suite.mjs")], {
    stdio: "inherit",
    env: { ...process.env, REEL_BASE_URL: server.url, REEL_CHROMIUM: program, REEL_E2E_TEXTS: join(here, "../../web/src/lib/texts"),
      ...(process.env.REEL_PROGRAM && !process.env.REEL_BASE_URL
        ? { REEL_E2E_OPERATOR: JSON.stringify(operator), REEL_E2E_SNAPSHOTS: join(here, "snapshots") } : {}) },
  });
  status = await new Promise((resolve) => child.on("exit", (code) => resolve(code ?? 1)));
} catch (error) {
  console.error(error.message);
} finally {
  server?.stop();
  rmSync(scratch, { recursive: true, force: true });
}
process.exit(status);
