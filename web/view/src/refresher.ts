// Pull down to refresh, for the page and for scroll views: three dots in a band above the content,
// which opens as the finger pulls.

import { PULL_BAND_PX, PULL_THRESHOLD_PX } from "./limits";
import { part } from "./component";

export interface RefresherEvents {
  /** Moves the content down by `px`; `eased` is true when no finger holds it. */
  shift(px: number, eased: boolean): void;
  pulling?(px: number): void;
  refresh(): void;
  restore?(): void;
  abort?(): void;
}

export class Refresher {
  readonly band = part("pull", part("pull-dot"), part("pull-dot"), part("pull-dot"));
  threshold = PULL_THRESHOLD_PX;
  refreshing = false;
  private pulling = false;

  constructor(private readonly on: RefresherEvents) {
    this.band.setAttribute("aria-hidden", "true");
  }

  /** Returns true while the refresher handles the pull. `atTop`: the content is scrolled to its top. */
  drag(dy: number, dx: number, atTop: boolean): boolean {
    if (this.refreshing) return false;
    if (!this.pulling) {
      if (!atTop || dy < 8 || Math.abs(dx) > dy) return false;
      this.pulling = true;
    }
    // The content moves half as far as the finger.
    const px = Math.max(0, Math.min(120, (dy - 8) * 0.5));
    this.band.style.setProperty("--pulled", String(Math.min(1, px / this.threshold)));
    this.on.shift(px, false);
    this.on.pulling?.(px);
    return true;
  }

  drop(dy: number): void {
    if (!this.pulling) return;
    this.pulling = false;
    if ((dy - 8) * 0.5 >= this.threshold) {
      this.start();
      this.on.refresh();
    } else {
      this.close();
      this.on.abort?.();
    }
  }

  /** Shows the refreshing state; the app ends it. */
  start(): void {
    this.refreshing = true;
    this.band.classList.add("wx-busy");
    this.band.style.setProperty("--pulled", "1");
    this.on.shift(PULL_BAND_PX, true);
  }

  stop(): void {
    if (!this.refreshing) return;
    this.refreshing = false;
    this.band.classList.remove("wx-busy");
    this.close();
    this.on.restore?.();
  }

  private close(): void {
    this.band.style.setProperty("--pulled", "0");
    this.on.shift(0, true);
  }
}
