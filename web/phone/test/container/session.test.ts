import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import {
  OPEN_TIMEOUT_MS,
  PING_AFTER_MS,
  PONG_WAIT_MS,
  RECONNECT_TRIES,
} from "../../src/container/limits";
import { Session, type LineState } from "../../src/container/session";
import type { FromHost, ToHost } from "../../../shared/protocol";

/** The far end of a line, held by the test. */
class Line {
  static all: Line[] = [];
  sent: ToHost[] = [];
  closed = false;
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: string }) => void) | null = null;
  onclose: (() => void) | null = null;
  constructor(readonly url: string) {
    Line.all.push(this);
  }
  send(text: string): void {
    this.sent.push(JSON.parse(text) as ToHost);
  }
  close(): void {
    if (this.closed) return;
    this.closed = true;
    this.onclose?.();
  }
  say(frame: object): void {
    this.onmessage?.({ data: JSON.stringify(frame) });
  }
}

function start(token: (fresh: boolean) => Promise<string | null> = () => Promise.resolve("token")) {
  const states: LineState[] = [];
  const frames: FromHost[] = [];
  const failures: [string, string][] = [];
  const session = new Session({
    url: "ws://host/open",
    token,
    open: () => ({ t: "open", app_id: "ta1" }),
    onFrame: (frame) => frames.push(frame),
    onState: (state) => states.push(state),
    onFailure: (code, message) => failures.push([code, message]),
  });
  session.start();
  return { session, states, frames, failures };
}

const settled = () => vi.advanceTimersByTimeAsync(0);
const last = () => Line.all.at(-1)!;
async function opened() {
  const run = start();
  await settled();
  last().onopen!();
  last().say({ t: "opened", app: { id: "ta1", name: "A" } });
  return run;
}

/** What the browser tells the page. */
let page: EventTarget;

