// The host sends lists in pages with a cursor; the console joins the pages.

import { keepPreviousData, useInfiniteQuery, useQuery } from "@tanstack/react-query";

import type { Page, PublicUser } from "../../../shared/types";
import { api } from "./session";

const PAGE_SIZE = 50;

export type Filters = Record<string, string | undefined>;

/** A list with its filters; `key` names what invalidates it. */
export function useList<T>(key: string[], path: string, filters: Filters = {}, pollMs?: number) {
  const given = Object.fromEntries(Object.entries(filters).filter(([, value]) => value));
  const list = useInfiniteQuery({
    queryKey: [...key, given],
    initialPageParam: null as string | null,
    queryFn: ({ pageParam, signal }) =>
      api.get<Page<T>>(path, { limit: PAGE_SIZE, ...given, cursor: pageParam }, signal),
    getNextPageParam: (last) => last.next_cursor,
    // While a filter changes, the old rows stay: the page does not jump.
    placeholderData: keepPreviousData,
    refetchInterval: pollMs,
  });
  return { ...list, items: list.data?.pages.flatMap((page) => page.items ?? []) ?? [] };
}

/** Lists that the host sends as a whole. */
export function useWholeList<T>(key: string[], path: string) {
  return useQuery({
    queryKey: key,
    queryFn: async ({ signal }) => (await api.get<Page<T>>(path, undefined, signal)).items ?? [],
  });
}

/** The person behind an ID. They are few and rarely change, so they are kept. */
export function usePerson(id: string | null) {
  return useQuery({
    queryKey: ["person", id],
    queryFn: ({ signal }) => api.get<PublicUser>(`/users/${id}`, undefined, signal),
    enabled: Boolean(id),
    staleTime: Infinity,
    retry: false,
  });
}
