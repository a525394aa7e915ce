// Runs before the first paint, so that nobody sees a white flash in a dark room.
// The same keys are written by shared/theme.ts.
(() => {
  var theme = "system",
    contrast = "normal",
    locale = "";
  try {
    theme = localStorage.getItem("teahouse.theme") || theme;
    contrast = localStorage.getItem("teahouse.contrast") || contrast;
    locale = localStorage.getItem("teahouse.locale") || locale;
  } catch {
    /* Storage may be blocked; the system's choice then holds. */
  }
  var dark =
    theme === "dark" ||
    (theme !== "light" && window.matchMedia("(prefers-color-scheme: dark)").matches);
  document.body.dataset.weuiTheme = dark ? "dark" : "light";
  if (contrast === "high") document.body.dataset.weuiMode = "care";
  document.documentElement.style.colorScheme = dark ? "dark" : "light";
  if (locale) document.documentElement.lang = locale;
})();
