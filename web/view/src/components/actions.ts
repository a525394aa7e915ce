// button, form, label and navigator.

import { Component } from "../component";
import type { Value } from "../protocol";
import type { WxElement } from "../tree";

/** Types of buttons whose work the host does, when the server asks for it. */
const OPEN_TYPES = new Set([
  "share",
  "getUserInfo",
  "getPhoneNumber",
  "getRealtimePhoneNumber",
  "contact",
  "openSetting",
  "chooseAvatar",
  "feedback",
  "launchApp",
  "agreePrivacyAuthorization",
]);

export class Button extends Component {
  override created(): void {
    this.el.setAttribute("role", "button");
    this.changed("disabled");
    this.changed("loading");
  }

  override changed(name: string): void {
    if (name === "disabled") {
      this.el.setAttribute("aria-disabled", String(this.flag("disabled")));
      this.el.tabIndex = this.flag("disabled") ? -1 : 0;
    }
    if (name === "loading") this.el.setAttribute("aria-busy", String(this.flag("loading")));
  }

  override get ignoresTaps(): boolean {
    return this.flag("disabled");
  }

  override tapped(): boolean {
    const formType = this.string("form-type", this.string("formType"));
    if (formType) {
      const form = (this.el.closest("wx-form") as WxElement | null)?.$comp as Form | undefined;
      if (formType === "submit") form?.submit(this);
      if (formType === "reset") form?.reset(this);
    }
    const openType = this.string("open-type", this.string("openType"));
    if (OPEN_TYPES.has(openType)) this.emit("opentype", { openType });
    return true;
  }

  override activate(): void {
    this.tapped();
  }
}

export class Form extends Component {
  submit(by: Component): void {
    this.emit("submit", { value: this.collect(), formId: "", target: by.target });
  }

  override reset(by?: Component): void {
    for (const control of this.controls()) control.reset();
    this.emit("reset", by ? { target: by.target } : {});
  }

  private *controls(): Generator<Component> {
    for (const el of this.el.querySelectorAll<WxElement>("*"))
      if (el.$comp?.value !== undefined) yield el.$comp;
  }

  private collect(): Record<string, Value> {
    const out: Record<string, Value> = {};
    for (const control of this.controls()) {
      const name = control.string("name");
      if (name) out[name] = control.value!;
    }
    return out;
  }
}

let labels = 0;

export class Label extends Component {
  override attached(): void {
    const control = this.control();
    if (!control || control.string("aria-label")) return;
    // The visible name is also the name for a screen reader.
    this.el.id ||= `wx-label-${++labels}`;
    control.named.setAttribute("aria-labelledby", this.el.id);
  }

  override tapped(): boolean {
    const control = this.control();
    if (!control || control.ignoresTaps) return false;
    control.activate();
    return true;
  }

  private control(): Component | undefined {
    const id = this.string("for");
    if (id) return (document.getElementById(id) as WxElement | null)?.$comp;
    const inside = [...this.el.querySelectorAll<WxElement>("*")].map((el) => el.$comp);
    return inside.find(
      (comp) => comp && (comp.value !== undefined || comp instanceof Button || comp.labelled),
    );
  }
}

export class Navigator extends Component {
  override created(): void {
    this.el.setAttribute("role", "link");
    this.el.tabIndex = 0;
  }

  override tapped(): boolean {
    // The spelling of bundles from 2016: <navigator redirect>.
    const old = this.flag("redirect") || this.props.redirect === "" ? "redirect" : "navigate";
    const openType = this.string("open-type", this.string("openType")) || old;
    this.emit("navigate", { url: this.string("url"), openType, delta: this.number("delta", 1) });
    return true;
  }
}
