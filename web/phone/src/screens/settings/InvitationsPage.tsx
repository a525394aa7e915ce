// Invitations to accept or decline, and the mini programs that one tests.

import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { ApiError } from "../../../../shared/api";
import { formatDate } from "../../../../shared/i18n";
import type { Invitation } from "../../../../shared/types";
import { Avatar } from "../../kit/Avatar";
import { CellGroup, Link } from "../../kit/Cells";
import { Button, Empty, ErrorBlock, errorText, SkeletonRows } from "../../kit/Feedback";
import { confirm, toast } from "../../kit/Overlays";
import { Page } from "../../kit/Page";
import { useLoad } from "../../kit/useLoad";
import { routes } from "../../nav/routes";
import {
  answer,
  getTested,
  invitations,
  loadInvitations,
  stopTesting,
  type Tested,
} from "../../state/invitations";
import { useStore } from "../../state/store";
import { t } from "../../texts";

/** What testers open: the version that was uploaded last. */
const NEWEST = "newest";

export function InvitationsPage(): JSX.Element {
  const open = useStore(invitations, (value) => value);
  const tested = useLoad("testing", getTested);
  useEffect(() => void loadInvitations(), []);
  const act = async (work: () => Promise<void>) => {
    try {
      await work();
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      toast(errorText(error));
    }
    await loadInvitations();
    tested.reload();
  };
  const stop = async (app: Tested) => {
    const sure = await confirm({
      title: t("stopTestingName", { name: app.name }),
      text: t("stopTestingText"),
      action: t("stopTesting"),
      danger: true,
    });
    if (sure) await act(() => stopTesting(app.id));
  };
  return (
    <Page title={t("invitations")} backTo="/me">
      {tested.error && !tested.value ? (
        <ErrorBlock error={tested.error} retry={tested.reload} />
      ) : !open || !tested.value ? (
        <SkeletonRows count={3} />
      ) : open.length + tested.value.length === 0 ? (
        <Empty icon="addPerson" text={t("noInvitations")} />
      ) : (
        <>
          {open.map((invitation) => (
            <Offer
              key={invitation.id}
              of={invitation}
              onAnswer={(how) => act(() => answer(invitation.id, how))}
            />
          ))}
          {tested.value.length > 0 && (
            <CellGroup title={t("testing")}>
              {tested.value.map((app) => (
                <div class="cell" key={app.id} data-testid="tested">
                  <Avatar name={app.name} url={app.icon_url} size={36} round />
                  <span class="cell-main">
                    <Link class="cell-title" to={routes.app(app.id, { version: NEWEST })}>
                      {app.name}
                    </Link>
                    <span class="cell-detail">{t("testingNewest")}</span>
                  </span>
                  <Button kind="plain" small onClick={() => void stop(app)}>
                    {t("stopTesting")}
                  </Button>
                </div>
              ))}
            </CellGroup>
          )}
        </>
      )}
    </Page>
  );
}

interface OfferProps {
  of: Invitation;
  onAnswer: (how: "accept" | "decline") => Promise<void>;
}

function Offer({ of, onAnswer }: OfferProps): JSX.Element {
  const [busy, setBusy] = useState(false);
  const choose = async (how: "accept" | "decline") => {
    setBusy(true);
    await onAnswer(how);
    setBusy(false);
  };
  const person = of.invited_by.display_name || of.invited_by.handle;
  const what = {
    owner: t("invitedOwner", { account: of.account.name }),
    developer: t("invitedDeveloper", { account: of.account.name }),
    tester: t("invitedTester", { app: of.app?.name ?? "", account: of.account.name }),
  }[of.role];
  return (
    <section class="cells" aria-label={of.account.name} data-testid="invitation">
      <div class="cells-box">
        <div class="cell tall">
          <Avatar name={of.app?.name ?? of.account.name} url={of.app?.icon_url ?? ""} size={48} />
          <span class="cell-main">
            <strong class="cell-title" dir="auto">
              {what}
            </strong>
            <span class="cell-detail" dir="auto">
              {t("invitedBy", { person, handle: of.invited_by.handle })}
            </span>
            <span class="cell-detail faint">
              {t("invitedUntil", { date: formatDate(new Date(of.expires_at)) })}
            </span>
          </span>
        </div>
        <div class="cell">
          <Button small busy={busy} onClick={() => void choose("accept")}>
            {t("accept")}
          </Button>
          <Button kind="plain" small disabled={busy} onClick={() => void choose("decline")}>
            {t("decline")}
          </Button>
        </div>
      </div>
    </section>
  );
}
