// Back closes the top-most thing first. Every sheet, dialog and menu is a layer with a history entry
// of its own on the same address, so the browser's Back, the phone's back gesture and the header's
// arrow all mean the same.

import { useEffect, useRef } from "preact/hooks";

interface Layer {
  id: number;
  onBack: () => void;
}

interface EntryState {
  /** Pages pushed since the app was loaded; 0 for the first. */
  depth?: number;
  layer?: number;
}

const layers: Layer[] = [];
let nextId = 1;
// history.back() answers later with popstate. Other navigation waits until then, or it would
// apply to the entry that is being left.
let leaving = false;
const waiting: (() => void)[] = [];

export function entryState(): EntryState {
  return (history.state as EntryState | null) ?? {};
}

/** Runs `work` when no step back is under way. */
export function whenSettled(work: () => void): void {
  if (leaving) waiting.push(work);
  else work();
}

function stepBack(): void {
  leaving = true;
  history.back();
}

/** Call once, before the first render. */
export function startLayers(): void {
  // A reload keeps the entry of a sheet that is gone.
  const { layer, ...rest } = entryState();
  if (layer !== undefined) history.replaceState(rest, "");
  addEventListener("popstate", () => {
    leaving = false;
    const at = entryState().layer;
    const known = at === undefined ? -1 : layers.findIndex((layer) => layer.id === at);
    if (at !== undefined && known < 0) {
      stepBack(); // The entry of a layer that closed long ago: not a place.
      return;
    }
    for (const layer of layers.splice(known + 1).reverse()) layer.onBack();
    while (!leaving && waiting.length > 0) waiting.shift()!();
  });
}

/** Opens a layer that `onBack` closes; returns what to call when it closes by other means. */
export function openLayer(onBack: () => void): () => void {
  const layer: Layer = { id: nextId++, onBack };
  let closed = false;
  whenSettled(() => {
    if (closed) return;
    layers.push(layer);
    history.pushState({ ...entryState(), layer: layer.id }, "");
  });
  return () => {
    closed = true;
    whenSettled(() => {
      const index = layers.indexOf(layer);
      if (index < 0) return;
      layers.splice(index, 1);
      if (entryState().layer === layer.id) stepBack();
    });
  };
}

/** Closes all layers for a navigation; true when the current entry belonged to one of them. */
export function dropLayers(): boolean {
  const dropped = layers.splice(0);
  for (const layer of dropped.reverse()) layer.onBack();
  return dropped.length > 0;
}

export function useBackLayer(active: boolean, onBack: () => void): void {
  const latest = useRef(onBack);
  latest.current = onBack;
  useEffect(() => (active ? openLayer(() => latest.current()) : undefined), [active]);
}
