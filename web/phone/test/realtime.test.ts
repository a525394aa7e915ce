import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { RealtimeClient, type RealtimeState } from "../../shared/realtime";

/** The host's end of a socket, held by the test. */
class Line {
  static readonly OPEN = 1;
  static all: Line[] = [];
  readyState = 1;
  sent: Record<string, unknown>[] = [];
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: string }) => void) | null = null;
  onclose: ((event: { code: number }) => void) | null = null;
  constructor() {
    Line.all.push(this);
  }
  send(text: string): void {
    const frame = JSON.parse(text) as Record<string, unknown>;
    this.sent.push(frame);
    if (frame.type === "ping") queueMicrotask(() => this.say({ type: "pong" }));
  }
  close(): void {}
  say(frame: object): void {
    this.onmessage?.({ data: JSON.stringify(frame) });
  }
}

beforeEach(() => {
  vi.useFakeTimers();
  Line.all = [];
  vi.stubGlobal("WebSocket", Line);
  vi.stubGlobal("addEventListener", () => {});
  vi.stubGlobal("removeEventListener", () => {});
  vi.stubGlobal("document", { addEventListener() {}, removeEventListener() {} });
  vi.stubGlobal("navigator", { onLine: true });
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

async function connect(tokens: (string | null)[]) {
  const states: RealtimeState[] = [];
  const asked: boolean[] = [];
  const client = new RealtimeClient({
    url: () => "ws://host/realtime",
    token: (fresh) => {
      asked.push(fresh);
      return Promise.resolve(tokens.shift() ?? null);
    },
    onEvent: () => {},
    onReady: () => {},
    onState: (state) => states.push(state),
  });
  client.start();
  await vi.advanceTimersByTimeAsync(0);
  Line.all[0]!.onopen!();
  Line.all[0]!.say({ type: "ready", user_id: "u", expires_in: 900 });
  return { client, states, asked };
}

test("a new token is sent on the open socket before the old one ends", async () => {
  const { client, asked } = await connect(["one", "two", "three"]);
  const [line] = Line.all;
  const news = () => line!.sent.filter((frame) => frame.type === "auth");
  await vi.advanceTimersByTimeAsync(860_000);
  expect(news()).toHaveLength(1);
  await vi.advanceTimersByTimeAsync(30_000);
  expect(news()).toEqual([
    { type: "auth", token: "one" },
    { type: "auth", token: "two" },
  ]);
  line!.say({ type: "renewed", expires_in: 900 });
  await vi.advanceTimersByTimeAsync(890_000);
  expect(news()).toHaveLength(3);
  expect(asked).toEqual([false, false, false]);
  client.stop();
});

test("when the host ends the session, a new token is asked for at once, and without one nothing goes on", async () => {
  const { states, asked } = await connect(["one", null]);
  Line.all[0]!.say({ type: "error", code: "session-ended", message: "Log in again." });
  Line.all[0]!.onclose!({ code: 4401 });
  await vi.advanceTimersByTimeAsync(0);
  expect(asked).toEqual([false, true]);
  expect(states.at(-1)).toBe("stopped");
  await vi.advanceTimersByTimeAsync(120_000);
  expect(Line.all).toHaveLength(1);
});

test("a token that is refused again and again is not asked for without pause", async () => {
  const { client } = await connect(Array.from({ length: 100 }, () => "token"));
  for (let i = 0; i < 100; i++) {
    Line.all.at(-1)!.onclose!({ code: 4401 });
    await vi.advanceTimersByTimeAsync(100);
  }
  expect(Line.all.length).toBeLessThan(10);
  client.stop();
});

test("the clients of a host that stops come back one after another", async () => {
  const pauses: number[] = [];
  for (let i = 0; i < 50; i++) {
    Line.all = [];
    const { client } = await connect(["one", "two"]);
    Line.all[0]!.onclose!({ code: 1012 });
    const from = Date.now();
    while (Line.all.length === 1) await vi.advanceTimersByTimeAsync(50);
    pauses.push(Date.now() - from);
    client.stop();
  }
  expect(Math.max(...pauses)).toBeLessThanOrEqual(3_050);
  const first = pauses.filter((pause) => pause <= 1_000).length;
  expect(first).toBeGreaterThan(0);
  expect(first).toBeLessThan(40);
});
