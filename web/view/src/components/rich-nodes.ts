// Rich text as nodes: what <rich-text> and <editor> are given, and what becomes of it in the document.
// Only tags and attributes that can do nothing are taken.

import { setStyle } from "../core/style";
import { RICH_TEXT_DEPTH, RICH_TEXT_NODES } from "../limits";
import type { PageContext } from "../component";
import type { Value } from "../../../shared/protocol";

const ENTITIES: Record<string, string> = {
  nbsp: "\u00a0",
  ensp: "\u2002",
  emsp: "\u2003",
  lt: "<",
  gt: ">",
  amp: "&",
  apos: "'",
  quot: '"',
};

/** The tags that are allowed in rich text; other elements are dropped with their text. */
const RICH_TAGS = new Set(
  (
    "a abbr address article aside b bdi bdo big blockquote br caption center cite code col colgroup dd del div " +
    "dl dt em fieldset font footer h1 h2 h3 h4 h5 h6 header hr i img ins label legend li mark nav ol p pre q rt " +
    "ruby s section small span strong sub sup table tbody td tfoot th thead tr tt u ul"
  ).split(" "),
);
const RICH_ATTRIBUTES = new Set([
  "alt",
  "width",
  "height",
  "colspan",
  "rowspan",
  "align",
  "dir",
  "start",
  "type",
  "color",
  "size",
  "face",
  "span",
]);

export interface RichNode {
  type?: string;
  text?: string;
  name?: string;
  attrs?: Record<string, Value>;
  children?: RichNode[];
}

/** Makes elements of nodes, or of markup. `space` replaces spaces. */
export function elementsOf(
  page: Pick<PageContext, "resolve" | "style">,
  nodes: Value | undefined,
  space: string | undefined = undefined,
): Node[] {
  let left = RICH_TEXT_NODES;
  const dress = (el: HTMLElement, name: string, value: string) => {
    if (name === "class") el.className = value;
    else if (name === "style") setStyle(el, page.style(value));
    else if (name === "src" && el.tagName === "IMG") {
      (el as HTMLImageElement).src = page.resolve(value);
      el.dataset.src = value;
    } else if (RICH_ATTRIBUTES.has(name)) el.setAttribute(name, value);
  };
  const build = (list: RichNode[], depth: number): Node[] => {
    if (depth > RICH_TEXT_DEPTH) return [];
    const out: Node[] = [];
    for (const node of list) {
      if (--left < 0) break;
      if (typeof node !== "object" || node === null) continue;
      if (node.type === "text" || (node.text !== undefined && !node.name)) {
        const text = decode(String(node.text ?? ""));
        out.push(document.createTextNode(space ? text.replace(/ /g, space) : text));
        continue;
      }
      const name = String(node.name ?? "").toLowerCase();
      if (!RICH_TAGS.has(name)) continue;
      const el = document.createElement(name);
      for (const [attr, value] of Object.entries(node.attrs ?? {}))
        dress(el, attr.toLowerCase(), String(value));
      if (Array.isArray(node.children)) el.append(...build(node.children, depth + 1));
      out.push(el);
    }
    return out;
  };
  const list = typeof nodes === "string" ? parse(nodes) : nodes;
  return build(Array.isArray(list) ? (list as RichNode[]) : [], 0);
}

export function decode(text: string): string {
  return text.replace(/&(\w+);/g, (all, name: string) => ENTITIES[name] ?? all);
}

/** Parses markup into nodes. The parsed document is inert: it loads nothing and runs nothing. */
function parse(html: string): RichNode[] {
  const walk = (node: ChildNode): RichNode | null => {
    if (node.nodeType === 3) return { type: "text", text: node.nodeValue ?? "" };
    if (node.nodeType !== 1) return null;
    const el = node as Element;
    const attrs = Object.fromEntries([...el.attributes].map((attr) => [attr.name, attr.value]));
    return { name: el.localName, attrs, children: children(el) };
  };
  const children = (el: Element) => [...el.childNodes].map(walk).filter((node) => node !== null);
  return children(new DOMParser().parseFromString(html, "text/html").body);
}
