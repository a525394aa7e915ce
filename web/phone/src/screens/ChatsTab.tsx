import type { JSX } from "preact";
import { useMemo, useState } from "preact/hooks";
import type { Conversation, Message, MessageContents } from "../../../shared/types";
import { formatAmount, formatListTime, locale } from "../../../shared/i18n";
import { Avatar } from "../kit/Avatar";
import { Link } from "../kit/Cells";
import { Badge, Button, Empty, ErrorBlock, SkeletonRows, useAfter } from "../kit/Feedback";
import { Icon } from "../kit/Icon";
import { Popover } from "../kit/Overlays";
import { NavButton, Page } from "../kit/Page";
import { useLocation } from "wouter";
import { go, routes } from "../nav/routes";
import {
  chats,
  readDraft,
  retryConnection,
  loadConversations,
  sortedConversations,
} from "../state/chats";
import { connection } from "../state/connection";
import { useStore } from "../state/store";
import { currentUser } from "../state/session";
import { t } from "../texts";

export function ChatsTab(): JSX.Element {
  const [menu, setMenu] = useState(false);
  return (
    <Page
      title={t("chats")}
      backTo={null}
      plain
      top={<ConnectionBar />}
      actions={
        <>
          <NavButton icon="search" label={t("search")} onClick={() => go("/search")} />
          <NavButton
            icon="plus"
            label={t("newThing")}
            aria-haspopup="menu"
            aria-expanded={menu}
            onClick={() => setMenu(!menu)}
          />
          {menu && (
            <Popover
              label={t("newThing")}
              onClose={() => setMenu(false)}
              items={[
                { icon: "chats", label: t("newChat"), run: () => go("/people") },
                { icon: "official", label: t("followAccount"), run: () => go("/accounts") },
                { icon: "apps", label: t("miniPrograms"), run: () => go("/discover") },
                { icon: "wallet", label: t("wallet"), run: () => go("/wallet") },
              ]}
            />
          )}
        </>
      }
    >
      <ConversationList />
    </Page>
  );
}

export function ConnectionBar(): JSX.Element | null {
  const state = useStore(connection, (value) => value);
  if (state === "open" || state === "stopped") return null;
  if (state === "connecting") return <Connecting />;
  return (
    <button type="button" class="connection" onClick={retryConnection} data-testid="offline-bar">
      <Icon name="offline" size={20} />
      <span role="status">{t("networkUnavailable")}</span>
      <span class="connection-action">{t("tryAgain")}</span>
    </button>
  );
}

/** If the connection is there within this time, the user is told nothing. */
const CONNECTING_AFTER_MS = 800;

function Connecting(): JSX.Element | null {
  if (!useAfter(CONNECTING_AFTER_MS)) return null;
  return (
    <div class="connection calm" role="status">
      <span class="spinner" />
      {t("connecting")}
    </div>
  );
}

function ConversationList(): JSX.Element {
  const conversations = useStore(chats, (state) => state.conversations);
  const loaded = useStore(chats, (state) => state.loaded);
  const error = useStore(chats, (state) => state.error);
  const sorted = useMemo(() => sortedConversations(chats.get()), [conversations]);
  const [path] = useLocation();

  if (sorted.length === 0) {
    if (error) return <ErrorBlock error={error} retry={() => void loadConversations()} />;
    if (!loaded) return <SkeletonRows />;
    return (
      <Empty icon="chats" text={t("noChats")}>
        <Button onClick={() => go("/people")}>{t("findPeople")}</Button>
        <Button kind="plain" onClick={() => go("/discover")}>
          {t("exploreApps")}
        </Button>
      </Empty>
    );
  }
  return (
    <ul class="rows" aria-label={t("chats")} onKeyDown={moveBetweenRows}>
      {sorted.map((conversation) => (
        <ConversationRow
          key={conversation.id}
          conversation={conversation}
          open={path === routes.chat(conversation.id)}
          beside={path.startsWith("/chat/")}
        />
      ))}
    </ul>
  );
}

/** Up and down walk through the rows; Enter opens, as links do. */
function moveBetweenRows(event: KeyboardEvent): void {
  if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
  const rows = [...(event.currentTarget as HTMLElement).querySelectorAll<HTMLElement>("a")];
  const at = rows.indexOf(document.activeElement as HTMLElement);
  const next = rows[at + (event.key === "ArrowDown" ? 1 : -1)];
  if (at < 0 || !next) return;
  event.preventDefault();
  next.focus();
}

interface RowProps {
  conversation: Conversation;
  open: boolean;
  /** Another chat is open next to the list; this one replaces it. */
  beside: boolean;
}

function ConversationRow({ conversation, open, beside }: RowProps): JSX.Element {
  const { last_message: last, unread } = conversation;
  const draft = open ? "" : readDraft(conversation.id);
  return (
    <li>
      <Link
        class="row"
        to={routes.chat(conversation.id)}
        current={open}
        replace={beside}
        testid="conversation"
      >
        <span class="row-avatar">
          <Avatar name={conversation.title} url={conversation.avatar_url} size={48} />
          <Badge count={unread} />
        </span>
        <span class="row-main">
          <span class="row-head">
            <span class="row-title" dir="auto">
              {conversation.title}
            </span>
            {conversation.kind === "account" && (
              <span class="official-chip">{t("officialShort")}</span>
            )}
            {last && (
              <time class="row-time" dateTime={last.created_at}>
                {formatListTime(new Date(last.created_at))}
              </time>
            )}
          </span>
          <span class="row-preview" dir="auto">
            {draft ? (
              <>
                <span class="prefix">{t("draftPrefix")}</span> {draft}
              </>
            ) : (
              <>
                {unread > 1 && <>{t("messagesPrefix", { count: unread })} </>}
                {last ? preview(last) : " "}
              </>
            )}
          </span>
        </span>
      </Link>
    </li>
  );
}

/** What a text message says, in the user's language when the host wrote it. */
export function said(content: MessageContents["text"]): string {
  return content.texts?.[locale()] ?? content.text;
}

export function preview(message: Message): string {
  switch (message.kind) {
    case "text":
    case "system":
      return said(message.content);
    case "image":
      return t("photoPrefix");
    case "app_card":
      return `${t("appPrefix")} ${message.content.title}`;
    case "template":
      return message.content.title;
    case "receipt": {
      const amount = formatAmount(message.content.amount, message.content.currency);
      return `${t("paymentPrefix")} ${message.content.title} ${amount}`;
    }
    default:
      return t("unsupportedMessage");
  }
}

export function isOwn(message: Message): boolean {
  return message.sender.type === "user" && message.sender.id === currentUser()?.id;
}
