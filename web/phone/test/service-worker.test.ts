import { readFileSync } from "node:fs";
import { runInNewContext } from "node:vm";
import { beforeEach, expect, test } from "vitest";

const SOURCE = readFileSync(new URL("../src/service-worker.js", import.meta.url), "utf8");

/** A browser's caches, and a host that is there or not. */
class World {
  readonly stored = new Map<string, Map<string, string>>();
  online = true;
  readonly asked: string[] = [];

  fetch = async (request: string | { url: string }): Promise<string> => {
    const url = typeof request === "string" ? request : request.url;
    this.asked.push(url);
    if (!this.online) throw new TypeError("no network");
    return `host: ${new URL(url, "https://tea.example").pathname}`;
  };

  caches = {
    open: async (name: string) => {
      const cache = this.stored.get(name) ?? new Map<string, string>();
      this.stored.set(name, cache);
      return {
        addAll: async (requests: { url: string }[]) => {
          for (const { url } of requests) cache.set(url, await this.fetch(url));
        },
      };
    },
    keys: async () => [...this.stored.keys()],
    delete: async (name: string) => this.stored.delete(name),
    match: async (path: string, { cacheName }: { cacheName: string }) =>
      this.stored.get(cacheName)?.get(path),
  };

  /** A worker of one version, and how to tell it what happens. */
  worker(version: string, files: string[]): (type: string, event?: object) => Promise<unknown> {
    const listeners = new Map<string, (event: object) => void>();
    runInNewContext(
      SOURCE.replace("__VERSION__", version).replace("__FILES__", JSON.stringify(files)),
      {
        self: {
          location: { origin: "https://tea.example" },
          clients: { claim: () => undefined },
          addEventListener: (type: string, listener: (event: object) => void) =>
            listeners.set(type, listener),
        },
        caches: this.caches,
        fetch: this.fetch,
        URL,
        Request: class {
          constructor(readonly url: string) {}
        },
      },
    );
    return async (type, event = {}) => {
      let outcome: unknown;
      const take = (promise: unknown) => (outcome = promise);
      listeners.get(type)!({ ...event, waitUntil: take, respondWith: take });
      return outcome;
    };
  }
}

let world: World;
beforeEach(() => (world = new World()));

const get = (path: string, mode = "cors", method = "GET") => ({
  request: { url: `https://tea.example${path}`, mode, method },
});

test("without a network pages come from what was kept, of every address of the phone", async () => {
  const worker = world.worker("1", ["/", "/assets/main-1f.js"]);
  await worker("install");
  expect(await worker("fetch", get("/chat/7", "navigate"))).toBe("host: /chat/7");
  world.online = false;
  expect(await worker("fetch", get("/chat/7", "navigate"))).toBe("host: /");
  expect(await worker("fetch", get("/assets/main-1f.js"))).toBe("host: /assets/main-1f.js");
});

test("what belongs to somebody, and what is not the phone's, passes by untouched", async () => {
  const worker = world.worker("1", ["/"]);
  await worker("install");
  for (const event of [
    get("/api/v1/wallet"),
    get("/api/v1/media", "cors", "POST"),
    get("/media/0af1"),
    get("/images/9e/pages/menu.json"),
    get("/view/frame.html", "navigate"),
    get("/developer/apps", "navigate"),
    get("/admin/", "navigate"),
    get("/docs", "navigate"),
    get("/chat/7", "navigate", "POST"),
    { request: { url: "https://elsewhere.example/", mode: "navigate", method: "GET" } },
  ])
    expect(await worker("fetch", event), JSON.stringify(event)).toBeUndefined();
  expect([...world.stored.values()].flatMap((cache) => [...cache.keys()])).toEqual(["/"]);
});

test("a new version keeps its own files, and takes the old ones away when its turn comes", async () => {
  const old = world.worker("1", ["/", "/assets/main-1f.js"]);
  await old("install");
  const next = world.worker("2", ["/", "/assets/main-2e.js"]);
  await next("install");
  // A page of the old version may still need a part of it.
  expect(await old("fetch", get("/assets/main-1f.js"))).toBe("host: /assets/main-1f.js");
  expect([...world.stored.keys()]).toEqual(["teahouse-shell-1", "teahouse-shell-2"]);
  await next("activate");
  expect([...world.stored.keys()]).toEqual(["teahouse-shell-2"]);
});
