// The live tree of one page. Fragments are instantiated, numbered and patched exactly as in the
// engine on the server: both sides count instances in the same way, so new instances are sent
// without a number.

import { compile, type CompiledFragment, type CompiledKid, type CompiledElement } from "./compile";
import type {
  Host,
  Instance,
  Shadow,
  Slot,
  Struct,
  TextFilter,
  Widget,
  WxElement,
} from "./element";
import { elementsIn, firstOf, nodesOf, setVirtual, shownIn } from "./virtual";
import type { Op, Run, Structure, Target, Value } from "../../../shared/protocol";

/** What makes the elements of a tree. */
export interface TreeHost {
  /** Makes the element of a node, with its static attributes. */
  element(node: CompiledElement, inst: Instance): WxElement;
  attribute(el: WxElement, name: string, value: Value): void;
}

export class Tree {
  private readonly page: Shadow;
  private readonly components: (CompiledFragment[] | undefined)[] = [];
  /** Components whose slots or content have changed since the last settle(). */
  private readonly dirty = new Set<Host>();
  private readonly instances = new Map<number, Instance>();
  private next = 0;
  /** Widgets made since the last settle(), whose attached() is still to be called. */
  private fresh: Widget[] = [];
  root: Instance | null = null;

  constructor(
    structure: Structure,
    private readonly host: TreeHost,
    private readonly into: HTMLElement,
    private readonly structures: Structure[] = [],
  ) {
    const frags = compile(structure);
    this.page = {
      frags,
      number: -1,
      global: true,
      externals: {},
      host: null,
      virtual: new Set(),
    };
  }

  render(values: Value[]): void {
    if (this.root) throw new Error("A page is rendered once; afterwards it is patched.");
    const parts = document.createDocumentFragment();
    this.root = this.instantiate(0, values, null, parts, null, this.page, null);
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
    for (const hole of inst.holes) if (isHost(hole) && hole.el.$marks) yield hole.el;
  }

  private settle(): void {
    for (const host of this.dirty) this.distribute(host);
    this.dirty.clear();
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
    this.touch(inst);
    if (isHost(target)) return this.component(target, op[2] as Value);
    if ("shown" in target) return this.slotValue(target, op[2] as Value);
    if (target instanceof Text) {
      const filter = inst.filters?.[op[1]];
      const text = textOf(op[2]);
      target.data = filter ? filter(text) : text;
      if (inst.frag.component[op[1]])
        (target.parentElement as WxElement | null)?.$comp?.kidsChanged();
    } else if (target instanceof HTMLElement) {
      this.host.attribute(target, inst.frag.attribute[op[1]]!, op[2] as Value);
    } else if (op.length === 4) {
      this.rows(target as Struct, op[2] as Run[], op[3]);
    } else {
      this.replace(target as Struct, op[2]);
    }
  }

  /** What an instance shows may belong into a slot, of the components around it too where these have no element. */
  private touch(inst: Instance): void {
    for (const host of [inst.shadow.host, inst.content]) {
      if (!host) continue;
      this.dirty.delete(host); // the inner ones come first
      this.dirty.add(host);
      if (host.el.$marks) this.touch(host.owner);
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
    return this.inside(struct, frag, values, into);
  }

  /** An instance at the place of a structure. */
  private inside(struct: Struct, frag: number, values: Value[], into: Node): Instance {
    const { parent } = struct;
    const content = struct.top ? parent.content : null;
    return this.instantiate(frag, values, parent, into, struct.text, parent.shadow, content);
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
          list.push(this.inside(struct, frag, rows[taken++]!, parts));
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
    // What a slot shows is not its own: it goes to another slot, or waits for one.
    eachNode(inst, (node) => node.remove(), false);
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
      else if (hole !== undefined && "shown" in hole) this.forgetSlot(hole);
      else if (isHost(hole)) this.forgetHost(hole);
    }
  }

  private forgetHost(host: Host): void {
    this.dirty.delete(host);
    host.owner.shadow.virtual.delete(host.el);
    if (host.root) this.forget(host.root);
    if (host.content) this.forget(host.content);
  }

  private forgetSlot(slot: Slot): void {
    if (!slot.content) return;
    const content = slot.content;
    slot.content = null;
    this.remove(content);
  }

  private instantiate(
    frag: number,
    values: Value[],
    parent: Instance | null,
    into: Node,
    text: TextFilter | null,
    shadow: Shadow,
    content: Host | null,
  ): Instance {
    const compiled = shadow.frags[frag];
    if (!compiled) throw new Error(`the structure has no fragment ${frag}`);
    const inst: Instance = {
      num: this.next++,
      frag: compiled,
      parent,
      shadow,
      content,
      tops: [],
      holes: new Array(compiled.holes),
      filters: null,
      comps: null,
    };
    this.instances.set(inst.num, inst);
    for (const kid of compiled.kids) inst.tops.push(this.kid(inst, kid, values, into, text, true));
    return inst;
  }

