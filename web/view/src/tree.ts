// The live tree of one page. Fragments are instantiated, numbered and patched exactly as in the
// engine on the server: both sides count instances in the same way, so new instances are sent
// without a number.

import { compile, type CompiledFragment, type CompiledKid, type CompiledElement } from "./compile";
import type { Component } from "./component";
import type { Op, Run, Structure, Target, Value } from "./protocol";

/** An element of the structure. Internal elements of components have neither field. */
export interface WxElement extends HTMLElement {
  $inst?: Instance;
  $node?: CompiledElement;
  $comp?: Component;
  /** Classes that the press state added; they stay when the app's own class changes. */
  $hover?: string[];
  /** Styles set by an animation; they stay when the app's own style changes. */
  $anim?: Record<string, string>;
}

/** The place of a condition, a list or a dynamic template; its content comes before the anchor. */
interface Struct {
  kid: CompiledKid;
  parent: Instance;
  anchor: Comment;
  kids: Instance[];
  /** Changes the text of content inside a <text>. */
  text: TextFilter | null;
}

export type TextFilter = (text: string) => string;

export interface Instance {
  num: number;
  frag: CompiledFragment;
  parent: Instance | null;
  /** Top-level nodes and structures in document order. */
  tops: (ChildNode | Struct)[];
  /** The target of each hole: a text node, an element (attribute), or a structure. */
  holes: (Text | WxElement | Struct)[];
  filters: (TextFilter | null)[] | null;
  comps: Component[] | null;
}

/** What the tree needs from its page. */
export interface TreeHost {
  /** Makes the element of a node, with its static attributes. */
  element(node: CompiledElement, inst: Instance): WxElement;
  attribute(el: WxElement, name: string, value: Value): void;
}

export class Tree {
  private readonly frags: CompiledFragment[];
  private readonly instances = new Map<number, Instance>();
  private next = 0;
  /** Components made since the last settle(), whose attached() is still to be called. */
  private fresh: Component[] = [];
  root: Instance | null = null;

  constructor(
    structure: Structure,
    private readonly host: TreeHost,
    private readonly into: HTMLElement,
  ) {
    this.frags = compile(structure);
  }

  render(values: Value[]): void {
    if (this.root) throw new Error("A page is rendered once; afterwards it is patched.");
    const parts = document.createDocumentFragment();
    this.root = this.instantiate(0, values, null, parts, null);
    this.into.append(parts);
    this.settle();
  }

  patch(ops: Op[]): void {
    for (const op of ops) this.apply(op);
    this.settle();
  }

  find(target: Target): WxElement | null {
    const inst = this.instances.get(target[0]);
    if (!inst) return null;
    for (const el of this.elementsOf(inst)) if (el.$node!.id === target[1]) return el;
    return null;
  }

  get size(): number {
    return this.instances.size;
  }

  private *elementsOf(inst: Instance): Generator<WxElement> {
    for (const top of inst.tops) {
      if (!(top instanceof HTMLElement)) continue;
      if ((top as WxElement).$inst === inst) yield top as WxElement;
      for (const el of top.querySelectorAll<WxElement>("*")) if (el.$inst === inst) yield el;
    }
  }

  private settle(): void {
    const fresh = this.fresh;
    this.fresh = [];
    for (const comp of fresh) if (!comp.gone) comp.attached();
  }

  private apply(op: Op): void {
    const inst = this.instances.get(op[0]);
    const target = inst?.holes[op[1]];
    if (!inst || target === undefined) {
      throw new Error(`patch names hole ${op[1]} of instance ${op[0]}, which does not exist`);
    }
    if (target instanceof Text) {
      const filter = inst.filters?.[op[1]];
      const text = textOf(op[2]);
      target.data = filter ? filter(text) : text;
      if (inst.frag.component[op[1]])
        (target.parentElement as WxElement | null)?.$comp?.kidsChanged();
    } else if (target instanceof HTMLElement) {
      this.host.attribute(target, inst.frag.attribute[op[1]]!, op[2] as Value);
    } else if (op.length === 4) {
      this.rows(target, op[2] as Run[], op[3]);
    } else {
      this.replace(target, op[2]);
    }
  }

