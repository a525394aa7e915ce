import { Component, componentOf, part } from "../component";
import type { Finger } from "../core/element";
import { SWIPE_MAX_MS, SWIPE_MIN_INTERVAL_MS } from "../limits";
import { reducedMotion } from "../motion";
import type { WxElement } from "../core/element";

export class SwiperItem extends Component {
  override created(): void {
    this.el.setAttribute("role", "group");
  }
  override changed(name: string): void {
    // A new style of the app takes the place that the swiper has given it.
    const swiper = componentOf<Swiper>(this.el.parentElement?.closest<WxElement>("wx-swiper"));
    if (name === "style" || name === "item-id") swiper?.changed(name);
  }
}

/** Speed (px/ms) at which a flick changes the slide even if it moved less than half. */
const FLICK = 0.3;

export class Swiper extends Component {
  private readonly dots = part("swiper-dots");
  private readonly observer = new MutationObserver(() => this.laidOut());
  private readonly onVisible = () => this.schedule();
  private items: WxElement[] = [];
  /** Index of the slide at the left edge; a fraction during a move. Unbounded if circular. */
  private position = 0;
  private current = 0;
  /** The position before the move that goes on. */
  private settled = 0;
  private from = 0;
  private grabbed = false;
  private dragging = false;
  private frame = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;

  override created(): void {
    this.slot = part("slides");
    this.el.append(this.slot, this.dots);
    this.el.setAttribute("role", "group");
    this.el.setAttribute("aria-roledescription", "carousel");
    this.el.tabIndex = 0;
    this.el.addEventListener("keydown", (event) => this.key(event));
    for (const type of ["mouseenter", "mouseleave", "focusin", "focusout"]) {
      this.el.addEventListener(type, () => this.schedule());
    }
    document.addEventListener("wx:visible", this.onVisible);
  }

  override attached(): void {
    this.observer.observe(this.slot, { childList: true });
    this.items = this.slides();
    this.current = this.position = this.settled = this.wanted();
    this.laidOut();
  }

  override detached(): void {
    this.observer.disconnect();
    document.removeEventListener("wx:visible", this.onVisible);
    clearTimeout(this.timer);
    cancelAnimationFrame(this.frame);
  }

  override changed(name: string): void {
    if (name === "current" || name === "current-item-id") {
      const next = this.wanted();
      if (next !== this.current) this.go(this.nearest(next), "");
    } else {
      this.laidOut();
    }
  }

  private get vertical(): boolean {
    return this.flag("vertical");
  }
  private get circular(): boolean {
    return this.flag("circular") && this.items.length > this.shown;
  }
  private get shown(): number {
    return Math.max(1, Math.round(this.number("display-multiple-items", 1)));
  }
  private get last(): number {
    return Math.max(0, this.items.length - this.shown);
  }

  private slides(): WxElement[] {
    const kids = [...this.slot.children] as WxElement[];
    return kids.filter((el) => el.tagName === "WX-SWIPER-ITEM");
  }

  private wanted(): number {
    const id = this.string("current-item-id");
    const byID = id
      ? this.items.findIndex((item) => componentOf(item)?.string("item-id") === id)
      : -1;
    return byID >= 0 ? byID : Math.max(0, Math.round(this.number("current", 0)));
  }

  private idOf(index: number): string {
    return componentOf(this.items[index])?.string("item-id") ?? "";
  }

  /** How far the slides are from their place, for apps that move something with them. */
  private tellTransition(): void {
    if (!this.page.events.heard("transition", this.el)) return;
    const size = (this.vertical ? this.slot.clientHeight : this.slot.clientWidth) / this.shown;
    const moved = (this.position - this.settled) * size;
    this.emit("transition", this.vertical ? { dx: 0, dy: moved } : { dx: moved, dy: 0 });
  }

  private laidOut(): void {
    this.items = this.slides();
    this.el.classList.toggle("wx-vertical", this.vertical);
    this.dots.classList.toggle("wx-swiper-dots-horizontal", !this.vertical);
    this.dots.classList.toggle("wx-swiper-dots-vertical", this.vertical);
    const [before, after] = [
      this.string("previous-margin", "0px"),
      this.string("next-margin", "0px"),
    ];
    const inset = this.vertical ? `${before} 0px ${after}` : `0px ${after} 0px ${before}`;
    this.slot.style.inset = this.page.style(inset);
    if (!this.circular && this.current > this.last) this.current = this.position = this.last;
    this.drawDots();
    this.place();
    this.schedule();
  }

  private drawDots(): void {
    const on = this.flag("indicator-dots");
    const count = on ? this.items.length : 0;
    while (this.dots.children.length > count) this.dots.lastElementChild!.remove();
    while (this.dots.children.length < count) this.dots.append(part("swiper-dot"));
    [...this.dots.children].forEach((dot, i) => {
      const active = i === this.current;
      dot.classList.toggle("wx-swiper-dot-active", active);
      (dot as HTMLElement).style.backgroundColor = this.string(
        active ? "indicator-active-color" : "indicator-color",
      );
    });
  }

