// Every screen in Chinese: at three widths nothing stands outside or is cut off, before and after a
// live change of the theme every text can be read, and no English is left.
import { expect, test } from "@playwright/test";
import { brokenWords, english, outside, small, stretched, unreadable } from "../looks.ts";
import { deviceOf, prepare, settled, walks } from "../screens.ts";

test("every screen", async ({ browser }) => {
  test.slow(); // some 150 screens
  for (const [index, walk] of walks(await prepare()).entries()) {
    // Both directions of the change are seen.
    const [first, other] =
      index % 2 === 0 ? (["light", "dark"] as const) : (["dark", "light"] as const);
    const page = await deviceOf(browser, walk, { locale: "zh-CN", colorScheme: first });
    for (const screen of walk.screens) {
      const name = `${walk.name}: ${screen.name}`;
      await page.emulateMedia({ colorScheme: first });
      await page.setViewportSize({ width: 390, height: 844 });
      await screen.open(page);
      expect.soft(await unreadable(page), `${name}, ${first}: contrast`).toEqual([]);
      await page.emulateMedia({ colorScheme: other });
      expect.soft(await unreadable(page), `${name}, now ${other}: contrast`).toEqual([]);
      if (!walk.english) expect.soft(await english(page), `${name}: English`).toEqual([]);
      expect.soft(await outside(page), `${name} at 390 px`).toEqual([]);
      if (walk.side === "phone") expect.soft(await small(page), `${name}: fingers`).toEqual([]);
      await page.setViewportSize({ width: 195, height: 844 });
      expect.soft(await outside(page), `${name} at 195 px`).toEqual([]);
      await page.setViewportSize({ width: 1280, height: 844 });
      expect.soft(await outside(page), `${name} at 1,280 px`).toEqual([]);
      if (walk.side === "phone")
        expect.soft(await stretched(page), `${name} at 1,280 px: stretched`).toEqual([]);
    }
    await page.context().close();
  }
});

test("a window of another size leaves the page where somebody reads", async ({ browser }) => {
  const stage = await prepare();
  const walk = walks(stage).find(({ name }) => name === "the developer console")!;
  const page = await deviceOf(browser, walk, { locale: "en-US" });
  await page.setViewportSize({ width: 390, height: 700 });
  await page.goto(`/developer/apps/${stage.cafe}/settings`);
  await settled(page);
  // The current place is in sight, at the end of a row that is longer than the window.
  await expect(page.locator(".app-nav [aria-current]")).toBeInViewport({ ratio: 0.99 });
  const end = await page.evaluate(() => {
    scrollTo(0, document.documentElement.scrollHeight);
    return scrollY;
  });
  expect(end).toBeGreaterThan(200);
  // As a phone's browser does that shows its address bar.
  await page.setViewportSize({ width: 390, height: 640 });
  await page.waitForFunction(() => innerHeight === 640);
  await page.evaluate(
    () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))),
  );
  expect(await page.evaluate(() => scrollY)).toBe(end);
  await page.context().close();
});

// English words are long: where a Chinese text fits, one of them may be broken or hang out of its button.
test("words stay whole in the consoles at 195 px, and titles end before the buttons", async ({
  browser,
}) => {
  const chosen =
    /^café$|log in|become|not for you|dev: (new app|app|versions|no app|new token)|admin: (review|accounts|audit|no review)|docs: /;
  for (const walk of walks(await prepare()).filter(
    ({ name, side }) => side === "console" || name === "a payment",
  )) {
    const page = await deviceOf(browser, walk, { locale: "en-US" });
    for (const screen of walk.screens) {
      const reached = chosen.test(screen.name) || screen.name === "dev: tokens";
      if (!reached) continue;
      await page.setViewportSize({ width: 390, height: 844 });
      await screen.open(page);
      await page.setViewportSize({ width: 195, height: 844 });
      const name = `${walk.name}: ${screen.name}`;
      expect.soft(await outside(page), name).toEqual([]);
      expect.soft(await brokenWords(page), `${name}, words`).toEqual([]);
    }
    await page.context().close();
  }
});
