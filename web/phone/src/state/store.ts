import { useEffect, useState } from "preact/hooks";

/** A value that many places watch. Values are replaced, never changed in place. */
export class Store<T> {
  private readonly watchers = new Set<() => void>();

  constructor(private value: T) {}

  get(): T {
    return this.value;
  }

  set(next: T): void {
    if (Object.is(next, this.value)) return;
    this.value = next;
    for (const watcher of [...this.watchers]) watcher();
  }

  update(change: (value: T) => T): void {
    this.set(change(this.value));
  }

  watch(watcher: () => void): () => void {
    this.watchers.add(watcher);
    return () => this.watchers.delete(watcher);
  }
}

/** Renders again when what `select` picks is another object or value than before. */
export function useStore<T, S>(store: Store<T>, select: (value: T) => S): S {
  const [, render] = useState(0);
  const selected = select(store.get());
  useEffect(() => {
    let last = selected;
    const check = () => {
      const next = select(store.get());
      if (Object.is(next, last)) return;
      last = next;
      render((count) => count + 1);
    };
    check(); // The store may have moved between the render and this effect.
    return store.watch(check);
    // `select` closes over what the component shows, so it is watched through its result.
  }, [store, selected]);
  return selected;
}