  private place(): void {
    const count = this.items.length;
    const share = 100 / this.shown;
    this.items.forEach((item, i) => {
      let at = i - this.position;
      // In a circular swiper every slide is placed at its position nearest to the view.
      if (this.circular) at -= Math.round((at - (this.shown - 1) / 2) / count) * count;
      const offset = `${at * 100}%`;
      item.style.setProperty("width", this.vertical ? "100%" : `${share}%`);
      item.style.setProperty("height", this.vertical ? `${share}%` : "100%");
      item.style.transform = this.vertical ? `translate(0,${offset})` : `translate(${offset},0)`;
      const hidden = at <= -1 || at >= this.shown;
      item.toggleAttribute("inert", hidden && !this.dragging);
      item.setAttribute("aria-label", `${i + 1} / ${count}`);
    });
  }

  /** The position of a slide nearest to the current one, for a circular swiper. */
  private nearest(index: number): number {
    const count = this.items.length;
    if (!this.circular) return Math.min(index, this.last);
    const turn = Math.round((this.position - index) / count) * count;
    return index + turn;
  }

  private go(to: number, source: "" | "touch" | "autoplay"): void {
    const count = this.items.length;
    if (count === 0) return;
    const target = this.circular ? to : Math.min(this.last, Math.max(0, to));
    const index = ((target % count) + count) % count;
    if (index !== this.current) {
      this.current = index;
      this.emit("change", {
        current: index,
        source,
        currentItemId: this.idOf(index),
      });
    }
    this.drawDots();
    this.run(target, source);
  }

  private run(target: number, source: string): void {
    cancelAnimationFrame(this.frame);
    const from = this.position;
    const begin = performance.now();
    const ms = reducedMotion() ? 0 : Math.min(SWIPE_MAX_MS, this.number("duration", 500));
    const finish = () => {
      const count = this.items.length || 1;
      this.position = this.circular ? ((target % count) + count) % count : target;
      this.settled = this.position;
      this.place();
      this.emit("animationfinish", {
        current: this.current,
        source,
        currentItemId: this.idOf(this.current),
      });
      this.schedule();
    };
    // A hidden frame gets no animation frames; it must not stop between two slides.
    if (ms === 0 || from === target || document.hidden) return finish();
    const step = (now: number) => {
      const t = Math.min(1, Math.max(0, (now - begin) / ms));
      this.position = from + (target - from) * (1 - (1 - t) ** 3);
      if (t >= 1) return finish();
      this.place();
      this.tellTransition();
      this.frame = requestAnimationFrame(step);
    };
    this.frame = requestAnimationFrame(step);
  }

  private schedule(): void {
    clearTimeout(this.timer);
    // It pauses while the user reads it: under the mouse, with keyboard focus, or with reduced
    // motion.
    const resting =
      this.grabbed ||
      !this.page.visible ||
      reducedMotion() ||
      this.el.matches(":hover, :focus-within");
    if (!this.flag("autoplay") || this.items.length <= this.shown || resting) return;
    this.timer = setTimeout(
      () => {
        const next = this.current + 1;
        this.go(this.circular ? this.position + 1 : next > this.last ? 0 : next, "autoplay");
      },
      Math.max(SWIPE_MIN_INTERVAL_MS, this.number("interval", 5000)),
    );
  }

  override grab(): boolean {
    if (this.items.length < 2 || this.flag("disable-touch")) return false;
    this.grabbed = true;
    clearTimeout(this.timer);
    return true;
  }

  override drag(finger: Finger): boolean {
    const [along, across] = this.vertical ? [finger.dy, finger.dx] : [finger.dx, finger.dy];
    if (!this.dragging) {
      if (Math.abs(along) < 6 || Math.abs(along) < Math.abs(across)) return false;
      this.dragging = true;
      cancelAnimationFrame(this.frame);
      this.from = this.position;
    }
    const size = (this.vertical ? this.slot.clientHeight : this.slot.clientWidth) / this.shown || 1;
    let position = this.from - along / size;
    if (!this.circular) {
      // Past the ends it follows the finger only a little.
      if (position < 0) position *= 0.3;
      if (position > this.last) position = this.last + (position - this.last) * 0.3;
    }
    this.position = position;
    this.place();
    this.tellTransition();
    this.emit("transition", {
      dx: this.vertical ? 0 : -finger.dx,
      dy: this.vertical ? -finger.dy : 0,
    });
    return true;
  }

  override drop(finger: Finger): void {
    this.grabbed = false;
    if (!this.dragging) return this.schedule();
    this.dragging = false;
    const speed = this.vertical ? finger.vy : finger.vx;
    const rounded =
      Math.abs(speed) > FLICK
        ? speed < 0
          ? Math.ceil(this.position)
          : Math.floor(this.position)
        : Math.round(this.position);
    this.go(
      Math.min(Math.round(this.from) + 1, Math.max(Math.round(this.from) - 1, rounded)),
      "touch",
    );
  }

  private key(event: KeyboardEvent): void {
    if (event.target !== this.el) return;
    const step = (this.vertical ? { ArrowDown: 1, ArrowUp: -1 } : { ArrowRight: 1, ArrowLeft: -1 })[
      event.key as never
    ];
    if (!step) return;
    event.preventDefault();
    this.go(Math.round(this.position) + step, "touch");
  }
}
