import type { JSX } from "preact";
import { useMemo, useState } from "preact/hooks";
import { ApiError } from "../../../../shared/api";
import type { PublicUser } from "../../../../shared/types";
import { Avatar } from "../../kit/Avatar";
import { CellGroup, Link } from "../../kit/Cells";
import { Empty, ErrorBlock, SkeletonRows, errorText } from "../../kit/Feedback";
import { SearchField } from "../../kit/Fields";
import { toast } from "../../kit/Overlays";
import { Page } from "../../kit/Page";
import { useLoad, useSettled } from "../../kit/useLoad";
import { go, routes, SCENE } from "../../nav/routes";
import { findAccounts, findApps, findUsers } from "../../state/catalogue";
import { chats, sortedConversations, startConversation } from "../../state/chats";
import { currentUser } from "../../state/session";
import { useStore } from "../../state/store";
import { t } from "../../texts";
import { AppCell } from "../DiscoverTab";
import { AccountCell } from "./AccountPages";

/** Rows of each kind; more are found by a longer query. */
const ROWS = 8;

/** "people": for a new chat; a tap starts it. "all": everything that can be found. */
export function SearchPage({ scope }: { scope: "all" | "people" }): JSX.Element {
  const [query, setQuery] = useState("");
  const settled = useSettled(query.trim());
  const all = scope === "all";
  const found = useLoad(settled === "" ? null : settled, async (signal) => {
    const [users, accounts, apps] = await Promise.all([
      findUsers(settled, signal),
      all ? findAccounts(settled, null, signal) : null,
      all ? findApps(settled, null, signal) : null,
    ]);
    return { users: users.items, accounts: accounts?.items ?? [], apps: apps?.items ?? [] };
  });
  const conversations = useStore(chats, (state) => state.conversations);
  const matches = useMemo(() => {
    const wanted = settled.toLocaleLowerCase();
    if (!all || wanted === "") return [];
    return sortedConversations(chats.get())
      .filter((c) => c.title.toLocaleLowerCase().includes(wanted))
      .slice(0, ROWS);
  }, [conversations, settled, all]);
  const users = (found.value?.users ?? []).filter((user) => user.id !== currentUser()?.id);
  const { accounts = [], apps = [] } = found.value ?? {};
  const nothing =
    found.value !== null && matches.length + users.length + accounts.length + apps.length === 0;

  return (
    <Page
      title={all ? t("search") : t("findPeople")}
      top={
        <SearchField
          value={query}
          onValue={setQuery}
          label={all ? t("searchEverything") : t("searchPeople")}
          autoFocus
        />
      }
    >
      {settled === "" ? (
        <Empty icon="search" text={all ? t("searchHint") : t("searchPeopleHint")} />
      ) : found.error && !found.value ? (
        <ErrorBlock error={found.error} retry={found.reload} />
      ) : (
        <>
          {matches.length > 0 && (
            <CellGroup title={t("chats")}>
              {matches.map((c) => (
                <Link key={c.id} class="cell" to={routes.chat(c.id)}>
                  <Avatar name={c.title} url={c.avatar_url} size={40} />
                  <span class="cell-main">
                    <span class="cell-title" dir="auto">
                      {c.title}
                    </span>
                  </span>
                </Link>
              ))}
            </CellGroup>
          )}
          {!found.value && matches.length === 0 && <SkeletonRows count={4} />}
          {users.length > 0 && (
            <CellGroup title={t("people")}>
              {users.slice(0, all ? ROWS : undefined).map((user) => (
                <PersonCell key={user.id} user={user} chatAtOnce={!all} />
              ))}
            </CellGroup>
          )}
          {accounts.length > 0 && (
            <CellGroup title={t("officialAccounts")}>
              {accounts.slice(0, ROWS).map((account) => (
                <AccountCell key={account.id} account={account} />
              ))}
            </CellGroup>
          )}
          {apps.length > 0 && (
            <CellGroup title={t("miniPrograms")}>
              {apps.slice(0, ROWS).map((app) => (
                <AppCell key={app.id} app={app} scene={SCENE.search} />
              ))}
            </CellGroup>
          )}
          {nothing && <Empty icon="search" text={t("nothingFound", { query: settled })} />}
        </>
      )}
    </Page>
  );
}

function PersonCell({ user, chatAtOnce }: { user: PublicUser; chatAtOnce: boolean }): JSX.Element {
  const body = (
    <>
      <Avatar name={user.display_name} url={user.avatar_url} size={40} />
      <span class="cell-main">
        <span class="cell-title" dir="auto">
          {user.display_name}
        </span>
        <span class="cell-detail">@{user.handle}</span>
      </span>
    </>
  );
  if (!chatAtOnce)
    return (
      <Link class="cell" to={routes.user(user.id)} testid="person">
        {body}
      </Link>
    );
  const start = async () => {
    try {
      const conversation = await startConversation(user.id);
      go(routes.chat(conversation.id), { replace: true });
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      toast(errorText(error));
    }
  };
  return (
    <button type="button" class="cell" onClick={() => void start()} data-testid="person">
      {body}
      <span class="open-pill">{t("chat")}</span>
    </button>
  );
}
