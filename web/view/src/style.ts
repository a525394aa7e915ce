// Rewrites styles so that the browser draws them as in the vendor's client.

/** Conditions of a media query. */
const ALWAYS = "(min-width: 0px)";
const NEVER = "(max-width: -1px)";

/** Finds the address of an asset: "/a.png" from the app's root, "a.png" from the page's folder. */
export class Assets {
  private readonly folder: string[];

  constructor(
    private readonly base: string,
    route: string,
  ) {
    this.folder = route.split("/").slice(0, -1);
  }

  /** Finds the address of a picture; `folder` is where a relative name starts. */
  resolve(src: string, folder = this.folder): string {
    if (src === "" || /^(data:|blob:|https?:|#)/i.test(src) || src.startsWith(this.base + "/"))
      return src;
    if (src.startsWith("//")) return "https:" + src;
    // Any other scheme is not a picture.
    if (/^[a-z][a-z0-9+.-]*:/i.test(src)) return "";
    const from = src.startsWith("/") ? [] : [...folder];
    for (const segment of src.split("/")) {
      if (segment === "..") from.pop();
      else if (segment !== "" && segment !== ".") from.push(segment);
    }
    return `${this.base}/${from.join("/")}`;
  }

  /** A style sheet. The compiler has written its addresses from the root of the app. */
  sheet(css: string, theme: "light" | "dark"): string {
    // The shell decides the theme, which may differ from the browser's preference.
    const themed = css.replace(
      /\(\s*prefers-color-scheme\s*:\s*(light|dark)\s*\)/gi,
      (_, asked: string) => (asked.toLowerCase() === theme ? ALWAYS : NEVER),
    );
    return this.style(themed, []);
  }

  /** Lengths, addresses and safe areas inside a style attribute. */
  style(css: string, folder = this.folder): string {
    let text = css;
    if (text.includes("rpx")) {
      text = text.replace(/(^|[^\w.#-])(-?(?:\d+\.?\d*|\.\d+))rpx\b/g, "$1calc($2 * var(--rpx))");
    }
    if (text.includes("safe-area-inset")) {
      text = text.replace(
        /\b(?:env|constant)\(\s*safe-area-inset-(top|bottom|left|right)/g,
        "var(--safe-$1",
      );
    }
    if (text.includes("url(")) {
      text = text.replace(/url\(\s*(["']?)([^"')]+)\1\s*\)/g, (_, quote: string, src: string) => {
        return `url(${quote}${this.resolve(src.trim(), folder)}${quote})`;
      });
    }
    return text;
  }
}
