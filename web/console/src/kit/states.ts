import type { VersionState } from "../wire";
import { t } from "./texts";

/** The word for a state, the same on both sides. */
export function stateName(state: VersionState): string {
  switch (state) {
    case "failed":
      return t("stateFailed");
    case "ready":
      return t("stateReady");
    case "submitted":
      return t("stateSubmitted");
    case "approved":
      return t("stateApproved");
    case "rejected":
      return t("stateRejected");
    case "released":
      return t("stateReleased");
    case "retired":
      return t("stateRetired");
  }
}
