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
  loaded().map((seq) => {
    const message = chats.chats.get().threads.get("c1")!.messages.get(seq);
    return message ? (message as Message & { kind: "text" }).content.text : "gone";
  });
const loaded = (): number[] =>
  [...(chats.chats.get().threads.get("c1")?.messages.keys() ?? [])].sort((a, b) => a - b);
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
  expect(host.calls).toContain("GET /conversations/c1/messages?before_seq=3&limit=1");
});

test("when the host says that there may be a gap, what was missed is fetched", async () => {
  host.add("one");
  await open();
  host.add("never pushed");
  host.socket!.receive({ type: "gap" });
  await eventually(() => expect(texts()).toEqual(["one", "never pushed"]));
});

test("a chat opens with its newest messages, and what is shown elsewhere is loaded around it", async () => {
  for (let i = 1; i <= 1000; i++) host.add(`text ${i}`);
  host.read = 1000;
  await open();
  expect(loaded()[0]).toBe(951);
  expect(chats.chats.get().threads.get("c1")!.last).toBe(1000);
  await chats.showRange("c1", 300, 310);
  expect(loaded().filter((seq) => seq >= 260 && seq <= 350)).toHaveLength(91);
  expect(host.calls.filter((call) => call.includes("/messages")).length).toBeLessThan(5);
});

test("one answer fills the screen on both sides of where somebody has dragged to", async () => {
  for (let i = 1; i <= 1000; i++) host.add(`text ${i}`);
  host.read = 1000;
  await open();
  host.calls.length = 0;
  await chats.showRange("c1", 400, 410);
  expect(host.calls[0]).toBe("GET /conversations/c1/messages?before_seq=430&limit=50");
});

test("however far somebody scrolls, the messages in memory are bounded and those in sight are there", async () => {
  for (let i = 1; i <= 5000; i++) host.add(`text ${i}`);
  await open();
  let most = 0;
  for (let at = 4990; at > 1; at -= 35) {
    await chats.showRange("c1", at, at + 10);
    for (let seq = at; seq <= at + 10; seq++) expect(loaded()).toContain(seq);
    most = Math.max(most, loaded().length);
  }
  expect(most).toBeLessThanOrEqual(chats.KEPT_MESSAGES);
  await chats.showRange("c1", 4990, 5000);
  expect(texts().at(-1)).toBe("text 5000");
});

test("a message that the host no longer has is not asked for again", async () => {
  for (let i = 1; i <= 200; i++) host.add(`text ${i}`);
  host.messages.splice(99, 1);
  await open();
  await chats.showRange("c1", 95, 105);
  expect(texts()).toContain("gone");
  const asked = host.calls.length;
  await chats.showRange("c1", 94, 104);
  expect(host.calls.length - asked).toBeLessThan(2);
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

test("a text that waited when the page was closed goes out without its chat being opened", async () => {
  host.add("one");
  await open();
  host.unreachable = true;
  chats.sendText("c1", "later");
  await eventually(() => expect(outbox()[0]?.offline).toBe(true));
  chats.stopChats();

  host.unreachable = false;
  chats.startChats();
  await eventually(() => expect(host.messages.at(-1)!.content).toEqual({ text: "later" }));
  await eventually(() => expect(outbox()).toHaveLength(0));
  expect(host.messages).toHaveLength(2);
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
  chats.markRead("c1", 1);
  expect(chats.totalUnread(chats.chats.get())).toBe(0);
  host.push(one);
  expect(chats.totalUnread(chats.chats.get())).toBe(0);
});

test("only what was seen counts as read, and reading on is told in few calls", async () => {
  for (let i = 1; i <= 300; i++) host.add(`text ${i}`);
  host.read = 100;
  await open();
  const unread = () => chats.totalUnread(chats.chats.get());
  expect(unread()).toBe(200);
  // The place where reading goes on is there at once, with what lies before and after it.
  expect(loaded()).toContain(95);
  expect(loaded()).toContain(110);
  host.calls.length = 0;
  for (let seq = 101; seq <= 160; seq++) chats.markRead("c1", seq);
  expect(unread()).toBe(140);
  // Scrolling back does not make anything unread, nor does news that the host sent before it knew.
  chats.markRead("c1", 120);
  host.socket!.receive({ type: "read", conversation_id: "c1", read_seq: 101, unread: 199 });
  expect(unread()).toBe(140);
  await eventually(() => expect(host.read).toBe(160));
  expect(host.calls.filter((call) => call.endsWith("/read"))).toHaveLength(2);
});

test("calls that meet an expired token together share one refresh", async () => {
  await open();
  host.expireToken();
  host.calls.length = 0;
  await Promise.all([1, 2, 3].map(() => services.api.get("/conversations")));
  expect(host.calls.filter((call) => call === "POST /auth/refresh")).toHaveLength(1);
});
