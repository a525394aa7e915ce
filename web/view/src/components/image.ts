import { Component } from "../component";

/** Pictures closer to the viewport than this are already loaded. */
const LAZY_MARGIN = "300px";

export class Image extends Component {
  private readonly img = document.createElement("img");
  private observer: IntersectionObserver | null = null;

  override created(): void {
    this.img.draggable = false;
    this.img.decoding = "async";
    this.img.alt = this.string("aria-label", this.string("alt"));
    this.img.onload = () => {
      this.el.classList.remove("wx-broken");
      this.emit("load", { width: this.img.naturalWidth, height: this.img.naturalHeight });
    };
    this.img.onerror = () => this.broken();
    this.el.append(this.img);
    if (!this.el.hasAttribute("mode")) this.el.setAttribute("mode", "scaleToFill");
    if (this.flag("lazy-load")) this.loadWhenNear();
    else this.load();
  }

  override changed(name: string): void {
    if (name === "src" && !this.observer) this.load();
    if (name === "aria-label" || name === "alt") this.img.alt = this.string(name);
  }

  override detached(): void {
    this.observer?.disconnect();
    this.img.onload = this.img.onerror = null;
  }

  /** The shell offers what a user can do with a picture. */
  override held(): void {
    const { currentSrc, src } = this.img;
    if (this.flag("show-menu-by-longpress") && (currentSrc || src))
      this.page.post({ t: "picture", src: currentSrc || src });
  }

  private load(): void {
    const src = this.address(this.string("src"));
    if (src) this.img.src = src;
    else this.img.removeAttribute("src");
  }

  private broken(): void {
    this.el.classList.add("wx-broken");
    this.page.remote(this.string("src"));
    this.emit("error", { errMsg: `Failed to load image ${this.string("src")}` });
  }

  private loadWhenNear(): void {
    this.observer = new IntersectionObserver(
      (entries) => {
        if (!entries.some((entry) => entry.isIntersecting)) return;
        this.observer?.disconnect();
        this.observer = null;
        this.load();
      },
      { root: document, rootMargin: LAZY_MARGIN },
    );
    this.observer.observe(this.el);
  }
}
