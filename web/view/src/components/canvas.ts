// <canvas>: a drawing surface. What is drawn on it comes by way of canvas/stage.ts.

import { Component, part } from "../component";

export class Canvas extends Component {
  readonly surface = document.createElement("canvas");
  private observer: ResizeObserver | null = null;

  override created(): void {
    // Of the older interface, which draws in CSS px, the surface follows the size of the element.
    if (this.string("type") === "") {
      this.observer = new ResizeObserver(() => this.fit());
      this.observer.observe(this.el);
    } else {
      this.surface.width = 300;
      this.surface.height = 150;
    }
    this.surface.className = "wx-part";
    this.slot = part("media-content");
    this.el.append(this.surface, this.slot);
    this.name();
    this.el.addEventListener(
      "touchmove",
      (event) => {
        if (this.flag("disable-scroll") && event.cancelable) event.preventDefault();
      },
      { passive: false },
    );
  }

  override attached(): void {
    if (this.observer) this.fit();
    this.page.drawsText();
  }

  override changed(name: string): void {
    if (name === "aria-label") this.name();
  }

  override detached(): void {
    this.observer?.disconnect();
  }

  /** Nobody can read a picture aloud; the program says what it shows. */
  private name(): void {
    const label = this.string("aria-label");
    this.surface.setAttribute("role", "img");
    if (label) this.surface.setAttribute("aria-label", label);
    else this.surface.setAttribute("aria-hidden", "true");
  }

  /** Fits the surface to the element and keeps what is drawn. */
  private fit(): void {
    const ratio = devicePixelRatio || 1;
    const { clientWidth, clientHeight } = this.el;
    const width = Math.round(clientWidth * ratio);
    const height = Math.round(clientHeight * ratio);
    const { surface } = this;
    if (width * height === 0 || (surface.width === width && surface.height === height)) return;
    const before = document.createElement("canvas");
    before.width = surface.width;
    before.height = surface.height;
    before.getContext("2d")!.drawImage(surface, 0, 0);
    surface.width = width;
    surface.height = height;
    surface.getContext("2d")!.drawImage(before, 0, 0);
  }
}
