// The same screens in Chinese and in the dark: no English sentence is left, and nothing stays light.
import { expect, test, type Page } from "@playwright/test";
import { english } from "../looks.ts";
import { device, hostURL, miniPage, miniTitle, typePIN, DEMO_PASSWORD } from "../phone.ts";

/** How light the page's background is, from 0 to 255. */
async function lightness(page: Page, selector: string): Promise<number> {
  return page
    .locator(selector)
    .first()
    .evaluate((element) => {
      const [r = 0, g = 0, b = 0] = getComputedStyle(element)
        .backgroundColor.match(/[\d.]+/g)!
        .map(Number);
      return (r + g + b) / 3;
    });
}

test("the phone side in Chinese and dark", async ({ browser }) => {
  const page = await device(browser, { locale: "zh-CN", colorScheme: "dark" });
  await page.goto(`${hostURL()}/login`);
  await expect(page.getByRole("heading", { name: "登录 Teahouse" })).toBeVisible();
  expect(await english(page)).toEqual([]);
  await page.getByLabel("账号").fill("alice");
  await page.getByLabel("密码", { exact: true }).fill("wrong-on-purpose");
  await page.getByRole("button", { name: "登录" }).click();
  await expect(page.getByRole("alert")).toHaveText("账号或密码错误。");
  await page.getByLabel("密码", { exact: true }).fill(DEMO_PASSWORD);
  await page.getByRole("button", { name: "登录" }).click();
  await expect(page.getByTestId("conversation").first()).toBeVisible();

  const screens: [path: string, title: string][] = [
    ["/", "聊天"],
    ["/contacts", "通讯录"],
    ["/discover", "发现"],
    ["/me", "我"],
    ["/accounts", "公众号"],
    ["/search", "搜索"],
    ["/people", "找朋友"],
    ["/wallet", "钱包"],
    ["/wallet/top-up", "充值"],
    ["/wallet/pin", "修改支付密码"],
    ["/settings", "设置"],
    ["/settings/appearance", "外观"],
    ["/settings/language", "语言"],
    ["/settings/permissions", "小程序权限"],
    ["/profile", "个人信息"],
  ];
  for (const [path, title] of screens) {
    await page.goto(path);
    await expect(page.getByRole("heading", { name: title, exact: true, level: 1 })).toBeVisible();
    await expect(page.locator(".skeleton, .page-wait")).toHaveCount(0);
    expect.soft(await english(page), path).toEqual([]);
    expect.soft(await lightness(page, "body"), path).toBeLessThan(60);
  }

  await page.goto(`/a/${process.env.CAFE_APP_ID}`);
  await expect(miniTitle(page)).toHaveText("茶舍咖啡");
  await expect(miniPage(page).getByText("拿铁", { exact: true })).toBeVisible();
  await expect(page.getByRole("navigation", { name: "标签栏" }).getByText("订单")).toBeVisible();
  await page.getByTestId("capsule-menu").click();
  await expect(page.getByRole("dialog")).toContainText("重新进入");
  expect(await english(page)).toEqual([]);
  await page.context().close();
});

test("what the host refuses is told in the language chosen here, not in the browser's", async ({
  browser,
}) => {
  const page = await device(browser); // an English browser
  await page.goto(`${hostURL()}/login`);
  await page.getByRole("button", { name: "简体中文" }).click();
  await page.getByLabel("账号").fill("bob");
  await page.getByLabel("密码", { exact: true }).fill(DEMO_PASSWORD);
  await page.getByRole("button", { name: "登录" }).click();
  await expect(page.locator(".shell")).toBeVisible();

  await page.goto("/wallet/pin");
  await typePIN(page, "702593", "数字键盘");
  await expect(page.getByRole("heading", { name: "请再次输入" })).toBeVisible();
  await typePIN(page, "702593", "数字键盘");
  await page.getByLabel("密码", { exact: true }).fill("wrong-on-purpose");
  await page.getByRole("button", { name: "保存" }).click();
  await expect(page.getByRole("alert")).toHaveText("密码错误。");

  await page.goto("/chat/00000000-0000-4000-8000-000000000000");
  await expect(page.getByRole("alert")).toContainText(/[一-龥]/);
  expect(await english(page)).toEqual([]);
  await page.context().close();
});

test("a choice of language is kept, and takes effect at once", async ({ browser }) => {
  const page = await device(browser);
  await page.goto(`${hostURL()}/login`);
  await page.getByRole("button", { name: "简体中文" }).click();
  await expect(page.getByRole("heading", { name: "登录 Teahouse" })).toBeVisible();
  await expect(page.locator("html")).toHaveAttribute("lang", "zh-CN");
  await page.reload();
  await expect(page.getByRole("heading", { name: "登录 Teahouse" })).toBeVisible();
  await page.context().close();
});
