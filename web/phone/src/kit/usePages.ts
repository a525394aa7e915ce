import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import { ApiError } from "../../../shared/api";
import type { ID, Page } from "../../../shared/types";

export interface Pages<T> {
  /** null until the first answer. */
  items: T[] | null;
  error: ApiError | null;
  reload: () => void;
  /** Asks for the next page; null at the end of the list. */
  more: (() => void) | null;
}

/** A list of the host page by page. It begins anew when `key` changes. */
export function usePages<T extends { id: ID }>(
  key: string,
  ask: (cursor: string | null, signal: AbortSignal) => Promise<Page<T>>,
): Pages<T> {
  const [list, setList] = useState<{ items: T[]; cursor: string | null } | null>(null);
  const [error, setError] = useState<ApiError | null>(null);
  const latest = useRef(ask);
  latest.current = ask;
  const running = useRef<AbortController | null>(null);

  const load = useCallback((after: string | null) => {
    running.current?.abort();
    const control = new AbortController();
    running.current = control;
    latest.current(after, control.signal).then(
      (page) => {
        if (control.signal.aborted) return;
        running.current = null;
        setError(null);
        setList((before) => {
          const items = after === null ? [] : (before?.items ?? []);
          // A list that changed meanwhile may give a row of an earlier page again.
          const known = new Set(items.map(({ id }) => id));
          return {
            items: [...items, ...page.items.filter(({ id }) => !known.has(id))],
            cursor: page.next_cursor,
          };
        });
      },
      (reason: unknown) => {
        if (control.signal.aborted) return;
        running.current = null;
        if (reason instanceof ApiError) setError(reason);
        else throw reason;
      },
    );
  }, []);
  useEffect(() => {
    load(null);
    return () => running.current?.abort();
  }, [key]);

  const cursor = list?.cursor ?? null;
  return {
    items: list?.items ?? null,
    error,
    reload: () => load(null),
    more: cursor === null ? null : () => load(cursor),
  };
}
