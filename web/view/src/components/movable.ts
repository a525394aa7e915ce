import { Component } from "../component";
import type { Finger } from "../core/element";
import { MOVABLE_STEP_MS } from "../limits";
import { reducedMotion } from "../motion";

export class MovableArea extends Component {}

export class MovableView extends Component {
  private x = 0;
  private y = 0;
  private fromX = 0;
  private fromY = 0;
  private dragging = false;
  private scale = 1;
  /** Distance of two fingers and the scale when the second came down. */
  private pinch: { distance: number; scale: number } | null = null;
  private gliding = 0;
  private readonly ended = new AbortController();

  override created(): void {
    this.scale = this.scaleWithin(this.number("scale-value", 1));
  }
  override attached(): void {
    // Fingers on the area count too, where it says so: a small view is hard to pinch.
    const area = this.area;
    const surface = area?.hasAttribute("scale-area") ? area : this.el;
    if (this.flag("scale")) surface.toggleAttribute("data-pinch", true);
    const options = { passive: true, signal: this.ended.signal };
    surface.addEventListener("touchstart", (event) => this.touched(event as TouchEvent), options);
    surface.addEventListener("touchmove", (event) => this.pinched(event as TouchEvent), options);
    surface.addEventListener("touchend", () => (this.pinch = null), options);
    this.moveTo(this.px("x"), this.px("y"), "");
    // Only then it is known how much room there is.
    this.whenShown(() => this.moveTo(this.x, this.y, ""));
  }
  override changed(name: string): void {
    if ((name === "x" || name === "y") && !this.dragging) {
      this.stop();
      this.el.style.transition =
        this.flag("animation", true) && !reducedMotion() ? "transform .3s" : "";
      this.moveTo(this.px("x"), this.px("y"), "");
    } else if (name === "scale-value") {
      this.scaleTo(this.number("scale-value", 1));
    } else {
      this.draw();
    }
  }
  override detached(): void {
    this.ended.abort();
    this.stop();
  }

  override grab(): boolean {
    this.stop();
    this.fromX = this.x;
    this.fromY = this.y;
    return (
      !this.flag("disabled") && ["all", "horizontal", "vertical"].includes(this.string("direction"))
    );
  }
  override drag(finger: Finger): boolean {
    const direction = this.string("direction");
    if (this.pinch) return true;
    if (!this.dragging) {
      const [along, across] =
        direction === "vertical" ? [finger.dy, finger.dx] : [finger.dx, finger.dy];
      if (
        Math.hypot(along, across) < 4 ||
        (direction !== "all" && Math.abs(along) < Math.abs(across))
      )
        return false;
      this.dragging = true;
      this.el.style.transition = "";
      this.emit(Math.abs(finger.dx) > Math.abs(finger.dy) ? "htouchmove" : "vtouchmove");
    }
    this.moveTo(
      direction === "vertical" ? this.x : this.fromX + finger.dx,
      direction === "horizontal" ? this.y : this.fromY + finger.dy,
      "touch",
    );
    return true;
  }
  override drop(finger: Finger): void {
    if (!this.dragging) return;
    this.dragging = false;
    const direction = this.string("direction");
    if (this.flag("inertia") && !reducedMotion())
      this.glide(
        direction === "vertical" ? 0 : finger.vx,
        direction === "horizontal" ? 0 : finger.vy,
      );
    else this.bringBack();
  }

  private get area(): HTMLElement | null {
    return this.el.closest("wx-movable-area");
  }

  private px(name: string): number {
    const text = this.string(name, "0");
    const number = parseFloat(text) || 0;
    return text.endsWith("rpx") ? (number * innerWidth) / 750 : number;
  }

  // --- Movement ------------------------------------------------------------------------------------

  private within(x: number, y: number): [number, number] {
    const { area } = this;
    if (!area || area.clientWidth === 0) return [x, y];
    // It is scaled around its middle.
    const growX = (this.el.offsetWidth * (this.scale - 1)) / 2;
    const growY = (this.el.offsetHeight * (this.scale - 1)) / 2;
    const roomX = area.clientWidth - this.el.offsetWidth - growX;
    const roomY = area.clientHeight - this.el.offsetHeight - growY;
    // For a view larger than its area the bounds are exchanged.
    return [
      Math.min(Math.max(growX, roomX), Math.max(Math.min(growX, roomX), x)),
      Math.min(Math.max(growY, roomY), Math.max(Math.min(growY, roomY), y)),
    ];
  }

  private moveTo(x: number, y: number, source: string): void {
    const [inX, inY] = this.within(x, y);
    // Beyond the edge it follows the finger with a third of its way, and comes back when it is let go.
    const beyond = this.flag("out-of-bounds") && source === "touch";
    const [toX, toY] = beyond ? [inX + (x - inX) / 3, inY + (y - inY) / 3] : [inX, inY];
    if (toX === this.x && toY === this.y && source) return;
    const out = beyond && (toX !== inX || toY !== inY);
    this.x = toX;
    this.y = toY;
    this.draw();
    if (source)
      this.emit("change", { x: toX, y: toY, source: out ? "touch-out-of-bounds" : source });
  }

  /** Goes on with the speed of the finger, and slower all the time. */
  private glide(vx: number, vy: number): void {
    const friction = Math.max(0.1, this.number("friction", 2));
    let last = performance.now();
    const step = (now: number) => {
      const elapsed = Math.min(MOVABLE_STEP_MS, now - last);
      last = now;
      const slower = Math.exp((-friction * elapsed) / 400);
      vx *= slower;
      vy *= slower;
      const before = [this.x, this.y];
      this.moveTo(this.x + vx * elapsed, this.y + vy * elapsed, "friction");
      const moved = this.x !== before[0] || this.y !== before[1];
      if (Math.hypot(vx, vy) > 0.02 && moved) this.gliding = requestAnimationFrame(step);
      else this.bringBack();
    };
    this.gliding = requestAnimationFrame(step);
  }

  private stop(): void {
    cancelAnimationFrame(this.gliding);
  }

  private bringBack(): void {
    const [x, y] = this.within(this.x, this.y);
    if (x === this.x && y === this.y) return;
    this.el.style.transition = reducedMotion() ? "" : "transform .3s";
    this.moveTo(x, y, "out-of-bounds");
  }

  // --- Scale ---------------------------------------------------------------------------------------

  private scaleWithin(scale: number): number {
    return Math.min(this.number("scale-max", 10), Math.max(this.number("scale-min", 0.5), scale));
  }

  private scaleTo(scale: number): void {
    const next = this.scaleWithin(scale);
    if (next === this.scale) return;
    this.scale = next;
    [this.x, this.y] = this.within(this.x, this.y);
    this.draw();
    this.emit("scale", { x: this.x, y: this.y, scale: next });
  }

  private touched({ touches }: TouchEvent): void {
    if (touches.length !== 2 || !this.flag("scale") || this.flag("disabled")) return;
    this.pinch = { distance: distance(touches), scale: this.scale };
    this.el.style.transition = "";
  }

  private pinched({ touches }: TouchEvent): void {
    if (!this.pinch || touches.length !== 2) return;
    this.scaleTo((this.pinch.scale * distance(touches)) / Math.max(1, this.pinch.distance));
  }

  private draw(): void {
    const { scale } = this;
    this.el.style.transform = `translate(${this.x}px,${this.y}px)${scale === 1 ? "" : ` scale(${scale})`}`;
  }
}

function distance(touches: TouchList): number {
  const [a, b] = [touches[0]!, touches[1]!];
  return Math.hypot(a.clientX - b.clientX, a.clientY - b.clientY);
}
