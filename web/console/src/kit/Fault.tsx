// A refused or failed call: a block with what to do, and the request ID, which is also in the host's log.

import { Alert, Button } from "antd";

import { ApiError } from "../../../shared/api";
import { CopyText } from "./CopyText";
import { t } from "./texts";

export function Fault({ error, retry }: { error: unknown; retry?: () => void }) {
  const known = error instanceof ApiError ? error : null;
  const requestId =
    known?.requestId ??
    (typeof known?.problem.request_id === "string" ? known.problem.request_id : null);
  return (
    <Alert
      className="fault"
      type="error"
      showIcon
      role="alert"
      title={known?.message ?? t("failed")}
      description={
        requestId && (
          <span className="fault-id">
            {t("requestId")}: <CopyText text={requestId} what={t("requestId")} />
          </span>
        )
      }
      action={
        retry && (
          <Button size="small" onClick={retry}>
            {t("tryAgain")}
          </Button>
        )
      }
    />
  );
}
