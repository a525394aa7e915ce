// The elements of a page, and what the core asks of those with behaviour. The core knows no component:
// it knows each only as a Widget.

import type { CompiledElement, CompiledFragment, CompiledKid } from "./compile";
import type { Value } from "../../../shared/protocol";

/** An element of the structure. Internal elements of components have neither field. */
export interface WxElement extends HTMLElement {
  $inst?: Instance;
  $node?: CompiledElement;
  $comp?: Widget;
  /** Around what it shows, when it is a component's that has no element in the document. */
  $marks?: [Comment, Comment];
  /** The slot that it asks for, as content of a component. */
  $slot?: string;
  /** Its class as the app wrote it, where the shadow that it is in changes it. */
  $class?: string;
  /** What functions of WXS modules read: their names by event and attribute, and the dataset. */
  $view?: Record<string, Value>;
  /** Classes that such functions added; they stay when the app's own class changes. */
  $added?: string[];
  /** Classes that the press state added; they stay when the app's own class changes. */
  $hover?: string[];
  /** Styles set by an animation; they stay when the app's own style changes. */
  $anim?: Record<string, string>;
}

/** One use of a fragment of the structure. */
export interface Instance {
  num: number;
  frag: CompiledFragment;
  parent: Instance | null;
  shadow: Shadow;
  /** The component between whose tags the tops are, or null. */
  content: Host | null;
  /** Top-level nodes, structures and slots in document order. */
  tops: (ChildNode | Struct | Slot)[];
  /** The target of each hole: a text node, an element (attribute), a structure, a component or a slot. */
  holes: (Text | WxElement | Struct | Host | Slot)[];
  filters: (TextFilter | null)[] | null;
  comps: Widget[] | null;
}

/** The place of a condition, a list or a dynamic template; its content comes before the anchor. */
export interface Struct {
  kid: CompiledKid;
  parent: Instance;
  anchor: Comment;
  kids: Instance[];
  /** It is not inside an element of its fragment. */
  top: boolean;
  /** Changes the text of content inside a <text>. */
  text: TextFilter | null;
}

/** One template of the page: the page's own, or that of a component on it. */
export interface Shadow {
  frags: CompiledFragment[];
  /** The component's number, -1 for the page. */
  number: number;
  /** The component's path; undefined for the page. */
  path?: string;
  /** Classes of the page hold inside too. */
  global: boolean;
  /** External classes: what the tag gives for a class of this name. */
  externals: Record<string, string>;
  /** The component's tag; null for the page. */
  host: Host | null;
  /** The tags in this template that have no element in the document. */
  virtual: Set<WxElement>;
}

/** A component's tag. */
export interface Host {
  host: true;
  el: WxElement;
  node: CompiledElement;
  owner: Instance;
  /** Null while the tag stands for no component. */
  shadow: Shadow | null;
  root: Instance | null;
  content: Instance | null;
  /** Each node goes to the slot of its name; otherwise all go to the first slot. */
  named: boolean;
  /** Where content is that no slot shows. */
  hidden: DocumentFragment;
}

/** The place of a <slot>: what it shows comes before the anchor. */
export interface Slot {
  anchor: Comment;
  parent: Instance;
  name: string;
  /** Holds the attributes of the tag; it is not in the document. */
  el: WxElement;
  shown: ChildNode[];
  /** Of a dynamic slot. */
  content: Instance | null;
}

export type TextFilter = (text: string) => string;

/** One finger (or the mouse) as widgets see it. */
export interface Finger {
  x: number;
  y: number;
  /** Movement since it came down. */
  dx: number;
  dy: number;
  /** px per ms over the last moves. */
  vx: number;
  vy: number;
}

/** The behaviour of an element. */
export interface Widget {
  readonly props: Record<string, Value>;
  /** Where the children go. */
  readonly slot: HTMLElement;
  gone: boolean;
  /** True after `created`: then `changed` is called for attributes. */
  live: boolean;
  /** Changes the text inside, for widgets that do so. */
  readonly text: TextFilter | null;

  /** The first attributes are known, the children are not there yet. */
  created(): void;
  /** In the document, children included. */
  attached(): void;
  detached(): void;
  /** An attribute changed after `created`. */
  changed(name: string): void;
  kidsChanged(): void;

  /** The element was tapped; returns true to stop the tap for outer elements. */
  tapped(x: number, y: number): boolean;
  /** A finger has rested on it, or on something in it. */
  held?(): void;
  /** What else the app is told of a tap. */
  tapDetail?(x: number, y: number): object;
  /** True while the app must not get taps on it. */
  readonly ignoresTaps: boolean;

  /** Called on touchstart; returns true to receive the moves of that finger. */
  grab(finger: Finger): boolean;
  /** Returns true to keep the touch (the browser then does not scroll). */
  drag(finger: Finger): boolean;
  drop(finger: Finger): void;

  /** Value for the form, undefined when this is not a control. */
  readonly value: Value | undefined;
  /** Does what a context of the program asks of it; throws when it cannot. */
  perform(method: string, args: Value[]): unknown;

  /** The app replaces what the user typed. */
  changedByApp?(value: string, cursor?: number): void;
}
