// Plays the export of wx.createAnimation: a list of steps, each a set of transforms and styles with
// its own transition.

import type { Value } from "./protocol";
import type { WxElement } from "./tree";

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
