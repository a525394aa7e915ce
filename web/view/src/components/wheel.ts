// One column of a picker: a scroller that snaps to its rows. The browser handles touch, mouse
// wheel, clicks and keys.

/** The scroll has ended when it did not move for this long. */
const REST_MS = 120;

export class Wheel {
  readonly el = document.createElement("div");
  index = 0;
  private placed = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly turned: (index: number) => void,
    private readonly turning: (moving: boolean) => void = () => {},
  ) {
    this.el.className = "wx-part wx-wheel";
    this.el.tabIndex = 0;
    this.el.setAttribute("role", "spinbutton");
    this.el.addEventListener(
      "scroll",
      () => {
        clearTimeout(this.timer);
        // Where the app has put it is no move of the user's.
        if (this.el.scrollTop !== this.placed) this.turning(true);
        this.timer = setTimeout(() => this.rest(), REST_MS);
      },
      { passive: true },
    );
    this.el.addEventListener("click", (event) => {
      const row = [...this.el.children].findIndex((child) => child.contains(event.target as Node));
      if (row >= 0) this.turn(row);
    });
    this.el.addEventListener("keydown", (event) => {
      const step = { ArrowDown: 1, ArrowUp: -1, PageDown: 5, PageUp: -5 }[event.key];
      if (!step) return;
      event.preventDefault();
      this.turn(this.clamp(this.index + step));
    });
  }

  fill(rows: string[]): void {
    if (
      rows.length === this.el.children.length &&
      rows.every((row, i) => row === this.el.children[i]!.textContent)
    )
      return;
    this.el.replaceChildren(
      ...rows.map((row) => {
        const el = document.createElement("div");
        el.textContent = row;
        return el;
      }),
    );
    this.index = this.clamp(this.index);
    this.show(this.index);
  }

  /** Shows a row without an event. */
  show(index: number): void {
    this.index = this.clamp(index);
    this.el.scrollTop = this.index * this.rowHeight;
    this.placed = this.el.scrollTop;
    this.mark();
  }

  stop(): void {
    clearTimeout(this.timer);
  }

  /** Ends the scroll: the user may press "OK" before the wheel stops. */
  settle(): void {
    clearTimeout(this.timer);
    this.rest();
  }

  private turn(index: number): void {
    this.el.scrollTo({ top: index * this.rowHeight, behavior: "smooth" });
  }

  private rest(): void {
    if (this.el.clientHeight === 0) return; // out of sight it stands nowhere
    const index = this.clamp(Math.round(this.el.scrollTop / this.rowHeight));
    this.placed = this.el.scrollTop;
    if (index !== this.index) {
      this.index = index;
      this.mark();
      this.turned(index);
    }
    this.turning(false);
  }

  private mark(): void {
    this.el.setAttribute("aria-valuenow", String(this.index));
    this.el.setAttribute("aria-valuetext", this.el.children[this.index]?.textContent ?? "");
  }

  private clamp(index: number): number {
    return Math.max(0, Math.min(this.el.children.length - 1, index));
  }

  private get rowHeight(): number {
    return (this.el.firstElementChild as HTMLElement | null)?.offsetHeight || 40;
  }
}
