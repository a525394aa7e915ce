// Runs before the first paint, so that a dark screen is never white for a moment. The keys are
// those of shared/theme.ts, which takes over as soon as the page's own script runs.
(() => {
  let chosen = null;
  try {
    chosen = localStorage.getItem("teahouse.theme");
  } catch {
    // Blocked storage: as the system says.
  }
  if (chosen === "light" || chosen === "dark") {
    document.documentElement.style.colorScheme = chosen;
  }
})();
