// The messages between the shell and this frame. The Go view engine defines structure, values and
// patches; this file has their types.

export type Value = string | number | boolean | null | Value[] | { [name: string]: Value };

export type Binding = "bind" | "catch" | "mut-bind" | "capture-bind" | "capture-catch";

export interface ElementNode {
  tag: string;
  id: number;
  attrs?: Record<string, Value>;
  /** [hole, attribute name] */
  dyn?: [number, string][];
  on?: Record<string, Binding>;
  kids?: Node[];
}
export interface TextHole {
  t: number;
}
export interface IfHole {
  if: number;
  frags: number[];
}
export interface ForHole {
  for: number;
  frag: number;
}
export interface UseHole {
  use: number;
}
export type Node = string | ElementNode | TextHole | IfHole | ForHole | UseHole;

export interface Fragment {
  kids: Node[];
  holes: number;
}

export interface Structure {
  hash: string;
  fragments: Fragment[];
}

/** [start, count]: `count` rows kept from old index `start`; start -1: `count` new rows. */
export type Run = [number, number];
export type Op =
  | [inst: number, hole: number, value: Value]
  | [inst: number, hole: number, runs: Run[], rows: Value[][]];

export interface Env {
  width: number;
  height: number;
  theme: "light" | "dark";
  language?: string;
  safe_area?: { top: number; bottom: number; left: number; right: number };
}

export interface WindowConfig {
  enablePullDownRefresh?: boolean;
  onReachBottomDistance?: number;
  disableScroll?: boolean;
  backgroundColor?: string;
  backgroundTextStyle?: string;
  /** "v2": buttons in their newer look. */
  style?: string;
  [name: string]: unknown;
}

/** Requests of the app to the shell that only the page itself can do. */
export const COMMANDS = [
  "hideKeyboard",
  "observeIntersection",
  "pageScrollTo",
  "selectorQuery",
  "setBackgroundColor",
  "setBackgroundTextStyle",
  "setInputValue",
  "startPullDownRefresh",
  "stopPullDownRefresh",
  "unobserveIntersection",
] as const;
export type Command = (typeof COMMANDS)[number];

export type FromShell =
  | {
      t: "init";
      structure: Structure;
      css: string;
      base: string;
      env: Env;
      config?: WindowConfig;
      hooks?: string[];
    }
  | { t: "render"; values: Value[] }
  | { t: "patch"; ops: Op[] }
  | { t: "env"; env: Env }
  | { t: "visible"; visible: boolean }
  | { t: "command"; call: number; name: Command; args: Record<string, Value> }
  /** Back was pressed: it closes the sheet that the page has announced. */
  | { t: "dismiss" };

/** [instance, element]: identifies an element on both sides. */
export type Target = [number, number];

export interface TouchPoint {
  identifier: number;
  clientX: number;
  clientY: number;
  pageX: number;
  pageY: number;
}

export type ToShell =
  | {
      t: "event";
      type: string;
      target: Target;
      detail: unknown;
      touches?: TouchPoint[];
      changedTouches?: TouchPoint[];
      offsets?: [number, number, number, number][];
      ts: number;
    }
  | { t: "ready" }
  | { t: "failed"; message: string }
  | { t: "scroll"; top: number }
  | { t: "pulldown" }
  | { t: "reachbottom" }
  | { t: "escape" }
  /** A sheet inside the page has opened or closed. */
  | { t: "sheet"; open: boolean }
  | { t: "reply"; call: number; ok: boolean; result?: unknown; error?: string };
