// The shell's end of one sandboxed frame: it sends a port and the view script, then the page's content. It
// answers no other request of the frame.

import { CallFailure } from "./failure";
import { loadView, viewFile } from "./images";
import { commandNeedsExtra, structuresNeedExtra } from "../../../shared/extra";
import type {
  Command,
  DrawOps,
  FrameEnv,
  FrameNeeds,
  FrameWindow,
  Op,
  Regions,
  Structure,
  ToShell,
  Value,
} from "../../../shared/protocol";

interface PageInit {
  structure: Structure;
  components?: Structure[];
  css: string;
  base: string;
  route: string;
  env: FrameEnv;
  config: FrameWindow;
  hooks?: string[];
}

let calls = 1;

/** Stands among the messages where the second script has to be there. */
const EXTRA = Symbol("second script");

export class PageFrame {
  onMessage: (message: ToShell) => void = () => {};
  /** The view script could not be fetched for the page. */
  onUnreachable: () => void = () => {};
  private port: MessagePort | null = null;
  /** What the frame's document has asked for, until its view script runs. */
  private needs: FrameNeeds | null = null;
  private running = false;
  /** Messages that wait for a script: they leave in the order in which they came. */
  private readonly waiting: unknown[] = [];
  /** The address of the second script, when the frame's document names one. */
  private extra: string | undefined;
  private extraWanted = false;
  private extraUnderWay = false;
  /** Messages from before the structure was there. */
  private unrendered: unknown[] | null = [];
  private readonly answers = new Map<number, (message: Extract<ToShell, { t: "reply" }>) => void>();

  /** The document of the frame is there. */
  loaded(frame: HTMLIFrameElement): void {
    if (this.port || !frame.contentWindow) return;
    const { port1, port2 } = new MessageChannel();
    this.port = port1;
    port1.onmessage = (event: MessageEvent<ToShell | FrameNeeds>) => this.receive(event.data);
    // Its origin is opaque, so no origin can be named; the frame is ours and was just made.
    frame.contentWindow.postMessage({ t: "port" }, "*", [port2]);
  }

  /** Brings the view script. A frame that waits for a page may try again when it gets one. */
  private async run(needs: FrameNeeds): Promise<void> {
    this.needs = null;
    this.extra = needs.extra;
    try {
      const files = await loadView(needs);
      this.port?.postMessage(files);
      this.running = true;
      this.flush();
    } catch {
      if (this.unrendered) this.needs = needs;
      else this.onUnreachable();
    }
  }

  /** Brings the second script, once: what follows is sent when it is there. */
  private needExtra(): void {
    if (this.extraWanted) return;
    this.extraWanted = true;
    this.post(EXTRA);
  }

  private async bringExtra(path: string): Promise<void> {
    this.extraUnderWay = true;
    try {
      this.port?.postMessage({ t: "extra", script: await viewFile(path) });
    } catch {
      this.onUnreachable();
      return;
    }
    this.extraUnderWay = false;
    this.flush();
  }

  show(init: PageInit, values: Value[]): void {
    if (structuresNeedExtra([init.structure, ...(init.components ?? [])])) this.needExtra();
    this.post({ t: "init", ...init });
    this.post({ t: "render", values });
    for (const message of this.unrendered ?? []) this.post(message);
    this.unrendered = null;
    if (this.needs) void this.run(this.needs);
  }

  patch(ops: Op[]): void {
    this.postShown({ t: "patch", ops });
  }

  draw(ops: DrawOps): void {
    this.postShown({ t: "draw", ops }, true);
  }

  env(env: FrameEnv): void {
    this.post({ t: "env", env });
  }

  visible(visible: boolean): void {
    this.post({ t: "visible", visible });
  }

  command(name: Command, args: Record<string, unknown>): void {
    this.postShown({ t: "command", call: 0, name, args });
  }

  /** What the camera sees. The picture goes over: the frame closes it. */
  camera(picture: ImageBitmap): void {
    if (this.running) this.port?.postMessage({ t: "camera", picture }, [picture]);
    else picture.close();
  }

  regions(regions: Regions | null): void {
    this.post({ t: "regions", regions });
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
      this.postShown({ t: "command", call, name, args }, commandNeedsExtra(name));
    });
  }

  close(): void {
    // A script that is still under way is needed no more.
    this.onUnreachable = () => {};
    this.port?.close();
    for (const [call, answer] of this.answers)
      answer({ t: "reply", call, ok: false, error: "page is gone" });
    this.answers.clear();
  }

  private receive(message: ToShell | FrameNeeds): void {
    if (message.t === "needs") {
      if (!this.running) void this.run(message);
    } else if (message.t === "reply") {
      this.answers.get(message.call)?.(message);
      this.answers.delete(message.call);
    } else {
      this.onMessage(message);
    }
  }

  /** Sends what is about the content of the page, once that is there. */
  private postShown(message: unknown, needsExtra = false): void {
    if (needsExtra) this.needExtra();
    if (this.unrendered) this.unrendered.push(message);
    else this.post(message);
  }

  private post(message: unknown): void {
    this.waiting.push(message);
    this.flush();
  }

  private flush(): void {
    while (this.running && !this.extraUnderWay && this.waiting.length > 0) {
      const message = this.waiting.shift();
      if (message !== EXTRA) this.port?.postMessage(message);
      else if (this.extra !== undefined) void this.bringExtra(this.extra);
    }
  }
}
