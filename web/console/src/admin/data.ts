// What the administrator's pages ask for.

import { useQuery } from "@tanstack/react-query";

import type { App, Page } from "../../../shared/types";
import { useList } from "../frame/lists";
import { api } from "../frame/session";
import type { AuditEntry, LedgerReport, SubmissionDetail, SubmissionSummary } from "../wire";
import { takenDown } from "./takendown";

/** New submissions should appear while one looks at the queue. */
export const QUEUE_POLL_MS = 5_000;
/** As many entries as the interface gives at once: enough for the take-downs of a house. */
const TAKEDOWNS_READ = 100;

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

/** Apps that are taken down now, by the log of who did it: the public search hides them. */
export function useTakenDown() {
  return useQuery({
    queryKey: ["takendown"],
    queryFn: async ({ signal }) => {
      const read = (action: string) =>
        api.get<Page<AuditEntry>>("/admin/audit", { action, limit: TAKEDOWNS_READ }, signal);
      const [down, up] = await Promise.all([read("app.disable"), read("app.enable")]);
      return takenDown([...down.items, ...up.items]);
    },
  });
}

/**
 * The name of an app, from what the pages list anyway: apps that are not released have no public
 * page to ask, but whatever was ever released was submitted once. undefined when neither knows it.
 */
export function useAppName(id: string): string | undefined {
  const submissions = useList<SubmissionSummary>(["submissions", "list"], "/admin/submissions");
  const released = useList<App>(["apps", "public"], "/apps");
  const submitted = submissions.items.find((item) => item.app_id === id)?.app;
  return (submitted ?? released.items.find((app) => app.id === id))?.name;
}
