import type { JSX } from "preact";
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { ApiError } from "../../../../shared/api";
import { formatChipTime } from "../../../../shared/i18n";
import type { Conversation, ID, Message } from "../../../../shared/types";
import { Empty, ErrorBlock, Spinner } from "../../kit/Feedback";
import { Icon } from "../../kit/Icon";
import { NavButton, Page } from "../../kit/Page";
import { go, routes } from "../../nav/routes";
import {
  chats,
  ensureConversation,
  loadOlder,
  markRead,
  openThread,
  sendImage,
  totalUnread,
  type Outgoing,
  type Thread,
} from "../../state/chats";
import { useStore } from "../../state/store";
import { t } from "../../texts";
import { ConnectionBar, isOwn } from "../ChatsTab";
import { Composer } from "./Composer";
import { MessageView, OutgoingView } from "./Bubble";
import { PicturePreview } from "./Pictures";

/** Closer to the end than this, and the reader follows new messages. */
const NEAR_END = 90;
/** Closer to the start than this, and older messages are fetched. */
const NEAR_START = 240;
/** A pause longer than this is marked with the time. */
const CHIP_AFTER_MS = 5 * 60_000;

interface Props {
  id: ID;
  /** The page on top: what it shows counts as read. */
  active: boolean;
}

export function ChatPage({ id, active }: Props): JSX.Element {
  const conversation = useStore(chats, (state) => state.conversations.get(id));
  const thread = useStore(chats, (state) => state.threads.get(id));
  const elsewhere = useStore(
    chats,
    (state) => totalUnread(state) - (state.conversations.get(id)?.unread ?? 0),
  );
  const [missing, setMissing] = useState<ApiError | null>(null);
  const [picked, setPicked] = useState<File | null>(null);
  const [dropping, setDropping] = useState(false);

  const load = () => {
    setMissing(null);
    ensureConversation(id)
      .then(() => openThread(id))
      .catch((error: unknown) => {
        if (!(error instanceof ApiError)) throw error;
        setMissing(error);
      });
  };
  useEffect(load, [id]);

  const title = conversation?.title ?? "";
  const details = conversation
    ? conversation.peer.type === "user"
      ? routes.user(conversation.peer.id)
      : routes.account(conversation.peer.id)
    : null;
  const takeFiles = (files: FileList | File[] | null | undefined) => {
    const picture = [...(files ?? [])].find((file) => file.type.startsWith("image/"));
    if (picture) setPicked(picture);
    return picture !== undefined;
  };

  return (
    <div
      class="chat"
      data-dropping={dropping}
      onDragOver={(event) => {
        if (![...(event.dataTransfer?.types ?? [])].includes("Files")) return;
        event.preventDefault();
        setDropping(true);
      }}
      onDragLeave={(event) => {
        if (event.currentTarget === event.target) setDropping(false);
      }}
      onDrop={(event) => {
        event.preventDefault();
        setDropping(false);
        takeFiles(event.dataTransfer?.files);
      }}
    >
      <Page
        title={title}
        heading={
          <>
            <span>{title}</span>
            {conversation?.kind === "account" && (
              <span class="official-chip">{t("officialShort")}</span>
            )}
          </>
        }
        backTo="/"
        backLabel={elsewhere > 0 ? (elsewhere > 99 ? "99+" : String(elsewhere)) : undefined}
        actions={
          details && <NavButton icon="more" label={t("chatDetails")} onClick={() => go(details)} />
        }
        top={<ConnectionBar />}
        plain
        bottom={
          conversation && (
            <Composer conversation={conversation} active={active} onPictures={takeFiles} />
          )
        }
      >
        {missing ? (
          <ErrorBlock error={missing} retry={load} />
        ) : thread?.state === "failed" && thread.messages.length === 0 ? (
          <ErrorBlock error={thread.error!} retry={load} />
        ) : !thread || thread.state === "loading" || !conversation ? (
          <div class="page-wait">
            <Spinner />
          </div>
        ) : (
          <Log key={id} conversation={conversation} thread={thread} active={active} />
        )}
      </Page>
      {dropping && (
        <div class="drop-hint" aria-hidden="true">
          {t("dropPicture")}
        </div>
      )}
      {picked && (
        <PicturePreview
          file={picked}
          to={title}
          onClose={() => setPicked(null)}
          onSend={() => {
            sendImage(id, picked);
            setPicked(null);
          }}
        />
      )}
    </div>
  );
}

interface LogProps {
  conversation: Conversation;
  thread: Thread;
  active: boolean;
}

