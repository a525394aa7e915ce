// Makes the elements of a page and sets their attributes.

import { animate, restyle } from "./animation";
import type { CompiledElement } from "./compile";
import type { Instance, Shadow, Widget, WxElement } from "./element";
import { setStyle } from "./style";
import type { TreeHost } from "./tree";
import type { Value } from "../../../shared/protocol";

/** Tags without their own role, which get the role of a button when they can be pressed. */
const PRESSABLE_ROLE = new Set([
  "view",
  "text",
  "image",
  "cover-view",
  "cover-image",
  "icon",
  "span",
]);

/** What elements need of their page. */
export interface ElementsHost {
  hasWidget(tag: string): boolean;
  widget(tag: string, el: WxElement): Widget;
  /** A style of the app, translated for the browser. */
  style(css: string): string;
  /** Whether a value names a picture of a canvas that is not drawn yet. */
  awaits(value: string): boolean;
  /** The app catches the moves of fingers on this element. */
  blockMoves(el: WxElement): void;
  /** An attribute was set whose changes a function of a module follows. */
  changed(el: WxElement, fn: string, now: Value, old: Value | undefined): void;
}

export class Elements implements TreeHost {
  /** Attributes that wait for a picture of a canvas: commands to draw come after the values of their turn. */
  private readonly early = new Map<WxElement, Map<string, Value>>();

  constructor(private readonly host: ElementsHost) {}

  /** A picture of a canvas is there: what may have waited for it is set. */
  drawn(): void {
    const waiting = [...this.early];
    this.early.clear();
    for (const [el, attributes] of waiting)
      if (el.isConnected) for (const [name, value] of attributes) this.attribute(el, name, value);
  }

  element(node: CompiledElement, inst: Instance): WxElement {
    const hasWidget = node.comp < 0 && this.host.hasWidget(node.tag);
    let el: WxElement;
    if (hasWidget) {
      el = document.createElement(`wx-${node.tag}`);
    } else {
      node.prototype ??= this.prototypeOf(node);
      el = node.prototype.cloneNode(false) as WxElement;
    }
    el.$inst = inst;
    el.$node = node;
    if (!hasWidget && inst.shadow.number >= 0) {
      const own = node.attrs.find(([name]) => name === "class");
      if (own) this.attribute(el, "class", own[1]);
    }
    for (const [name, value] of node.attrs) {
      if (name === "slot") el.$slot = String(value);
      if (FOR_SCRIPTS.test(name)) this.attribute(el, name, value);
    }
    if (el.$view) {
      for (const [name, value] of node.attrs) this.tellChange(el, name, value, undefined);
    }
    if (hasWidget) {
      el.$comp = this.host.widget(node.tag, el);
      for (const [name, value] of node.attrs) this.attribute(el, name, value);
      if (node.tappable) pressable(el, node.tag);
    } else if (node.attrs.some(([name]) => name === "animation")) {
      for (const [name, value] of node.attrs) if (name === "animation") animate(el, value);
    }
    const move = node.on?.touchmove;
    if (move === "catch" || move === "capture-catch" || el.$view?.["wxs:catch:touchmove"])
      this.host.blockMoves(el);
    return el;
  }

  private prototypeOf(node: CompiledElement): WxElement {
    // A component that is named like an element of ours, such as <loading>, has nothing of its looks.
    const own = node.comp >= 0 && this.host.hasWidget(node.tag);
    const el: WxElement = document.createElement(`wx-${own ? "own-" : ""}${node.tag}`);
    for (const [name, value] of node.attrs)
      if (name !== "animation" && !FOR_SCRIPTS.test(name)) this.attribute(el, name, value);
    if (node.tappable) pressable(el, node.tag);
    return el;
  }

  /** Notes a change that a function follows. An element tells its attributes in the order of the markup. */
  private tellChange(el: WxElement, name: string, now: Value, old: Value | undefined): void {
    const fn = el.$view?.[`change:${name}`];
    if (typeof fn === "string" && fn.startsWith("@")) this.host.changed(el, fn, now, old);
  }

