// The microphone of an open app: one recording at a time, kept by the host when it ends.

import type { Report } from "./device";
import { MAX_RECORDING_MS } from "./limits";

/** Keeps a file for the app: its path, and its size. */
export type Keep = (file: File) => Promise<{ path: string; size: number }>;

export class Recorder {
  private recorder: MediaRecorder | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly report: Report,
    private readonly keep: Keep,
  ) {}

  async start(duration: number): Promise<void> {
    if (this.recorder) return this.fail("is recording");
    try {
      const stream = await navigator.mediaDevices.getUserMedia({ audio: true });
      const parts: Blob[] = [];
      const recorder = new MediaRecorder(stream);
      this.recorder = recorder;
      const started = performance.now();
      recorder.ondataavailable = (event) => parts.push(event.data);
      recorder.onpause = () => this.tell("Pause");
      recorder.onresume = () => this.tell("Resume");
      recorder.onstop = () => {
        for (const track of stream.getTracks()) track.stop();
        clearTimeout(this.timer);
        this.recorder = null;
        void this.kept(new Blob(parts, { type: recorder.mimeType }), performance.now() - started);
      };
      recorder.start();
      const most = Math.min(MAX_RECORDING_MS, Math.max(1000, duration || 60_000));
      this.timer = setTimeout(() => this.stop(), most);
      this.tell("Start");
    } catch (error) {
      this.fail(refused(error) ? "auth deny" : "not supported");
    }
  }

  pause(): void {
    if (this.recorder?.state === "recording") this.recorder.pause();
  }

  resume(): void {
    if (this.recorder?.state === "paused") this.recorder.resume();
  }

  stop(): void {
    if (this.recorder && this.recorder.state !== "inactive") this.recorder.stop();
  }

  private async kept(blob: Blob, duration: number): Promise<void> {
    const [, kind = "webm"] = /^audio\/(\w+)/.exec(blob.type) ?? [];
    try {
      const { path, size } = await this.keep(
        new File([blob], `record.${kind}`, { type: blob.type }),
      );
      this.tell("Stop", { tempFilePath: path, duration: Math.round(duration), fileSize: size });
    } catch {
      this.fail("the recording could not be kept");
    }
  }

  private tell(event: string, more: object = {}): void {
    this.report("recorder", { event, ...more });
  }

  private fail(reason: string): void {
    this.tell("Error", { errMsg: `operateRecorder:fail ${reason}` });
  }
}

const refused = (error: unknown) =>
  error instanceof DOMException && error.name === "NotAllowedError";
