import { readFileSync } from "node:fs";
import { describe, expect, it, vi } from "vitest";
import { ApiError } from "../../../shared/api";
import type { User } from "../../../shared/types";
import type { OpenApp } from "../../src/container/app";
import { Bars } from "../../src/container/bars";
import type { PageView } from "../../src/container/pages";
import { cancelled, failureOf } from "../../src/container/failure";

vi.stubGlobal("location", { origin: "https://tea.example" });
const { signedIn } = await import("../../src/state/session");
const { ANSWERS, answer } = await import("../../src/container/calls");

/** Written by the engine's tests from its source. */
const SENT = JSON.parse(
  readFileSync(new URL("../../../../runtime/protocol/ui.json", import.meta.url), "utf8"),
) as string[];

/** What the host asks by itself. */
const BY_HOST = ["authorize"];

const TABS = ["a", "b"].map((pagePath) => ({ pagePath, text: pagePath }));

/** An open app with one page, 3. */
function running() {
  let page = {
    id: 3,
    config: {},
    foreground: "#000000",
    background: "#ffffff",
    alert: null,
    shareHidden: false,
  } as PageView;
  const frame = { command: vi.fn(), ask: vi.fn() };
  const bars = new Bars({ config: () => ({ tabBar: { list: TABS } }) });
  bars.reset();
  const pages = {
    slotOf: (id: number) => (id === 3 ? { page, frame } : undefined),
    change: (_: number, change: Partial<PageView>) => (page = { ...page, ...change }),
  };
  return { app: { bars, pages } as unknown as OpenApp, page: () => page, bars, frame };
}

describe("what an app may ask of the shell", () => {
  it("is what the engine sends, name by name", () => {
    expect(Object.keys(ANSWERS).sort()).toEqual([...SENT, ...BY_HOST].sort());
  });

  it("is refused when nobody knows it, also under a name that every object has", async () => {
    const { app } = running();
    await expect(answer(app, "openBluetoothAdapter", {})).rejects.toThrow("not supported");
    await expect(answer(app, "constructor", {})).rejects.toThrow("not supported");
  });

  it("fails when its page is gone", async () => {
    const { app } = running();
    await expect(answer(app, "hideKeyboard", { page: 9 })).rejects.toThrow("gone");
  });

  it("reaches the page's frame where only that can do it", async () => {
    const { app, frame } = running();
    const args = { page: 3, backgroundColor: "#123456" };
    await answer(app, "setBackgroundColor", args);
    expect(frame.command).toHaveBeenCalledWith("setBackgroundColor", args);
  });

  it("tells a program the vendor's words or a code, never a text for people", () => {
    expect(failureOf(cancelled())).toBe("cancel");
    expect(failureOf(new ApiError(413, "picture-too-large", "图片太大了。"))).toBe(
      "picture-too-large",
    );
    expect(failureOf(new ApiError(0, "network", "没有网络"))).toBe("network error");
    expect(failureOf(new DOMException("Schreiben nicht erlaubt", "NotAllowedError"))).toBe(
      "permission denied",
    );
    expect(failureOf(new TypeError("undefined n'est pas une fonction"))).toBe("system error");
  });

  it("offers the user's own picture to a button that asks for one, and gives a copy of it", async () => {
    const fetched = vi.fn(() => Promise.resolve(new Response(null, { status: 404 })));
    vi.stubGlobal("fetch", fetched);
    signedIn({ avatar_url: "/media/me" } as User, false);
    type Sheet = { props: { rows: string[]; onAnswer(row: number | null): void } };
    const rows: string[][] = [];
    const asked = (args: object, row: number | null) => {
      const ask = (open: (close: (files: File[] | null) => void) => { view(): Sheet }) =>
        new Promise((close) => {
          const { props } = open(close).view();
          rows.push(props.rows);
          props.onAnswer(row);
        });
      return answer({ overlays: { ask } } as unknown as OpenApp, "chooseImage", { ...args });
    };
    await expect(asked({ own: true }, 0)).rejects.toThrow("cancel");
    expect(fetched).toHaveBeenCalledWith("/media/me");
    await expect(asked({}, null)).rejects.toThrow("cancel");
    expect(rows.map((all) => all.length)).toEqual([3, 2]);
  });

  it("shortens a badge as the vendor does", async () => {
    const { app, bars } = running();
    await answer(app, "setTabBarBadge", { index: 0, text: "100" });
    await answer(app, "setTabBarBadge", { index: 1, text: "new!!" });
    expect(bars.tabBar.get().tabs.map((tab) => tab.badge)).toEqual(["99+", "new!"]);
  });

  it("keeps a question before Back, and takes it away again", async () => {
    const { app, page } = running();
    await answer(app, "enableAlertBeforeUnload", { page: 3, message: "Leave the draft?" });
    expect(page().alert).toBe("Leave the draft?");
    await answer(app, "disableAlertBeforeUnload", { page: 3 });
    expect(page().alert).toBeNull();
  });

  it("takes the forward entry away only when that is meant", async () => {
    const { app, page } = running();
    await answer(app, "hideShareMenu", { page: 3, menus: ["shareTimeline"] });
    expect(page().shareHidden).toBeFalsy();
    await answer(app, "hideShareMenu", { page: 3 });
    expect(page().shareHidden).toBe(true);
    await answer(app, "showShareMenu", { page: 3 });
    expect(page().shareHidden).toBe(false);
  });

  it("paints bars with colours and nothing else", async () => {
    const { app, page, bars } = running();
    const picture = "url(https://far.example/seen.gif)";
    await answer(app, "setNavigationBarColor", { page: 3, backgroundColor: picture });
    expect(page().background).toBe("#ffffff");
    await answer(app, "setTabBarStyle", { backgroundColor: picture, color: "#0af", extra: "x" });
    expect(bars.tabBar.get().style).toEqual({ color: "#0af" });
  });
});
