import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Message } from "../../shared/types";
import { eventually } from "./eventually";
import { TestHost } from "./host";

let host: TestHost;
let chats: typeof import("../src/state/chats");
let services: typeof import("../src/services");

beforeEach(async () => {
  vi.resetModules();
  host = new TestHost();
  host.install();
  services = await import("../src/services");
  chats = await import("../src/state/chats");
  await services.api.restore();
});

afterEach(() => chats.stopChats());

const texts = (): string[] =>
  (chats.chats.get().threads.get("c1")?.messages ?? []).map(
    (m) => (m as Message & { kind: "text" }).content.text,
  );
const outbox = () => chats.chats.get().threads.get("c1")?.outbox ?? [];

async function open(): Promise<void> {
  chats.startChats();
  await eventually(() => expect(chats.chats.get().loaded).toBe(true));
  await chats.openThread("c1");
}

test("a message that is pushed twice is shown once", async () => {
  host.add("one");
  await open();
  const two = host.add("two");
  host.push(two);
  host.push(two);
  expect(texts()).toEqual(["one", "two"]);
});

test("a gap before a pushed message is filled in order", async () => {
  host.add("one");
  await open();
  host.add("lost on the way");
  host.push(host.add("three"));
  await eventually(() => expect(texts()).toEqual(["one", "lost on the way", "three"]));
  expect(host.calls).toContain("GET /conversations/c1/messages?after_seq=1&limit=50");
});

test("when the host says that there may be a gap, what was missed is fetched", async () => {
  host.add("one");
  await open();
  host.add("never pushed");
  host.socket!.receive({ type: "gap" });
  await eventually(() => expect(texts()).toEqual(["one", "never pushed"]));
});

test("an own message is one message, whether the push or the answer comes first", async () => {
  host.add("one");
  await open();
  host.override = (method, path, _query, body) => {
    if (method !== "POST" || !path.endsWith("/messages")) return null;
    const sent = body as { client_id: string; content: { text: string } };
    const message = host.add(sent.content.text, sent.client_id, "u-me");
    host.push(message);
    return { body: message };
  };
  chats.sendText("c1", "mine");
  expect(outbox()).toHaveLength(1);
  await eventually(() => expect(outbox()).toHaveLength(0));
  expect(texts()).toEqual(["one", "mine"]);
});

test("a refused message stays with its reason and is sent again under the same client_id", async () => {
  host.add("one");
  await open();
  const ids: string[] = [];
  let refuse = true;
  host.override = (method, path, _query, body) => {
    if (method !== "POST" || !path.endsWith("/messages")) return null;
    ids.push((body as { client_id: string }).client_id);
    return refuse
      ? { status: 403, body: { type: "/problems/blocked", detail: "Not to this person." } }
      : null;
  };
  chats.sendText("c1", "mine");
  await eventually(() => expect(outbox()[0]?.state).toBe("failed"));
  expect(outbox()[0]?.error).toBe("Not to this person.");
  refuse = false;
  chats.resend("c1", outbox()[0]!.clientId);
  await eventually(() => expect(texts()).toEqual(["one", "mine"]));
  expect(new Set(ids).size).toBe(1);
});

test("messages written in a row arrive in that order", async () => {
  host.add("one");
  await open();
  for (const text of ["a", "b", "c"]) chats.sendText("c1", text);
  await eventually(() => expect(outbox()).toHaveLength(0));
  expect(texts()).toEqual(["one", "a", "b", "c"]);
});

test("reading clears the count at once, and late news does not bring it back", async () => {
  const one = host.add("one");
  await open();
  expect(chats.totalUnread(chats.chats.get())).toBe(1);
  chats.markRead("c1");
  expect(chats.totalUnread(chats.chats.get())).toBe(0);
  host.push(one);
  expect(chats.totalUnread(chats.chats.get())).toBe(0);
});

test("calls that meet an expired token together share one refresh", async () => {
  await open();
  host.expireToken();
  host.calls.length = 0;
  await Promise.all([1, 2, 3].map(() => services.api.get("/conversations")));
  expect(host.calls.filter((call) => call === "POST /auth/refresh")).toHaveLength(1);
});
