import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { PageFrame } from "../../src/container/page-frame";
import type { Node } from "../../../shared/protocol";

const port = { postMessage: vi.fn(), close: vi.fn(), onmessage: (_: { data: unknown }) => {} };
/** Addresses that were fetched, and how to answer those that are held back. */
const fetched: string[] = [];
let held: { answer: () => void; fail: () => void } | null = null;
let releases = 0;

beforeEach(() => {
  port.postMessage.mockClear();
  fetched.length = 0;
  held = null;
  vi.stubGlobal(
    "MessageChannel",
    class {
      port1 = port;
      port2 = {};
    },
  );
  vi.stubGlobal("fetch", (url: string) => {
    fetched.push(url);
    if (!url.includes("extra")) return Promise.resolve(new Response(url));
    return new Promise((resolve, reject) => {
      held = {
        answer: () => resolve(new Response(url)),
        fail: () => reject(new TypeError("offline")),
      };
    });
  });
});
afterEach(() => vi.unstubAllGlobals());

/** A frame whose view script runs. Files of a release are kept, so each has a release of its own. */
async function running(document: "new" | "old" = "new") {
  const extra = document === "new" ? `/view/assets/extra-${++releases}.js` : undefined;
  const frame = new PageFrame();
  frame.loaded({ contentWindow: { postMessage: () => {} } } as unknown as HTMLIFrameElement);
  const name = `/view/assets/view-${++releases}`;
  port.onmessage({ data: { t: "needs", script: `${name}.js`, style: `${name}.css`, extra } });
  await vi.waitFor(() => expect(sent()).toEqual(["files"]));
  const show = (...kids: Node[]) =>
    frame.show(
      {
        structure: { hash: "s", fragments: [{ kids, holes: 0 }] },
        css: "",
        base: "/images/1",
        route: "p",
        env: { width: 390, height: 844, theme: "light" },
        config: {},
      },
      [],
    );
  return { frame, show, extra };
}

const sent = () => port.postMessage.mock.calls.map(([message]) => (message as { t: string }).t);

it("brings a page that needs no second script at once, and fetches none", async () => {
  const { frame, show } = await running();
  show({ tag: "view", id: 0 });
  frame.patch([]);
  expect(sent()).toEqual(["files", "init", "render", "patch"]);
  expect(fetched.filter((url) => url.includes("extra"))).toEqual([]);
});

it("brings the second script before a page that needs it, and what comes meanwhile after it in order", async () => {
  const { frame, show, extra } = await running();
  show({ tag: "map", id: 0 });
  frame.patch([]);
  frame.draw([]);
  frame.visible(true);
  expect(sent()).toEqual(["files"]);
  held!.answer();
  await vi.waitFor(() => expect(sent()).toContain("visible"));
  expect(sent()).toEqual(["files", "extra", "init", "render", "patch", "draw", "visible"]);
  expect(port.postMessage).toHaveBeenCalledWith({ t: "extra", script: extra });
  frame.draw([]);
  expect(sent().at(-1)).toBe("draw");
});

it("brings it before the first drawing on a canvas that no tag names, and before its picture is asked for", async () => {
  const { frame, show } = await running();
  show({ tag: "view", id: 0 });
  frame.draw([]);
  void frame.ask("canvasToTempFilePath", {});
  frame.patch([]);
  expect(sent()).toEqual(["files", "init", "render"]);
  held!.answer();
  await vi.waitFor(() => expect(sent()).toContain("patch"));
  expect(sent().slice(3)).toEqual(["extra", "draw", "command", "patch"]);
  expect(fetched.filter((url) => url.includes("extra"))).toHaveLength(1);
});

it("says so when it cannot be fetched", async () => {
  const { frame, show } = await running();
  frame.onUnreachable = vi.fn();
  show({ tag: "map", id: 0 });
  held!.fail();
  await vi.waitFor(() => expect(frame.onUnreachable).toHaveBeenCalledOnce());
  expect(sent()).toEqual(["files"]);
});

it("says nothing of it when its page is gone", async () => {
  const { frame, show } = await running();
  const told = vi.fn();
  frame.onUnreachable = told;
  show({ tag: "map", id: 0 });
  frame.close();
  held!.fail();
  await new Promise((resolve) => setImmediate(resolve));
  expect(told).not.toHaveBeenCalled();
});

it("takes the document of an older host, whose one script has everything", async () => {
  const { frame, show } = await running("old");
  show({ tag: "map", id: 0 });
  frame.draw([]);
  expect(sent()).toEqual(["files", "init", "render", "draw"]);
});
