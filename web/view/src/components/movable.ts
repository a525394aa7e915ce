import { Component, type Finger } from "../component";

export class MovableArea extends Component {}

export class MovableView extends Component {
  private x = 0;
  private y = 0;
  private fromX = 0;
  private fromY = 0;
  private dragging = false;

  override created(): void {
    this.el.style.touchAction =
      { all: "none", horizontal: "pan-y", vertical: "pan-x" }[this.string("direction")] ?? "";
  }
  override attached(): void {
    this.moveTo(this.px("x"), this.px("y"), "");
  }
  override changed(name: string): void {
    if ((name === "x" || name === "y") && !this.dragging)
      this.moveTo(this.px("x"), this.px("y"), "");
    else this.draw();
  }

  override grab(): boolean {
    this.fromX = this.x;
    this.fromY = this.y;
    return (
      !this.flag("disabled") && ["all", "horizontal", "vertical"].includes(this.string("direction"))
    );
  }
  override drag(finger: Finger): boolean {
    const direction = this.string("direction");
    if (!this.dragging) {
      const [along, across] =
        direction === "vertical" ? [finger.dy, finger.dx] : [finger.dx, finger.dy];
      if (
        Math.hypot(along, across) < 4 ||
        (direction !== "all" && Math.abs(along) < Math.abs(across))
      )
        return false;
      this.dragging = true;
    }
    this.moveTo(
      direction === "vertical" ? this.x : this.fromX + finger.dx,
      direction === "horizontal" ? this.y : this.fromY + finger.dy,
      "touch",
    );
    return true;
  }
  override drop(): void {
    this.dragging = false;
  }

  private px(name: string): number {
    const text = this.string(name, "0");
    const number = parseFloat(text) || 0;
    return text.endsWith("rpx") ? (number * innerWidth) / 750 : number;
  }

  private moveTo(x: number, y: number, source: string): void {
    const area = this.el.closest("wx-movable-area");
    if (area && !this.flag("out-of-bounds")) {
      const [roomX, roomY] = [
        area.clientWidth - this.el.offsetWidth,
        area.clientHeight - this.el.offsetHeight,
      ];
      // For a view larger than its area the bounds are exchanged.
      x = Math.min(Math.max(0, roomX), Math.max(Math.min(0, roomX), x));
      y = Math.min(Math.max(0, roomY), Math.max(Math.min(0, roomY), y));
    }
    if (x === this.x && y === this.y && source) return;
    this.x = x;
    this.y = y;
    this.draw();
    if (source) this.emit("change", { x, y, source });
  }

  private draw(): void {
    const scale = this.number("scale-value", 1);
    this.el.style.transform = `translate(${this.x}px,${this.y}px)${scale === 1 ? "" : ` scale(${scale})`}`;
  }
}
