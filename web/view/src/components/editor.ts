// <editor>: text with formats. The browser edits; this reads and writes what the vendor's editor gives to
// programs: markup, plain text, and operations in the form of Quill, on which the vendor's is built. Quill
// itself is larger than the whole view script, and every page's frame runs that.

import { Component, part } from "../component";
import { RICH_TEXT_NODES } from "../limits";
import type { Value } from "../../../shared/protocol";
import { deltaOf, nodesOf, type Operation } from "./delta";
import { elementsOf } from "./rich-nodes";

/** Formats that the browser has a command for. */
const COMMANDS: Record<string, string> = {
  bold: "bold",
  italic: "italic",
  underline: "underline",
  strike: "strikeThrough",
  color: "foreColor",
  backgroundColor: "hiliteColor",
  fontFamily: "fontName",
};
/** Formats of a whole paragraph, as properties of its style. */
const BLOCK_STYLES = new Set([
  "lineHeight",
  "letterSpacing",
  "textIndent",
  "margin",
  "marginTop",
  "marginBottom",
  "marginLeft",
  "marginRight",
  "padding",
  "paddingTop",
  "paddingBottom",
  "paddingLeft",
  "paddingRight",
]);
const ALIGN: Record<string, string> = {
  left: "justifyLeft",
  center: "justifyCenter",
  right: "justifyRight",
  justify: "justifyFull",
};

export class Editor extends Component {
  private readonly field = part("editor");
  private readonly placeholder = part("placeholder");
  /** Where the cursor was last: a button of the program's takes the focus away. */
  private range: Range | null = null;
  private readonly selected = () => this.selectionChanged();

  override created(): void {
    const { field } = this;
    field.contentEditable = "true";
    field.setAttribute("role", "textbox");
    field.setAttribute("aria-multiline", "true");
    field.classList.add("wx-field", "ql-editor");
    this.el.append(this.placeholder, field);
    field.addEventListener("input", () => this.told("input"));
    field.addEventListener("focus", () => this.told("focus"));
    field.addEventListener("blur", () => this.told("blur"));
    // What is pasted brings no styles and no scripts of other pages.
    field.addEventListener("paste", (event) => {
      event.preventDefault();
      this.insert(event.clipboardData?.getData("text/plain") ?? "");
    });
    field.addEventListener("drop", (event) => event.preventDefault());
    document.addEventListener("selectionchange", this.selected);
    for (const name of ["placeholder", "read-only"]) this.changed(name);
    this.draw();
  }

  override attached(): void {
    this.emit("ready");
  }

  override detached(): void {
    document.removeEventListener("selectionchange", this.selected);
  }

  override changed(name: string): void {
    if (name === "placeholder" || name === "aria-label") {
      this.placeholder.textContent = this.string("placeholder");
      this.field.setAttribute(
        "aria-label",
        this.string("aria-label") || this.string("placeholder"),
      );
    }
    if (name === "read-only") {
      this.field.contentEditable = String(!this.flag("read-only"));
      this.field.setAttribute("aria-readonly", String(this.flag("read-only")));
    }
  }

  override get named(): HTMLElement {
    return this.field;
  }
  override activate(): void {
    this.field.focus();
  }

  override perform(method: string, [first, second]: Value[]): unknown {
    const args = (typeof first === "object" && first !== null ? first : {}) as Record<
      string,
      Value
    >;
    switch (method) {
      case "getContents":
        return this.contents();
      case "setContents": {
        const { delta, html } = args as { delta?: { ops?: Operation[] }; html?: string };
        const nodes = html === undefined ? nodesOf(delta?.ops ?? []) : html;
        this.field.replaceChildren(...elementsOf(this.page, nodes as Value));
        break;
      }
      case "insertText":
        this.insert(String(args.text ?? ""));
        break;
      case "insertImage":
        this.insertElement("img", args);
        break;
      case "insertDivider":
        this.insertElement("hr", {});
        break;
      case "format":
        this.format(String(first), second);
        this.tellFormats(); // the cursor stays where it is, and what is typed next has the format
        break;
      case "removeFormat":
        this.run("removeFormat");
        this.tellFormats();
        break;
      case "undo":
      case "redo":
        this.run(method);
        break;
      case "clear":
        this.field.replaceChildren();
        break;
      case "blur":
        this.field.blur();
        return {};
      case "getSelectionText":
        return { text: this.range?.toString() ?? "" };
      case "scrollIntoView":
        (this.range?.startContainer.parentElement ?? this.field).scrollIntoView({
          block: "nearest",
        });
        return {};
      default:
        return super.perform(method, []);
    }
    this.told("input");
    return {};
  }

  private contents(): { html: string; text: string; delta: { ops: Operation[] } } {
    const copy = this.field.cloneNode(true) as HTMLElement;
    for (const image of copy.querySelectorAll<HTMLImageElement>("img[data-src]")) {
      // As the program named it, not as this frame finds it.
      image.setAttribute("src", image.dataset.src!);
      delete image.dataset.src;
    }
    const delta = { ops: deltaOf(copy) };
    const text = delta.ops.map(({ insert }) => (typeof insert === "string" ? insert : "")).join("");
    return { html: copy.innerHTML, text, delta };
  }

