import { Tag } from "antd";

import type { Submission } from "../wire";
import { t } from "./texts";

const COLOURS: Record<Submission["state"], string> = {
  pending: "processing",
  approved: "success",
  rejected: "error",
  withdrawn: "default",
};

export function submissionStates(): Record<Submission["state"], string> {
  return {
    pending: t("statePending"),
    approved: t("stateApproved"),
    rejected: t("stateRejected"),
    withdrawn: t("stateWithdrawn"),
  };
}

export function SubmissionTag({ state }: { state: Submission["state"] }) {
  return <Tag color={COLOURS[state]}>{submissionStates()[state]}</Tag>;
}
