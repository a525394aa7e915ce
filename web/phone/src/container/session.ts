// The websocket of one open app. An app's session ends with its line; after a reconnect the app is
// opened anew, and whoever listens is told so.

import { backoff } from "../../../shared/realtime";
import { OPEN_TIMEOUT_MS, RECONNECT_TRIES, WAITING_FRAMES } from "./limits";
import type { FromHost, ToHost } from "./wire";

/** Ends of a session after which another one is welcome at once: nothing is wrong with the app. */
const RESUMABLE = new Set(["host-draining", "app-restarting", "client-too-slow"]);

/** "lost": the line broke and is being built again; "ended": nothing more will come. */
export type LineState = "connecting" | "open" | "lost" | "ended";

export interface SessionOptions {
  url: string;
  token: () => Promise<string | null>;
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
  private wasOpen = false;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private waiting: string[] = [];

  constructor(private readonly options: SessionOptions) {}

  start(): void {
    void this.connect();
  }

  /** The user left for good: the host may end the session. */
  stop(): void {
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
      token = await options.token();
    } catch {
      return this.retry();
    }
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

  private receive(text: string): void {
    let frame: FromHost;
    try {
      frame = JSON.parse(text) as FromHost;
    } catch {
      return; // A frame that is not JSON is not for us.
    }
    if (frame.t === "failed" || frame.t === "closed") {
      if (!RESUMABLE.has(frame.code)) return this.fail(frame.code, frame.message);
      this.drop();
      return this.retry();
    }
    if (frame.t === "opened") {
      clearTimeout(this.timer);
      this.tries = 0;
      this.wasOpen = true;
      this.enter("open");
      for (const late of this.waiting.splice(0)) this.socket!.send(late);
    }
    this.options.onFrame(frame);
  }

  private retry(): void {
    if (this.state === "ended") return;
    if (this.tries >= RECONNECT_TRIES || (!this.wasOpen && this.tries >= 2))
      return this.fail("network", "");
    this.enter(this.wasOpen ? "lost" : "connecting");
    this.timer = setTimeout(() => void this.connect(), backoff(this.tries++));
  }

  private fail(code: string, message: string): void {
    if (this.state === "ended") return;
    this.stop();
    this.options.onFailure(code, message);
  }

  private drop(): void {
    clearTimeout(this.timer);
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
