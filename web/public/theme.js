// Runs before the first paint: a chosen theme does not flash in late, and the scripts of a page that comes later are
// fetched beside those of all pages.
try {
  const theme = localStorage.getItem("reel.theme");
  if (theme === "dark" || theme === "light") document.documentElement.dataset.theme = theme;
} catch {
  // Storage is closed to us: the system's theme stays.
}
{
  const early = []; // where they are, and the scripts: the build writes them here
  const [, files] = early.find(([start]) => `${location.pathname}/`.startsWith(`${start}/`)) ?? [null, []];
  for (const href of files) document.head.append(Object.assign(document.createElement("link"), { rel: "modulepreload", href }));
}