  attribute(el: WxElement, name: string, value: Value): void {
    if (FOR_SCRIPTS.test(name)) {
      el.$view = { ...el.$view, [name]: value };
      return;
    }
    if (el.$view && el.$node?.dyn.some(([, one]) => one === name)) {
      const old = el.$view[`was:${name}`];
      this.tellChange(el, name, value, old);
      el.$view[`was:${name}`] = value;
    }
    if (this.early.size > 0) this.early.get(el)?.delete(name);
    if (typeof value === "string" && this.host.awaits(value)) {
      if (!this.early.has(el)) this.early.set(el, new Map());
      this.early.get(el)!.set(name, value);
      return;
    }
    switch (name) {
      case "class":
        el.$class = value === null ? "" : Array.isArray(value) ? value.join(" ") : String(value);
        el.className = classesIn(el.$inst?.shadow, el.$class);
        // As they are written, for `:host(.class)` of a component's own sheet.
        if (el.hasAttribute("wx-host")) el.setAttribute("wx-class", el.$class);
        if (el.$hover) el.classList.add(...el.$hover);
        if (el.$added) el.classList.add(...el.$added);
        break;
      case "slot":
        el.$slot = value === null ? "" : String(value);
        return;
      case "style":
        setStyle(el, value === null ? "" : this.host.style(String(value)));
        if (el.$anim) restyle(el);
        break;
      case "id":
        el.id = value === null ? "" : String(value);
        break;
      case "animation":
        // A movable-view has a switch of the same name.
        if (typeof value === "boolean") break;
        animate(el, value);
        return;
      default:
        reflect(el, name, value);
    }
    const comp = el.$comp;
    if (!comp) return;
    comp.props[name] = value;
    if (comp.live) comp.changed(name);
  }
}

/** The classes of an element in its shadow: those of a component carry its name. */
export function classesIn(shadow: Shadow | undefined, text: string): string {
  if (!shadow?.host) return text.replace(/(^|\s)[\^~]+/g, "$1");
  const classes: string[] = [];
  for (const name of text.split(/\s+/)) {
    if (name === "") continue;
    // "~name" is a class of the page, "^name" one of the shadow around.
    if (name.startsWith("~")) {
      classes.push(name.slice(1));
      continue;
    }
    if (name.startsWith("^")) {
      classes.push(classesIn(shadow.host.owner.shadow, name.slice(1)));
      continue;
    }
    const given = shadow.externals[name];
    if (given !== undefined) {
      const outside = classesIn(shadow.host.owner.shadow, given);
      if (outside) classes.push(outside);
      continue;
    }
    if (shadow.global) classes.push(name);
    classes.push(`c${shadow.number}--${name}`);
  }
  return classes.join(" ");
}

/** Attributes that only functions of WXS modules read. */
const FOR_SCRIPTS = /^(wxs|change|data|mark):/;

function pressable(el: WxElement, tag: string): void {
  if (!el.hasAttribute("tabindex")) el.tabIndex = 0;
  if (PRESSABLE_ROLE.has(tag) && !el.hasAttribute("role")) el.setAttribute("role", "button");
}

/** Whether the markup itself has the attribute: without a value it means true there. */
function isStatic(el: WxElement, name: string): boolean {
  return el.$node?.attrs.some(([attr]) => attr === name) ?? false;
}

/** Sets an attribute for the app's selectors, except attributes that could run code or load an address. */
function reflect(el: WxElement, name: string, value: Value): void {
  if (name === "hidden") {
    const hidden = value === "" ? isStaticFlag(el, name) : Boolean(value);
    el.toggleAttribute("hidden", hidden);
    return;
  }
  if (/^on|^is$|^slot$/i.test(name) || !/^[a-z_][\w:.-]*$/i.test(name)) return;
  if (value === null || value === false || typeof value === "object") el.removeAttribute(name);
  else el.setAttribute(name, value === true ? "" : String(value).slice(0, 2000));
}

function isStaticFlag(el: WxElement, name: string): boolean {
  // A prototype is built only from static attributes and has no node yet.
  return el.$node ? isStatic(el, name) : true;
}
