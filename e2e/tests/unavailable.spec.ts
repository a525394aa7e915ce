// Wrong addresses: the page says that there is nothing, and shows no private data.
import { expect, test } from "@playwright/test";
import { device, logIn, DEMO_PASSWORD } from "../phone.ts";
import { programOf, uploaded } from "../programs.ts";

const PRIVATE = {
  "app.json": JSON.stringify({ pages: ["pages/index/index"] }),
  "app.js": "App({})",
  "pages/index/index.wxml": "<text>not for everyone yet</text>",
  "pages/index/index.js": "Page({})",
};

test("an unknown app, somebody else's development version, a page that is not there", async ({
  browser,
}) => {
  const { link, appID } = await uploaded(programOf(PRIVATE), "Private");
  const page = await device(browser);
  await logIn(page, { handle: "alice", password: DEMO_PASSWORD });

  for (const address of ["/a/ta0000000000000000", "/a/nonsense", link, `/a/${appID}`]) {
    await page.goto(address);
    const failure = page.getByRole("alert");
    await expect(failure, address).toContainText("Failed to load");
    await expect(failure, address).toContainText(
      /There is no such app|not been released|not published/,
    );
    await expect(page.getByText("not for everyone yet")).toHaveCount(0);
  }

  await page.goto("/no/such/page");
  await expect(page.getByText("There is no such page.")).toBeVisible();
  await page.goto("/chat/00000000-0000-7000-8000-000000000000");
  await expect(page.getByRole("alert")).toBeVisible();
  await page.context().close();
});