beforeEach(() => {
  vi.useFakeTimers();
  Line.all = [];
  vi.stubGlobal("WebSocket", Line);
  page = new EventTarget();
  vi.stubGlobal("addEventListener", page.addEventListener.bind(page));
  vi.stubGlobal("removeEventListener", page.removeEventListener.bind(page));
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe("a session's line", () => {
  it("proves who it is before it opens the app", async () => {
    const { states, frames } = await opened();
    expect(last().sent).toEqual([
      { t: "auth", token: "token" },
      { t: "open", app_id: "ta1" },
    ]);
    expect(states).toEqual(["open"]);
    expect(frames.map((frame) => frame.t)).toEqual(["opened"]);
  });

  it("sends what waited only once the app is open", async () => {
    const { session } = start();
    session.send({ t: "hide" });
    await settled();
    last().onopen!();
    expect(last().sent.some((frame) => frame.t === "hide")).toBe(false);
    last().say({ t: "opened" });
    expect(last().sent.at(-1)).toEqual({ t: "hide" });
  });

  it("builds a broken line again and opens the app anew", async () => {
    const { states, session } = await opened();
    last().close();
    expect(states.at(-1)).toBe("lost");
    session.send({ t: "back" }); // A tap on a page that is gone means nothing to the next session.
    await vi.advanceTimersByTimeAsync(1_000);
    expect(Line.all).toHaveLength(2);
    last().onopen!();
    last().say({ t: "opened" });
    expect(states.at(-1)).toBe("open");
    expect(last().sent.map((frame) => frame.t)).toEqual(["auth", "open"]);
  });

  it("tries at once when the browser has a network again, and once", async () => {
    await opened();
    last().close();
    page.dispatchEvent(new Event("online"));
    page.dispatchEvent(new Event("online"));
    await settled();
    expect(Line.all).toHaveLength(2);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(Line.all).toHaveLength(2);
  });

  it("is asked whether it holds when it is silent, and left alone when it answers", async () => {
    const { states } = await opened();
    for (let i = 0; i < 3; i++) {
      await vi.advanceTimersByTimeAsync(PING_AFTER_MS);
      expect(last().sent.at(-1)).toEqual({ t: "ping", index: 0 });
      last().say({ t: "pong", index: 0 });
    }
    expect(last().sent.filter((frame) => frame.t === "ping")).toHaveLength(3);
    await vi.advanceTimersByTimeAsync(PING_AFTER_MS - 1);
    last().say({ t: "patch", page: 1, ops: [] }); // Anything that comes is a sign of life.
    await vi.advanceTimersByTimeAsync(PING_AFTER_MS - 1);
    expect(last().sent.filter((frame) => frame.t === "ping")).toHaveLength(3);
    expect(states).toEqual(["open"]);
  });

  it("is known to be dead within half a minute although nobody says so", async () => {
    const { states } = await opened();
    const dead = last();
    expect(PING_AFTER_MS + PONG_WAIT_MS).toBeLessThan(30_000);
    await vi.advanceTimersByTimeAsync(PING_AFTER_MS + PONG_WAIT_MS);
    expect(states.at(-1)).toBe("lost");
    expect(dead.closed).toBe(true);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(Line.all).toHaveLength(2);
  });

  it("is asked again, not given up, when it was the browser that slept", async () => {
    const { states } = await opened();
    await vi.advanceTimersByTimeAsync(PING_AFTER_MS);
    vi.setSystemTime(Date.now() + 3_600_000);
    await vi.advanceTimersByTimeAsync(PONG_WAIT_MS);
    expect(states).toEqual(["open"]);
    expect(last().sent.filter((frame) => frame.t === "ping")).toHaveLength(2);
  });

  it("gives up after a while and says so once", async () => {
    const { failures } = await opened();
    for (let i = 0; i <= RECONNECT_TRIES + 2; i++) {
      last().close();
      await vi.advanceTimersByTimeAsync(31_000);
    }
    expect(failures).toEqual([["network", ""]]);
  });

  it("moves to another host when this one is going down", async () => {
    const { states, failures } = await opened();
    last().say({ t: "closed", code: "host-draining", message: "Bye." });
    expect(states.at(-1)).toBe("lost");
    await vi.advanceTimersByTimeAsync(3_000);
    expect(Line.all).toHaveLength(2);
    expect(failures).toEqual([]);
  });

  it("sends a new token before the old one ends", async () => {
    start();
    await settled();
    last().onopen!();
    const line = last();
    const send = line.send.bind(line);
    line.send = (text) => {
      send(text);
      if (text.includes('"ping"')) queueMicrotask(() => line.say({ t: "pong", index: 0 }));
    };
    line.say({ t: "opened", expires_in: 900 });
    await vi.advanceTimersByTimeAsync(900_000);
    expect(last().sent.filter((frame) => frame.t === "auth")).toHaveLength(2);
  });

  it("ends for somebody whose session has ended, and goes on when only the token had", async () => {
    const answers = ["one", "two", null];
    const asked: boolean[] = [];
    const { failures } = start((fresh) => {
      asked.push(fresh);
      return Promise.resolve(answers.shift() ?? null);
    });
    await settled();
    last().onopen!();
    last().say({ t: "opened" });
    last().say({ t: "closed", code: "token-expired", message: "Too late." });
    await vi.advanceTimersByTimeAsync(1_000);
    expect(Line.all).toHaveLength(2);
    last().onopen!();
    last().say({ t: "opened" });
    last().say({ t: "closed", code: "session-ended", message: "Log in again." });
    await vi.advanceTimersByTimeAsync(1_000);
    expect(asked).toEqual([false, true, true]);
    expect(failures).toEqual([["signed-out", ""]]);
  });

  it("takes the host's refusal as final", async () => {
    const { failures } = start();
    await settled();
    last().onopen!();
    last().say({ t: "failed", code: "quarantined", message: "Stopped." });
    await vi.advanceTimersByTimeAsync(60_000);
    expect(failures).toEqual([["quarantined", "Stopped."]]);
    expect(Line.all).toHaveLength(1);
  });

  it("does not wait for ever for an app to open", async () => {
    start();
    await settled();
    last().onopen!();
    const first = last();
    await vi.advanceTimersByTimeAsync(OPEN_TIMEOUT_MS + 1);
    expect(first.closed).toBe(true);
  });

  it("opens nothing for somebody who is signed out", async () => {
    const { failures } = start(() => Promise.resolve(null));
    await settled();
    expect(failures).toEqual([["signed-out", ""]]);
    expect(Line.all).toHaveLength(0);
  });
});
