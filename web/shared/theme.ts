// Light, dark or the system's theme, and high contrast. `theme.js` of each page applies the same
// keys before the first paint, this module afterwards.

export type Theme = "system" | "light" | "dark";
export type Contrast = "normal" | "high";

const THEME_KEY = "teahouse.theme";
const CONTRAST_KEY = "teahouse.contrast";

const listeners = new Set<() => void>();
/** Choices made on this page, for when the storage is blocked. */
const chosenNow = new Map<string, string>();

export function theme(): Theme {
  const value = read(THEME_KEY);
  return value === "light" || value === "dark" ? value : "system";
}

export function contrast(): Contrast {
  return read(CONTRAST_KEY) === "high" ? "high" : "normal";
}

/** The theme on the screen now, which is also the theme for mini programs. */
export function effectiveTheme(): "light" | "dark" {
  const chosen = theme();
  if (chosen !== "system") return chosen;
  return matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
}

export function setTheme(next: Theme): void {
  write(THEME_KEY, next);
  apply();
}

export function setContrast(next: Contrast): void {
  write(CONTRAST_KEY, next);
  apply();
}

export function onThemeChange(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Follows the system's theme; returns a function that stops this. */
export function followSystem(): () => void {
  const query = matchMedia("(prefers-color-scheme: dark)");
  query.addEventListener("change", apply);
  apply();
  return () => query.removeEventListener("change", apply);
}

function apply(): void {
  inOneStep();
  const dark = effectiveTheme() === "dark";
  document.body.dataset.weuiTheme = dark ? "dark" : "light";
  if (contrast() === "high") document.body.dataset.weuiMode = "care";
  else delete document.body.dataset.weuiMode;
  document.documentElement.style.colorScheme = dark ? "dark" : "light";
  // The browser's bar has the chosen theme, not the system's.
  for (const meta of document.querySelectorAll<HTMLMetaElement>('meta[name="theme-color"]')) {
    meta.content = dark ? "#111111" : "#ededed";
  }
  for (const listener of [...listeners]) listener();
}

/**
 * Turns transitions off until the new colours are on the screen: a text whose colour fades while its
 * background does not, or the other way round, cannot be read meanwhile.
 */
function inOneStep(): void {
  const still = new CSSStyleSheet();
  still.replaceSync("*, ::before, ::after { transition: none !important; }");
  document.adoptedStyleSheets.push(still);
  const end = () => {
    const at = document.adoptedStyleSheets.indexOf(still);
    if (at >= 0) document.adoptedStyleSheets.splice(at, 1);
  };
  // The first frame takes the new colours in; at the second there is nothing left to change.
  requestAnimationFrame(() => requestAnimationFrame(end));
}

function read(key: string): string | null {
  const now = chosenNow.get(key);
  if (now !== undefined) return now;
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

function write(key: string, value: string): void {
  chosenNow.set(key, value);
  try {
    localStorage.setItem(key, value);
  } catch {
    // Blocked storage: the choice lasts until the page closes.
  }
}
