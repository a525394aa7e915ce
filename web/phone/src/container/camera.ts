// The camera that a page shows with <camera> or <live-pusher>. The browser lends it to the shell, and the
// shell sends the page one picture after another: the page's frame reaches no device. Whether a program may
// see through the camera is asked here once for each time that it is open.

import type { Target } from "../../../shared/protocol";
import { CallFailure } from "./failure";
import { CAMERA_EVERY_MS, CAMERA_WIDTH, SCAN_EVERY_MS } from "./limits";
import { codeIn } from "./scan";

export interface CameraRequest {
  target: Target;
  facing: "user" | "environment";
  /** Codes are looked for in what it sees. */
  scan: boolean;
}

/** What the camera needs of its app. */
export interface CameraContext {
  /** Asks the user, unless that has been done. */
  allowed(): Promise<boolean>;
  show(page: number, picture: ImageBitmap): void;
  report(page: number, target: Target, type: string, detail: object): void;
}

export class Camera {
  private page: number | null = null;
  private request: CameraRequest | null = null;
  private stream: MediaStream | null = null;
  private readonly video = document.createElement("video");
  private timers: ReturnType<typeof setTimeout>[] = [];
  /** Whoever starts or stops it ends what was begun before. */
  private turn = 0;

  constructor(private readonly context: CameraContext) {
    this.video.muted = true;
    this.video.playsInline = true;
  }

  async start(page: number, request: CameraRequest): Promise<void> {
    this.stop();
    const turn = ++this.turn;
    const { target, facing } = request;
    this.page = page;
    this.request = request;
    try {
      if (!(await this.context.allowed())) throw new CallFailure("auth deny");
      // Browsers offer it only over HTTPS.
      if (!navigator.mediaDevices) throw new CallFailure("not supported");
      const stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: facing } });
      if (turn !== this.turn) return halt(stream);
      this.stream = stream;
      this.video.srcObject = stream;
      await this.video.play();
      if (turn !== this.turn) return;
      this.context.report(page, target, "initdone", { maxZoom: 1 });
      this.send(turn);
      if (request.scan) this.look(turn);
    } catch (error) {
      if (turn !== this.turn) return;
      this.stop();
      const reason = error instanceof CallFailure ? error.message : "no camera";
      this.context.report(page, target, "error", { errMsg: `camera:fail ${reason}` });
    }
  }

  /** Of one page, or of any. */
  stop(page: number | null = this.page): void {
    if (page !== this.page) return;
    this.turn++;
    for (const timer of this.timers.splice(0)) clearTimeout(timer);
    if (this.stream) halt(this.stream);
    this.stream = null;
    this.video.srcObject = null;
    this.page = this.request = null;
  }

  /** A picture as large as the camera gives. */
  async photo(page: number, quality: unknown): Promise<Blob> {
    const { videoWidth, videoHeight } = this.video;
    if (page !== this.page || videoWidth === 0) throw new CallFailure("the camera is off");
    const canvas = document.createElement("canvas");
    canvas.width = videoWidth;
    canvas.height = videoHeight;
    const context = canvas.getContext("2d")!;
    if (this.request!.facing === "user") {
      // People know themselves from the mirror.
      context.translate(videoWidth, 0);
      context.scale(-1, 1);
    }
    context.drawImage(this.video, 0, 0);
    const share = { low: 0.5, normal: 0.75, original: 1 }[String(quality)] ?? 0.9;
    const blob = await new Promise<Blob | null>((done) => canvas.toBlob(done, "image/jpeg", share));
    if (!blob) throw new CallFailure("system error");
    return blob;
  }

  private send(turn: number): void {
    const next = async () => {
      const { videoWidth, videoHeight } = this.video;
      if (videoWidth > 0) {
        const width = Math.min(CAMERA_WIDTH, videoWidth);
        const size = {
          resizeWidth: width,
          resizeHeight: Math.round((width * videoHeight) / videoWidth),
        };
        const picture = await createImageBitmap(this.video, size).catch(() => null);
        if (turn !== this.turn) return picture?.close();
        if (picture) this.context.show(this.page!, picture);
      }
      this.timers[0] = setTimeout(() => void next(), CAMERA_EVERY_MS);
    };
    void next();
  }

  private look(turn: number): void {
    let last = "";
    const next = async () => {
      const found = this.video.videoWidth > 0 ? await codeIn(this.video).catch(() => null) : null;
      if (turn !== this.turn) return;
      // A code that stays in sight is told once.
      if (found && found.result !== last)
        this.context.report(this.page!, this.request!.target, "scancode", {
          result: found.result,
          type: found.scanType,
        });
      last = found?.result ?? "";
      this.timers[1] = setTimeout(() => void next(), SCAN_EVERY_MS);
    };
    void next();
  }
}

function halt(stream: MediaStream): void {
  for (const track of stream.getTracks()) track.stop();
}
