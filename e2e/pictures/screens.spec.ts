// Takes pictures of every screen: 195, 390 and 1,280 px, light and dark, English and Chinese, the one
// theme as it was loaded and the other after a live change. They lie in .cache/screens, and beside
// them contact sheets that put several screens on one picture.
//
//   npm run screens     # ONLY=admin for some, WIDTHS=390 for one width, LANGUAGES=zh-CN for one language
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { expect, test, type Page } from "@playwright/test";
import { deviceOf, prepare, walks } from "../screens.ts";

const OUT = resolve(import.meta.dirname, "../../.cache/screens");
const WIDTHS = (process.env.WIDTHS ?? "195,390,1280").split(",").map(Number);
const LANGUAGES = (process.env.LANGUAGES ?? "en-US,zh-CN").split(",");

interface Picture {
  name: string;
  file: string;
  width: number;
}

test("pictures", async ({ browser }) => {
  test.setTimeout(3_600_000);
  const only = process.env.ONLY ? new RegExp(process.env.ONLY) : /./;
  rmSync(OUT, { recursive: true, force: true });
  mkdirSync(OUT, { recursive: true });
  const pictures: Picture[] = [];
  // Each language has people of its own: what is empty is empty in both.
  for (const language of LANGUAGES) {
    for (const walk of walks(await prepare()).filter(({ name }) => only.test(name))) {
      const first: "light" | "dark" = language === "en-US" ? "light" : "dark";
      const page = await deviceOf(browser, walk, { locale: language, colorScheme: first });
      for (const screen of walk.screens) {
        const name = `${walk.name}: ${screen.name}`;
        try {
          await page.setViewportSize({ width: walk.side === "phone" ? 390 : 1280, height: 844 });
          await page.emulateMedia({ colorScheme: first });
          await screen.open(page);
        } catch (error) {
          expect.soft(String(error), name).toBe("");
        }
        for (const width of WIDTHS) {
          const other: "light" | "dark" = first === "light" ? "dark" : "light";
          // The narrowest width has nothing that the theme changes.
          for (const colorScheme of width === 195 ? [first] : ([first, other] as const)) {
            await page.setViewportSize({ width, height: width === 195 ? 700 : 844 });
            await page.emulateMedia({ colorScheme });
            await page.waitForTimeout(150);
            const file = `${language}-${walk.name}-${screen.name}-${width}-${colorScheme}.png`;
            const path = join(OUT, file.replace(/[^\w.-]+/g, "_"));
            await page.screenshot({
              path,
              // The reference is longer than a picture may be.
              fullPage: walk.side === "console" && !walk.english,
              animations: "disabled",
            });
            pictures.push({
              name: `${screen.name} · ${language} · ${colorScheme}`,
              file: path,
              width,
            });
          }
        }
      }
      await page.context().close();
    }
  }
  const page = await browser.newPage();
  for (const width of WIDTHS)
    await sheets(
      page,
      width,
      pictures.filter((p) => p.width === width),
    );
});

/** As many pictures on a sheet as can be looked at together. */
async function sheets(page: Page, width: number, pictures: Picture[]): Promise<void> {
  const [columns, shown, height, each] = {
    195: [8, 195, 560, 24],
    390: [6, 262, 568, 18],
    1280: [2, 790, 660, 6],
  }[width]! as [number, number, number, number];
  // The variants of one screen beside each other.
  const sorted = new Map<string, Picture[]>();
  for (const picture of pictures) {
    const key = picture.name.split(" · ")[0]!;
    sorted.set(key, [...(sorted.get(key) ?? []), picture]);
  }
  const all = [...sorted.values()].flat();
  await page.setViewportSize({ width: columns * (shown + 6) + 6, height: 600 });
  for (let start = 0; start < all.length; start += each) {
    await page.setContent(
      `<style>body{margin:0;background:#888;font:11px sans-serif}main{display:grid;grid-template-columns:repeat(${columns},${shown}px);gap:6px;padding:6px}
      figure{margin:0;background:#ff0}div{height:${height}px;overflow:hidden;background:#ccc}img{width:100%}</style><main>` +
        all
          .slice(start, start + each)
          .map(
            ({ name, file }) =>
              `<figure>${name}<div><img src="data:image/png;base64,${readFileSync(file).toString("base64")}"></div></figure>`,
          )
          .join("") +
        "</main>",
    );
    const path = join(OUT, `sheet-${width}-${String(start / each).padStart(3, "0")}.png`);
    writeFileSync(path, await page.screenshot({ fullPage: true }));
  }
}
