// checkbox, radio and their groups, switch, slider.

import { Component, componentOf, part } from "../component";
import type { Finger } from "../core/element";
import type { Value } from "../../../shared/protocol";
import type { WxElement } from "../core/element";

/** A box that is on or off; view.css draws it by aria-checked. */
abstract class Choice extends Component {
  on = false;
  private box!: HTMLElement;
  protected abstract readonly role: string;

  /** The tag whose parts it has. */
  protected get look(): string {
    return this.role;
  }

  override created(): void {
    this.box = part(`${this.look}-input`);
    this.el.prepend(this.box);
    this.el.setAttribute("role", this.role);
    this.on = this.flag("checked");
    this.draw();
  }

  override changed(name: string): void {
    if (name === "checked") this.on = this.flag("checked");
    this.draw();
  }

  override get ignoresTaps(): boolean {
    return this.flag("disabled");
  }

  override tapped(): boolean {
    if (!this.ignoresTaps) this.activate();
    return true;
  }

  override reset(): void {
    this.on = this.flag("checked");
    this.draw();
  }

  set(on: boolean): void {
    this.on = on;
    this.draw();
  }

  protected draw(): void {
    const { el } = this;
    el.setAttribute("aria-checked", String(this.on));
    el.setAttribute("aria-disabled", String(this.ignoresTaps));
    el.tabIndex = this.ignoresTaps ? -1 : 0;
    // The names of the vendor's parts: every recipe for another look uses them.
    const name = `wx-${this.look}-input`;
    this.box.classList.toggle(`${name}-checked`, this.on);
    this.box.classList.toggle(`${name}-disabled`, this.ignoresTaps);
    const color = this.string("color");
    if (color) this.box.style.setProperty("--accent", color);
  }

  protected group<T>(tag: string): T | undefined {
    return componentOf(this.el.parentElement?.closest<WxElement>(tag)) as T | undefined;
  }
}

export class Checkbox extends Choice {
  protected readonly role = "checkbox";
  override get labelled(): boolean {
    return true;
  }
  override activate(): void {
    this.set(!this.on);
    this.group<CheckboxGroup>("wx-checkbox-group")?.report();
  }
}

export class Radio extends Choice {
  protected readonly role = "radio";
  override get labelled(): boolean {
    return true;
  }
  override attached(): void {
    if (this.on) this.group<RadioGroup>("wx-radio-group")?.keepLast();
  }
  override changed(name: string): void {
    super.changed(name);
    if (name === "checked" && this.on) this.group<RadioGroup>("wx-radio-group")?.keep(this);
  }
  override activate(): void {
    if (this.on) return;
    const group = this.group<RadioGroup>("wx-radio-group");
    if (group) group.choose(this);
    else this.set(true);
  }
}

abstract class Group<T extends Choice> extends Component {
  protected members(tag: string): T[] {
    return [...this.el.querySelectorAll<WxElement>(tag)].map((el) => componentOf<T>(el)!);
  }
}

export class CheckboxGroup extends Group<Checkbox> {
  override created(): void {
    this.el.setAttribute("role", "group");
  }
  override get value(): Value {
    return this.members("wx-checkbox")
      .filter((box) => box.on)
      .map((box) => box.string("value"));
  }
  override reset(): void {
    for (const box of this.members("wx-checkbox")) box.reset();
  }
  report(): void {
    this.emit("change", { value: this.value });
  }
}

export class RadioGroup extends Group<Radio> {
  override created(): void {
    this.el.setAttribute("role", "radiogroup");
    this.el.addEventListener("keydown", (event) => this.key(event));
  }
  override get value(): Value {
    return (
      this.members("wx-radio")
        .find((radio) => radio.on)
        ?.string("value") ?? ""
    );
  }
  override reset(): void {
    for (const radio of this.members("wx-radio")) radio.reset();
    this.keepLast();
  }
  /** Of several radios that the app checks the last one is on. */
  keepLast(): void {
    const last = this.members("wx-radio").findLast((radio) => radio.on);
    if (last) this.keep(last);
  }
  keep(chosen: Radio): void {
    for (const radio of this.members("wx-radio")) radio.set(radio === chosen);
  }
  choose(chosen: Radio): void {
    this.keep(chosen);
    this.emit("change", { value: chosen.string("value") });
  }
  private key(event: KeyboardEvent): void {
    const step = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[event.key];
    const radios = this.members("wx-radio").filter((radio) => !radio.ignoresTaps);
    const at = radios.findIndex((radio) => radio.el === event.target);
    if (!step || at < 0) return;
    event.preventDefault();
    const next = radios[(at + step + radios.length) % radios.length]!;
    next.el.focus();
    next.activate();
  }
}

