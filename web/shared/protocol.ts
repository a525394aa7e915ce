// The messages of an open mini program: between the host and the shell (the session's websocket),
// and between the shell and the frame of a page. The host defines the first, the Go view engine
// structure, values and patches (docs/protocol.md); this file has their types.

// --- What the view engine makes ------------------------------------------------------------------

export type Value = string | number | boolean | null | Value[] | { [name: string]: Value };

/** The code of a WXS module, see docs/wxs.md. */
export type Code = number | string | boolean | null | Code[];

export type Binding = "bind" | "catch" | "mut-bind" | "capture-bind" | "capture-catch";

export interface ElementNode {
  tag: string;
  id: number;
  attrs?: Record<string, Value>;
  /** [hole, attribute name] */
  dyn?: [number, string][];
  on?: Record<string, Binding>;
  kids?: Node[];
  /** Of a component's tag: its hole, and the fragment of what is between the tags. */
  comp?: number;
  frag?: number;
  /** Of a <slot>: its hole. */
  slot?: number;
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
  /** WXS modules whose functions run in the frame (docs/wxs.md); null for each other one. */
  modules?: ({ path: string; code: Code } | null)[];
  fragments: Fragment[];
  /** It has tags of components: their structures are in components.json. */
  components?: boolean;
  /** Of a component: relative addresses in its markup start there. */
  path?: string;
}

/** [start, count]: `count` rows kept from old index `start`; start -1: `count` new rows. */
export type Run = [number, number];
export type Op =
  | [inst: number, hole: number, value: Value]
  | [inst: number, hole: number, runs: Run[], rows: Value[][]];

/** The drawing commands of a page, by their numbers: name and how many values follow. */
export const CANVAS_OPS = [
  ["use", 1],
  ["element", 3],
  ["named", 2],
  ["offscreen", 3],
  ["resize", 2],
  ["image", 2],
  ["need", 1],
  ["begin", 1],
  ["save", 0],
  ["restore", 0],
  ["translate", 2],
  ["rotate", 1],
  ["scale", 2],
  ["transform", 6],
  ["setTransform", 6],
  ["fillStyle", 1],
  ["strokeStyle", 1],
  ["lineWidth", 1],
  ["lineCap", 1],
  ["lineJoin", 1],
  ["miterLimit", 1],
  ["lineDash", 1],
  ["lineDashOffset", 1],
  ["font", 1],
  ["textAlign", 1],
  ["textBaseline", 1],
  ["direction", 1],
  ["globalAlpha", 1],
  ["globalCompositeOperation", 1],
  ["shadowColor", 1],
  ["shadowBlur", 1],
  ["shadowOffsetX", 1],
  ["shadowOffsetY", 1],
  ["imageSmoothingEnabled", 1],
  ["imageSmoothingQuality", 1],
  ["filter", 1],
  ["beginPath", 0],
  ["closePath", 0],
  ["moveTo", 2],
  ["lineTo", 2],
  ["quadraticCurveTo", 4],
  ["bezierCurveTo", 6],
  ["arc", 6],
  ["arcTo", 5],
  ["ellipse", 8],
  ["rect", 4],
  ["roundRect", 5],
  ["svg", 1],
  ["fill", 1],
  ["fillPath", 2],
  ["stroke", 0],
  ["strokePath", 1],
  ["clip", 1],
  ["clipPath", 2],
  ["fillRect", 4],
  ["strokeRect", 4],
  ["clearRect", 4],
  ["fillText", 4],
  ["strokeText", 4],
  ["drawImage", 3],
  ["drawImageSized", 5],
  ["drawImagePart", 9],
  ["putImageData", 9],
  ["snapshot", 3],
  ["placed", 3],
] as const;

/** Drawing commands in a row: the number of a command, its values, the next command, and so on. */
export type DrawOps = Value[];

// --- Between the shell and the frame of a page -----------------------------------------------------

/** Where the ground of maps comes from, when the operator of the host has named a source. */
export interface MapSource {
  /** Whom the source wants named on every map. */
  attribution: string;
  /** Tiles beyond this zoom do not exist. */
  max_zoom: number;
}