  private told(type: "input" | "focus" | "blur"): void {
    this.draw();
    if (this.page.events.heard(type, this.el)) this.emit(type, this.contents());
  }

  private draw(): void {
    this.placeholder.hidden = this.field.childNodes.length > 0 && this.field.innerHTML !== "<br>";
  }

  // --- The selection -------------------------------------------------------------------------------

  private selectionChanged(): void {
    const selection = getSelection();
    if (!selection?.rangeCount || !this.field.contains(selection.anchorNode)) return;
    this.range = selection.getRangeAt(0).cloneRange();
    this.tellFormats();
  }

  private tellFormats(): void {
    if (this.page.events.heard("statuschange", this.el)) this.emit("statuschange", this.formats());
  }

  private select(): void {
    this.field.focus({ preventScroll: true });
    const selection = getSelection();
    if (!selection) return;
    if (!this.range || !this.field.contains(this.range.startContainer)) {
      this.range = document.createRange();
      this.range.selectNodeContents(this.field);
      this.range.collapse(false);
    }
    selection.removeAllRanges();
    selection.addRange(this.range);
  }

  /** The formats where the cursor is. */
  private formats(): Record<string, Value> {
    const found: Record<string, Value> = {};
    for (const name of ["bold", "italic", "underline", "strike"])
      if (document.queryCommandState(COMMANDS[name]!)) found[name] = "strong";
    const block = this.block();
    const header = /^H([1-6])$/.exec(block?.tagName ?? "");
    if (header) found.header = Number(header[1]);
    const list = block?.closest("ol, ul");
    if (list && this.field.contains(list))
      found.list = list.tagName === "OL" ? "ordered" : "bullet";
    if (block?.style.textAlign) found.align = block.style.textAlign;
    return found;
  }

  /** The paragraph that the cursor is in. */
  private block(): HTMLElement | null {
    let at: Node | null = this.range?.startContainer ?? null;
    while (at && at !== this.field) {
      if (/^(P|DIV|LI|H[1-6]|BLOCKQUOTE|PRE)$/.test(at.nodeName)) return at as HTMLElement;
      at = at.parentNode;
    }
    return null;
  }

  // --- Changes ---------------------------------------------------------------------------------------

  private run(command: string, value?: string): void {
    this.select();
    document.execCommand("styleWithCSS", false, "true");
    document.execCommand(command, false, value);
  }

  private insert(text: string): void {
    this.run("insertText", text);
  }

  private insertElement(tag: string, args: Record<string, Value>): void {
    const attrs: Record<string, Value> = {};
    for (const name of ["src", "alt", "width", "height"])
      if (args[name] !== undefined && args[name] !== null) attrs[name] = String(args[name]);
    if (typeof args.extClass === "string") attrs.class = args.extClass;
    if (this.field.getElementsByTagName("*").length >= RICH_TEXT_NODES)
      throw new Error("there is no room for more");
    const [made] = elementsOf(this.page, [{ name: tag, attrs }]) as [HTMLElement];
    this.run("insertHTML", made.outerHTML);
  }

  private format(name: string, value: Value | undefined): void {
    const text = value === undefined || value === null ? "" : String(value);
    const command = COMMANDS[name];
    if (command) return this.run(command, text);
    if (name === "script") return this.run(text === "sub" ? "subscript" : "superscript");
    if (name === "align") return this.run(ALIGN[text] ?? "justifyLeft");
    if (name === "list")
      return this.run(text === "ordered" ? "insertOrderedList" : "insertUnorderedList");
    if (name === "indent") return this.run(text.startsWith("-") ? "outdent" : "indent");
    if (name === "header") {
      const tag = /^[1-6]$/.test(text) ? `H${text}` : "P";
      // The same header once more takes it away.
      return this.run("formatBlock", `<${this.block()?.tagName === tag ? "P" : tag}>`);
    }
    this.select();
    if (!this.block()) this.run("formatBlock", "<P>");
    const block = this.block();
    if (!block) return;
    if (name === "direction") block.dir = text;
    else if (name === "fontSize") this.size(text);
    else if (BLOCK_STYLES.has(name)) {
      const property = name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
      block.style.setProperty(
        property,
        /^[\d.]+$/.test(text) && name !== "lineHeight" ? `${text}px` : text,
      );
    } else throw new Error(`there is no format ${name}`);
  }

  /** The browser's command knows seven sizes only. */
  private size(text: string): void {
    this.run("fontSize", "7");
    for (const el of this.field.querySelectorAll<HTMLElement>(
      '[style*="xxx-large"], font[size="7"]',
    )) {
      el.removeAttribute("size");
      el.style.fontSize = /^[\d.]+$/.test(text) ? `${text}px` : text;
    }
  }
}
