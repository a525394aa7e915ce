// What a program may get from a canvas: a picture of it as a file, and its points.

import { MAX_CANVAS_SIDE } from "../limits";
import type { Value } from "../../../shared/protocol";
import type { Surface } from "./stage";

type Args = Record<string, Value>;

/** A part of the canvas, in CSS px of the older interface or points of the newer. */
function box({ canvas, ratio }: Surface, args: Args) {
  const number = (name: string, otherwise: number) =>
    typeof args[name] === "number" ? (args[name] as number) : otherwise;
  const x = number("x", 0);
  const y = number("y", 0);
  const width = number("width", canvas.width / ratio - x);
  const height = number("height", canvas.height / ratio - y);
  return { x, y, width, height, number };
}

const side = (px: number) => Math.max(1, Math.min(MAX_CANVAS_SIDE, Math.round(px)));

export async function pictureOf(surface: Surface, args: Args): Promise<Blob> {
  const { x, y, width, height, number } = box(surface, args);
  const { ratio } = surface;
  const made = document.createElement("canvas");
  made.width = side(number("destWidth", width * ratio));
  made.height = side(number("destHeight", height * ratio));
  const ctx = made.getContext("2d")!;
  const jpeg = args.fileType === "jpg";
  if (jpeg) {
    // What is transparent is black in the vendor's client too, where JPEG has no such thing.
    ctx.fillStyle = "#000";
    ctx.fillRect(0, 0, made.width, made.height);
  }
  const from = [x, y, width, height].map((px) => px * ratio) as [number, number, number, number];
  if (surface.canvas.width > 0 && surface.canvas.height > 0)
    ctx.drawImage(surface.canvas, ...from, 0, 0, made.width, made.height);
  return new Promise((resolve, reject) =>
    made.toBlob(
      (blob) => (blob ? resolve(blob) : reject(new Error("the canvas is empty"))),
      jpeg ? "image/jpeg" : "image/png",
      number("quality", 1),
    ),
  );
}

/** The points as base64. On a dense screen the older interface has several for each; it gets one. */
export function pointsOf(surface: Surface, args: Args): string {
  const { x, y, width, height } = box(surface, args);
  let { ctx } = surface;
  let at: [number, number] = [x, y];
  if (surface.ratio !== 1) {
    const made = document.createElement("canvas");
    made.width = side(width);
    made.height = side(height);
    ctx = made.getContext("2d")!;
    const { ratio } = surface;
    const from = [x, y, width, height].map((px) => px * ratio) as [number, number, number, number];
    ctx.drawImage(surface.canvas, ...from, 0, 0, made.width, made.height);
    at = [0, 0];
  }
  const { data } = ctx.getImageData(...at, side(width), side(height));
  let text = "";
  // In parts, because a call takes only so many arguments.
  for (let from = 0; from < data.length; from += 8192)
    text += String.fromCharCode(...data.subarray(from, from + 8192));
  return btoa(text);
}