  /** Replaces the content when a condition or a dynamic template changes its branch. */
  private replace(struct: Struct, value: Value): void {
    for (const kid of struct.kids) this.remove(kid);
    struct.kids = [];
    if (struct.kid.kind === "for") {
      this.rows(
        struct,
        value === null ? [] : [[-1, (value as Value[]).length]],
        (value ?? []) as Value[][],
      );
      return;
    }
    if (value === null) return;
    const [branch, values] = value as [number, Value[]];
    const parts = document.createDocumentFragment();
    struct.kids = [this.branch(struct, branch, values, parts)];
    struct.anchor.before(parts);
  }

  private branch(struct: Struct, branch: number, values: Value[], into: Node): Instance {
    const kid = struct.kid;
    const frag = kid.kind === "if" ? kid.frags[branch]! : branch;
    return this.instantiate(frag, values, struct.parent, into, struct.text);
  }

  /** Rearranges a list. Rows that keep their order are not moved, because a moved node loses its state. */
  private rows(struct: Struct, runs: Run[], rows: Value[][]): void {
    const old = struct.kids;
    const kept = new Uint8Array(old.length);
    for (const [start, count] of runs) {
      if (start >= 0) kept.fill(1, start, start + count);
    }
    for (let i = 0; i < old.length; i++) if (!kept[i]) this.remove(old[i]!);

    const still = settledRuns(runs);
    const frag = (struct.kid as { frag: number }).frag;
    const list: Instance[] = [];
    const moved: { at: number; parts: DocumentFragment | null; count: number }[] = [];
    let taken = 0;
    runs.forEach(([start, count], r) => {
      if (start < 0) {
        const parts = document.createDocumentFragment();
        moved.push({ at: list.length, parts, count });
        for (let i = 0; i < count; i++) {
          list.push(this.instantiate(frag, rows[taken++]!, struct.parent, parts, struct.text));
        }
      } else {
        if (!still.has(r)) moved.push({ at: list.length, parts: null, count });
        for (let i = 0; i < count; i++) list.push(old[start + i]!);
      }
    });
    // From the end, so that the rows after a run are already in place.
    for (const move of moved.reverse()) {
      const parts = move.parts ?? document.createDocumentFragment();
      if (!move.parts) {
        for (let i = 0; i < move.count; i++) eachNode(list[move.at + i]!, (n) => parts.append(n));
      }
      const before = firstNode(list, move.at + move.count) ?? struct.anchor;
      before.before(parts);
    }
    struct.kids = list;
  }

  private remove(inst: Instance): void {
    eachNode(inst, (node) => node.remove());
    this.forget(inst);
  }

  private forget(inst: Instance): void {
    this.instances.delete(inst.num);
    if (inst.comps) {
      for (const comp of inst.comps) {
        comp.gone = true;
        comp.detached();
      }
    }
    for (const hole of inst.holes) {
      if (isStruct(hole)) for (const kid of hole.kids) this.forget(kid);
    }
  }

  private instantiate(
    frag: number,
    values: Value[],
    parent: Instance | null,
    into: Node,
    text: TextFilter | null,
  ): Instance {
    const compiled = this.frags[frag];
    if (!compiled) throw new Error(`the structure has no fragment ${frag}`);
    const inst: Instance = {
      num: this.next++,
      frag: compiled,
      parent,
      tops: [],
      holes: new Array(compiled.holes),
      filters: null,
      comps: null,
    };
    this.instances.set(inst.num, inst);
    for (const kid of compiled.kids) inst.tops.push(this.kid(inst, kid, values, into, text));
    return inst;
  }

  private kid(
    inst: Instance,
    kid: CompiledKid,
    values: Value[],
    into: Node,
    text: TextFilter | null,
  ): ChildNode | Struct {
    switch (kid.kind) {
      case "static": {
        const node = document.createTextNode(text ? text(kid.text) : kid.text);
        into.appendChild(node);
        return node;
      }
      case "text": {
        const value = textOf(values[kid.hole] ?? null);
        const node = document.createTextNode(text ? text(value) : value);
        inst.holes[kid.hole] = node;
        if (text) (inst.filters ??= [])[kid.hole] = text;
        into.appendChild(node);
        return node;
      }
      case "element":
        return this.element(inst, kid, values, into, text);
      default:
        return this.struct(inst, kid, values, into, text);
    }
  }

