/**
 * Tells the style sheet how much the on-screen keyboard covers. Most browsers shrink the page
 * themselves; Safari lays the keyboard over it, which would cover the composer.
 */
export function followKeyboard(): void {
  const view = window.visualViewport;
  if (!view) return;
  const measure = () => {
    // Zoomed in, the visible part is smaller for another reason.
    const covered = view.scale > 1 ? 0 : Math.max(0, innerHeight - view.height - view.offsetTop);
    document.documentElement.style.setProperty("--keyboard", `${Math.round(covered)}px`);
  };
  view.addEventListener("resize", measure);
  view.addEventListener("scroll", measure);
}
