// Makes the PNG icons of public/ from favicon.svg. Run by hand when the picture changes:
//   cd web/phone && node scripts/icons.mjs      # needs e2e/node_modules and Chromium
import { readFileSync, writeFileSync, existsSync } from "node:fs";
import { createRequire } from "node:module";

const { chromium } = createRequire(new URL("../../../e2e/package.json", import.meta.url))(
  "@playwright/test",
);
const svg = readFileSync(new URL("../public/favicon.svg", import.meta.url), "utf8");
/** Launchers cut maskable icons to any shape within the inner 80 %, and Apple rounds the corners itself. */
const filled = svg
  .replace('rx="14"', 'rx="0"')
  .replace('viewBox="0 0 64 64"', 'viewBox="-8 -8 80 80"')
  .replace("<rect ", '<rect x="-8" y="-8" ')
  .replace('width="64" height="64"', 'width="80" height="80"');

const browser = await chromium.launch({
  executablePath: [process.env.CHROMIUM, "/usr/bin/chromium"].find(
    (path) => path && existsSync(path),
  ),
  args: process.getuid?.() === 0 ? ["--no-sandbox"] : [],
});
for (const [name, size, picture] of [
  ["icon-192.png", 192, svg],
  ["icon-512.png", 512, svg],
  ["icon-maskable-512.png", 512, filled],
  ["apple-touch-icon.png", 180, filled],
]) {
  const page = await browser.newPage({ viewport: { width: size, height: size } });
  await page.setContent(
    `<style>body{margin:0}svg{display:block;width:100vw;height:100vh}</style>${picture}`,
  );
  writeFileSync(
    new URL(`../public/${name}`, import.meta.url),
    await page.screenshot({ omitBackground: true }),
  );
  await page.close();
}
await browser.close();
