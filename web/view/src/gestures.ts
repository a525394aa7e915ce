// Turns touch, mouse and keyboard input into the apps' events (touchstart … touchend, tap,
// longpress) and into the press state and the drags of widgets.

import { classesIn } from "./core/elements";
import type { Finger, Widget, WxElement } from "./core/element";
import type { Events } from "./core/events";
import { above } from "./core/virtual";
import { GHOST_MOUSE_MS, LONG_PRESS_MS, TAP_SLOP_PX } from "./limits";
import type { TouchPoint, ToShell } from "../../shared/protocol";

/** The mouse counts as a finger with this number. */
const MOUSE = 0;

interface Press {
  identifier: number;
  target: WxElement | null;
  startX: number;
  startY: number;
  x: number;
  y: number;
  vx: number;
  vy: number;
  at: number;
  moved: boolean;
  /** A long press was sent, so the release is not a tap. */
  held: boolean;
  timer: ReturnType<typeof setTimeout> | undefined;
  /** Widgets that may drag, innermost first, until one of them owns the finger. */
  grabbers: Widget[];
  owner: Widget | null;
  hover: Hover | null;
}

type Phase = "touchstart" | "touchmove" | "touchend" | "touchcancel";

export class Gestures {
  private readonly presses = new Map<number, Press>();
  private lastTouch = -Infinity;
  /** When the finger did what is handled now: a busy page may hear of it late. */
  private now = 0;
  private lastTouched: Element | null = null;
  private mouseDown = false;
  /** The newest move that waits for the next animation frame. */
  private move: (() => void) | null = null;

  constructor(
    private readonly root: WxElement,
    private readonly events: Events,
    private readonly post: (message: ToShell) => void,
  ) {}

  listen(): void {
    const passive = { capture: true, passive: true };
    document.addEventListener("touchstart", (e) => this.touches("touchstart", e), passive);
    document.addEventListener("touchmove", (e) => this.touches("touchmove", e), passive);
    document.addEventListener("touchend", (e) => this.touches("touchend", e), passive);
    document.addEventListener("touchcancel", (e) => this.touches("touchcancel", e), passive);
    document.addEventListener("mousedown", (e) => this.mouse("touchstart", e), passive);
    addEventListener("mousemove", (e) => this.mouse("touchmove", e), passive);
    addEventListener("mouseup", (e) => this.mouse("touchend", e), passive);
    addEventListener("blur", () => this.cancel());
    document.addEventListener("scroll", (e) => this.scrolled(e.target as Node), passive);
    document.addEventListener("keydown", (e) => this.key(e));
    document.addEventListener("click", (e) => this.click(e), true);
    for (const type of ["transitionend", "animationstart", "animationiteration", "animationend"]) {
      document.addEventListener(type, (e) => {
        const { elapsedTime } = e as TransitionEvent;
        // Internal elements animate too; the app gets events only of its own elements.
        if ((e.target as WxElement).$node)
          this.events.send(type, e.target as Element, { elapsedTime });
      });
    }
    // Dragging a picture with the mouse would end the gesture.
    document.addEventListener("dragstart", (e) => e.preventDefault());
  }

  /** Stops scrolling under an element that catches the move; apps use this for masks. */
  block(el: WxElement): void {
    const stop = (event: Event) => {
      for (let at = event.target as Element | null; at && at !== el; at = at.parentElement) {
        if (at.matches("wx-scroll-view[scroll-y], wx-scroll-view[scroll-x], textarea, .wx-wheel"))
          return;
      }
      if (event.cancelable) event.preventDefault();
    };
    el.addEventListener("touchmove", stop, { passive: false });
    el.addEventListener("wheel", stop, { passive: false });
  }

  private touches(phase: Phase, event: TouchEvent): void {
    this.lastTouch = this.now = event.timeStamp;
    this.lastTouched = event.target as Element;
    const all = [...event.touches].map(pointOf);
    const changed = [...event.changedTouches].map(pointOf);
    for (const point of changed) this.step(phase, point, event.target, all, changed);
    this.report(phase, event.target, all, changed);
    if (phase === "touchend" || phase === "touchcancel")
      for (const point of changed) this.finish(phase, point, all);
  }

  private mouse(phase: Phase, event: MouseEvent): void {
    if (event.timeStamp - this.lastTouch < GHOST_MOUSE_MS) return;
    this.now = event.timeStamp;
    if (phase === "touchstart") {
      if (event.button !== 0) return;
      this.mouseDown = true;
    } else if (!this.mouseDown) {
      return;
    }
    const { clientX, clientY } = event;
    const point = {
      identifier: MOUSE,
      clientX,
      clientY,
      pageX: clientX + scrollX,
      pageY: clientY + scrollY,
    };
    const all = phase === "touchend" ? [] : [point];
    const target =
      phase === "touchstart" ? event.target : (this.presses.get(MOUSE)?.target ?? null);
    this.step(phase, point, target, all, [point]);
    this.report(phase, target, all, [point]);
    if (phase === "touchend") {
      this.mouseDown = false;
      this.finish(phase, point, all);
    }
  }

