// input and textarea: a native field inside, the app's placeholder and style around it.

import { Component, part } from "../component";
import { INPUT_ECHOES } from "../limits";
import type { Value } from "../../../shared/protocol";

const INPUT_MODES: Record<string, string> = { number: "numeric", digit: "decimal", idcard: "text" };

/** What the keyboards of the vendor's client cannot type; others can. */
const UNTYPED: Record<string, RegExp> = { number: /[^\d]/g, digit: /[^\d.]/g, idcard: /[^\dxX]/g };

/** The vendor's default. */
const DEFAULT_MAXLENGTH = 140;

abstract class Field extends Component {
  protected abstract readonly field: HTMLInputElement | HTMLTextAreaElement;
  private readonly placeholder = part("placeholder");
  /** Values sent to the app that have not come back; an echo must not undo newer input. */
  private sentValues: string[] = [];
  private composing = false;
  private keyCode = 0;

  override created(): void {
    const { field } = this;
    field.className = "wx-field";
    field.autocomplete = "off";
    this.el.append(this.placeholder, field);
    field.addEventListener("compositionstart", () => (this.composing = true));
    field.addEventListener("compositionend", () => {
      this.composing = false;
      this.typed();
    });
    field.addEventListener("keydown", (event) => {
      this.keyCode = (event as KeyboardEvent).keyCode;
    });
    field.addEventListener("input", () => this.typed());
    field.addEventListener("focus", () => {
      this.select();
      this.emit("focus", { value: field.value, height: 0 });
    });
    field.addEventListener("blur", () => {
      this.emit("blur", { value: field.value, cursor: field.selectionStart ?? field.value.length });
    });
    for (const name of Object.keys(this.props)) this.changed(name);
    this.changed("maxlength");
    this.draw();
  }

  override attached(): void {
    if (this.flag("focus") || this.flag("auto-focus")) this.field.focus();
  }

  override changed(name: string): void {
    const { field } = this;
    switch (name) {
      case "value":
        this.given(this.string("value"));
        break;
      case "disabled":
        field.disabled = this.flag("disabled");
        break;
      case "maxlength": {
        const limit = this.number("maxlength", DEFAULT_MAXLENGTH);
        if (limit < 0) field.removeAttribute("maxlength");
        else field.maxLength = limit;
        break;
      }
      case "focus":
        if (this.live) this.flag("focus") ? field.focus() : field.blur();
        break;
      case "placeholder":
      case "placeholder-class":
      case "placeholder-style":
      case "aria-label":
        this.placeholder.textContent = this.string("placeholder");
        this.placeholder.className = `wx-part wx-placeholder ${this.classes("placeholder-class") || this.placeholderClass}`;
        this.placeholder.style.cssText = this.page.style(this.string("placeholder-style"));
        field.setAttribute("aria-label", this.string("aria-label") || this.string("placeholder"));
        break;
    }
  }

  protected abstract readonly placeholderClass: string;

  /** Puts the cursor, or the selection, where the app wants it. */
  private select(): void {
    const end = this.field.value.length;
    const from = this.number("selection-start", -1);
    const to = this.number("selection-end", -1);
    const cursor = this.number("cursor", -1);
    if (from >= 0 && to >= 0) this.field.setSelectionRange(from, Math.min(to, end));
    else if (cursor >= 0) this.field.setSelectionRange(cursor, cursor);
  }

  override get value(): Value {
    return this.field.value;
  }
  override reset(): void {
    this.sentValues = [];
    this.field.value = this.string("value");
    this.draw();
  }
  override activate(): void {
    this.field.focus();
  }
  override get named(): HTMLElement {
    return this.field;
  }
  override tapped(): boolean {
    if (document.activeElement !== this.field) this.field.focus();
    return true;
  }

  override changedByApp(value: string, cursor?: number): void {
    this.sentValues = [];
    this.write(value, cursor);
  }

  protected draw(): void {
    this.placeholder.hidden = this.field.value !== "";
  }

  private given(value: string): void {
    const echo = this.sentValues.indexOf(value);
    if (echo >= 0) {
      this.sentValues.splice(0, echo + 1);
      return;
    }
    this.sentValues = [];
    if (!this.composing) this.write(value);
  }

