// Translates a style attribute of an app for the browser: lengths in rpx, addresses and safe areas. Style sheets
// are compiled on the host; an attribute's text is made while the app runs. The text is read as CSS is, so
// that nothing inside a string, a comment or an address is taken for something else.

const NAME = /[\w-]|[^\0-\x7f]/;
const SIDES = ["top", "right", "bottom", "left"];

/** `address` gives the address that the frame loads for one that the app names. */
export function translate(css: string, address: (src: string) => string): string {
  if (!/rpx|url\(|safe-area-inset/i.test(css)) return css;
  let out = "";
  let at = 0;
  const name = (from: number): number => {
    let end = from;
    while (end < css.length && (NAME.test(css[end]!) || css[end] === "\\"))
      end += css[end] === "\\" ? 2 : 1;
    return end;
  };
  const quoted = (from: number): number => {
    let end = from + 1;
    while (end < css.length && css[end] !== css[from]) end += css[end] === "\\" ? 2 : 1;
    return end + 1;
  };
  const copy = (to: number) => {
    out += css.slice(at, to);
    at = Math.min(to, css.length);
  };
  while (at < css.length) {
    const c = css[at]!;
    if (c === '"' || c === "'") {
      copy(quoted(at));
    } else if (css.startsWith("/*", at)) {
      const end = css.indexOf("*/", at + 2);
      copy(end < 0 ? css.length : end + 2);
    } else if (c === "#") {
      copy(name(at + 1));
    } else if (numberAt(css, at)) {
      const digits = numberEnd(css, at);
      const end = name(digits);
      if (css.slice(digits, end).toLowerCase() === "rpx") {
        out += `calc(${css.slice(at, digits)} * var(--rpx))`;
        at = end;
      } else copy(end);
    } else if (NAME.test(c) || c === "\\") {
      const end = name(at);
      const word = css.slice(at, end).toLowerCase();
      if (css[end] !== "(") copy(end);
      else if (word === "url") {
        const { src, after } = urlAt(end + 1);
        out += `url("${address(src).replaceAll("\\", "%5C").replaceAll('"', "%22")}")`;
        at = after;
      } else if (word === "env" || word === "constant") {
        const from = end + 1 + (css.slice(end + 1).length - css.slice(end + 1).trimStart().length);
        const stop = name(from);
        const side = css.slice(from, stop).toLowerCase().replace("safe-area-inset-", "");
        if (
          css.slice(from, stop).toLowerCase().startsWith("safe-area-inset-") &&
          SIDES.includes(side)
        ) {
          out += `var(--safe-${side}`;
          at = stop;
        } else copy(end + 1);
      } else copy(end + 1);
    } else copy(at + 1);
  }
  return out;

  /** What stands in url( … ), with quotes or without. */
  function urlAt(from: number): { src: string; after: number } {
    let start = from;
    while (/\s/.test(css[start] ?? "")) start++;
    const quote = css[start];
    if (quote === '"' || quote === "'") {
      const end = quoted(start);
      const close = css.indexOf(")", end);
      const src = css.slice(start + 1, end - 1);
      return { src: plain(src), after: close < 0 ? css.length : close + 1 };
    }
    let end = start;
    while (end < css.length && css[end] !== ")") end += css[end] === "\\" ? 2 : 1;
    return { src: plain(css.slice(start, end).trim()), after: Math.min(end + 1, css.length) };
  }
}

/** The text of a string without the backslashes before its characters. */
function plain(text: string): string {
  return text.includes("\\") ? text.replace(/\\([^0-9a-f\n])/gi, "$1") : text;
}

function digit(c: string | undefined): boolean {
  return c !== undefined && c >= "0" && c <= "9";
}

/** Whether a number begins here, with its sign. */
function numberAt(css: string, at: number): boolean {
  const from = css[at] === "-" || css[at] === "+" ? at + 1 : at;
  return digit(css[from]) || (css[from] === "." && digit(css[from + 1]));
}

function numberEnd(css: string, at: number): number {
  let end = at + 1;
  while (digit(css[end])) end++;
  if (css[end] === "." && digit(css[end + 1])) {
    end++;
    while (digit(css[end])) end++;
  }
  if (/^e[+-]?\d/i.test(css.slice(end, end + 3))) {
    end += 2;
    while (digit(css[end])) end++;
  }
  return end;
}