  private step(
    phase: Phase,
    point: TouchPoint,
    target: EventTarget | null,
    all: TouchPoint[],
    changed: TouchPoint[],
  ): void {
    if (phase === "touchstart") this.begin(point, this.events.owner(target), all, changed);
    const press = this.presses.get(point.identifier);
    if (!press || (phase !== "touchmove" && phase !== "touchend")) return;
    // While it scrolls, a browser reports few moves: a quick one may be seen only where it ends.
    if (phase === "touchend" && point.clientX === press.x && point.clientY === press.y) return;
    const elapsed = Math.max(1, this.now - press.at);
    press.vx = 0.7 * ((point.clientX - press.x) / elapsed) + 0.3 * press.vx;
    press.vy = 0.7 * ((point.clientY - press.y) / elapsed) + 0.3 * press.vy;
    press.x = point.clientX;
    press.y = point.clientY;
    press.at = this.now;
    if (!press.moved && Math.hypot(press.x - press.startX, press.y - press.startY) > TAP_SLOP_PX) {
      press.moved = true;
      clearTimeout(press.timer);
      press.hover?.leave(0);
    }
    this.drag(press);
  }

  private begin(
    point: TouchPoint,
    target: WxElement | null,
    all: TouchPoint[],
    changed: TouchPoint[],
  ): void {
    const press: Press = {
      identifier: point.identifier,
      target,
      startX: point.clientX,
      startY: point.clientY,
      x: point.clientX,
      y: point.clientY,
      vx: 0,
      vy: 0,
      at: this.now,
      moved: all.length > 1,
      held: false,
      timer: undefined,
      grabbers: [],
      owner: null,
      hover: Hover.enter(target),
    };
    this.presses.set(point.identifier, press);
    const finger = fingerOf(press, this.now);
    // Below the last element it is the page itself that is pulled.
    for (let el: WxElement | null = target ?? this.root; el; el = above(el))
      if (el.$comp?.grab(finger)) press.grabbers.push(el.$comp);
    if (all.length > 1) return;
    press.timer = setTimeout(() => {
      const detail = { x: press.x, y: press.y };
      const sent = this.events.send("longpress", target, detail, {
        touches: all,
        changedTouches: changed,
      });
      const old = this.events.send("longtap", target, detail, {
        touches: all,
        changedTouches: changed,
      });
      press.held = sent || old;
      for (let el = target; el; el = above(el)) el.$comp?.held?.();
    }, LONG_PRESS_MS);
  }

  private drag(press: Press): void {
    const finger = fingerOf(press, this.now);
    if (press.owner) {
      press.owner.drag(finger);
      return;
    }
    for (const comp of press.grabbers) {
      if (!comp.drag(finger)) continue;
      press.owner = comp;
      press.moved = true;
      clearTimeout(press.timer);
      for (const other of press.grabbers) if (other !== comp) other.drop(finger);
      return;
    }
  }

  private report(
    phase: Phase,
    target: EventTarget | null,
    touches: TouchPoint[],
    changedTouches: TouchPoint[],
  ): void {
    const el = this.events.owner(target);
    if (!el || !this.events.heard(phase, el)) return;
    const point = changedTouches[0]!;
    const detail = { x: point.pageX, y: point.pageY };
    const send = () => this.events.send(phase, el, detail, { touches, changedTouches });
    if (phase !== "touchmove") {
      this.flush();
      send();
      return;
    }
    if (!this.move) requestAnimationFrame(() => this.flush());
    this.move = send;
  }

  private flush(): void {
    const move = this.move;
    this.move = null;
    move?.();
  }

  private finish(phase: Phase, point: TouchPoint, touches: TouchPoint[]): void {
    const press = this.presses.get(point.identifier);
    if (!press) return;
    this.presses.delete(point.identifier);
    clearTimeout(press.timer);
    press.hover?.leave();
    const finger = fingerOf(press, this.now);
    if (press.owner) press.owner.drop(finger);
    else for (const comp of press.grabbers) comp.drop(finger);
    if (phase === "touchend" && !press.moved && !press.held && press.target) {
      this.tap(press.target, point, touches);
    }
  }

  private cancel(): void {
    this.mouseDown = false;
    for (const press of this.presses.values()) {
      clearTimeout(press.timer);
      press.hover?.leave(0);
      for (const comp of press.owner ? [press.owner] : press.grabbers)
        comp.drop(fingerOf(press, this.now));
    }
    this.presses.clear();
  }

  private scrolled(scroller: Node): void {
    for (const press of this.presses.values()) {
      // A scroll of another element does not cancel the tap.
      if (!scroller.contains(press.target)) continue;
      clearTimeout(press.timer);
      press.moved = true;
      press.hover?.leave(0);
    }
  }

