// Components without an element of their own (`virtualHost`). What such a component shows stands in the
// document between two marks, beside what is around it: selectors of children and of neighbours see
// through it, as in the vendor's client.

import type { Instance, Slot, WxElement } from "./element";

/** The slot that shows a node as content of a component. */
export const shownIn = new WeakMap<ChildNode, Slot>();

/** Takes the element of a component out of the document, or puts it in again. */
export function setVirtual(el: WxElement, virtual: boolean): void {
  if (virtual === (el.$marks !== undefined)) return;
  if (el.$marks) {
    const [start, end] = el.$marks;
    start.replaceWith(el);
    end.remove();
    el.$marks = undefined;
  } else {
    el.$marks = [document.createComment(""), document.createComment("")];
    el.replaceWith(...el.$marks);
  }
}

/** The first node that an element has in the document. */
export function firstOf(node: ChildNode): ChildNode {
  return (node as WxElement).$marks?.[0] ?? node;
}

/** What an element has in the document: itself, or marks with everything between them. */
export function nodesOf(node: ChildNode): ChildNode[] {
  const marks = (node as WxElement).$marks;
  if (!marks) return [node];
  const nodes: ChildNode[] = [];
  for (let at: ChildNode | null = marks[0]; at && at !== marks[1]; at = at.nextSibling)
    nodes.push(at);
  return [...nodes, marks[1]];
}

/** The elements that are in an element. */
export function* elementsIn(el: WxElement): Generator<WxElement> {
  if (!el.$marks) return yield* el.querySelectorAll<WxElement>("*");
  for (const node of nodesOf(el)) {
    if (!(node instanceof HTMLElement)) continue;
    yield node;
    yield* node.querySelectorAll<WxElement>("*");
  }
}

/** The element around an element, which may be one that is not in the document. */
export function above(el: WxElement): WxElement | null {
  const node = firstOf(el);
  const parent: WxElement | null = node.parentElement;
  // A slot may be what another component's slot shows.
  let slot = shownIn.get(node);
  for (let outer = slot; outer; outer = shownIn.get(outer.anchor)) slot = outer;
  let inst: Instance | null | undefined = slot ? slot.parent : el.$inst;
  while (inst?.parent) inst = inst.parent;
  const host = inst?.shadow.host?.el;
  return host?.$marks?.[0].parentElement === parent ? host! : parent;
}

/** Whether an element is another one, or around it. */
export function holds(outer: WxElement, inner: WxElement): boolean {
  for (let el: WxElement | null = inner; el; el = above(el)) if (el === outer) return true;
  return false;
}
