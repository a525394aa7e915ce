// Plays the export of wx.createAnimation: a list of steps, each a set of transforms and styles with
// its own transition.

import type { Value } from "../../../shared/protocol";
import type { WxElement } from "./element";

interface Step {
  animates?: { type: string; args: Value[] }[];
  option?: {
    transformOrigin?: string;
    transition?: { duration?: number; delay?: number; timingFunction?: string };
  };
}

/** Maximum number of steps of one animation; more would not be seen. */
const MAX_STEPS = 200;

const running = new WeakMap<WxElement, ReturnType<typeof setTimeout>>();

export function animate(el: WxElement, value: Value): void {
  clearTimeout(running.get(el));
  const actions = (value as { actions?: Step[] } | null)?.actions;
  if (!Array.isArray(actions)) return;
  const steps = actions.slice(0, MAX_STEPS);
  const play = (index: number) => {
    const step = steps[index];
    if (!step) return;
    const { duration = 400, delay = 0, timingFunction = "linear" } = step.option?.transition ?? {};
    const styles: Record<string, string> = { ...el.$anim };
    const transforms: string[] = [];
    for (const { type, args } of step.animates ?? []) {
      if (type === "style") styles[camel(String(args[0]))] = String(args[1]);
      else transforms.push(transform(type, args));
    }
    if (transforms.length > 0) styles.transform = transforms.join(" ");
    styles.transitionProperty = "all";
    styles.transitionDuration = `${duration}ms`;
    styles.transitionDelay = `${delay}ms`;
    styles.transitionTimingFunction = timingFunction;
    if (step.option?.transformOrigin) styles.transformOrigin = step.option.transformOrigin;
    el.$anim = styles;
    restyle(el);
    running.set(
      el,
      setTimeout(() => play(index + 1), duration + delay),
    );
  };
  // The element must have been drawn in its old state, so that the transition has a start.
  requestAnimationFrame(() => play(0));
}

/** Sets the animation's styles again after the app's own style was set. */
export function restyle(el: WxElement): void {
  Object.assign(el.style, el.$anim);
}

function camel(name: string): string {
  return name.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

const LENGTHS = new Set(["translate", "translateX", "translateY", "translateZ", "translate3d"]);
const ANGLES = new Set(["rotate", "rotateX", "rotateY", "rotateZ", "skew", "skewX", "skewY"]);
const NAMES = new Set([
  ...LENGTHS,
  ...ANGLES,
  "scale",
  "scaleX",
  "scaleY",
  "scaleZ",
  "scale3d",
  "matrix",
  "matrix3d",
  "rotate3d",
]);

function transform(type: string, args: Value[]): string {
  if (!NAMES.has(type)) return "";
  const unit = LENGTHS.has(type) ? "px" : ANGLES.has(type) ? "deg" : "";
  const parts = args.map((arg, i) => {
    const degrees = type === "rotate3d" && i === 3 ? "deg" : unit;
    return typeof arg === "number" ? `${arg}${degrees}` : String(arg);
  });
  return `${type}(${parts.join(",")})`;
}

// --- this.animate ------------------------------------------------------------------------------------

/** Key frames of one call; more would not be seen. */
const MAX_FRAMES = 200;

const playing = new WeakMap<WxElement, Animation[]>();

/** One key frame as the browser has it: transforms are joined, styles are translated. */
function keyframe(frame: Record<string, Value>, style: (css: string) => string): Keyframe {
  const made: Record<string, string | number> = {};
  const transforms: string[] = [];
  for (const [name, value] of Object.entries(frame)) {
    if (value === null) continue;
    if (name === "offset") made.offset = Math.min(1, Math.max(0, Number(value)));
    else if (name === "ease") made.easing = String(value);
    else if (name === "composite") made.composite = String(value);
    else if (NAMES.has(name))
      transforms.push(style(transform(name, Array.isArray(value) ? value : [value])));
    else made[camel(name)] = typeof value === "number" ? value : style(String(value));
  }
  if (transforms.length > 0) made.transform = transforms.join(" ");
  return made as Keyframe;
}

/** Plays the key frames of this.animate; they stay as they end. Returns how many milliseconds it takes. */
export function animateElements(
  elements: WxElement[],
  args: Record<string, Value>,
  source: WxElement | null,
  style: (css: string) => string,
): number {
  const list = Array.isArray(args.frames) ? args.frames : [];
  const frames = list
    .slice(0, MAX_FRAMES)
    .filter((frame) => frame !== null && typeof frame === "object" && !Array.isArray(frame))
    .map((frame) => keyframe(frame as Record<string, Value>, style));
  const duration = Number(args.duration ?? 0);
  for (const el of elements) {
    try {
      const options: KeyframeAnimationOptions = source
        ? { fill: "both", ...alongScroll(source, args.timeline) }
        : { fill: "forwards", duration };
      playing.set(el, [...(playing.get(el) ?? []), el.animate(frames, options)]);
    } catch (error) {
      console.warn(`animate: ${String(error)}`); // a value that the browser does not know
    }
  }
  return source ? 0 : duration;
}

export function stopAnimations(el: WxElement | null | undefined): void {
  if (!el) return;
  for (const animation of playing.get(el) ?? []) animation.cancel();
  playing.delete(el);
}

declare const ScrollTimeline: new (options: {
  source: Element;
  axis: "x" | "y";
}) => AnimationTimeline;

/** The progress follows the scrolling of an element instead of the time. */
function alongScroll(source: WxElement, value: Value | undefined): KeyframeAnimationOptions {
  const { orientation, startScrollOffset, endScrollOffset } = (value ?? {}) as Record<
    string,
    Value
  >;
  const timeline = new ScrollTimeline({ source, axis: orientation === "horizontal" ? "x" : "y" });
  const range: Record<string, string> = {};
  if (startScrollOffset != null) range.rangeStart = `${Number(startScrollOffset)}px`;
  if (endScrollOffset != null) range.rangeEnd = `${Number(endScrollOffset)}px`;
  return { timeline, ...range };
}
