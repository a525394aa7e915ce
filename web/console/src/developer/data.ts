// What the developer's pages ask for. The first parts of a key say when the data is loaded again: news of
// an app's versions invalidate ["app", <id>].

import { useQuery } from "@tanstack/react-query";

import type { Page } from "../../../shared/types";
import { useWholeList } from "../frame/lists";
import { api } from "../frame/session";
import type { Capability, DevApp, MemberAccount, Pause, Version } from "../wire";

export const useAccounts = () => useWholeList<MemberAccount>(["accounts"], "/dev/accounts");

export const useApps = () => useWholeList<DevApp>(["apps"], "/dev/apps");

export function useAccount(id: string) {
  return useQuery({
    queryKey: ["accounts", id],
    queryFn: ({ signal }) => api.get<MemberAccount>(`/dev/accounts/${id}`, undefined, signal),
  });
}

export function useApp(id: string) {
  return useQuery({
    queryKey: ["app", id],
    queryFn: ({ signal }) => api.get<DevApp>(`/dev/apps/${id}`, undefined, signal),
  });
}

/** How many versions are looked at to say what comes next. */
const RECENT = 10;

export const recentVersions = (appId: string) => ({
  queryKey: ["app", appId, "versions", "recent"],
  queryFn: async ({ signal }: { signal: AbortSignal }) =>
    (await api.get<Page<Version>>(`/dev/apps/${appId}/versions`, { limit: RECENT }, signal)).items,
});

export function useVersion(appId: string, id: string) {
  return useQuery({
    queryKey: ["app", appId, "versions", id],
    queryFn: ({ signal }) =>
      api.get<Version>(`/dev/apps/${appId}/versions/${id}`, undefined, signal),
  });
}

/** The pause that a version is in, null when it can be opened. */
export function usePause(appId: string, versionId: string) {
  return useQuery({
    queryKey: ["app", appId, "quarantines", versionId],
    queryFn: async ({ signal }) => {
      const filters = { version_id: versionId, state: "active", limit: 1 };
      const page = await api.get<Page<Pause>>(`/dev/apps/${appId}/quarantines`, filters, signal);
      return page.items?.[0] ?? null;
    },
    // A pause also ends by its time, of which nobody is told.
    refetchInterval: (query) => (query.state.data ? PAUSE_POLL_MS : false),
  });
}

/** How often the page looks whether the pause that it shows is over. */
const PAUSE_POLL_MS = 30_000;

export const useCapabilities = () => useWholeList<Capability>(["capabilities"], "/capabilities");
