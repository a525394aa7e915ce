// Configurations whose colours depend on the theme.

/** A configuration as it looks in the theme. */
export function lookOf<T extends { dark?: object }>(config: T, theme: "light" | "dark"): T {
  return theme === "dark" && config.dark ? { ...config, ...config.dark } : config;
}
