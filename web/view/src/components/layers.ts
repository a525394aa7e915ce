// What lies over a page, or is shown only on some screens: page-container, root-portal, match-media.

import { Component, part } from "../component";
import { reducedMotion } from "../motion";

/** Slides in from a side over the page; Back closes it before it leaves the page. */
export class PageContainer extends Component {
  private shown = false;
  private readonly overlay = part("overlay");
  private timer: ReturnType<typeof setTimeout> | undefined;

  override created(): void {
    this.slot = part("page-container");
    this.overlay.addEventListener("click", () => {
      this.emit("clickoverlay");
      if (this.flag("close-on-slide-down", false)) this.leave();
    });
    this.el.append(this.overlay, this.slot);
    for (const name of ["position", "round", "overlay-style", "custom-style"]) this.changed(name);
  }

  override attached(): void {
    this.changed("show");
  }

  override changed(name: string): void {
    switch (name) {
      case "show":
        if (this.flag("show")) this.enter();
        else this.leave();
        break;
      case "position":
        this.slot.dataset.position = this.string("position", "bottom");
        break;
      case "round":
        this.slot.classList.toggle("wx-round", this.flag("round"));
        break;
      case "overlay-style":
        this.overlay.style.cssText = this.page.style(this.string("overlay-style"));
        break;
      case "custom-style":
        this.slot.style.cssText = this.page.style(this.string("custom-style"));
        break;
      case "style":
      case "z-index":
        this.layer();
        break;
    }
  }

  override detached(): void {
    clearTimeout(this.timer);
    if (this.shown) this.page.sheet(null);
  }

  private get duration(): number {
    return reducedMotion() ? 0 : this.number("duration", 300);
  }

  private layer(): void {
    this.el.style.setProperty("--duration", `${this.duration}ms`);
    this.el.style.zIndex = this.string("z-index", "100");
  }

  private enter(): void {
    if (this.shown) return;
    this.shown = true;
    this.emit("beforeenter");
    this.page.sheet(() => this.leave());
    this.overlay.hidden = !this.flag("overlay", true);
    this.layer();
    this.el.toggleAttribute("data-open", true);
    // The browser must have seen it outside, or it would not slide.
    requestAnimationFrame(() =>
      requestAnimationFrame(() => this.el.toggleAttribute("data-inside", true)),
    );
    this.emit("enter");
    this.later(() => this.emit("afterenter"));
  }

  private leave(): void {
    if (!this.shown) return;
    this.shown = false;
    this.emit("beforeleave");
    this.page.sheet(null);
    this.el.removeAttribute("data-inside");
    this.emit("leave");
    this.later(() => {
      this.el.removeAttribute("data-open");
      this.emit("afterleave");
    });
  }

  private later(then: () => void): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(then, this.duration);
  }
}

/** Its content is at the end of the page, where nothing around it clips or moves it. */
export class RootPortal extends Component {
  override created(): void {
    this.slot = part("portal");
  }
  override attached(): void {
    // Only now the rest of the page is there, after which it comes.
    this.place();
  }
  override changed(name: string): void {
    if (name === "enable") this.place();
  }
  override detached(): void {
    this.slot.remove();
  }
  private place(): void {
    (this.flag("enable", true) ? this.page.root : this.el).append(this.slot);
  }
}

/** Its content is there while the screen is as it says. */
export class MatchMedia extends Component {
  private readonly resized = () => this.match();

  override created(): void {
    addEventListener("resize", this.resized);
    this.match();
  }
  override changed(): void {
    this.match();
  }
  override detached(): void {
    removeEventListener("resize", this.resized);
  }

  private match(): void {
    const at = (name: string, size: number, fits: (wanted: number, has: number) => boolean) =>
      this.props[name] === undefined || fits(this.number(name, 0), size);
    const least = (wanted: number, has: number) => has >= wanted;
    const most = (wanted: number, has: number) => has <= wanted;
    const same = (wanted: number, has: number) => has === wanted;
    const orientation = this.string("orientation");
    const fits =
      at("min-width", innerWidth, least) &&
      at("max-width", innerWidth, most) &&
      at("width", innerWidth, same) &&
      at("min-height", innerHeight, least) &&
      at("max-height", innerHeight, most) &&
      at("height", innerHeight, same) &&
      (!orientation || (orientation === "landscape") === innerWidth > innerHeight);
    this.el.toggleAttribute("data-unfit", !fits);
  }
}