/** What a page knows of the screen around it. */
export interface FrameEnv {
  width: number;
  height: number;
  theme: "light" | "dark";
  language?: string;
  /** Insets of the device, in CSS px. */
  safe_area?: { top: number; bottom: number; left: number; right: number };
  map?: MapSource | null;
}

/** Colours of a window in the dark theme. */
export interface WindowLook {
  navigationBarBackgroundColor: string;
  navigationBarTextStyle: string;
  backgroundColor: string;
  backgroundTextStyle: string;
  backgroundColorContent?: string;
}

export interface FrameWindow {
  enablePullDownRefresh?: boolean;
  onReachBottomDistance?: number;
  disableScroll?: boolean;
  /** Of the window behind the page, where a pull shows it. */
  backgroundColor?: string;
  /** Of a page that has none in its style. */
  backgroundColorContent?: string;
  backgroundTextStyle?: string;
  /** "v2": buttons in their newer look. */
  style?: string;
  /** What differs in the dark theme. */
  dark?: WindowLook;
  [name: string]: unknown;
}

/** Requests of the app to the shell that only the page itself can do. */
export const COMMANDS = [
  "animate",
  "canvasGetImageData",
  "canvasToTempFilePath",
  "clearAnimation",
  "elementContext",
  "getSelectedTextRange",
  "hideKeyboard",
  "loadFontFace",
  "observeIntersection",
  "pageScrollTo",
  "selectorQuery",
  "setBackgroundColor",
  "setBackgroundTextStyle",
  "setInputValue",
  "startPullDownRefresh",
  "stopPullDownRefresh",
  "styleElements",
  "unobserveIntersection",
] as const;
export type Command = (typeof COMMANDS)[number];

/** What the frame's document asks for before anything else: addresses of the view script and its style. */
export interface FrameNeeds {
  t: "needs";
  script: string;
  style: string;
  /** Of the second script, which some pages need. Frames of older hosts have only one. */
  extra?: string;
}

/** The answer: the texts behind these addresses. Everything after it is for the view script. */
export interface FrameFiles {
  t: "files";
  script: string;
  style: string;
}

export type FromShell =
  /** The text of the second script, before the first message that needs it. */
  | { t: "extra"; script: string }
  | {
      t: "init";
      structure: Structure;
      /** The structures of the app's components by number, when the page has any. */
      components?: Structure[];
      css: string;
      base: string;
      env: FrameEnv;
      config?: FrameWindow;
      hooks?: string[];
    }
  | { t: "render"; values: Value[] }
  | { t: "patch"; ops: Op[] }
  | { t: "draw"; ops: DrawOps }
  | { t: "env"; env: FrameEnv }
  | { t: "visible"; visible: boolean }
  | { t: "command"; call: number; name: Command; args: Record<string, Value> }
  /** Back was pressed: it closes the sheet that the page has announced. */
  | { t: "dismiss" }
  /** What the camera sees that the page has asked for. */
  | { t: "camera"; picture: ImageBitmap }
  /** The answer to `regions`; null when the shell cannot get them. */
  | { t: "regions"; regions: Regions | null };

/** The provinces, cities and districts of China by their six digits of GB/T 2260. */
export type Regions = Record<string, string>;

/** [instance, element]: identifies an element on both sides. */
export type Target = [number, number];

export interface TouchPoint {
  identifier: number;
  clientX: number;
  clientY: number;
  pageX: number;
  pageY: number;
}

/** A finger on a canvas: its place from the left and upper edge, and nothing else. */
export interface CanvasTouch {
  identifier: number;
  x: number;
  y: number;
}

