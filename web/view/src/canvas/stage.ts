// Draws what the logic layer has noted: the canvases of one page, and those out of sight. Commands are
// played in the order of their arrival; one that needs a picture waits for it, and the others with it.

import { CANVAS_OPS, type DrawOps, type Value } from "../../../shared/protocol";
import { DRAWS_PER_REPORT, MAX_CANVAS_SIDE } from "../limits";

type Source = HTMLImageElement | HTMLCanvasElement;

export interface Surface {
  canvas: HTMLCanvasElement;
  ctx: CanvasRenderingContext2D;
  /** Points of the canvas per CSS px. Above 1 only in the older interface, which draws in CSS px. */
  ratio: number;
  /** How often the program saved the state without restoring it. */
  depth: number;
  /** Of the older interface: every drawing begins with the first state. */
  old: boolean;
}

/** What the stage needs of its page. */
export interface StageHost {
  /** The canvas of an element, and of the one with the old canvas-id. */
  element(inst: number, id: number): HTMLCanvasElement | null;
  named(canvasId: string): HTMLCanvasElement | null;
  /** The address of a picture, or null when this frame may not fetch it. */
  address(src: string): string | null;
  /** A picture of a canvas, with the address that the program knows it by. */
  snapshot(name: string, url: string): void;
  /** Tells the program about a picture that it wants to draw. */
  loaded(detail: object): void;
  /** Tells how many batches of commands have been drawn. */
  drawn(batches: number): void;
}

export class Stage {
  private readonly surfaces = new Map<number, Surface>();
  private readonly pictures = new Map<number, HTMLImageElement>();
  private readonly needed = new Map<string, HTMLImageElement>();
  private waiting: { ops: DrawOps; at: number; current: Surface | null }[] = [];
  private readonly idle: (() => void)[] = [];
  private playing = false;
  private batches = 0;

  constructor(private readonly host: StageHost) {}

  draw(ops: DrawOps): void {
    this.waiting.push({ ops, at: 0, current: null });
    if (!this.playing) this.play();
  }

  /** Everything that has arrived so far is drawn. */
  settled(): Promise<void> {
    return this.playing ? new Promise((done) => this.idle.push(done)) : Promise.resolve();
  }

  surface(number: number): Surface | undefined {
    return this.surfaces.get(number);
  }

  private play(): void {
    this.playing = true;
    for (let batch = this.waiting[0]; batch; batch = this.waiting[0]) {
      const missing = this.run(batch);
      if (missing) {
        missing.then(() => this.play());
        return;
      }
      this.waiting.shift();
      // An error in one batch must not end the page; the program is told that the batch is done.
      if (++this.batches % DRAWS_PER_REPORT === 0) this.host.drawn(this.batches);
    }
    this.playing = false;
    for (const done of this.idle.splice(0)) done();
  }

  /** Plays a batch up to a picture that is not there yet, and returns when it will be. */
  private run(batch: Stage["waiting"][number]): Promise<unknown> | null {
    const { ops } = batch;
    while (batch.at < ops.length) {
      const op = CANVAS_OPS[ops[batch.at] as number];
      if (!op) {
        batch.at = ops.length; // What follows cannot be read.
        return null;
      }
      const [name, count] = op;
      const args = ops.slice(batch.at + 1, batch.at + 1 + count);
      batch.at += 1 + count;
      if (name === "need") {
        const picture = this.need(String(args[0]));
        if (!picture.complete) return picture.decode().catch(() => {});
      } else if (name === "use") {
        batch.current = this.surfaces.get(args[0] as number) ?? null;
      } else if (!this.manage(name, args, batch.current) && batch.current) {
        try {
          this.command(name, args, batch.current);
        } catch {
          // Values that a browser refuses, such as a negative radius: the command draws nothing.
        }
      }
    }
    return null;
  }

  // --- Surfaces and pictures -----------------------------------------------------------------------

  private snapshot(canvas: HTMLCanvasElement, [name, kind, quality]: Value[]): void {
    const { width, height } = canvas;
    // An empty canvas has no picture; "data:," is what browsers give.
    const url =
      width * height === 0
        ? "data:,"
        : canvas.toDataURL(
            String(kind) || "image/png",
            typeof quality === "number" ? quality : undefined,
          );
    this.host.snapshot(String(name), url);
  }

