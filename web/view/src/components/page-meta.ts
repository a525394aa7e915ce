// What markup says of the page itself: page-meta, and in it navigation-bar. Neither shows anything where it is.

import { Component } from "../component";

/** Attributes of page-meta that are set together. */
const STYLE = ["page-style", "page-font-size", "root-font-size", "root-background-color"];
const WINDOW = ["background-color", "background-color-top", "background-text-style"];

export class PageMeta extends Component {
  private readonly scrolled = () => this.emit("scroll", { scrollTop: scrollY });
  private readonly resized = () =>
    this.emit("resize", { size: { windowWidth: innerWidth, windowHeight: innerHeight } });
  private readonly arrived = () => this.emit("scrolldone");

  override created(): void {
    for (const name of [STYLE[0]!, WINDOW[0]!]) this.changed(name);
    addEventListener("scroll", this.scrolled, { passive: true });
    addEventListener("resize", this.resized);
    document.addEventListener("scrollend", this.arrived);
  }

  override attached(): void {
    // The content that is scrolled over comes after this element.
    if (this.string("scroll-top")) requestAnimationFrame(() => this.changed("scroll-top"));
  }

  override detached(): void {
    removeEventListener("scroll", this.scrolled);
    removeEventListener("resize", this.resized);
    document.removeEventListener("scrollend", this.arrived);
  }

  override changed(name: string): void {
    const { page } = this;
    if (STYLE.includes(name)) {
      page.root.style.cssText = page.style(this.string("page-style"));
      this.size(page.root, "page-font-size");
      this.size(document.documentElement, "root-font-size");
      const color = this.string("root-background-color");
      if (color) page.config.backgroundColorContent = color;
    } else if (WINDOW.includes(name)) {
      page.paint({
        backgroundColor: this.props["background-color"],
        backgroundColorTop: this.props["background-color-top"],
        textStyle: this.props["background-text-style"],
      });
    } else if (name === "scroll-top") {
      const duration = this.number("scroll-duration", 300);
      page.scroll({ scrollTop: this.number("scroll-top", 0), duration });
    }
  }

  /** "system" is the user's own size, which a page has anyway. */
  private size(el: HTMLElement, name: string): void {
    const size = this.string(name);
    if (size) el.style.fontSize = size === "system" ? "" : this.page.style(size);
  }
}

export class NavigationBar extends Component {
  override created(): void {
    this.changed();
  }
  override changed(): void {
    const text = (name: string) => (this.props[name] == null ? undefined : this.string(name));
    this.page.post({
      t: "bar",
      title: text("title"),
      front: text("front-color"),
      background: text("background-color"),
      loading: this.props.loading == null ? undefined : this.flag("loading"),
    });
  }
}
