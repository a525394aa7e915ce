// A stolen password is answered: devices, the second factor, and what an administrator does.
import { createHmac } from "node:crypto";
import { expect, test } from "@playwright/test";
import { DEMO_PASSWORD, DESKTOP, device, logIn, signUp, unique } from "../phone.ts";

/** The code that an authenticator shows, RFC 6238; `later` counts steps of 30 seconds. */
function codeOf(secret: string, later = 0): string {
  const bits = [...secret]
    .map((letter) =>
      "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(letter).toString(2).padStart(5, "0"),
    )
    .join("");
  const key = Buffer.from(bits.match(/.{8}/g)!.map((byte) => Number.parseInt(byte, 2)));
  const step = Buffer.alloc(8);
  step.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000) + later));
  const hash = createHmac("sha1", key).update(step).digest();
  const number = (hash.readUInt32BE(hash[19]! & 15) & 0x7fffffff) % 1_000_000;
  return String(number).padStart(6, "0");
}

test("a new device is told, seen and logged out; a second factor keeps it out", async ({
  browser,
}) => {
  const mia = { handle: unique("mia"), name: "Mia", password: "quiet-bamboo-9" };
  const phone = await device(browser);
  await signUp(phone, mia);
  const other = await device(browser);
  await logIn(other, mia);

  await phone.getByText("New log-in to your account").click();
  await expect(phone.getByTestId("message")).toContainText("change your password now");
  await phone.goto("/settings/security/devices");
  await expect(phone.getByTestId("session")).toHaveCount(2);
  await phone.getByTestId("session").filter({ hasText: "Last seen" }).getByRole("button").click();
  await phone.getByRole("dialog").getByRole("button", { name: "Log out" }).click();
  await expect(phone.getByTestId("session")).toHaveCount(1);
  await other.goto("/settings/security");
  await expect(other.getByRole("heading", { name: "Log in to Teahouse" })).toBeVisible();

  await phone.goto("/settings/security/second-factor");
  await phone.getByLabel("Password", { exact: true }).fill(mia.password);
  await phone.getByRole("button", { name: "Continue" }).click();
  const secret = ((await phone.locator(".factor-secret code").textContent()) ?? "").replaceAll(
    " ",
    "",
  );
  await phone.getByLabel("Code from the app").fill(codeOf(secret, -1));
  await phone.getByRole("button", { name: "Turn on" }).click();
  const recovery =
    (await phone.getByTestId("recovery-codes").locator("code").first().textContent()) ?? "";
  await phone.getByRole("button", { name: "I have kept them" }).click();
  await expect(phone.getByText("10 recovery codes left")).toBeVisible();

  await other.getByLabel("Handle").fill(mia.handle);
  await other.getByLabel("Password", { exact: true }).fill(mia.password);
  await other.getByRole("button", { name: "Log in" }).click();
  await other.getByLabel("Code", { exact: true }).fill("000000");
  await other.getByRole("button", { name: "Log in" }).click();
  await expect(other.getByText(/code is wrong/)).toBeVisible();
  await other.getByLabel("Code", { exact: true }).fill(recovery);
  await other.getByRole("button", { name: "Log in" }).click();
  await expect(other.locator(".shell")).toBeVisible();
  await Promise.all([phone.context().close(), other.context().close()]);
});

test("an administrator suspends somebody, who is out at once", async ({ browser }) => {
  const mallory = { handle: unique("mallory"), name: "Mallory", password: "quiet-bamboo-9" };
  const phone = await device(browser);
  await signUp(phone, mallory);
  const desk = await device(browser, { viewport: DESKTOP });
  await desk.goto("/admin/people");
  await desk.getByLabel("Handle").fill("admin");
  await desk.getByLabel("Password", { exact: true }).fill(DEMO_PASSWORD);
  await desk.getByRole("button", { name: "Log in" }).click();
  await desk.getByRole("searchbox").fill(mallory.handle);
  const row = desk.getByRole("row").filter({ hasText: `@${mallory.handle}` });
  await row.getByRole("button").first().click();
  await desk.getByRole("button", { name: "Suspend" }).click();
  const dialog = desk.getByRole("dialog");
  await dialog.getByLabel("Reason").fill("sends phishing texts");
  await dialog.getByRole("button", { name: "Suspend" }).click();
  await expect(row.getByText("Suspended")).toBeVisible();

  await phone.goto("/settings/security");
  await expect(phone.getByRole("heading", { name: "Log in to Teahouse" })).toBeVisible();
  await phone.getByLabel("Handle").fill(mallory.handle);
  await phone.getByLabel("Password", { exact: true }).fill(mallory.password);
  await phone.getByRole("button", { name: "Log in" }).click();
  await expect(phone.getByRole("alert")).toContainText("has been suspended");
  await Promise.all([phone.context().close(), desk.context().close()]);
});