export type ToShell =
  | {
      t: "event";
      type: string;
      target: Target;
      detail: unknown;
      touches?: (TouchPoint | CanvasTouch)[];
      changedTouches?: (TouchPoint | CanvasTouch)[];
      offsets?: [number, number, number, number][];
      /** Where a function of a WXS module ended the event: instance, element, 1 on the way to the target. */
      end?: [number, number, number];
      ts: number;
    }
  /** A function of a WXS module calls a method of the page, or of the component whose tag is the target. */
  | { t: "method"; type: string; detail?: Value; target?: Target }
  | { t: "ready" }
  | { t: "failed"; message: string }
  | { t: "scroll"; top: number }
  | { t: "pulldown" }
  | { t: "reachbottom" }
  | { t: "escape" }
  /** The page's markup sets what its navigation bar shows. */
  | { t: "bar"; title?: string; front?: string; background?: string; loading?: boolean }
  /** A sheet inside the page has opened or closed. */
  | { t: "sheet"; open: boolean }
  /** A picker of regions opens: the names are too many for every page's script. */
  | { t: "regions" }
  /** The user holds a picture that has a menu. */
  | { t: "picture"; src: string }
  /** A <camera> wants pictures, or no more. */
  | { t: "camera"; target: Target; on: boolean; facing: "user" | "environment"; scan: boolean }
  /** A <web-view> shows the page of another server; null when it is gone. */
  | { t: "webview"; target: Target; src: string | null }
  | { t: "reply"; call: number; ok: boolean; result?: unknown; error?: string };

// --- Between the host and the shell ----------------------------------------------------------------

export interface Env {
  width: number;
  height: number;
  pixel_ratio: number;
  status_bar_height: number;
  /** The rectangle that no notch covers, in coordinates of the app's frame. */
  safe_area: { top: number; bottom: number; left: number; right: number };
  theme: "light" | "dark";
  language: string;
  /** The name of the time zone in the database of IANA, such as "Asia/Shanghai". */
  time_zone: string;
  platform: string;
  user_agent: string;
  version: string;
  /** Missing where the browser does not tell. */
  battery?: { level: number; charging: boolean };
}
export interface WindowConfig extends FrameWindow {
  navigationBarBackgroundColor?: string;
  navigationBarTextStyle?: string;
  navigationBarTitleText?: string;
  navigationStyle?: string;
  homeButton?: boolean;
}

export interface TabItem {
  pagePath: string;
  text: string;
  iconPath?: string;
  selectedIconPath?: string;
}
export interface TabBarConfig {
  color?: string;
  selectedColor?: string;
  backgroundColor?: string;
  borderStyle?: string;
  position?: string;
  custom?: boolean;
  list: TabItem[];
  /** What differs in the dark theme. */
  dark?: TabBarLook;
}
/** Colours and icons of a tab bar in the dark theme. */
export interface TabBarLook {
  color: string;
  selectedColor: string;
  backgroundColor: string;
  borderStyle: string;
  list: { iconPath?: string; selectedIconPath?: string }[];
}
export interface AppConfig {
  pages?: string[];
  entryPagePath?: string;
  window?: WindowConfig;
  /** The app has looks for both themes. */
  darkmode?: boolean;
  tabBar?: TabBarConfig | null;
}

export interface AppInfo {
  id: string;
  name: string;
  icon_url?: string | null;
  account?: { id: string; name: string } | null;
}

export interface Opened {
  t: "opened";
  session: string;
  app: AppInfo;
  image: string;
  config: AppConfig;
  development: boolean;
  /** Seconds until the host wants a new token. */
  expires_in?: number;
  map?: MapSource | null;
}

export interface PageFrameMessage {
  t: "page";
  op: "push" | "replace" | "relaunch" | "tab" | "back";
  page: number;
  route: string;
  /** The page's parameters, as in an address without the question mark. */
  query?: string;
  config?: WindowConfig;
  delta?: number;
  keep?: number[];
  render?: Value[];
  hooks?: string[] | null;
}

export interface UICall {
  t: "ui";
  call: number;
  name: string;
  args: Record<string, unknown>;
}

export interface LogLine {
  t: "log";
  level: "log" | "info" | "warn" | "error";
  text: string;
  file?: string;
  line?: number;
  column?: number;
}

export type FromHost =
  | Opened
  | { t: "failed"; code: string; message: string }
  | { t: "closed"; code: string; message: string }
  | { t: "error"; code: string; message: string }
  | { t: "pong"; index: number; timer?: number }
  | { t: "renewed"; expires_in: number }
  | PageFrameMessage
  | { t: "patch"; page: number; ops: Op[] }
  | { t: "frozen"; page: number; blank: boolean }
  | { t: "draw"; page: number; ops: DrawOps }
  | UICall
  | LogLine;

export type ToHost = { t: string } & Record<string, unknown>;