function Log({ conversation, thread, active }: LogProps): JSX.Element {
  const { messages, outbox } = thread;
  const box = useRef<HTMLDivElement>(null);
  const [atEnd, setAtEnd] = useState(true);
  // The same, known before the next rendering: what grows may do so in between.
  const follows = useRef(true);
  const [seen, setSeen] = useState(messages.at(-1)?.seq ?? 0);
  // Where reading begins, as it was when the chat was opened.
  const [newFrom] = useState(() => firstUnread(conversation, messages));
  const edge = useRef({
    first: messages[0]?.seq ?? 0,
    last: messages.at(-1)?.seq ?? 0,
    height: 0,
    count: 0,
  });

  // Opened: at the first unread message if there is one, else at the end.
  useLayoutEffect(() => {
    const line = box.current!.querySelector<HTMLElement>(".new-line");
    box.current!.scrollTop = box.current!.scrollHeight;
    if (line && line.offsetTop < box.current!.scrollTop)
      box.current!.scrollTop = line.offsetTop - 60;
    follows.current = isNearEnd(box.current!);
    setAtEnd(follows.current);
  }, []);

  // Older messages came: what was on the screen stays where it was. Newer came: follow them, if the
  // reader was at the end or wrote them.
  useLayoutEffect(() => {
    const element = box.current!;
    const before = edge.current;
    const first = messages[0]?.seq ?? 0;
    const last = messages.at(-1)?.seq ?? 0;
    const wrote = outbox.length > before.count || (last > before.last && isOwn(messages.at(-1)!));
    if (first < before.first && last === before.last) {
      element.scrollTop += element.scrollHeight - before.height;
    } else if (wrote || follows.current) {
      element.scrollTop = element.scrollHeight;
    }
    edge.current = { first, last, height: element.scrollHeight, count: outbox.length };
  }, [messages, outbox]);

  // The keyboard, the composer or a picture grew: the end stays in sight.
  useEffect(() => {
    const element = box.current!;
    const observer = new ResizeObserver(() => {
      if (follows.current) element.scrollTop = element.scrollHeight;
    });
    observer.observe(element);
    observer.observe(element.firstElementChild!);
    return () => observer.disconnect();
  }, []);

  const last = messages.at(-1)?.seq ?? 0;
  useEffect(() => {
    const read = () => {
      if (!active || !atEnd || document.visibilityState !== "visible") return;
      setSeen(last);
      markRead(conversation.id);
    };
    read();
    document.addEventListener("visibilitychange", read);
    return () => document.removeEventListener("visibilitychange", read);
  }, [active, atEnd, last, conversation.id]);

  const onScroll = () => {
    const element = box.current!;
    follows.current = isNearEnd(element);
    setAtEnd(follows.current);
    edge.current.height = element.scrollHeight;
    if (element.scrollTop < NEAR_START) void loadOlder(conversation.id);
  };
  const below = messages.filter((message) => message.seq > seen && !isOwn(message)).length;
  const groups = useMemo(() => withChips(messages), [messages]);

  return (
    <div class="log-frame">
      <div
        class="log"
        ref={box}
        role="log"
        aria-live="polite"
        aria-label={t("messagesWith", { name: conversation.title })}
        tabIndex={0}
        onScroll={onScroll}
        onKeyDown={moveBetweenMessages}
      >
        <div class="log-content">
          {thread.hasOlder && (
            <div class="older">
              {thread.loadingOlder ? (
                <Spinner />
              ) : (
                <button type="button" class="link" onClick={() => void loadOlder(conversation.id)}>
                  {t("loadOlder")}
                </button>
              )}
            </div>
          )}
          {messages.length === 0 && outbox.length === 0 && (
            <Empty icon="chats" text={t("sayHello", { name: conversation.title })} />
          )}
          {groups.map(({ message, chip }) => (
            <div class="log-item" key={message.seq}>
              {chip && (
                <p class="time-chip">
                  <time dateTime={message.created_at}>{chip}</time>
                </p>
              )}
              {message.seq === newFrom && (
                <p class="new-line">
                  <span>{t("newMessages")}</span>
                </p>
              )}
              <MessageView message={message} own={isOwn(message)} />
            </div>
          ))}
          {outbox.map((outgoing: Outgoing) => (
            <div class="log-item" key={outgoing.clientId}>
              <OutgoingView conversationId={conversation.id} outgoing={outgoing} />
            </div>
          ))}
        </div>
      </div>
      {!atEnd && (
        <button
          type="button"
          class="to-end"
          aria-label={below > 0 ? t("newBelow", { count: below }) : t("toEnd")}
          onClick={() => {
            box.current!.scrollTop = box.current!.scrollHeight;
          }}
        >
          <Icon name="down" size={18} />
          {below > 0 && <span>{below > 99 ? "99+" : below}</span>}
        </button>
      )}
    </div>
  );
}

function isNearEnd(element: HTMLElement): boolean {
  return element.scrollHeight - element.scrollTop - element.clientHeight < NEAR_END;
}

function firstUnread(conversation: Conversation, messages: Message[]): number | null {
  if (conversation.unread === 0) return null;
  const first = messages.find((m) => m.seq > conversation.read_seq && !isOwn(m));
  return first && first.seq > 1 ? first.seq : null;
}

function withChips(messages: Message[]): { message: Message; chip: string }[] {
  let before = 0;
  return messages.map((message) => {
    const at = new Date(message.created_at);
    const chip = at.getTime() - before > CHIP_AFTER_MS ? formatChipTime(at) : "";
    before = at.getTime();
    return { message, chip };
  });
}

/** Messages are walked with the arrow keys, one stop for Tab. */
function moveBetweenMessages(event: KeyboardEvent): void {
  if (event.key !== "ArrowUp" && event.key !== "ArrowDown") return;
  const log = event.currentTarget as HTMLElement;
  const all = [...log.querySelectorAll<HTMLElement>("[role=article]")];
  const focused = (document.activeElement as HTMLElement | null)?.closest<HTMLElement>(
    "[role=article]",
  );
  const at = focused ? all.indexOf(focused) : all.length;
  const next = all[at + (event.key === "ArrowUp" ? -1 : 1)];
  if (!next) return;
  event.preventDefault();
  next.focus();
}
