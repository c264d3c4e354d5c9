// Runs before the first paint, so that a chosen theme does not flash in late.
try {
  const theme = localStorage.getItem("reel.theme");
  if (theme === "dark" || theme === "light") document.documentElement.dataset.theme = theme;
} catch {
  // Storage is closed to us: the system's theme stays.
}
