// The shell's end of one sandboxed frame: it hands over a port, feeds the page and answers nothing
// that the frame asks for on its own account.

import { CallFailure } from "./failure";
import type { Command, FrameEnv, Op, Structure, ToShell, Value, WindowConfig } from "./wire";

interface PageInit {
  structure: Structure;
  css: string;
  base: string;
  route: string;
  env: FrameEnv;
  config: WindowConfig;
  hooks?: string[];
}

let calls = 1;

export class PageFrame {
  onMessage: (message: ToShell) => void = () => {};
  private port: MessagePort | null = null;
  /** Messages from before the script was there. */
  private early: unknown[] = [];
  /** Patches from before the structure was there. */
  private unrendered: Op[][] | null = [];
  private readonly answers = new Map<number, (message: Extract<ToShell, { t: "reply" }>) => void>();

  /** The document of the frame has run its script. */
  loaded(frame: HTMLIFrameElement): void {
    if (this.port || !frame.contentWindow) return;
    const { port1, port2 } = new MessageChannel();
    this.port = port1;
    port1.onmessage = (event: MessageEvent<ToShell>) => this.receive(event.data);
    // Its origin is opaque, so no origin can be named; the frame is ours and was just made.
    frame.contentWindow.postMessage({ t: "port" }, "*", [port2]);
    for (const message of this.early.splice(0)) port1.postMessage(message);
  }

  show(init: PageInit, values: Value[]): void {
    this.post({ t: "init", ...init });
    this.post({ t: "render", values });
    for (const ops of this.unrendered ?? []) this.post({ t: "patch", ops });
    this.unrendered = null;
  }

  patch(ops: Op[]): void {
    if (this.unrendered) this.unrendered.push(ops);
    else this.post({ t: "patch", ops });
  }

  env(env: FrameEnv): void {
    this.post({ t: "env", env });
  }

  visible(visible: boolean): void {
    this.post({ t: "visible", visible });
  }

  command(name: Command, args: Record<string, unknown>): void {
    this.post({ t: "command", call: 0, name, args });
  }

  /** Closes the sheet that the page has announced. */
  dismiss(): void {
    this.post({ t: "dismiss" });
  }

  ask(name: Command, args: Record<string, unknown>): Promise<unknown> {
    const call = calls++;
    return new Promise((resolve, reject) => {
      this.answers.set(call, (reply) =>
        reply.ok ? resolve(reply.result) : reject(new CallFailure(reply.error)),
      );
      this.post({ t: "command", call, name, args });
    });
  }

  close(): void {
    this.port?.close();
    this.answers.clear();
  }

  private receive(message: ToShell): void {
    if (message.t === "reply") {
      this.answers.get(message.call)?.(message);
      this.answers.delete(message.call);
    } else {
      this.onMessage(message);
    }
  }

  private post(message: unknown): void {
    if (this.port) this.port.postMessage(message);
    else this.early.push(message);
  }
}
