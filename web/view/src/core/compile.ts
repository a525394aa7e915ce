// Prepares a structure for instantiation: decisions that depend only on the release are made once,
// not once per row.

import type { Binding, Fragment, Node, Structure, Value } from "../../../shared/protocol";

export interface CompiledElement {
  kind: "element";
  tag: string;
  id: number;
  attrs: [string, Value][];
  dyn: [number, string][];
  on: Record<string, Binding> | null;
  kids: CompiledKid[];
  /** Focusable with the keyboard: it binds a tap and contains nothing else that can be tapped. */
  tappable: boolean;
  /** Of a component's tag: its hole, and the fragment of what is between the tags or -1. */
  comp: number;
  frag: number;
  /** The element with its static attributes, cloned for each instance; made on first use. */
  prototype: HTMLElement | null;
}

export type CompiledKid =
  | { kind: "static"; text: string }
  | { kind: "text"; hole: number }
  | CompiledElement
  | { kind: "if"; hole: number; frags: number[] }
  | { kind: "for"; hole: number; frag: number }
  | { kind: "use"; hole: number }
  | { kind: "slot"; hole: number; element: CompiledElement };

export interface CompiledFragment {
  kids: CompiledKid[];
  holes: number;
  /** For each hole that sets an attribute, its name. */
  attribute: (string | undefined)[];
  /** Holes whose text is directly inside a component that reads its text. */
  component: boolean[];
}

/** Tags that handle a tap themselves. */
const INTERACTIVE = new Set([
  "button",
  "input",
  "textarea",
  "checkbox",
  "radio",
  "switch",
  "slider",
  "picker",
  "picker-view",
  "navigator",
  "swiper",
  "movable-view",
]);

/** Tags that read the text inside them. */
const READS_TEXT = new Set(["rich-text", "picker"]);

export function compile(structure: Structure): CompiledFragment[] {
  const interactive = new Map<number, boolean>();
  const fragmentInteractive = (index: number): boolean => {
    const known = interactive.get(index);
    if (known !== undefined) return known;
    interactive.set(index, false); // A template may use itself; this ends the recursion.
    const found = structure.fragments[index]?.kids.some(nodeInteractive) ?? false;
    interactive.set(index, found);
    return found;
  };
  const nodeInteractive = (node: Node): boolean => {
    if (typeof node === "string" || "t" in node || "use" in node) return false;
    if ("if" in node) return node.frags.some(fragmentInteractive);
    if ("for" in node) return fragmentInteractive(node.frag);
    // What a component contains is not known here: it may handle taps.
    return (
      node.comp !== undefined ||
      node.slot !== undefined ||
      INTERACTIVE.has(node.tag) ||
      node.on?.tap !== undefined ||
      (node.kids ?? []).some(nodeInteractive)
    );
  };

  const one = (fragment: Fragment): CompiledFragment => {
    const attribute: (string | undefined)[] = [];
    const component: boolean[] = [];
    const kid = (node: Node, parent: string): CompiledKid => {
      if (typeof node === "string") return { kind: "static", text: node };
      if ("t" in node) {
        component[node.t] = READS_TEXT.has(parent);
        return { kind: "text", hole: node.t };
      }
      if ("if" in node) return { kind: "if", hole: node.if, frags: node.frags };
      if ("for" in node) return { kind: "for", hole: node.for, frag: node.frag };
      if ("use" in node) return { kind: "use", hole: node.use };
      for (const [hole, name] of node.dyn ?? []) attribute[hole] = name;
      const element: CompiledElement = {
        kind: "element",
        tag: tagName(node.tag),
        id: node.id,
        attrs: Object.entries(node.attrs ?? {}),
        dyn: node.dyn ?? [],
        on: node.on ?? null,
        kids: (node.kids ?? []).map((inner) => kid(inner, node.tag)),
        tappable:
          node.on?.tap !== undefined &&
          node.comp === undefined &&
          !(node.kids ?? []).some(nodeInteractive),
        comp: node.comp ?? -1,
        frag: node.frag ?? -1,
        prototype: null,
      };
      return node.slot === undefined ? element : { kind: "slot", hole: node.slot, element };
    };
    const kids = fragment.kids.map((node) => kid(node, "page"));
    return { kids, holes: fragment.holes, attribute, component };
  };
  return structure.fragments.map(one);
}

/** Every tag becomes an element with a "wx-" name: a bundle can never make a script or an iframe. */
function tagName(tag: string): string {
  const name = tag.toLowerCase();
  return /^[a-z][a-z0-9-]*$/.test(name) ? name : "unknown";
}
