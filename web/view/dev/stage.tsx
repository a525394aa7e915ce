// The container with a scripted app behind it. Tests control it through `window.stage`.

import { render } from "preact";
import { PAGES } from "./pages";

const params = new URLSearchParams(location.search);
const sent: Record<string, unknown>[] = [];
let socket: ScriptedSocket | null = null;
let pages = 0;

class ScriptedSocket {
  static readonly OPEN = 1;
  readyState = 1;
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: string }) => void) | null = null;
  onclose: (() => void) | null = null;
  constructor() {
    socket = this;
    setTimeout(() => this.onopen?.(), 5);
  }
  send(text: string) {
    const frame = JSON.parse(text) as Record<string, unknown>;
    sent.push(frame);
    setTimeout(() => script(frame), Number(params.get("delay") ?? 5));
  }
  close() {
    this.readyState = 3;
  }
  say(frame: unknown) {
    this.onmessage?.({ data: JSON.stringify(frame) });
  }
}
window.WebSocket = ScriptedSocket as never;

const TABS = ["pages/basic/basic", "pages/scroll/scroll"];
const stack: { id: number; route: string }[] = [];

function open(op: string, route: string) {
  const page = PAGES[route]!;
  const id = ++pages;
  if (op === "push") stack.push({ id, route });
  else stack.splice(0, stack.length, { id, route });
  socket!.say({
    t: "page",
    op,
    page: id,
    route,
    config: page.config,
    keep: stack.map((one) => one.id),
    render: page.values,
    hooks: ["onPageScroll", "onReachBottom"],
  });
}

function script(frame: Record<string, unknown>) {
  if (frame.t === "open") {
    if (params.has("fail"))
      return socket!.say({
        t: "failed",
        code: params.get("fail"),
        message: "The app was stopped because it used too much memory.",
      });
    socket!.say({
      t: "opened",
      session: "s",
      app: {
        id: "ta0123456789abcdef",
        name: "Leaf & Cup 叶与杯",
        icon_url: null,
        account: { id: "1", name: "Leaf & Cup Ltd" },
      },
      image: "/images/dev",
      development: params.has("dev"),
      config: {
        pages: Object.keys(PAGES),
        entryPagePath: TABS[0],
        tabBar: params.has("tabs")
          ? {
              color: "#7a7e83",
              selectedColor: "#047a3c",
              backgroundColor: "#ffffff",
              list: TABS.map((pagePath, i) => ({
                pagePath,
                text: ["Menu", "More"][i],
                iconPath: "i/tab.svg",
                selectedIconPath: "i/tab-on.svg",
              })),
            }
          : null,
      },
    });
    open("relaunch", params.get("page") ?? TABS[0]!);
  }
  if (frame.t === "tab") open("tab", TABS[frame.index as number]!);
  if (frame.t === "event" && frame.type === "navigate")
    open("push", (frame.detail as { url: string }).url.slice(1));
  if (frame.t === "back") {
    stack.pop();
    const top = stack.at(-1)!;
    socket!.say({
      t: "page",
      op: "back",
      page: top.id,
      route: top.route,
      keep: stack.map((one) => one.id),
    });
  }
  if (frame.t === "pulldown")
    setTimeout(
      () =>
        socket!.say({ t: "ui", call: 0, name: "stopPullDownRefresh", args: { page: frame.page } }),
      1500,
    );
}

const answers: Record<string, unknown> = {
  "/wallet": { currency: "CNY", balance: 12050, held: 0, has_pin: true },
  "/conversations": {
    items: [
      { id: "c1", kind: "direct", title: "Alice 王", avatar_url: null },
      { id: "c2", kind: "direct", title: "Bob", avatar_url: null },
    ],
    next_cursor: null,
  },
  "/auth/refresh": { user: { id: "u" }, access_token: "x", expires_in: 900 },
};
const realFetch = window.fetch;
let pay: [number, unknown] = [200, {}];
window.fetch = async (input, init) => {
  const url = String(input);
  const path = url.replace(/^\/api\/v1/, "").split("?")[0]!;
  if (path === url) return realFetch(input, init);
  sent.push({
    t: "api",
    path,
    method: init?.method,
    key: new Headers(init?.headers).get("idempotency-key"),
    body: init?.body,
  });
  if (path.endsWith("/pay")) {
    await new Promise((resolve) => setTimeout(resolve, 300));
    if (pay[0] === 0) throw new TypeError("offline");
    return new Response(JSON.stringify(pay[1]), { status: pay[0] });
  }
  const body = answers[path];
  return new Response(JSON.stringify(body ?? {}), { status: body ? 200 : 404 });
};

Object.assign(window, {
  stage: {
    sent,
    say: (frame: unknown) => socket!.say(frame),
    open,
    drop: () => socket!.onclose?.(),
    pay: (status: number, body: unknown) => (pay = [status, body]),
    answer: (path: string, body: unknown) => (answers[path] = body),
  },
});
if (params.get("lang")) localStorage.setItem("teahouse.locale", params.get("lang")!);
document.body.dataset.weuiTheme = params.get("theme") ?? "light";
localStorage.setItem("teahouse.theme", params.get("theme") ?? "light");

const { MiniProgram } = await import("../../phone/src/container/index");
const { startLayers } = await import("../../phone/src/nav/layers");
startLayers();
// The app's style sheet, where the phone package has one already.
const sheets = import.meta.glob("../../phone/src/**/*.css");
for (const load of Object.values(sheets)) await load();
render(
  <MiniProgram
    appId="ta0123456789abcdef"
    version="released"
    scene={1001}
    visible
    onExit={() => sent.push({ t: "exit" })}
  />,
  document.getElementById("root")!,
);
