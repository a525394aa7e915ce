import { beforeEach, describe, expect, it, vi } from "vitest";
import { Pages, type PagesContext } from "../../src/container/pages";
import type { PageFrameMessage, ToShell } from "../../../shared/protocol";

beforeEach(() => {
  vi.useFakeTimers();
  const structure = JSON.stringify({ hash: "h", fragments: [] });
  vi.stubGlobal("fetch", () => Promise.resolve(new Response(structure)));
  vi.stubGlobal("history", {
    state: null,
    pushState(state: unknown) {
      this.state = state as null;
    },
    back: () => {},
  });
});

function open() {
  const context = {
    send: vi.fn(),
    image: () => "/images/1",
    window: () => ({}),
    env: () => ({ width: 390, height: 844, theme: "light" as const }),
    navigationBar: () => ({ title: "", foreground: "#000000", background: "#ffffff", busy: false }),
    isTab: (route: string) => route.startsWith("tab"),
    mayLeave: vi.fn(async () => false),
    exit: vi.fn(),
    crashed: vi.fn(),
  } satisfies PagesContext;
  const pages = new Pages(context);
  const turn = (op: PageFrameMessage["op"], page: number, keep?: number[], route = `p${page}`) =>
    pages.turn({ t: "page", op, page, route, keep, render: [] });
  const say = (page: number, message: ToShell) => pages.slotOf(page)!.frame.onMessage(message);
  return { pages, context, turn, say };
}

const framesOf = (pages: Pages) => pages.state.get().slots.map((slot) => slot.page?.id ?? null);

describe("the pages of an open app", () => {
  it("keep a loaded frame ready for the next page", () => {
    const { pages, turn } = open();
    expect(framesOf(pages)).toEqual([null]);
    turn("relaunch", 1);
    expect(framesOf(pages)).toEqual([1, null]);
    turn("push", 2);
    expect(framesOf(pages)).toEqual([1, 2, null]);
    expect(pages.stack.map((page) => page.id)).toEqual([1, 2]);
  });

  it("answer what a page was asked when the page goes", async () => {
    const { pages, turn } = open();
    turn("relaunch", 1);
    turn("push", 2);
    const asked = pages.slotOf(2)!.frame.ask("selectorQuery", {});
    turn("back", 1, [1]);
    vi.runAllTimers();
    await expect(asked).rejects.toThrow("page is gone");
  });

  it("have the fonts that the app loaded for all of them", async () => {
    const { pages, turn } = open();
    turn("relaunch", 1);
    turn("push", 2);
    const first = vi.spyOn(pages.slotOf(1)!.frame, "command");
    const later = vi.spyOn(pages.state.get().slots.at(-1)!.frame, "command");
    const font = { family: "Tea", source: "/a.woff" };
    pages.useFont(font);
    expect(first).toHaveBeenCalledWith("loadFontFace", font);
    turn("push", 3);
    await vi.waitFor(() => expect(later).toHaveBeenCalledWith("loadFontFace", font));
  });

  it("let the frame of a page go once it has slid out", () => {
    const { pages, turn } = open();
    turn("relaunch", 1);
    turn("push", 2);
    turn("back", 1, [1]);
    expect(pages.top?.id).toBe(1);
    expect(framesOf(pages)).toEqual([1, 2, null]);
    vi.runAllTimers();
    expect(framesOf(pages)).toEqual([1, null]);
  });

  it("keep the frames of tabs that are out of sight", () => {
    const { pages, turn } = open();
    turn("relaunch", 1, [1], "tab/a");
    turn("tab", 2, [1, 2], "tab/b");
    expect(pages.stack.map((page) => page.route)).toEqual(["tab/b"]);
    turn("tab", 1, [1, 2]);
    expect(pages.top?.route).toBe("tab/a");
    expect(framesOf(pages)).toEqual([1, 2, null]);
  });

  it("go back one by one, and then out of the app", () => {
    const { pages, turn, context } = open();
    turn("relaunch", 1);
    turn("push", 2);
    pages.back();
    expect(context.send).toHaveBeenCalledWith({ t: "back" });
    turn("back", 1, [1]);
    pages.back();
    expect(context.exit).toHaveBeenCalledOnce();
  });

  it("ask before a page with a question is left", async () => {
    const { pages, turn, context } = open();
    turn("relaunch", 1);
    turn("push", 2);
    pages.change(2, { alert: "Leave the draft?" });
    pages.back();
    await Promise.resolve();
    expect(context.mayLeave).toHaveBeenCalledWith("Leave the draft?");
    expect(context.send).not.toHaveBeenCalled();
  });

  it("close a sheet inside the page first", () => {
    const { pages, turn, say, context } = open();
    turn("relaunch", 1);
    const dismiss = vi.spyOn(pages.slotOf(1)!.frame, "dismiss");
    say(1, { t: "sheet", open: true });
    pages.back();
    expect(dismiss).toHaveBeenCalledOnce();
    say(1, { t: "sheet", open: false });
    pages.back();
    expect(context.exit).toHaveBeenCalledOnce();
  });

  it("tell the host of events by the page that they happened on", () => {
    const { turn, say, context } = open();
    turn("relaunch", 1);
    turn("push", 2);
    say(1, { t: "scroll", top: 12 });
    expect(context.send).toHaveBeenCalledWith({ t: "scroll", page: 1, top: 12 });
  });

  it("are there once one of them was drawn, whatever page comes next", () => {
    const { pages, turn, say } = open();
    turn("relaunch", 1, [1], "tab/a");
    expect(pages.state.get().launched).toBe(false);
    say(1, { t: "ready" });
    turn("tab", 2, [1, 2], "tab/b");
    expect(pages.state.get().launched).toBe(true);
  });

  it("replace what is known of a page and never change it in place", () => {
    const { pages, turn } = open();
    turn("relaunch", 1);
    const before = pages.top!;
    pages.change(1, { title: "Tea" });
    expect([before.title, pages.top!.title]).toEqual(["", "Tea"]);
  });
});
