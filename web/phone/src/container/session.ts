// The websocket of one open app. An app's session ends with its connection; after a reconnect the
// app is opened anew, and the listener is told so.

import { afterRestart, backoff } from "../../../shared/realtime";
import { Renewal } from "../../../shared/renewal";
import {
  OPEN_TIMEOUT_MS,
  PING_AFTER_MS,
  PONG_WAIT_MS,
  RECONNECT_TRIES,
  WAITING_FRAMES,
} from "./limits";
import type { FromHost, ToHost } from "../../../shared/protocol";

/** Close codes after which a new session may begin at once: nothing is wrong with the app. */
const RESUMABLE = new Set(["host-draining", "app-restarting", "client-too-slow"]);

/** Close codes after which a new token is requested: with it the session continues, without it the user is logged out. */
const TOKEN_REFUSED = new Set(["session-ended", "token-expired", "bad-token"]);

/** "lost": the connection broke and is tried again; "ended": it is not tried again. */
export type LineState = "connecting" | "open" | "lost" | "ended";

export interface SessionOptions {
  url: string;
  /** A valid access token, a new one when the host has refused the last. */
  token: (fresh: boolean) => Promise<string | null>;
  /** The open frame; asked for at every connection, because the frame's size may have changed. */
  open: () => ToHost;
  onFrame: (frame: FromHost) => void;
  onState: (state: LineState) => void;
  onFailure: (code: string, message: string) => void;
}

export class Session {
  private socket: WebSocket | null = null;
  private state: LineState = "connecting";
  private tries = 0;
  /** Between two tries. */
  private pausing = false;
  private wasOpen = false;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private pulse: ReturnType<typeof setTimeout> | undefined;
  private readonly renewal = new Renewal(() => this.options.token(false));
  private refused = false;
  private waiting: string[] = [];

  constructor(private readonly options: SessionOptions) {}

  start(): void {
    addEventListener("online", this.now);
    void this.connect();
  }

  /** The browser has a network again: there is nothing to wait for. */
  private readonly now = (): void => {
    if (this.socket || !this.pausing) return;
    clearTimeout(this.timer);
    this.pausing = false;
    void this.connect();
  };

  /** The user left for good: the host may end the session. */
  stop(): void {
    removeEventListener("online", this.now);
    this.enter("ended");
    this.drop();
  }

  send(frame: ToHost): void {
    const text = JSON.stringify(frame);
    if (this.state === "open") this.socket!.send(text);
    else if (this.state === "connecting" && this.waiting.length < WAITING_FRAMES)
      this.waiting.push(text);
  }

  private async connect(): Promise<void> {
    const { options } = this;
    let token: string | null;
    try {
      token = await options.token(this.refused);
    } catch {
      return this.retry();
    }
    this.refused = false;
    if (this.state === "ended") return;
    if (token === null) return this.fail("signed-out", "");
    const socket = new WebSocket(options.url);
    this.socket = socket;
    this.timer = setTimeout(() => socket.close(), OPEN_TIMEOUT_MS);
    socket.onopen = () => {
      socket.send(JSON.stringify({ t: "auth", token }));
      socket.send(JSON.stringify(options.open()));
    };
    socket.onmessage = (event) => {
      if (socket === this.socket) this.receive(String(event.data));
    };
    socket.onclose = () => {
      if (socket !== this.socket) return;
      this.drop();
      this.retry();
    };
  }

  /** A connection can break without an event. After a long silence a ping tests it. */
  private listen(): void {
    clearTimeout(this.pulse);
    this.pulse = setTimeout(() => this.ping(), PING_AFTER_MS);
  }

  private ping(): void {
    const asked = Date.now();
    this.socket?.send(JSON.stringify({ t: "ping", index: 0 }));
    this.pulse = setTimeout(() => {
      // A browser that slept has not had the time to read the answer.
      if (Date.now() - asked > 2 * PONG_WAIT_MS) return this.ping();
      this.drop();
      this.retry();
    }, PONG_WAIT_MS);
  }

  private receive(text: string): void {
    if (this.state === "open") this.listen();
    let frame: FromHost;
    try {
      frame = JSON.parse(text) as FromHost;
    } catch {
      return; // A frame that is not JSON is not for us.
    }
    if (frame.t === "failed" || frame.t === "closed") {
      this.refused = TOKEN_REFUSED.has(frame.code);
      if (!this.refused && !RESUMABLE.has(frame.code)) return this.fail(frame.code, frame.message);
      this.drop();
      return this.retry(frame.code === "host-draining" ? afterRestart() : undefined);
    }
    if (frame.t === "renewed") return this.renew(frame.expires_in);
    if (frame.t === "opened") {
      this.renew(frame.expires_in);
      clearTimeout(this.timer);
      this.tries = 0;
      this.wasOpen = true;
      this.enter("open");
      this.listen();
      for (const late of this.waiting.splice(0)) this.socket!.send(late);
    }
    this.options.onFrame(frame);
  }

  private renew(expiresIn: number | undefined): void {
    this.renewal.before(expiresIn, (token) =>
      this.socket?.send(JSON.stringify({ t: "auth", token })),
    );
  }

  private retry(pause?: number): void {
    if (this.state === "ended") return;
    if (this.tries >= RECONNECT_TRIES || (!this.wasOpen && this.tries >= 2))
      return this.fail("network", "");
    this.enter(this.wasOpen ? "lost" : "connecting");
    this.pausing = true;
    const again = backoff(this.tries++);
    this.timer = setTimeout(() => {
      this.pausing = false;
      void this.connect();
    }, pause ?? again);
  }

  private fail(code: string, message: string): void {
    if (this.state === "ended") return;
    this.stop();
    this.options.onFailure(code, message);
  }

  private drop(): void {
    clearTimeout(this.timer);
    clearTimeout(this.pulse);
    this.renewal.stop();
    const socket = this.socket;
    this.socket = null;
    socket?.close();
  }

  private enter(state: LineState): void {
    if (this.state === state) return;
    this.state = state;
    this.options.onState(state);
  }
}
