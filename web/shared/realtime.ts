// The user websocket. It only sends notifications; the data itself comes from the REST API. `onReady`
// is called after every (re)connection, and when the host reports that notifications may have been
// lost (a "gap"): its owner then fetches missed messages with after_seq.

import { Renewal } from "./renewal";
import type { RealtimeEvent } from "./types";

const PING_EVERY_MS = 25_000;
/** Without a pong for this long the connection is dead, even if the browser has not noticed. */
const PONG_WITHIN_MS = 10_000;
const BACKOFF_FIRST_MS = 500;
const BACKOFF_MAX_MS = 30_000;
/** The host's close code for a token that is not valid any more. */
export const UNAUTHENTICATED = 4401;
/** The close code of a host that stops; all of its clients read it in the same moment. */
const SERVICE_RESTART = 1012;
const RESTART_SPREAD_MS = 3_000;

/** When to come back to a host that stopped: not all at once. */
export function afterRestart(random: () => number = Math.random): number {
  return RESTART_SPREAD_MS * random();
}

/** "waiting": the next try is scheduled; "offline": the browser reports that there is no network. */
export type RealtimeState = "stopped" | "connecting" | "open" | "waiting" | "offline";

export interface RealtimeOptions {
  url: () => string;
  /**
   * A valid access token, a new one when the host has refused the last; null when no user is logged
   * in, which stops the client.
   */
  token: (fresh: boolean) => Promise<string | null>;
  onEvent: (event: RealtimeEvent) => void;
  onReady: () => void;
  onState: (state: RealtimeState) => void;
}

export class RealtimeClient {
  private socket: WebSocket | null = null;
  private state: RealtimeState = "stopped";
  private attempt = 0;
  private retryTimer: ReturnType<typeof setTimeout> | undefined;
  private pingTimer: ReturnType<typeof setTimeout> | undefined;
  private pongTimer: ReturnType<typeof setTimeout> | undefined;
  private readonly renewal = new Renewal(() => this.options.token(false));
  /** The host has refused the token. */
  private refused = false;
  /** Counts starts and stops, so that a late answer of an old connection is ignored. */
  private generation = 0;

  constructor(private readonly options: RealtimeOptions) {}

  start(): void {
    if (this.state !== "stopped") return;
    addEventListener("online", this.retryNow);
    addEventListener("offline", this.wentOffline);
    document.addEventListener("visibilitychange", this.becameVisible);
    this.attempt = 0;
    void this.connect();
  }

  stop(): void {
    removeEventListener("online", this.retryNow);
    removeEventListener("offline", this.wentOffline);
    document.removeEventListener("visibilitychange", this.becameVisible);
    this.drop();
    this.enter("stopped");
  }

  /** Tries at once instead of waiting for the backoff; the user may have tapped "retry". */
  readonly retryNow = (): void => {
    if (this.state !== "waiting" && this.state !== "offline") return;
    clearTimeout(this.retryTimer);
    void this.connect();
  };

  private readonly wentOffline = (): void => {
    if (this.state === "stopped") return;
    this.drop();
    this.enter("offline");
  };

  private readonly becameVisible = (): void => {
    if (document.visibilityState !== "visible") return;
    // Phones suspend sockets in the background: send a ping at once instead of at the next
    // interval.
    if (this.state === "open") this.ping();
    else this.retryNow();
  };

  private async connect(): Promise<void> {
    const generation = ++this.generation;
    this.enter("connecting");
    let token: string | null;
    try {
      token = await this.options.token(this.refused);
    } catch {
      if (generation === this.generation) this.retryLater();
      return;
    }
    if (generation !== this.generation) return;
    if (token === null) {
      this.stop();
      return;
    }
    this.refused = false;
    const socket = new WebSocket(this.options.url());
    this.socket = socket;
    socket.onopen = () => socket.send(JSON.stringify({ type: "auth", token }));
    socket.onmessage = (event) => {
      if (generation === this.generation) this.receive(String(event.data));
    };
    socket.onclose = (event) => {
      if (generation !== this.generation) return;
      this.drop();
      this.refused = event?.code === UNAUTHENTICATED;
      // Whether somebody is still logged in should be known at once, not after a pause.
      if (this.refused && this.attempt++ === 0) void this.connect();
      else this.retryLater(event?.code === SERVICE_RESTART ? afterRestart() : undefined);
    };
  }

  private receive(text: string): void {
    clearTimeout(this.pongTimer);
    let event: RealtimeEvent;
    try {
      event = JSON.parse(text) as RealtimeEvent;
    } catch {
      return; // Ignore a frame that is not JSON.
    }
    if (event.type === "ready") {
      this.attempt = 0;
      this.enter("open");
      this.schedulePing();
      this.renew(event.expires_in);
      this.options.onReady();
    }
    if (event.type === "renewed") this.renew(event.expires_in);
    if (event.type === "gap") this.options.onReady();
    this.options.onEvent(event);
  }

  private renew(expiresIn: number | undefined): void {
    this.renewal.before(expiresIn, (token) =>
      this.socket?.send(JSON.stringify({ type: "auth", token })),
    );
  }

  private schedulePing(): void {
    clearTimeout(this.pingTimer);
    this.pingTimer = setTimeout(() => this.ping(), PING_EVERY_MS);
  }

  private ping(): void {
    if (this.socket?.readyState !== WebSocket.OPEN) return;
    this.socket.send(JSON.stringify({ type: "ping" }));
    clearTimeout(this.pongTimer);
    this.pongTimer = setTimeout(() => {
      this.drop();
      this.retryLater();
    }, PONG_WITHIN_MS);
    this.schedulePing();
  }

  private retryLater(pause?: number): void {
    if (!navigator.onLine) {
      this.enter("offline");
      return;
    }
    this.enter("waiting");
    const again = backoff(this.attempt++);
    this.retryTimer = setTimeout(() => void this.connect(), pause ?? again);
  }

  private drop(): void {
    this.generation++;
    clearTimeout(this.retryTimer);
    clearTimeout(this.pingTimer);
    clearTimeout(this.pongTimer);
    this.renewal.stop();
    this.socket?.close();
    this.socket = null;
  }

  private enter(state: RealtimeState): void {
    if (this.state === state) return;
    this.state = state;
    this.options.onState(state);
  }
}

/** Half fixed, half random, so that not all clients reconnect at once after a restart of the host. */
export function backoff(attempt: number, random: () => number = Math.random): number {
  const ceiling = Math.min(BACKOFF_MAX_MS, BACKOFF_FIRST_MS * 2 ** attempt);
  return ceiling / 2 + (ceiling / 2) * random();
}
