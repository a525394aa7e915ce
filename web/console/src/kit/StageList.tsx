import { CheckOutlined, CloseOutlined } from "@ant-design/icons";

import type { VersionState } from "../wire";
import { progressOf, STAGES, type Progress, type Stage } from "./stages";
import { t } from "./texts";

export function StageList({ state }: { state: VersionState }) {
  const names: Record<Stage, string> = {
    upload: t("stepUpload"),
    submit: t("stepSubmit"),
    approve: t("stepApprove"),
    release: t("stepRelease"),
  };
  const words: Record<Progress, string> = {
    done: t("done"),
    now: t("now"),
    stuck: t("stuck"),
    ahead: "",
  };
  const progress = progressOf(state);
  return (
    <ol className="stages" aria-label={t("steps")}>
      {STAGES.map((stage, index) => {
        const at = progress[stage];
        return (
          <li
            key={stage}
            className={at}
            aria-current={at === "now" || at === "stuck" ? "step" : undefined}
          >
            <span className="stage-mark" aria-hidden>
              {at === "done" ? <CheckOutlined /> : at === "stuck" ? <CloseOutlined /> : index + 1}
            </span>
            <span>{names[stage]}</span>
            {words[at] && <span className="unseen"> ({words[at]})</span>}
          </li>
        );
      })}
    </ol>
  );
}
