// Measures how a screen looks: what lies outside of it, what cannot be read, what is in another
// language, what is too small for a finger. Each function returns one line for each fault.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Page } from "@playwright/test";
import type { AxeResults } from "axe-core";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** The texts whose contrast is below AA. */
export async function unreadable(page: Page): Promise<string[]> {
  if (!(await page.evaluate(() => "axe" in window))) await page.evaluate(axe);
  const results = await page.evaluate(() => {
    const { run } = (
      window as unknown as {
        axe: { run: (root: Document, options: object) => Promise<AxeResults> };
      }
    ).axe;
    return run(document, {
      runOnly: ["color-contrast"],
      resultTypes: ["violations"],
      iframes: false,
    });
  });
  return results.violations.flatMap(({ nodes }) =>
    nodes.map(({ target, any }) => `${target.join(" ")}: ${any.map((a) => a.message).join("; ")}`),
  );
}

/** Names stay as they are in every language, and so do technical terms that nobody translates. */
const NAMES = new RegExp(
  [
    "Teahouse( Admin| Café)?",
    "Alice Lin|Bob Chen|Dana Wu|@?\\b(alice|bob|dana|admin|cafe|teahouse)\\b",
    // What other specs have named on the same host.
    "Programs of the tests|Stall \\w+( To Go)?( \\d+\\.\\d+\\.\\d+)?|@[a-z0-9_]+|corner_tea",
    "English|EN|Chrome|Go-http-client|HeadlessChrome|Linux",
    "\\b(login|follower|subscribe|message|network|payment|profile|location|record|cloud)\\b",
    "wx\\.\\w+|POST|Standard Webhooks|https://example\\.com/webhooks|\\b(log|info|warn|error)\\b",
    "App|API|APIs|open|union|CNY|PIN|ID|IP|URL|URI|JSON|HTTP|HTTPS|Webhook|Bundle|zip|AppSecret|AppID|OpenID|UUID|KB|MB|PNG|JPEG|SVG|TOTP|CLI|npx|webhook",
    "[\\w./-]+\\.(json|js|wxml|wxss|tgz|zip|png|svg)",
    // Numbers and IDs, and the handles of this run.
    "(user|app):<id>|app\\. 或 version\\.approve",
    "(user|app|version|account|submission|template):[\\w-]+",
    "[0-9a-f]{8}-[0-9a-f-]{27}|\\b[A-Z2-7]{26}\\b|…[A-Z2-7]{4}|\\bevt_[A-Z2-7]+",
    "\\b(ta|cafe|scr|acc|o_)[0-9a-z]{6,}\\b|\\b[0-9a-f]{12,}\\b|no-such-app",
  ].join("|"),
  "g",
);

/** Texts of our own making on the screen that have English words in them. */
export async function english(page: Page): Promise<string[]> {
  const texts = await page.evaluate(() => {
    const found: string[] = [];
    // What people, accounts and developers have written stays as they wrote it.
    const theirs =
      ".row-preview, .bubble, [dir=auto]:not(h1, .notice), bdi, code, pre, textarea, .card-value, " +
      ".card-title, [lang=en], [data-testid=app-mark], [role=article], .source-tree, .anticon";
    const ours = (element: Element) =>
      !element.closest(`script, style, ${theirs}`) && element.checkVisibility();
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
      if (ours(walker.currentNode.parentElement!)) found.push(walker.currentNode.textContent!);
    }
    for (const element of document.querySelectorAll("[aria-label], [placeholder], [title]")) {
      if (!ours(element)) continue;
      for (const name of ["aria-label", "placeholder", "title"])
        found.push(element.getAttribute(name) ?? "");
    }
    return found;
  });
  return texts
    .map((text) => text.replace(NAMES, "").trim())
    .filter((text) => /[A-Za-z]{3,}/.test(text));
}