  private write(value: string, cursor?: number): void {
    const { field } = this;
    const limit = this.number("maxlength", DEFAULT_MAXLENGTH);
    if (limit >= 0) value = value.slice(0, limit);
    if (field.value !== value) {
      const at = cursor ?? Math.min(field.selectionStart ?? value.length, value.length);
      const atEnd = field.selectionStart === field.value.length;
      field.value = value;
      if (document.activeElement === field && (cursor !== undefined || !atEnd))
        field.setSelectionRange(at, at);
    }
    this.draw();
  }

  private typed(): void {
    this.draw();
    if (this.composing) return;
    const untyped = UNTYPED[this.string("type")];
    if (untyped && this.field.value.search(untyped) >= 0) {
      const at = this.field.selectionStart ?? this.field.value.length;
      const before = this.field.value.slice(0, at).replace(untyped, "").length;
      this.field.value = this.field.value.replace(untyped, "");
      this.field.setSelectionRange(before, before);
      this.draw();
    }
    const value = this.field.value;
    if (this.sentValues.at(-1) === value) return;
    this.sentValues.push(value);
    if (this.sentValues.length > INPUT_ECHOES) this.sentValues.shift();
    const sent = this.page.events.send("input", this.el, {
      value,
      cursor: this.field.selectionStart ?? value.length,
      keyCode: this.keyCode,
    });
    // There is no handler, so no value can come back.
    if (!sent) this.sentValues = [];
  }
}

export class Input extends Field {
  protected readonly field = document.createElement("input");
  protected readonly placeholderClass = "input-placeholder";

  override created(): void {
    super.created();
    this.field.addEventListener("blur", () => {
      // Nobody reviews names here; programs wait for the word of the vendor's review before they take one.
      if (this.string("type") === "nickname" && this.field.value !== "")
        this.emit("nicknamereview", { pass: true, timeout: false });
    });
    this.field.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.isComposing) return;
      this.emit("confirm", { value: this.field.value });
      if (!this.flag("confirm-hold")) this.field.blur();
    });
  }

  override changed(name: string): void {
    super.changed(name);
    if (name === "password" || name === "type") {
      const type = this.string("type");
      this.field.type = this.flag("password") || type === "safe-password" ? "password" : "text";
      this.field.inputMode = INPUT_MODES[type] ?? "text";
      // The browser offers the names that it knows; the program gets one when the user takes it.
      this.field.setAttribute("autocomplete", type === "nickname" ? "nickname" : "off");
    }
    if (name === "confirm-type") this.field.enterKeyHint = this.string("confirm-type", "done");
  }
}

export class Textarea extends Field {
  protected readonly field = document.createElement("textarea");
  protected readonly placeholderClass = "textarea-placeholder";
  private lines = 0;

  override created(): void {
    super.created();
    this.field.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.isComposing) return;
      // Without confirm-type the key makes a new line.
      if (["", "return"].includes(this.string("confirm-type"))) return;
      event.preventDefault();
      this.emit("confirm", { value: this.field.value });
      if (!this.flag("confirm-hold")) this.field.blur();
    });
  }

  override changed(name: string): void {
    super.changed(name);
    const key = this.string("confirm-type");
    if (name === "confirm-type" && key !== "return") this.field.enterKeyHint = key;
  }

  override attached(): void {
    super.attached();
    this.grow();
    this.whenShown(() => this.grow());
  }

  protected override draw(): void {
    super.draw();
    if (this.live) this.grow();
  }

  /** The field is as high as its text when the app asks for that. */
  private grow(): void {
    const auto = this.flag("auto-height");
    this.el.classList.toggle("wx-auto", auto);
    const { field } = this;
    if (auto) {
      field.rows = 1;
      field.style.height = "auto";
      field.style.height = `${field.scrollHeight}px`;
    }
    const lineHeight = parseFloat(getComputedStyle(field).lineHeight) || 20;
    const lines = Math.max(1, Math.round(field.scrollHeight / lineHeight));
    if (lines === this.lines) return;
    this.lines = lines;
    this.emit("linechange", {
      height: field.scrollHeight,
      heightRpx: Math.round((field.scrollHeight * 750) / innerWidth),
      lineCount: lines,
    });
  }
}
