import { Component, type Finger } from "../component";
import { reducedMotion } from "../page";
import { Refresher } from "../refresher";

export class ScrollView extends Component {
  private waiting = false;
  private lastTop = 0;
  private lastLeft = 0;
  /** Edges already reported; each is reset when the scroll leaves it. */
  private readonly at = { upper: true, left: true, lower: false, right: false };
  private refresher: Refresher | null = null;

  override created(): void {
    this.el.addEventListener("scroll", () => this.scrolled(), { passive: true });
    if (this.flag("refresher-enabled")) this.offerRefresh();
  }

  override attached(): void {
    for (const name of ["scroll-top", "scroll-left", "scroll-into-view"]) {
      if (this.props[name] !== undefined) this.place(name, true);
    }
    if (this.flag("refresher-triggered")) this.changed("refresher-triggered");
    // Focusable with the keyboard, so that it can be scrolled without a pointer.
    if ((this.flag("scroll-y") || this.flag("scroll-x")) && !this.el.hasAttribute("tabindex"))
      this.el.tabIndex = 0;
  }

  override changed(name: string): void {
    if (name.startsWith("scroll-")) this.place(name, !this.flag("scroll-with-animation"));
    if (name === "refresher-enabled" && this.flag(name) && !this.refresher) this.offerRefresh();
    if (name === "refresher-triggered" && this.refresher) {
      if (!this.flag(name)) this.refresher.stop();
      else if (!this.refresher.refreshing) {
        this.refresher.start();
        this.emit("refresherrefresh", { dy: 0 });
      }
    }
  }

  private place(name: string, still: boolean): void {
    const behavior = still || reducedMotion() ? "instant" : "smooth";
    if (name === "scroll-top" && this.flag("scroll-y"))
      this.el.scrollTo({ top: this.number(name, 0), behavior });
    if (name === "scroll-left" && this.flag("scroll-x"))
      this.el.scrollTo({ left: this.number(name, 0), behavior });
    if (name !== "scroll-into-view") return;
    const target =
      this.string(name) && this.el.querySelector<HTMLElement>(`#${CSS.escape(this.string(name))}`);
    if (!target) return;
    // Not scrollIntoView: that would also scroll the page around this view.
    const [outer, inner] = [this.el.getBoundingClientRect(), target.getBoundingClientRect()];
    this.el.scrollTo({
      top: this.flag("scroll-y") ? this.el.scrollTop + inner.top - outer.top : undefined,
      left: this.flag("scroll-x") ? this.el.scrollLeft + inner.left - outer.left : undefined,
      behavior,
    });
  }

  private scrolled(): void {
    if (this.waiting) return;
    this.waiting = true;
    requestAnimationFrame(() => {
      this.waiting = false;
      if (!this.gone) this.report();
    });
  }

  private report(): void {
    const { scrollTop, scrollLeft, scrollHeight, scrollWidth, clientHeight, clientWidth } = this.el;
    this.emit("scroll", {
      scrollTop,
      scrollLeft,
      scrollHeight,
      scrollWidth,
      deltaY: this.lastTop - scrollTop,
      deltaX: this.lastLeft - scrollLeft,
    });
    this.lastTop = scrollTop;
    this.lastLeft = scrollLeft;
    const upper = this.number("upper-threshold", 50);
    const lower = this.number("lower-threshold", 50);
    if (this.flag("scroll-y")) {
      this.edge("upper", scrollTop <= upper, "scrolltoupper", "top");
      this.edge(
        "lower",
        scrollHeight - scrollTop - clientHeight <= lower,
        "scrolltolower",
        "bottom",
      );
    }
    if (this.flag("scroll-x")) {
      this.edge("left", scrollLeft <= upper, "scrolltoupper", "left");
      this.edge("right", scrollWidth - scrollLeft - clientWidth <= lower, "scrolltolower", "right");
    }
  }

  private edge(edge: keyof ScrollView["at"], near: boolean, type: string, direction: string): void {
    if (near && !this.at[edge]) this.emit(type, { direction });
    this.at[edge] = near;
  }

  private offerRefresh(): void {
    const refresher = new Refresher({
      shift: (px, eased) => {
        refresher.band.style.transition = eased ? "height .3s" : "none";
        refresher.band.style.height = `${px}px`;
      },
      pulling: (dy) => this.emit("refresherpulling", { dy }),
      refresh: () => this.emit("refresherrefresh", { dy: refresher.threshold }),
      restore: () => this.emit("refresherrestore", {}),
      abort: () => this.emit("refresherabort", {}),
    });
    refresher.threshold = this.number("refresher-threshold", 45);
    refresher.band.classList.add("wx-inline");
    if (this.string("refresher-default-style") === "white")
      refresher.band.classList.add("wx-light");
    this.el.prepend(refresher.band);
    this.refresher = refresher;
  }

  override grab(): boolean {
    return this.refresher !== null && this.flag("refresher-enabled");
  }
  override drag(finger: Finger): boolean {
    return this.refresher?.drag(finger.dy, finger.dx, this.el.scrollTop <= 0) ?? false;
  }
  override drop(finger: Finger): void {
    this.refresher?.drop(finger.dy);
  }
}