  /** A tap from any kind of input: first the app's event, then the action of the widgets. */
  tap(target: WxElement, point: TouchPoint, others: TouchPoint[] = []): void {
    for (let el: WxElement | null = target; el; el = above(el))
      if (el.$node?.tag === "button" && el.$comp?.ignoresTaps) return;
    const more = target.$comp?.tapDetail?.(point.clientX, point.clientY);
    const detail = { x: point.pageX, y: point.pageY, ...more };
    // The finger that tapped is among the touches, though it has left: programs read touches[0].
    this.events.send("tap", target, detail, {
      touches: [...others, point],
      changedTouches: [point],
    });
    for (let el: WxElement | null = target; el; el = above(el)) {
      if (el.$comp?.tapped(point.clientX, point.clientY)) return;
      const binding = el.$node?.on?.tap;
      if (binding === "catch" || binding === "capture-catch") return;
    }
  }

  private tapMiddle(el: WxElement): void {
    const box = el.getBoundingClientRect();
    const clientX = box.left + box.width / 2;
    const clientY = box.top + box.height / 2;
    this.tap(el, {
      identifier: MOUSE,
      clientX,
      clientY,
      pageX: clientX + scrollX,
      pageY: clientY + scrollY,
    });
  }

  private key(event: KeyboardEvent): void {
    if (
      event.key === "Escape" &&
      !event.defaultPrevented &&
      !document.querySelector("dialog[open]")
    )
      this.post({ t: "escape" });
    const el = event.target as WxElement;
    if (
      (event.key !== "Enter" && event.key !== " ") ||
      event.repeat ||
      event.isComposing ||
      !el.$node
    )
      return;
    event.preventDefault();
    this.tapMiddle(el);
  }

  /** Screen readers click without a pointer; every other click was already a tap. */
  private click(event: MouseEvent): void {
    // The browser sends one click after a touch. When the touch has opened a sheet, it would hit the sheet.
    const touched = this.lastTouched;
    this.lastTouched = null;
    const sheet = (event.target as Element).closest?.("dialog");
    const after = event.timeStamp - this.lastTouch < GHOST_MOUSE_MS;
    if (sheet && after && touched && !sheet.contains(touched)) {
      event.stopPropagation();
      event.preventDefault();
      return;
    }
    if (event.detail !== 0 || !event.isTrusted) return;
    const el = this.events.owner(event.target);
    if (el) this.tapMiddle(el);
  }
}

function pointOf(touch: Touch): TouchPoint {
  const { identifier, clientX, clientY, pageX, pageY } = touch;
  return { identifier, clientX, clientY, pageX, pageY };
}

function fingerOf(press: Press, now: number): Finger {
  // A finger that stopped before it was lifted has no speed.
  const resting = now - press.at > 80;
  return {
    x: press.x,
    y: press.y,
    dx: press.x - press.startX,
    dy: press.y - press.startY,
    vx: resting ? 0 : press.vx,
    vy: resting ? 0 : press.vy,
  };
}

/** Default press state of each tag: class, delay before it shows, time it stays. */
const HOVER: Record<string, [string, number, number]> = {
  button: ["button-hover", 20, 70],
  navigator: ["navigator-hover", 50, 600],
};

/** The press state of the elements under a finger. */
class Hover {
  private readonly timer: ReturnType<typeof setTimeout>;
  private shown = false;
  private over = false;

  static enter(target: WxElement | null): Hover | null {
    const pressed: { el: WxElement; classes: string[]; stay: number }[] = [];
    let delay = 50;
    for (let el = target; el; el = above(el)) {
      if (!el.$node) continue;
      const [otherwise, start, stay] = HOVER[el.$node.tag] ?? ["", 50, 400];
      const given = el.getAttribute("hover-class");
      const name =
        given === null || given === "none"
          ? (given ?? otherwise)
          : classesIn(el.$inst?.shadow, given);
      if (name === "" || name === "none" || el.hasAttribute("disabled")) continue;
      const classes = name.split(/\s+/).filter(Boolean);
      pressed.push({ el, classes, stay: Number(el.getAttribute("hover-stay-time") ?? stay) });
      if (pressed.length === 1) delay = Number(el.getAttribute("hover-start-time") ?? start);
      if (el.hasAttribute("hover-stop-propagation")) break;
    }
    return pressed.length > 0 ? new Hover(pressed, delay) : null;
  }

  private constructor(
    private readonly pressed: { el: WxElement; classes: string[]; stay: number }[],
    delay: number,
  ) {
    this.timer = setTimeout(() => this.show(), delay);
  }

  private show(): void {
    this.shown = true;
    for (const { el, classes } of this.pressed) {
      el.$hover = classes;
      el.classList.add(...classes);
    }
  }

  leave(after?: number): void {
    clearTimeout(this.timer);
    if (this.over) return;
    this.over = true;
    // A tap shorter than the delay also shows the press state, so that the user sees a reaction.
    if (!this.shown && after === undefined) this.show();
    for (const { el, classes, stay } of this.pressed) {
      setTimeout(() => {
        if (el.$hover !== classes) return;
        el.$hover = undefined;
        el.classList.remove(...classes);
      }, after ?? stay);
    }
  }
}
