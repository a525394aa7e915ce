// The pages that lie over the tabs, as the history has them. Kept mounted, so that a page returned
// to is where it was left.

import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { useLocation, useSearch } from "wouter";
import { entryState } from "./layers";
import { isTab, tabUnder, type Tab } from "./routes";

/** Pages kept alive under the open one; the deepest are made anew when returned to. */
const KEPT_PAGES = 8;
/** As long as the slide in the style sheet. */
const SLIDE_MS = 300;

export interface StackEntry {
  depth: number;
  path: string;
}

export interface Stack {
  tab: Tab;
  entries: StackEntry[];
  /** The page that is sliding out. */
  leaving: StackEntry | null;
  /** True when the top page came by a push and slides in. */
  entering: boolean;
  /** Path and query of the mini program in the address, or null. */
  app: string | null;
}

export function useStack(): Stack {
  const [path] = useLocation();
  const search = useSearch();
  const [stack, setStack] = useState<Stack>(() => next(null, path, search));
  const shown = useRef(path + search);
  const [forced, force] = useState(0);

  useLayoutEffect(() => {
    const address = path + search;
    if (shown.current === address && forced === 0) return;
    shown.current = address;
    setStack((before) => next(before, path, search));
  }, [path, search, forced]);

  // A page pushed twice with the same address (chat → profile → chat) moves only the depth.
  useLayoutEffect(() => {
    const moved = () => force((count) => count + 1);
    addEventListener("popstate", moved);
    return () => removeEventListener("popstate", moved);
  }, []);

  useLayoutEffect(() => {
    if (stack.leaving === null) return;
    const timer = setTimeout(() => setStack((s) => ({ ...s, leaving: null })), SLIDE_MS);
    return () => clearTimeout(timer);
  }, [stack.leaving]);

  return stack;
}

function next(before: Stack | null, path: string, search: string): Stack {
  const depth = entryState().depth ?? 0;
  const isApp = path.startsWith("/a/");
  const old = before?.entries ?? [];
  const oldTop = old.at(-1) ?? null;
  const kept = isTab(path) ? [] : old.filter((entry) => entry.depth < depth);

  let entries = kept;
  if (!isTab(path) && !isApp) {
    const same = old.find((entry) => entry.depth === depth && entry.path === path);
    entries = [...kept, same ?? { depth, path }].slice(-KEPT_PAGES);
  }
  const top = entries.at(-1) ?? null;
  const popped =
    oldTop !== null && !entries.includes(oldTop) && (top?.depth ?? -1) < oldTop.depth && !isApp;
  return {
    tab: isTab(path) ? path : (before?.tab ?? tabUnder(path)),
    entries,
    leaving: popped && depth < oldTop.depth ? oldTop : null,
    entering:
      before !== null &&
      top !== null &&
      top !== oldTop &&
      !popped &&
      (oldTop === null || top.depth > oldTop.depth),
    app: isApp ? path + (search ? `?${search}` : "") : null,
  };
}