  private element(
    inst: Instance,
    node: CompiledElement,
    values: Value[],
    into: Node,
    text: TextFilter | null,
  ): WxElement {
    const el = this.host.element(node, inst);
    const comp = el.$comp;
    for (const [hole, name] of node.dyn) {
      inst.holes[hole] = el;
      this.host.attribute(el, name, values[hole] ?? null);
    }
    if (comp) {
      comp.created();
      comp.live = true;
      (inst.comps ??= []).push(comp);
      this.fresh.push(comp);
    }
    const filter = comp?.text ?? text;
    const slot = comp?.slot ?? el;
    for (const kid of node.kids) this.kid(inst, kid, values, slot, filter);
    into.appendChild(el);
    return el;
  }

  private struct(
    inst: Instance,
    kid: CompiledKid & { kind: "if" | "for" | "use" },
    values: Value[],
    into: Node,
    text: TextFilter | null,
  ): Struct {
    const struct: Struct = {
      kid,
      parent: inst,
      anchor: document.createComment(""),
      kids: [],
      text,
    };
    inst.holes[kid.hole] = struct as unknown as Struct;
    const value = values[kid.hole] ?? null;
    if (value !== null) {
      if (kid.kind === "for") {
        for (const row of value as Value[][]) {
          struct.kids.push(this.instantiate(kid.frag, row, inst, into, text));
        }
      } else {
        const [branch, inner] = value as [number, Value[]];
        struct.kids.push(this.branch(struct, branch, inner, into));
      }
    }
    into.appendChild(struct.anchor);
    return struct;
  }
}

function isStruct(hole: Text | WxElement | Struct | ChildNode | undefined): hole is Struct {
  return hole !== undefined && "anchor" in hole;
}

function eachNode(inst: Instance, visit: (node: ChildNode) => void): void {
  for (const top of inst.tops) {
    if (isStruct(top)) {
      for (const kid of top.kids) eachNode(kid, visit);
      visit(top.anchor);
    } else {
      visit(top);
    }
  }
}

/** First node of the rows from `at` on; rows of an empty template have none. */
function firstNode(list: Instance[], at: number): ChildNode | null {
  for (let i = at; i < list.length; i++) {
    const node = first(list[i]!);
    if (node) return node;
  }
  return null;
}

function first(inst: Instance): ChildNode | null {
  const top = inst.tops[0];
  if (top === undefined) return null;
  return isStruct(top) ? (firstNode(top.kids, 0) ?? top.anchor) : top;
}

/**
 * The kept runs that need not move: the increasing sequence of runs with most rows. All
 * others are moved. Even long lists have few runs, so quadratic time is acceptable.
 */
function settledRuns(runs: Run[]): Set<number> {
  const kept: number[] = [];
  for (const [i, run] of runs.entries()) if (run[0] >= 0) kept.push(i);
  const weight = new Array<number>(kept.length);
  const from = new Array<number>(kept.length).fill(-1);
  let best = -1;
  for (let i = 0; i < kept.length; i++) {
    const run = runs[kept[i]!]!;
    weight[i] = run[1];
    // With more runs than this the search would take longer than the moves.
    for (let j = Math.max(0, i - 500); j < i; j++) {
      if (runs[kept[j]!]![0] < run[0] && weight[j]! + run[1] > weight[i]!) {
        weight[i] = weight[j]! + run[1];
        from[i] = j;
      }
    }
    if (best < 0 || weight[i]! > weight[best]!) best = i;
  }
  const still = new Set<number>();
  for (let i = best; i >= 0; i = from[i]!) still.add(kept[i]!);
  return still;
}

export function textOf(value: Value): string {
  if (value === null) return "";
  return typeof value === "string" ? value : String(value);
}
