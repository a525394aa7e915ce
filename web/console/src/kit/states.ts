import type { VersionState } from "../wire";
import { t } from "./texts";

/** The name of a state, the same in both consoles. */
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
