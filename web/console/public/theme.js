// Runs before the first paint, so that a dark screen is never white for a moment. The key is that
// of shared/theme.ts, which takes over as soon as the page's own script runs.
(() => {
  let theme = null;
  try {
    theme = localStorage.getItem("teahouse.theme");
  } catch {
    // Blocked storage: as the system says.
  }
  if (theme !== "light" && theme !== "dark") {
    theme = matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
  }
  document.documentElement.style.colorScheme = theme;
})();
