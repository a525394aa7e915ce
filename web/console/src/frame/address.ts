// State that is kept in the address: filters, the open tab, the open file and its line.

import { useLocation, useSearchParams } from "wouter";

export type Change = Record<string, string | number | null | undefined>;

/** The search part after a change; null, undefined and "" take a name away. */
export function changed(search: URLSearchParams, change: Change): URLSearchParams {
  const next = new URLSearchParams(search);
  for (const [name, value] of Object.entries(change)) {
    if (value === null || value === undefined || value === "") next.delete(name);
    else next.set(name, String(value));
  }
  return next;
}

/** Reads and writes the search part. Filters replace the entry of the history, places add one. */
export function useAddress() {
  const [path] = useLocation();
  const [search, setSearch] = useSearchParams();
  return {
    get: (name: string): string => search.get(name) ?? "",
    link: (change: Change): string => `${path}?${changed(search, change).toString()}`,
    set: (change: Change, keep: "replace" | "push" = "replace") =>
      setSearch((now) => changed(now, change), { replace: keep === "replace" }),
  };
}
