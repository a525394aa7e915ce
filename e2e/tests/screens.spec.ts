// Every screen in Chinese: at two narrow widths nothing stands outside or is cut off, after a live
// change of the theme every text can be read, and no English is left.
import { expect, test } from "@playwright/test";
import { brokenWords, english, outside, small, unreadable } from "../looks.ts";
import { deviceOf, prepare, walks } from "../screens.ts";

test("every screen", async ({ browser }) => {
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
      await page.emulateMedia({ colorScheme: other });
      expect.soft(await unreadable(page), `${name}, now ${other}: contrast`).toEqual([]);
      if (!walk.english) expect.soft(await english(page), `${name}: English`).toEqual([]);
      expect.soft(await outside(page), `${name} at 390 px`).toEqual([]);
      if (walk.side === "phone") expect.soft(await small(page), `${name}: fingers`).toEqual([]);
      await page.setViewportSize({ width: 195, height: 844 });
      expect.soft(await outside(page), `${name} at 195 px`).toEqual([]);
    }
    await page.context().close();
  }
});

// English words are long: where a Chinese text fits, one of them may be broken or hang out of its button.
test("words stay whole in the consoles at 195 px", async ({ browser }) => {
  const chosen =
    /log in|become|not for you|dev: (new app|app|versions|no app|new token)|admin: (review|accounts|audit|no review)|docs: /;
  for (const walk of walks(await prepare()).filter(({ side }) => side === "console")) {
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