export class Switch extends Choice {
  protected readonly role = "switch";
  protected override get look(): string {
    return this.string("type") === "checkbox" ? "checkbox" : "switch";
  }
  override get value(): Value {
    return this.on;
  }
  override activate(): void {
    this.set(!this.on);
    this.emit("change", { value: this.on });
  }
}

export class Slider extends Component {
  private readonly fill = part("slider-track");
  private readonly knob = part("slider-handle wx-slider-thumb");
  private readonly track = part("slider-handle-wrapper", this.fill, this.knob);
  private readonly shown = part("slider-value");
  private now = 0;
  private dragging = false;

  override created(): void {
    this.el.append(this.track, this.shown);
    this.knob.setAttribute("role", "slider");
    this.knob.addEventListener("keydown", (event) => this.key(event));
    this.now = this.snap(this.number("value", 0));
    this.draw();
  }

  override changed(name: string): void {
    if (name === "value" && !this.dragging) this.now = this.snap(this.number("value", 0));
    this.draw();
  }

  override get value(): Value {
    return this.now;
  }
  override get named(): HTMLElement {
    return this.knob;
  }
  override reset(): void {
    this.now = this.snap(this.number("value", 0));
    this.draw();
  }

  override grab(finger: Finger): boolean {
    if (this.flag("disabled")) return false;
    const box = this.track.getBoundingClientRect();
    this.dragging = Math.abs(finger.y - (box.top + box.height / 2)) < 24;
    return this.dragging;
  }
  override drag(finger: Finger): boolean {
    if (!this.dragging || (Math.abs(finger.dx) < 3 && Math.abs(finger.dy) < 3)) return false;
    if (this.move(finger.x)) this.emit("changing", { value: this.now });
    return true;
  }
  override drop(finger: Finger): void {
    if (!this.dragging) return;
    this.dragging = false;
    if (Math.abs(finger.dx) < 3) this.move(finger.x);
    this.emit("change", { value: this.now });
  }
  override tapped(): boolean {
    return true;
  }

  private move(x: number): boolean {
    const box = this.track.getBoundingClientRect();
    const [min, max] = [this.number("min", 0), this.number("max", 100)];
    const before = this.now;
    this.now = this.snap(min + ((x - box.left) / box.width) * (max - min));
    this.draw();
    return this.now !== before;
  }

  private snap(value: number): number {
    const [min, max, step] = [
      this.number("min", 0),
      this.number("max", 100),
      this.number("step", 1) || 1,
    ];
    const steps = Math.round((Math.min(max, Math.max(min, value)) - min) / step);
    // With steps of 0.1 the value must not show a binary rounding error.
    return Number((min + steps * step).toFixed(6));
  }

  private draw(): void {
    const [min, max] = [this.number("min", 0), this.number("max", 100)];
    const share = max > min ? (this.now - min) / (max - min) : 0;
    this.fill.style.width = `${share * 100}%`;
    this.knob.style.left = `${share * 100}%`;
    const size = Math.min(28, Math.max(12, this.number("block-size", 28)));
    this.knob.style.width = this.knob.style.height = `${size}px`;
    this.knob.style.backgroundColor = this.string("block-color");
    this.fill.style.backgroundColor =
      this.string("activeColor") || this.string("active-color") || this.string("selected-color");
    this.track.style.backgroundColor =
      this.string("backgroundColor") || this.string("background-color") || this.string("color");
    this.shown.hidden = !this.flag("show-value");
    this.shown.textContent = String(this.now);
    this.knob.tabIndex = this.flag("disabled") ? -1 : 0;
    if (this.string("aria-label")) this.knob.setAttribute("aria-label", this.string("aria-label"));
    for (const [name, value] of [
      ["now", this.now],
      ["min", min],
      ["max", max],
    ] as const) {
      this.knob.setAttribute(`aria-value${name}`, String(value));
    }
  }

  private key(event: KeyboardEvent): void {
    const step = {
      ArrowRight: 1,
      ArrowUp: 1,
      ArrowLeft: -1,
      ArrowDown: -1,
      PageUp: 10,
      PageDown: -10,
    }[event.key];
    if (!step || this.flag("disabled")) return;
    event.preventDefault();
    this.now = this.snap(this.now + step * (this.number("step", 1) || 1));
    this.draw();
    this.emit("change", { value: this.now });
  }
}