  private manage(name: string, args: Value[], current: Surface | null): boolean {
    switch (name) {
      case "element":
        this.add(args[0], this.host.element(Number(args[1]), Number(args[2])), false);
        return true;
      case "placed":
        this.add(args[0], this.host.element(Number(args[1]), Number(args[2])), true);
        return true;
      case "named":
        this.add(args[0], this.host.named(String(args[1])), true);
        return true;
      case "offscreen": {
        const canvas = document.createElement("canvas");
        canvas.width = side(args[1]);
        canvas.height = side(args[2]);
        this.add(args[0], canvas, false);
        return true;
      }
      case "image":
        this.load(Number(args[0]), String(args[1]));
        return true;
      case "resize":
        if (current) {
          current.canvas.width = side(args[0]);
          current.canvas.height = side(args[1]);
          current.depth = 0;
          prepare(current.ctx);
        }
        return true;
      case "snapshot":
        if (current) this.snapshot(current.canvas, args);
        return true;
      case "begin":
        if (current) begin(current, args[0] !== 1);
        return true;
    }
    return false;
  }

  private add(number: Value | undefined, canvas: HTMLCanvasElement | null, old: boolean): void {
    const ctx = canvas?.getContext("2d");
    this.surfaces.delete(Number(number));
    if (!canvas || !ctx) return;
    const ratio = old ? devicePixelRatio || 1 : 1;
    const surface = { canvas, ctx, ratio, depth: 0, old };
    this.surfaces.set(Number(number), surface);
    prepare(ctx);
    if (old) ctx.save();
  }

  private load(number: number, src: string): void {
    let picture = this.pictures.get(number);
    if (picture) picture.onload = picture.onerror = null;
    picture = new Image();
    this.pictures.set(number, picture);
    const tell = (ok: boolean) => {
      const { naturalWidth: width, naturalHeight: height } = picture;
      this.host.loaded({ number, src: src.slice(0, 200), ok, width, height });
    };
    picture.onload = () => tell(true);
    picture.onerror = () => tell(false);
    this.point(picture, src);
  }

  private need(src: string): HTMLImageElement {
    let picture = this.needed.get(src);
    if (!picture) {
      picture = new Image();
      this.needed.set(src, picture);
      this.point(picture, src);
    }
    return picture;
  }

  private point(picture: HTMLImageElement, src: string): void {
    const address = this.host.address(src);
    // Without this the canvas could not be read any more.
    picture.crossOrigin = "anonymous";
    if (address) picture.src = address;
    else picture.onerror?.("");
  }

  private source(value: Value | undefined): Source | null {
    const found =
      typeof value === "string"
        ? this.needed.get(value)
        : (this.pictures.get(Number(value)) ?? this.surfaces.get(Number(value))?.canvas);
    if (!found) return null;
    const ready =
      found instanceof HTMLImageElement ? found.naturalWidth : found.width * found.height;
    return ready > 0 ? found : null;
  }

  // --- Commands ------------------------------------------------------------------------------------

  private command(name: string, args: Value[], surface: Surface): void {
    const { ctx, ratio } = surface;
    switch (name) {
      case "save":
        surface.depth++;
        ctx.save();
        return;
      case "restore":
        if (surface.depth === 0) return;
        surface.depth--;
        ctx.restore();
        return;
      case "setTransform": {
        const [a = 1, b = 0, c = 0, d = 1, e = 0, f = 0] = args.map(Number);
        ctx.setTransform(a * ratio, b * ratio, c * ratio, d * ratio, e * ratio, f * ratio);
        return;
      }
      case "fillStyle":
      case "strokeStyle": {
        const paint = this.paint(args[0]!, ctx);
        if (paint !== null) ctx[name] = paint;
        return;
      }
      case "lineDash":
        ctx.setLineDash(numbers(args[0]));
        return;
      case "imageSmoothingEnabled":
        ctx.imageSmoothingEnabled = args[0] === 1;
        return;
      case "fill":
      case "clip":
        ctx[name](args[0] === "evenodd" ? "evenodd" : "nonzero");
        return;
      case "stroke":
        ctx.stroke();
        return;
      case "fillPath":
        ctx.fill(pathOf(args[0]), args[1] === "evenodd" ? "evenodd" : "nonzero");
        return;
      case "clipPath":
        ctx.clip(pathOf(args[0]), args[1] === "evenodd" ? "evenodd" : "nonzero");
        return;
      case "strokePath":
        ctx.stroke(pathOf(args[0]));
        return;
      case "fillText":
      case "strokeText": {
        const [text, x, y, most] = args;
        if (typeof most === "number") ctx[name](String(text), Number(x), Number(y), most);
        else ctx[name](String(text), Number(x), Number(y));
        return;
      }
      case "drawImage":
      case "drawImageSized":
      case "drawImagePart": {
        const source = this.source(args[0]);
        if (source) ctx.drawImage(source, ...(args.slice(1) as [number, number]));
        return;
      }
      case "putImageData":
        putImageData(ctx, args);
        return;
    }
    if (STYLES.has(name)) (ctx as unknown as Record<string, Value>)[name] = args[0]!;
    else trace(ctx, name, args);
  }