  private kid(
    inst: Instance,
    kid: CompiledKid,
    values: Value[],
    into: Node,
    text: TextFilter | null,
    top = false,
  ): ChildNode | Struct | Slot {
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
      case "slot":
        return this.slot(inst, kid, values, into);
      default:
        return this.struct(inst, kid, values, into, text, top);
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
    if (node.comp >= 0) {
      const host: Host = {
        host: true,
        el,
        node,
        owner: inst,
        shadow: null,
        root: null,
        content: null,
        named: false,
        hidden: document.createDocumentFragment(),
      };
      inst.holes[node.comp] = host;
      this.component(host, values[node.comp] ?? null);
    }
    return el;
  }

  /** Sets what a component's tag stands for, or the external classes that the tag gives. */
  private component(host: Host, value: Value): void {
    if (value !== null && !Array.isArray(value)) {
      if (host.shadow) this.externals(host, value as Record<string, string>);
      return;
    }
    if (host.root) this.remove(host.root);
    if (host.content) this.remove(host.content);
    host.root = host.content = host.shadow = null;
    if (value === null) return;
    const [number, flags, values, content, externals] = value as [
      number,
      number,
      Value[] | null,
      Value[] | null,
      Record<string, string> | null,
    ];
    const { el, owner, node } = host;
    el.toggleAttribute("wx-component", number >= 0);
    setVirtual(el, number >= 0 && (flags & 1) !== 0);
    if (el.$marks) owner.shadow.virtual.add(el);
    else owner.shadow.virtual.delete(el);
    host.named = (flags & 2) !== 0;
    if (number >= 0) {
      this.components[number] ??= compile(this.structures[number]!);
      host.shadow = {
        frags: this.components[number],
        number,
        path: this.structures[number]!.path,
        global: (flags & 24) !== 0,
        externals: externals ?? {},
        host,
        virtual: new Set(),
      };
      el.setAttribute("wx-host", `c${number}`);
      // A class that never changes is on the element since it was copied.
      const written = el.$class ?? el.className;
      if (written) this.host.attribute(el, "class", written);
      const parts = document.createDocumentFragment();
      host.root = this.instantiate(0, values!, null, parts, null, host.shadow, null);
      if (el.$marks) el.$marks[1].before(parts);
      else el.append(parts);
    }
    if (content !== null) {
      const into = number >= 0 ? host.hidden : el;
      const place = number >= 0 ? host : null;
      host.content = this.instantiate(node.frag, content, owner, into, null, owner.shadow, place);
      if (number >= 0) this.distribute(host);
    }
  }

  /** Sets the external classes, and the classes that follow from them. */
  private externals(host: Host, value: Record<string, string>): void {
    const shadow = host.shadow!;
    shadow.externals = value;
    const again = (of: Shadow) => {
      for (const el of elementsIn(host.el)) {
        if (el.$inst?.shadow !== of || el.$class === undefined) continue;
        this.host.attribute(el, "class", el.$class);
      }
    };
    again(shadow);
    // A component inside may give its own external class on.
    for (const el of elementsIn(host.el)) {
      for (let of = el.$inst?.shadow; of && of !== shadow; of = of.host?.owner.shadow) {
        if (
          of.host?.owner.shadow === shadow &&
          el.$inst!.shadow === of &&
          el.$class !== undefined
        ) {
          this.host.attribute(el, "class", el.$class);
        }
      }
    }
  }

  private slot(
    inst: Instance,
    kid: CompiledKid & { kind: "slot" },
    values: Value[],
    into: Node,
  ): Slot {
    const el = this.host.element(kid.element, inst);
    const anchor = document.createComment("");
    const slot: Slot = { anchor, parent: inst, name: "", el, shown: [], content: null };
    for (const [hole, name] of kid.element.dyn) {
      inst.holes[hole] = el;
      this.host.attribute(el, name, values[hole] ?? null);
    }
    inst.holes[kid.hole] = slot;
    into.appendChild(anchor);
    this.slotValue(slot, values[kid.hole] ?? "");
    return slot;
  }

  /** Sets the name of a slot, or the content that is made for it alone. */
  private slotValue(slot: Slot, value: Value): void {
    this.forgetSlot(slot);
    if (!Array.isArray(value)) {
      slot.name = String(value ?? "");
      return;
    }
    const [name, values] = value as [string, Value[]];
    slot.name = name;
    const host = slot.parent.shadow.host!;
    const parts = document.createDocumentFragment();
    slot.content = this.instantiate(
      host.node.frag,
      values,
      host.owner,
      parts,
      null,
      host.owner.shadow,
      null,
    );
    const nodes: Asking[] = [];
    namedNodes(slot.content, nodes);
    for (const { node, slot: asked, own } of nodes) {
      if (asked !== name && asked !== ANY) node.remove();
      else if (own) shownIn.set(node, slot);
    }
    slot.anchor.before(parts);
  }

