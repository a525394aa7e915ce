// The connection of an open app to its session on the host: the websocket, and what the user sees of its
// state.

import { api, socketURL } from "../services";
import { Store } from "../state/store";
import type { FromHost, ToHost } from "../../../shared/protocol";
import { SILENT_RECONNECT_MS } from "./limits";
import { Session, type LineState } from "./session";

/** What the connection needs of the open app. */
export interface LineContext {
  /** The open frame; asked for at every connection, because the frame's size may have changed. */
  open(): ToHost;
  receive(frame: FromHost): void;
  failed(code: string, message: string): void;
}

export class Line {
  /** The connection has been broken for so long that the user is told. */
  readonly lost = new Store(false);
  private session: Session | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly context: LineContext) {}

  start(): void {
    const { context } = this;
    this.session = new Session({
      url: socketURL("/open"),
      token: (fresh) => api.accessToken(fresh),
      open: () => context.open(),
      onFrame: (frame) => context.receive(frame),
      onState: (state) => this.changed(state),
      onFailure: (code, message) => context.failed(code, message),
    });
    this.session.start();
  }

  stop(): void {
    this.session?.stop();
    this.session = null;
  }

  send(frame: ToHost): void {
    this.session?.send(frame);
  }

  private changed(state: LineState): void {
    clearTimeout(this.timer);
    this.lost.set(false);
    if (state === "lost") this.timer = setTimeout(() => this.lost.set(true), SILENT_RECONNECT_MS);
  }
}
