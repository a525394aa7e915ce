// Pictures of canvases, by the addresses that canvas.toDataURL has given the program.

import { MAX_SNAPSHOT_CHARS } from "./limits";

/** An address: the page and the number of the picture. */
const ADDRESS = /\bcanvas:\d+-\d+/g;

export class Snapshots {
  private readonly drawn = new Map<string, string>();
  private chars = 0;

  /** Beyond the limit the oldest go; elements that show one of them go on to. */
  keep(address: string, data: string): void {
    this.drawn.set(address, data);
    this.chars += data.length;
    for (const [oldest, dropped] of this.drawn) {
      if (this.chars <= MAX_SNAPSHOT_CHARS || oldest === address) break;
      this.drawn.delete(oldest);
      this.chars -= dropped.length;
    }
  }

  get(address: string): string | undefined {
    return this.drawn.get(address);
  }

  /** Whether a value names a picture that is not drawn yet. */
  awaits(value: string): boolean {
    if (!value.includes("canvas:")) return false;
    return (value.match(ADDRESS) ?? []).some((address) => !this.drawn.has(address));
  }
}
