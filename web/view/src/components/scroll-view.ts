import { Component } from "../component";
import type { Finger, WxElement } from "../core/element";
import { translate } from "../core/selector";
import { reducedMotion } from "../motion";
import { Refresher } from "../refresher";
import type { Value } from "../../../shared/protocol";

export class ScrollView extends Component {
  private waiting = false;
  private lastTop = 0;
  private lastLeft = 0;
  /** Edges already reported; each is reset when the scroll leaves it. */
  private readonly at = { upper: true, left: true, lower: false, right: false };
  private refresher: Refresher | null = null;
  private readonly unplaced = new Set<string>();

  override created(): void {
    this.el.addEventListener("scroll", () => this.scrolled(), { passive: true });
    if (this.flag("refresher-enabled")) this.offerRefresh();
    const drag = (type: string, phase: string) =>
      this.el.addEventListener(phase, () => this.dragged(type), { passive: true });
    drag("dragstart", "touchstart");
    drag("dragging", "touchmove");
    drag("dragend", "touchend");
    for (const name of ["refresher-background", "paging-enabled", "show-scrollbar"])
      this.look(name);
  }

  /** The finger itself, which only enhanced views report. */
  private dragged(type: string): void {
    if (!this.flag("enhanced")) return;
    const { scrollTop, scrollLeft } = this.el;
    this.emit(type, { scrollTop, scrollLeft, velocity: { x: 0, y: 0 } });
  }

  private look(name: string): void {
    if (name === "paging-enabled") this.el.toggleAttribute("data-paging", this.flag(name));
    if (name === "show-scrollbar") this.el.toggleAttribute("data-no-bar", !this.flag(name, true));
    if (name === "refresher-background" && this.refresher)
      this.refresher.band.style.backgroundColor = this.string(name);
  }

  private markRefresher(): void {
    // What the app draws in place of the three dots.
    for (const kid of this.slot.children as Iterable<WxElement>)
      kid.toggleAttribute("data-refresher", kid.$slot === "refresher");
  }

  /**
   * What scrolls is inside of the tag with the vendor, and a flexible or grid layout of the tag does not reach it
   * without enable-flex. Here they are one, so that such a layout is taken away; it may come with a class, later.
   */
  private watchLayout(): void {
    const look = () => {
      this.el.removeAttribute("data-layout");
      if (this.flag("enable-flex")) return;
      const [, inline, layout] =
        /^(inline-)?(flex|grid)$/.exec(getComputedStyle(this.el).display) ?? [];
      if (layout) this.el.setAttribute("data-layout", inline ? "inline" : "block");
    };
    look();
    new MutationObserver(look).observe(this.el, {
      attributeFilter: ["class", "style", "enable-flex"],
    });
  }

  override attached(): void {
    this.watchLayout();
    this.markRefresher();
    for (const name of ["scroll-top", "scroll-left", "scroll-into-view"])
      if (this.props[name] !== undefined) this.place(name, true);
    this.whenShown(() => {
      for (const name of this.unplaced) this.place(name, true);
      this.unplaced.clear();
    });
    if (this.flag("refresher-triggered")) this.changed("refresher-triggered");
    // Focusable with the keyboard, so that it can be scrolled without a pointer.
    if ((this.flag("scroll-y") || this.flag("scroll-x")) && !this.el.hasAttribute("tabindex"))
      this.el.tabIndex = 0;
  }

  override changed(name: string): void {
    if (name.startsWith("scroll-")) this.place(name, !this.flag("scroll-with-animation"));
    this.look(name);
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
    // An element without a box has no scroll position; it gets it when it is shown.
    if (this.el.getClientRects().length === 0) this.unplaced.add(name);
    const behavior = still || reducedMotion() ? "instant" : "smooth";
    if (name === "scroll-top" && this.flag("scroll-y"))
      this.el.scrollTo({ top: this.number(name, 0), behavior });
    if (name === "scroll-left" && this.flag("scroll-x"))
      this.el.scrollTo({ left: this.number(name, 0), behavior });
    if (name !== "scroll-into-view") return;
    const target =
      this.string(name) && this.el.querySelector<HTMLElement>(`#${CSS.escape(this.string(name))}`);
    if (!target) return;
    this.showElement(target, behavior);
  }

  private showElement(target: Element, behavior: ScrollBehavior): void {
    // Not scrollIntoView: that would also scroll the page around this view.
    const [outer, inner] = [this.el.getBoundingClientRect(), target.getBoundingClientRect()];
    const offset = this.number("scroll-into-view-offset", 0);
    this.el.scrollTo({
      top: this.flag("scroll-y") ? this.el.scrollTop + inner.top - outer.top + offset : undefined,
      left: this.flag("scroll-x")
        ? this.el.scrollLeft + inner.left - outer.left + offset
        : undefined,
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
        this.el.style.setProperty("--pulled-px", `${px}px`);
        this.el.toggleAttribute("data-pulling", !eased);
      },
      pulling: (dy) => this.emit("refresherpulling", { dy }),
      refresh: () => this.emit("refresherrefresh", { dy: refresher.threshold }),
      restore: () => this.emit("refresherrestore", {}),
      abort: () => this.emit("refresherabort", {}),
    });
    if (this.string("refresher-default-style") === "none") refresher.band.classList.add("wx-own");
    refresher.threshold = this.number("refresher-threshold", 45);
    refresher.band.classList.add("wx-inline");
    if (this.string("refresher-default-style") === "white")
      refresher.band.classList.add("wx-light");
    this.el.prepend(refresher.band);
    this.refresher = refresher;
  }

  /** ScrollViewContext. */
  override perform(method: string, [first]: Value[]): unknown {
    if (method === "scrollIntoView") {
      const found = this.el.querySelector(translate(String(first ?? "")));
      if (!found) throw new Error(`there is no ${String(first)} in the scroll-view`);
      this.showElement(found, "smooth");
      return {};
    }
    if (method !== "scrollTo") return super.perform(method, []);
    const { top, left, animated = true } = (first ?? {}) as Record<string, Value>;
    this.el.scrollTo({
      top: top === undefined ? undefined : Number(top),
      left: left === undefined ? undefined : Number(left),
      behavior: animated && !reducedMotion() ? "smooth" : "instant",
    });
    return {};
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