/** Texts and controls that reach over the edge of the window, are cut off without an ellipsis, or lie on others. */
export function outside(page: Page): Promise<string[]> {
  return page.evaluate(async () => {
    // A new size of the window is told to the page with its next frame, and what it changes then is laid out
    // with the one after.
    const frame = () => new Promise((done) => requestAnimationFrame(done));
    await frame();
    await frame();
    const found: string[] = [];
    const root = document.documentElement;
    if (root.scrollWidth > root.clientWidth)
      found.push(`the page is ${root.scrollWidth - root.clientWidth} px too wide`);
    // What scrolls downwards may scroll sideways too, in CSS; the sheets of the shell are not meant to.
    for (const box of document.querySelectorAll<HTMLElement>(".mp-sheet-box"))
      if (box.scrollWidth > box.clientWidth)
        found.push(`a sheet is ${box.scrollWidth - box.clientWidth} px too wide`);
    const named = (element: Element) =>
      `${element.tagName.toLowerCase()}.${element.getAttribute("class") ?? ""} "${(element.textContent ?? "").trim().slice(0, 40)}"`;
    // A title or a mark ends before the buttons of its bar begin.
    const buttons = document.querySelectorAll(
      ".mp-capsule, .mp-ribbon, .nav-side > *, .mp-nav-button",
    );
    const titles =
      ".mp-nav-title, .mp-nav .mp-mark, .mp-nav .mp-mark > *, .mp-nav .avatar, .nav-title";
    for (const title of document.querySelectorAll(titles)) {
      if (!title.checkVisibility({ visibilityProperty: true })) continue;
      const seen = title.getBoundingClientRect();
      let [left, right] = [seen.left, seen.right];
      for (let at = title.parentElement; at; at = at.parentElement) {
        if (getComputedStyle(at).overflowX === "visible") continue;
        const around = at.getBoundingClientRect();
        [left, right] = [Math.max(left, around.left), Math.min(right, around.right)];
      }
      for (const button of buttons) {
        if (button.closest(".nav") !== title.closest(".nav")) continue;
        if (!button.checkVisibility({ visibilityProperty: true })) continue;
        const { left: from, right: to, top, bottom } = button.getBoundingClientRect();
        const over = Math.min(right, to) - Math.max(left, from);
        if (over > 1 && top < seen.bottom && bottom > seen.top)
          found.push(`${named(title)} lies ${Math.round(over)} px under ${named(button)}`);
      }
    }
    for (const element of document.querySelectorAll<HTMLElement>("body *")) {
      const text = [...element.childNodes].some(
        (node) => node.nodeType === Node.TEXT_NODE && node.textContent!.trim() !== "",
      );
      if (!text && !element.matches("button, input, select, textarea, a, img")) continue;
      if (!element.checkVisibility({ visibilityProperty: true, opacityProperty: true })) continue;
      const box = element.getBoundingClientRect();
      if (box.width <= 2 || box.height <= 2) continue; // for screen readers alone
      // What can be scrolled to, or ends in an ellipsis, is not lost.
      let scrolls = element.closest(".ant-tabs-nav") !== null;
      for (let at = element.parentElement; at && !scrolls; at = at.parentElement) {
        const around = getComputedStyle(at);
        scrolls =
          at.scrollWidth > at.clientWidth &&
          (/auto|scroll/.test(around.overflowX) || around.textOverflow === "ellipsis");
      }
      if (!scrolls && (box.right > innerWidth + 1 || box.left < -1))
        found.push(`${named(element)} from ${Math.round(box.left)} to ${Math.round(box.right)}`);
      const style = getComputedStyle(element);
      const cut = element.scrollWidth > element.clientWidth + 1 && style.overflowX === "hidden";
      const lines = style.webkitLineClamp !== "none";
      if (text && cut && style.textOverflow !== "ellipsis" && !lines)
        found.push(`${named(element)} is cut off`);
      // The words of a button that is too small for them lie beside it, and may still be on the screen.
      const button = element.closest<HTMLElement>("button, .ant-btn");
      if (text && button && button !== element) {
        const around = button.getBoundingClientRect();
        if (box.right > around.right + 1 || box.left < around.left - 1)
          found.push(`${named(element)} is wider than its button`);
      }
    }
    return found;
  });
}

/** Fields and buttons of the phone side that are as wide as a large window: from one end the other is out of sight. */
export function stretched(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const found: string[] = [];
    for (const element of document.querySelectorAll<HTMLElement>(
      "input, textarea, button, .cell, .balance-card, .search-box",
    )) {
      // What is written to a chat may be long.
      if (!element.checkVisibility({ visibilityProperty: true }) || element.closest(".composer"))
        continue;
      const { width } = element.getBoundingClientRect();
      if (width > 600)
        found.push(
          `${element.tagName.toLowerCase()}.${element.className} is ${Math.round(width)} px wide`,
        );
    }
    return found;
  });
}

/** Words that are broken over lines, and amounts. An address or an ID may break. */
export function brokenWords(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const found: string[] = [];
    const lines = (range: Range) =>
      new Set([...range.getClientRects()].filter((r) => r.width > 1).map((r) => Math.round(r.top)))
        .size;
    const range = document.createRange();
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node = texts.nextNode(); node; node = texts.nextNode()) {
      const parent = node.parentElement!;
      if (!parent.checkVisibility({ visibilityProperty: true })) continue;
      if (parent.closest(".sr-only, .unseen, code, pre, [inert]")) continue;
      for (const word of node.textContent!.matchAll(
        /(?<=\s|^)[¥$]?[\p{L}\d][\p{L}\d.,’]{1,13}(?=\s|$)/gu,
      )) {
        range.setStart(node, word.index);
        range.setEnd(node, word.index + word[0].length);
        if (lines(range) > 1) found.push(`"${word[0]}" is broken in ${parent.className}`);
      }
    }
    return found;
  });
}

/**
 * Controls that are too small for a finger: lower than 44 px. Not fields, which are wide;
 * nor the capsule, whose size programs know; nor the ribbon of development versions; nor the square of a
 * box whose row has the words.
 */
export function small(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const found: string[] = [];
    for (const element of document.querySelectorAll<HTMLElement>("button, a[href], summary")) {
      if (!element.checkVisibility({ visibilityProperty: true })) continue;
      if (element.closest("[inert], .sr-only, .mp-capsule, .mp-ribbon, .bubble")) continue;
      const box = element.getBoundingClientRect();
      if (box.width <= 2 || box.height <= 2) continue;
      // An invisible ::after may make the control larger than what is drawn.
      const reach = getComputedStyle(element, "::after");
      const height =
        reach.content !== "none" && reach.position === "absolute"
          ? Math.max(box.height, Number.parseFloat(reach.height))
          : box.height;
      if (height < 43.5)
        found.push(
          `${element.className} "${(element.getAttribute("aria-label") ?? element.textContent ?? "").trim().slice(0, 30)}" ${Math.round(box.width)} x ${Math.round(height)}`,
        );
    }
    return found;
  });
}
