// What the administrator's pages ask for.

import { useQuery } from "@tanstack/react-query";

import { useList } from "../frame/lists";
import { api } from "../frame/session";
import type {
  AdminApp,
  LedgerReport,
  ProfileProposal,
  Quarantine,
  SubmissionDetail,
} from "../wire";

/** New submissions should appear while a reviewer looks at the queue. */
export const QUEUE_POLL_MS = 5_000;

export function useSubmission(id: string) {
  return useQuery({
    queryKey: ["submissions", "one", id],
    queryFn: ({ signal }) =>
      api.get<SubmissionDetail>(`/admin/submissions/${id}`, undefined, signal),
  });
}

export function useLedger() {
  return useQuery({
    queryKey: ["ledger"],
    queryFn: ({ signal }) => api.get<LedgerReport>("/admin/ledger/checks", undefined, signal),
    staleTime: 60_000, // it reads the whole ledger
  });
}

/** Apps that are taken down now, the last one first. */
export function useTakenDown() {
  return useList<AdminApp>(["takendown"], "/admin/apps", { disabled: "true" });
}

/** Versions that are paused, in a state or in all. */
export function useQuarantines(state: string | undefined) {
  return useList<Quarantine>(["quarantines"], "/admin/quarantines", { state }, QUEUE_POLL_MS);
}

/** Waiting proposals, polled like the queue of versions. */
export function useProposals() {
  return useList<ProfileProposal>(
    ["profile-changes"],
    "/admin/profile-changes",
    { state: "pending" },
    QUEUE_POLL_MS,
  );
}
