import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { ApiError } from "../../../../shared/api";
import type { ID, OfficialAccount } from "../../../../shared/types";
import { Avatar } from "../../kit/Avatar";
import { CellGroup, Link } from "../../kit/Cells";
import {
  Button,
  Empty,
  ErrorBlock,
  More,
  SkeletonRows,
  Spinner,
  errorText,
} from "../../kit/Feedback";
import { SearchField } from "../../kit/Fields";
import { Icon } from "../../kit/Icon";
import { confirm, toast } from "../../kit/Overlays";
import { Page } from "../../kit/Page";
import { useLoad, useSettled } from "../../kit/useLoad";
import { usePages } from "../../kit/usePages";
import { go, routes, SCENE } from "../../nav/routes";
import {
  findAccounts,
  follow,
  followedAccounts,
  getAccount,
  loadFollowed,
  unfollow,
} from "../../state/catalogue";
import { loadConversations } from "../../state/chats";
import { useStore } from "../../state/store";
import { t } from "../../texts";
import { AppCell } from "../DiscoverTab";

export function AccountsPage(): JSX.Element {
  const [query, setQuery] = useState("");
  const settled = useSettled(query.trim());
  const found = usePages(settled, (cursor, signal) => findAccounts(settled, cursor, signal));
  const mine = useStore(followedAccounts, (accounts) => accounts);
  useEffect(() => void loadFollowed(), []);
  const items = found.items ?? [];
  // All followed accounts are loaded, however long the list is.
  const followed = settled === "" && mine ? mine : items.filter((account) => account.following);
  const others = items.filter((account) => !account.following);
  return (
    <Page
      title={t("officialAccounts")}
      backTo="/contacts"
      top={<SearchField value={query} onValue={setQuery} label={t("searchAccounts")} />}
    >
      {found.error && !found.items ? (
        <ErrorBlock error={found.error} retry={found.reload} />
      ) : !found.items ? (
        <SkeletonRows count={6} />
      ) : items.length + followed.length === 0 ? (
        <Empty
          icon="official"
          text={settled ? t("nothingFound", { query: settled }) : t("noAccounts")}
        />
      ) : (
        <>
          {followed.length > 0 && (
            <CellGroup title={t("followed")}>
              {followed.map((account) => (
                <AccountCell key={account.id} account={account} />
              ))}
            </CellGroup>
          )}
          {others.length > 0 && (
            <CellGroup title={followed.length > 0 ? t("moreAccounts") : t("officialAccounts")}>
              {others.map((account) => (
                <AccountCell key={account.id} account={account} />
              ))}
            </CellGroup>
          )}
          <More of={found} />
        </>
      )}
    </Page>
  );
}

export function AccountCell({ account }: { account: OfficialAccount }): JSX.Element {
  return (
    <Link class="cell" to={routes.account(account.id)} testid="account">
      <Avatar name={account.name} url={account.avatar_url} size={48} />
      <span class="cell-main">
        <span class="cell-title" dir="auto">
          {account.name}
          {account.verified && <Verified />}
        </span>
        <span class="cell-detail" dir="auto">
          {account.description}
        </span>
      </span>
    </Link>
  );
}

function Verified(): JSX.Element {
  return (
    <span class="official-tag" title={t("verified")}>
      <Icon name="official" size={16} />
      <span class="sr-only"> {t("verified")}</span>
    </span>
  );
}

export function AccountPage({ id }: { id: ID }): JSX.Element {
  const loaded = useLoad(id, () => getAccount(id));
  const [busy, setBusy] = useState(false);
  const account = loaded.value;

  const change = async (work: () => Promise<void>) => {
    setBusy(true);
    try {
      await work();
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      toast(errorText(error));
    } finally {
      setBusy(false);
    }
  };
  const start = () =>
    change(async () => {
      const { conversation_id } = await follow(id);
      void loadConversations();
      go(routes.chat(conversation_id));
      loaded.reload();
    });
  const leave = async (name: string) => {
    const sure = await confirm({
      title: t("unfollowName", { name }),
      text: t("unfollowText"),
      action: t("unfollow"),
      danger: true,
    });
    if (!sure) return;
    await change(async () => {
      await unfollow(id);
      loaded.reload();
      toast(t("unfollowed"));
    });
  };
  return (
    <Page title={t("officialAccount")} backTo="/accounts">
      {loaded.error && !account ? (
        <ErrorBlock error={loaded.error} retry={loaded.reload} />
      ) : !account ? (
        <div class="page-wait">
          <Spinner />
        </div>
      ) : (
        <>
          <section class="profile-head">
            <Avatar name={account.name} url={account.avatar_url} size={72} />
            <div>
              <h2 dir="auto">
                {account.name}
                {account.verified && <Verified />}
              </h2>
              <p class="cell-detail">{t("handleIs", { handle: account.handle })}</p>
              <p class="cell-detail">
                {account.kind === "service" ? t("serviceAccount") : t("subscriptionAccount")}
                {" · "}
                {t("followerCount", { count: account.follower_count })}
              </p>
            </div>
            {account.description && (
              <p class="profile-text" dir="auto">
                {account.description}
              </p>
            )}
          </section>
          <div class="profile-actions">
            {account.following ? (
              <>
                <Button
                  onClick={() =>
                    account.conversation_id
                      ? go(routes.chat(account.conversation_id))
                      : void start()
                  }
                  busy={busy}
                >
                  {t("sendMessage")}
                </Button>
                <Button kind="plain" disabled={busy} onClick={() => void leave(account.name)}>
                  {t("unfollow")}
                </Button>
              </>
            ) : (
              <Button onClick={() => void start()} busy={busy}>
                {t("follow")}
              </Button>
            )}
          </div>
          {account.apps.length > 0 && (
            <CellGroup title={t("miniPrograms")}>
              {account.apps
                .filter((app) => app.released_version !== null)
                .map((app) => (
                  <AppCell key={app.id} app={app} scene={SCENE.accountProfile} />
                ))}
            </CellGroup>
          )}
        </>
      )}
    </Page>
  );
}
