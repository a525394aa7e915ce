// Whether people already see the profile that a developer wrote: it must be reviewed first.

import { useMutation } from "@tanstack/react-query";
import { Alert, Button } from "antd";

import { api, queries } from "../frame/session";
import { Fault } from "../kit/Fault";
import { ago } from "../kit/Marks";
import type { ProfileChange } from "../wire";
import { t } from "./texts";

interface ProfileStateProps {
  reviewed: boolean;
  change: ProfileChange | null;
  /** Set for an account, which can ask for a review without an app. */
  accountId?: string;
}

export function ProfileState({ reviewed, change, accountId }: ProfileStateProps) {
  const asking = useMutation({
    mutationFn: () => api.post<void>(`/dev/accounts/${accountId}/review`),
    onSuccess: () => queries.invalidateQueries({ queryKey: ["accounts"] }),
  });
  if (change?.state === "pending")
    return (
      <Alert
        className="fault"
        type="info"
        showIcon
        title={t("profilePending", { name: change.name })}
        description={t("profilePendingLead", { ago: ago(new Date(change.proposed_at)) })}
      />
    );
  const rejected = change?.state === "rejected" && (
    <Alert
      className="fault"
      type="error"
      showIcon
      title={t("profileRejected", { name: change.name })}
      description={<span dir="auto">{change.note}</span>}
    />
  );
  if (reviewed) return rejected || null;
  return (
    <>
      {rejected}
      <Alert
        className="fault"
        type="warning"
        showIcon
        title={t("profileUnreviewed")}
        description={
          <>
            <p>{accountId ? t("accountUnreviewedLead") : t("appUnreviewedLead")}</p>
            {accountId && (
              <Button loading={asking.isPending} onClick={() => asking.mutate()}>
                {t("askReview")}
              </Button>
            )}
            {asking.error !== null && <Fault error={asking.error} />}
          </>
        }
      />
    </>
  );
}