  /** Puts the content of a component into its slots. A node that is in its place is not moved. */
  private distribute(host: Host): void {
    if (!host.root || !host.content) return;
    const slots: Slot[] = [];
    slotsOf(host.root, slots);
    for (const slot of slots) slot.shown = [];
    const hidden: ChildNode[] = [];
    const nodes: Asking[] = [];
    namedNodes(host.content, nodes);
    const first = slots[0];
    for (const { node, slot: asked, own } of nodes) {
      const name = asked === ANY ? "" : asked;
      const slot = host.named ? slots.find((each) => each.name === name) : first;
      (slot?.shown ?? hidden).push(node);
      if (own && slot) shownIn.set(node, slot);
      else if (own) shownIn.delete(node);
    }
    for (const slot of slots) {
      let next: ChildNode = slot.anchor;
      for (const node of slot.shown.toReversed()) {
        if (node.nextSibling !== next) next.before(node);
        next = node;
      }
    }
    for (const node of hidden) {
      if (node.parentNode !== host.hidden || node.nextSibling !== null) host.hidden.append(node);
    }
  }

  private struct(
    inst: Instance,
    kid: CompiledKid & { kind: "if" | "for" | "use" },
    values: Value[],
    into: Node,
    text: TextFilter | null,
    top: boolean,
  ): Struct {
    const struct: Struct = {
      kid,
      parent: inst,
      anchor: document.createComment(""),
      kids: [],
      text,
      top,
    };
    inst.holes[kid.hole] = struct;
    const value = values[kid.hole] ?? null;
    if (value !== null) {
      if (kid.kind === "for") {
        for (const row of value as Value[][]) {
          struct.kids.push(this.inside(struct, kid.frag, row, into));
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

type Hole = Text | WxElement | Struct | Host | Slot | ChildNode | undefined;

function isStruct(hole: Hole): hole is Struct {
  return hole !== undefined && "kids" in hole;
}

function isHost(hole: Hole): hole is Host {
  return hole !== undefined && "host" in hole && hole.host === true;
}

function isSlot(top: ChildNode | Struct | Slot): top is Slot {
  return "shown" in top;
}

/** Visits the nodes of an instance; shown are those that its slots show. */
function eachNode(inst: Instance, visit: (node: ChildNode) => void, shown = true): void {
  for (const top of inst.tops) {
    if (isStruct(top)) {
      for (const kid of top.kids) eachNode(kid, visit, shown);
      visit(top.anchor);
    } else if (isSlot(top)) {
      if (shown) for (const node of top.shown) visit(node);
      if (top.content) eachNode(top.content, visit, shown);
      visit(top.anchor);
    } else {
      for (const node of nodesOf(top)) visit(node);
    }
  }
}

/** The name of a node that only marks a place: it is shown wherever it is. */
const ANY = "\0";

/** A node of content, with the slot that it asks for. */
interface Asking {
  node: ChildNode;
  slot: string;
  /** It is the content's own, and not something that a slot or a component in it shows. */
  own: boolean;
}

/** The nodes of content. */
function namedNodes(inst: Instance, into: Asking[]): void {
  for (const top of inst.tops) {
    if (isStruct(top)) {
      for (const kid of top.kids) namedNodes(kid, into);
      into.push({ node: top.anchor, slot: ANY, own: true });
    } else if (isSlot(top)) {
      const slot = top.el.$slot ?? "";
      for (const node of top.shown) into.push({ node, slot, own: false });
      if (top.content) eachNode(top.content, (node) => into.push({ node, slot, own: false }));
      into.push({ node: top.anchor, slot, own: true });
    } else {
      const slot = (top as WxElement).$slot ?? "";
      for (const [i, node] of nodesOf(top).entries()) into.push({ node, slot, own: i === 0 });
    }
  }
}

/** The slots of a shadow in the order of the document. */
function slotsOf(inst: Instance, into: Slot[]): void {
  for (const hole of inst.holes) {
    if (hole === undefined || hole instanceof Node) continue;
    if ("host" in hole) {
      if (hole.content) slotsOf(hole.content, into);
      else if (hole.root) dynamicSlots(hole.root, into);
    } else if (isStruct(hole)) {
      for (const kid of hole.kids) slotsOf(kid, into);
    } else {
      into.push(hole as Slot);
    }
  }
}

/** The slots in the content of dynamic slots, which belongs to the shadow around them. */
function dynamicSlots(inst: Instance, into: Slot[]): void {
  for (const hole of inst.holes) {
    if (hole === undefined || hole instanceof Node) continue;
    if ("shown" in hole) {
      if (hole.content) slotsOf(hole.content, into);
    } else if (isStruct(hole)) {
      for (const kid of hole.kids) dynamicSlots(kid, into);
    } else if ("host" in hole && hole.content) {
      dynamicSlots(hole.content, into);
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
  if (isStruct(top)) return firstNode(top.kids, 0) ?? top.anchor;
  if (!isSlot(top)) return firstOf(top);
  return top.shown[0] ?? (top.content && first(top.content)) ?? top.anchor;
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
