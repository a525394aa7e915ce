// The ground of a map: square pictures of the world from the source that the operator has named. They come
// through the host, since this frame may ask nobody else and the source learns nothing of the user.

import { part } from "../component";
import { MAP_TILES } from "../limits";
import type { MapSource } from "../../../shared/protocol";
import { TILE_PX } from "./mercator";

export class Tiles {
  readonly el = part("map-tiles");
  readonly credit: HTMLElement;
  /** By zoom, column and row. */
  private readonly shown = new Map<string, HTMLImageElement>();

  constructor(private readonly source: MapSource) {
    this.credit = part("map-credit", source.attribution);
  }

  /** Draws the world whose upper left corner is at `origin` px of an element. */
  draw([left, top]: [number, number], scale: number, box: HTMLElement): void {
    const zoom = Math.max(0, Math.min(this.source.max_zoom, Math.round(scale)));
    const size = TILE_PX * 2 ** (scale - zoom);
    const count = 2 ** zoom;
    const first = (edge: number) => Math.floor(-edge / size);
    const wanted = new Set<string>();
    for (
      let row = Math.max(0, first(top));
      row < count && top + row * size < box.clientHeight;
      row++
    )
      for (let at = first(left); left + at * size < box.clientWidth; at++) {
        if (wanted.size >= MAP_TILES) break;
        // East of the last column is the first one again.
        const column = ((at % count) + count) % count;
        const key = `${zoom}/${at}/${row}`;
        wanted.add(key);
        const tile = this.shown.get(key) ?? this.load(key, `${zoom}/${column}/${row}`);
        const { style } = tile;
        // A px more, or lines of the ground show between tiles.
        style.width = style.height = `${size + 1}px`;
        style.transform = `translate(${left + at * size}px,${top + row * size}px)`;
      }
    for (const [key, tile] of this.shown) {
      if (wanted.has(key)) continue;
      tile.remove();
      this.shown.delete(key);
    }
  }

  private load(key: string, address: string): HTMLImageElement {
    const tile = document.createElement("img");
    tile.alt = "";
    tile.draggable = false;
    // Without its picture the plain ground shows.
    tile.onerror = () => (tile.style.visibility = "hidden");
    tile.src = `/map/tiles/${address}`;
    this.shown.set(key, tile);
    this.el.append(tile);
    return tile;
  }
}
