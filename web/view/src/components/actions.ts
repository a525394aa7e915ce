// button, form, label and navigator.

import { Component, componentOf } from "../component";
import type { Value } from "../../../shared/protocol";
import type { WxElement } from "../core/element";

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
      const form = componentOf<Form>(this.el.closest<WxElement>("wx-form"));
      if (formType === "submit") form?.submit(this);
      if (formType === "reset") form?.reset(this);
    }
    const openType = this.string("open-type", this.string("openType"));
    // Several in one: "getPhoneNumber|agreePrivacyAuthorization".
    const opens = openType.split("|").every((one) => OPEN_TYPES.has(one));
    if (opens) this.emit("opentype", { openType });
    // One that does nothing of its own may be what a picker or a navigator shows.
    return opens || formType !== "";
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
    for (const el of this.el.querySelectorAll<WxElement>("*")) {
      const control = componentOf(el);
      if (control?.value !== undefined) yield control;
    }
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
    if (id) return componentOf(document.getElementById(id));
    const inside = [...this.el.querySelectorAll<WxElement>("*")].map((el) => componentOf(el));
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
    const other = this.string("target") === "miniProgram" && {
      target: "miniProgram",
      appId: this.string("app-id"),
      path: this.string("path"),
      extraData: this.props["extra-data"] ?? null,
      version: this.string("version"),
    };
    this.emit("navigate", {
      url: this.string("url"),
      openType,
      delta: this.number("delta", 1),
      ...other,
    });
    return true;
  }
}
