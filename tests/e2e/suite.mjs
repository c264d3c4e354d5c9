// All end-to-end tests, one after the other. How pages look comes first: nobody has given or asked anything yet.
// Each file is awaited, since those that ask the server for something first would else come last.
for (const name of ["look", "home", "films", "mine", "people", "rate", "account", "my", "import", "tune", "night", "feedback",
  "analytics", "data", "dashboard", "states", "network", "hostile", "reach"]) await import(`./${name}.test.mjs`);
