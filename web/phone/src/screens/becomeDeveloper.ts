import { ApiError } from "../../../shared/api";
import type { User } from "../../../shared/types";
import { errorText } from "../kit/Feedback";
import { confirm, toast } from "../kit/Overlays";
import { api } from "../services";
import { t } from "../texts";

/** Asks, adds the role, and goes to the console. */
export async function becomeDeveloper(): Promise<void> {
  const sure = await confirm({
    title: t("becomeDeveloper"),
    text: t("becomeDeveloperText"),
    action: t("continue"),
  });
  if (!sure) return;
  try {
    await api.post<User>("/me/roles/developer");
    // The new role is written into the next token.
    await api.refresh();
    location.assign("/developer/");
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    toast(errorText(error));
  }
}
