// What the developer's pages ask for. The first parts of a key say when the data is loaded again: news of
// an app's versions invalidate ["app", <id>].

import { useQuery } from "@tanstack/react-query";

import type { Page } from "../../../shared/types";
import { useWholeList } from "../frame/lists";
import { api } from "../frame/session";
import type { Capability, DevApp, MemberAccount, Version } from "../wire";

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

export const useCapabilities = () => useWholeList<Capability>(["capabilities"], "/capabilities");
