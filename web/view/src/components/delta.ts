// Texts with formats as operations, in the form that Quill has and the vendor's editor gives: text that is
// inserted one after another, each with its formats; a line break carries the formats of its paragraph.

import type { RichNode } from "./rich-nodes";
import type { Value } from "../../../shared/protocol";

export interface Operation {
  insert: string | { image?: string; divider?: boolean };
  attributes?: Record<string, Value>;
}
type Formats = Record<string, Value>;

const INLINE_TAGS: Record<string, Formats> = {
  B: { bold: "strong" },
  STRONG: { bold: "strong" },
  I: { italic: "em" },
  EM: { italic: "em" },
  U: { underline: "u" },
  INS: { underline: "u" },
  S: { strike: "s" },
  DEL: { strike: "s" },
  SUB: { script: "sub" },
  SUP: { script: "super" },
};
const INLINE_STYLES = ["color", "backgroundColor", "fontSize", "fontFamily"] as const;
const BLOCK = /^(P|DIV|LI|H[1-6]|BLOCKQUOTE|PRE|OL|UL)$/;

/** The operations that make what is in an element. */
export function deltaOf(root: HTMLElement): Operation[] {
  const ops: Operation[] = [];
  /** The last paragraph has text that no line break has ended. */
  let open = false;
  const add = (insert: Operation["insert"], attributes: Formats) => {
    const formats = Object.keys(attributes).length > 0 ? { attributes } : {};
    const last = ops.at(-1);
    const same = JSON.stringify(last?.attributes) === JSON.stringify(formats.attributes);
    if (
      typeof insert === "string" &&
      typeof last?.insert === "string" &&
      same &&
      last.insert !== "\n"
    )
      last.insert += insert;
    else ops.push({ insert, ...formats });
  };
  const end = (formats: Formats) => {
    // Line breaks with formats stand alone, or text would seem to have them.
    if (Object.keys(formats).length > 0) ops.push({ insert: "\n", attributes: formats });
    else add("\n", {});
    open = false;
  };
  const walk = (node: Node, inline: Formats, block: Formats) => {
    if (node.nodeType === 3) {
      const text = node.nodeValue ?? "";
      if (text !== "") {
        add(text, inline);
        open = true;
      }
      return;
    }
    if (node.nodeType !== 1) return;
    const el = node as HTMLElement;
    const tag = el.tagName;
    if (tag === "BR") {
      // The one that keeps an empty paragraph open is no line of its own.
      if (el.nextSibling || el.previousSibling) end(block);
      return;
    }
    if (tag === "HR") {
      add({ divider: true }, {});
      return end({});
    }
    if (tag === "IMG") {
      const attributes: Formats = {};
      for (const name of ["alt", "width", "height"])
        if (el.getAttribute(name)) attributes[name] = el.getAttribute(name)!;
      add({ image: el.getAttribute("src") ?? "" }, attributes);
      open = true;
      return;
    }
    if (BLOCK.test(tag)) {
      if (open) end({});
      const formats = { ...block, ...blockFormats(el) };
      for (const kid of el.childNodes) walk(kid, inline, formats);
      if (tag !== "OL" && tag !== "UL" && (open || !el.querySelector("p, div, li"))) end(formats);
      return;
    }
    const formats = { ...inline, ...INLINE_TAGS[tag] };
    for (const name of INLINE_STYLES) if (el.style[name]) formats[name] = el.style[name];
    if (el.style.fontWeight === "bold") formats.bold = "strong";
    if (el.style.fontStyle === "italic") formats.italic = "em";
    if (el.style.textDecoration.includes("underline")) formats.underline = "u";
    if (el.style.textDecoration.includes("line-through")) formats.strike = "s";
    for (const kid of el.childNodes) walk(kid, formats, block);
  };
  for (const kid of root.childNodes) walk(kid, {}, {});
  if (open || ops.length === 0) end({});
  return ops;
}

function blockFormats(el: HTMLElement): Formats {
  const found: Formats = {};
  const header = /^H([1-6])$/.exec(el.tagName);
  if (header) found.header = Number(header[1]);
  if (el.tagName === "LI") found.list = el.parentElement?.tagName === "OL" ? "ordered" : "bullet";
  if (el.style.textAlign) found.align = el.style.textAlign;
  if (el.dir) found.direction = el.dir;
  return found;
}

/** The nodes of operations. */
export function nodesOf(ops: Operation[]): RichNode[] {
  const out: RichNode[] = [];
  let line: RichNode[] = [];
  const end = (formats: Formats) => {
    const attrs: Record<string, Value> = {};
    if (typeof formats.align === "string") attrs.style = `text-align:${formats.align}`;
    const children = line.length > 0 ? line : [{ name: "br" }];
    line = [];
    if (typeof formats.list === "string") {
      const name = formats.list === "ordered" ? "ol" : "ul";
      const last = out.at(-1);
      const item = { name: "li", attrs, children };
      if (last?.name === name) last.children!.push(item);
      else out.push({ name, children: [item] });
      return;
    }
    const header = Number(formats.header);
    out.push({ name: header >= 1 && header <= 6 ? `h${header}` : "p", attrs, children });
  };
  for (const { insert, attributes = {} } of Array.isArray(ops) ? ops : []) {
    if (typeof insert === "string") {
      const parts = insert.split("\n");
      parts.forEach((text, i) => {
        if (text !== "") line.push(inlineNode(text, attributes));
        if (i < parts.length - 1) end(attributes);
      });
    } else if (insert?.divider) {
      out.push({ name: "hr" });
    } else if (insert?.image) {
      line.push({ name: "img", attrs: { ...attributes, src: insert.image } });
    }
  }
  if (line.length > 0) end({});
  return out;
}

function inlineNode(text: string, formats: Formats): RichNode {
  let node: RichNode = { type: "text", text };
  const wrap = (name: string, attrs?: Record<string, Value>) =>
    (node = { name, attrs, children: [node] });
  if (formats.bold) wrap("strong");
  if (formats.italic) wrap("em");
  if (formats.underline) wrap("u");
  if (formats.strike) wrap("s");
  if (formats.script) wrap(formats.script === "sub" ? "sub" : "sup");
  const styles = INLINE_STYLES.flatMap((name) => {
    const property = name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
    return formats[name] ? [`${property}:${String(formats[name])}`] : [];
  });
  if (styles.length > 0) wrap("span", { style: styles.join(";") });
  return node;
}
