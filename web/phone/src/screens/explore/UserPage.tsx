import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { ApiError } from "../../../../shared/api";
import type { ID } from "../../../../shared/types";
import { Avatar } from "../../kit/Avatar";
import { Button, ErrorBlock, Spinner, errorText } from "../../kit/Feedback";
import { toast } from "../../kit/Overlays";
import { Page } from "../../kit/Page";
import { useLoad } from "../../kit/useLoad";
import { go, routes } from "../../nav/routes";
import { getUser } from "../../state/catalogue";
import { startConversation } from "../../state/chats";
import { currentUser } from "../../state/session";
import { t } from "../../texts";

export function UserPage({ id }: { id: ID }): JSX.Element {
  const { value: user, error, reload } = useLoad(id, () => getUser(id));
  const [busy, setBusy] = useState(false);
  const message = async () => {
    setBusy(true);
    try {
      go(routes.chat((await startConversation(id)).id));
    } catch (refusal) {
      if (!(refusal instanceof ApiError)) throw refusal;
      toast(errorText(refusal));
    } finally {
      setBusy(false);
    }
  };
  return (
    <Page title={t("profile")} backTo="/contacts">
      {error && !user ? (
        <ErrorBlock error={error} retry={reload} />
      ) : !user ? (
        <div class="page-wait">
          <Spinner />
        </div>
      ) : (
        <>
          <section class="profile-head">
            <Avatar name={user.display_name} url={user.avatar_url} size={64} />
            <div>
              <h2 dir="auto">{user.display_name}</h2>
              <p class="cell-detail">{t("handleIs", { handle: user.handle })}</p>
            </div>
          </section>
          {id !== currentUser()?.id && (
            <div class="profile-actions">
              <Button onClick={() => void message()} busy={busy}>
                {t("sendMessage")}
              </Button>
            </div>
          )}
        </>
      )}
    </Page>
  );
}
