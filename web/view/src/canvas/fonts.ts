// How wide the letters of the standard fonts are. The logic layer measures text without the browser, and
// needs the table for that.

const FAMILIES = ["sans-serif", "serif", "monospace"];
const WEIGHTS = [400, 700];
/** From the space to the end of Latin-1. */
const FIRST = 0x20;
const LAST = 0xff;
/** Fonts are measured at this size, so that widths are thousandths of it. */
const SIZE = 1000;

let table: object | null = null;

export function measuredFonts(): object {
  if (table) return table;
  const ctx = document.createElement("canvas").getContext("2d")!;
  const widthOf = (text: string) => Math.round(ctx.measureText(text).width);
  const widths: Record<string, number[]> = {};
  for (const family of FAMILIES) {
    for (const weight of WEIGHTS) {
      ctx.font = `${weight} ${SIZE}px ${family}`;
      const list: number[] = [];
      for (let code = FIRST; code <= LAST; code++) list.push(widthOf(String.fromCharCode(code)));
      widths[`${family} ${weight}`] = list;
    }
  }
  ctx.font = `${SIZE}px sans-serif`;
  const metrics = ctx.measureText("x");
  table = {
    widths,
    Wide: widthOf("国"),
    Emoji: widthOf("😀"),
    Other: widthOf("д"),
    Ascent: Math.round(metrics.fontBoundingBoxAscent),
    Descent: Math.round(metrics.fontBoundingBoxDescent),
  };
  return table;
}
