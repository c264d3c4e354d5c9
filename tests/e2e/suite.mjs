// All end-to-end tests, one after the other. How pages look comes first: nobody has given or asked anything yet.
// Each file is awaited, since those that ask the server for something first would else come last.
const only = process.env.REEL_E2E_ONLY?.split(",");
for (const name of ["look", "held", "home", "films", "mine", "people", "rate", "account", "my", "import", "search", "tune", "night", "feedback", "clicks",
  "analytics", "data", "dashboard", "states", "network", "hostile", "words", "reach"])
  if (!only || only.includes(name)) await import(`./${name}.test.mjs`);