  /** A colour, a gradient or a pattern; null for a pattern whose picture is not there. */
  private paint(
    value: Value,
    ctx: CanvasRenderingContext2D,
  ): string | CanvasGradient | CanvasPattern | null {
    if (!Array.isArray(value)) return String(value);
    const [kind, ...rest] = value;
    if (kind === "pattern") {
      const source = this.source(rest[0]);
      return source && ctx.createPattern(source, String(rest[1]));
    }
    const count = kind === "linear" ? 4 : kind === "radial" ? 6 : 3;
    const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0] = rest.slice(0, count).map(Number);
    const gradient =
      kind === "linear"
        ? ctx.createLinearGradient(a, b, c, d)
        : kind === "radial"
          ? ctx.createRadialGradient(a, b, c, d, e, f)
          : ctx.createConicGradient(a, b, c);
    for (let at = count; at + 1 < rest.length; at += 2) {
      try {
        gradient.addColorStop(Number(rest[at]), String(rest[at + 1]));
      } catch {
        // Not a colour in this browser; the others count.
      }
    }
    return gradient;
  }
}

const STYLES: ReadonlySet<string> = new Set([
  "lineWidth",
  "lineCap",
  "lineJoin",
  "miterLimit",
  "lineDashOffset",
  "font",
  "textAlign",
  "textBaseline",
  "direction",
  "globalAlpha",
  "globalCompositeOperation",
  "shadowColor",
  "shadowBlur",
  "shadowOffsetX",
  "shadowOffsetY",
  "imageSmoothingQuality",
  "filter",
]);

/** Methods of a context that have numbers for arguments; those of paths are on Path2D too. */
const TRACED: ReadonlySet<string> = new Set([
  "translate",
  "rotate",
  "scale",
  "transform",
  "beginPath",
  "closePath",
  "moveTo",
  "lineTo",
  "quadraticCurveTo",
  "bezierCurveTo",
  "arc",
  "arcTo",
  "ellipse",
  "rect",
  "roundRect",
  "fillRect",
  "strokeRect",
  "clearRect",
]);

function trace(on: CanvasRenderingContext2D | Path2D, name: string, args: Value[]): void {
  if (!TRACED.has(name) || !(name in on)) return;
  // A number that was none travels as null, and a browser draws nothing then.
  if (args.includes(null)) return;
  const method = (on as unknown as Record<string, (...args: unknown[]) => void>)[name]!;
  const turns = name === "arc" || name === "ellipse";
  const values = name === "roundRect" ? [...args.slice(0, 4), radii(args[4])] : args;
  method.apply(on, turns ? [...args.slice(0, -1), args.at(-1) === 1] : values);
}

function radii(value: Value | undefined): number[] {
  const list = numbers(value);
  return list.length > 0 ? list : [0];
}

function pathOf(value: Value | undefined): Path2D {
  const path = new Path2D();
  const ops = Array.isArray(value) ? value : [];
  for (let at = 0; at < ops.length; ) {
    const op = CANVAS_OPS[ops[at] as number];
    if (!op) break;
    const [name, count] = op;
    const args = ops.slice(at + 1, at + 1 + count);
    at += 1 + count;
    try {
      if (name === "svg") path.addPath(new Path2D(String(args[0])));
      else trace(path, name, args);
    } catch {
      // A negative radius: this part draws nothing.
    }
  }
  return path;
}

/** Pairs of letters are not moved together: the logic layer measures text without the browser, and what
    it finds must be what is drawn. */
function prepare(ctx: CanvasRenderingContext2D): void {
  ctx.fontKerning = "none";
}

function begin(surface: Surface, empty: boolean): void {
  const { ctx, canvas, ratio } = surface;
  for (; surface.depth > 0; surface.depth--) ctx.restore();
  ctx.restore();
  ctx.save();
  ctx.setTransform(ratio, 0, 0, ratio, 0, 0);
  ctx.beginPath();
  prepare(ctx);
  if (empty) ctx.clearRect(0, 0, canvas.width, canvas.height);
}

function putImageData(ctx: CanvasRenderingContext2D, args: Value[]): void {
  const [width = 0, height = 0, x = 0, y = 0, ...dirty] = args.slice(1).map(Number);
  const data = Uint8ClampedArray.from(atob(String(args[0])), (letter) => letter.charCodeAt(0));
  const [dx = 0, dy = 0, dw = width, dh = height] = dirty;
  ctx.putImageData(new ImageData(data, width, height), x, y, dx, dy, dw, dh);
}

function numbers(value: Value | undefined): number[] {
  return Array.isArray(value) ? value.map(Number) : [];
}

function side(value: Value | undefined): number {
  return Math.max(0, Math.min(MAX_CANVAS_SIDE, Number(value) || 0));
}
