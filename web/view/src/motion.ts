import type { Value } from "../../shared/protocol";

/** Whether the user asked their device for less movement. */
export function reducedMotion(): boolean {
  return matchMedia("(prefers-reduced-motion: reduce)").matches;
}

/**
 * Sets styles that a program wrote for elements, in the time of a transition: this.applyAnimatedStyle.
 * `css` prepares them for the browser.
 */
export function styleElements(
  elements: HTMLElement[],
  {
    style = {},
    transition: { ms, timing } = { ms: 0, timing: "linear" },
  }: { style?: Record<string, Value>; transition?: { ms: number; timing: string } },
  css: (text: string) => string,
): void {
  const hyphened = (name: string) => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  const moved = ms > 0 && !reducedMotion();
  for (const el of elements) {
    const names = Object.keys(style).map(hyphened);
    el.style.transition = moved
      ? names.map((name) => `${name} ${ms}ms ${timing}`).join(",")
      : "none";
    for (const [name, value] of Object.entries(style))
      el.style.setProperty(hyphened(name), css(String(value)));
  }
}
