// The messages of one chat. Messages are numbered without gaps, so the list has a row for each of them
// from the start, and the scroll bar is that of the whole conversation; only the rows in sight are in
// the document, and only the messages around them in memory.

import type { JSX } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { formatChipTime } from "../../../../shared/i18n";
import type { Conversation, Message } from "../../../../shared/types";
import { Empty, useAfter } from "../../kit/Feedback";
import { Icon } from "../../kit/Icon";
import {
  isPlatform,
  KEPT_MESSAGES,
  markRead,
  showRange,
  type Outgoing,
  type Thread,
} from "../../state/chats";
import { t } from "../../texts";
import { isOwn, preview } from "../ChatsTab";
import { MessageView, OutgoingView } from "./Bubble";
import { Heights } from "./heights";

/** Closer to the end than this, and the reader follows new messages. */
const NEAR_END = 90;
/** A pause longer than this is marked with the time. */
const CHIP_AFTER_MS = 5 * 60_000;
/** A row of one line with its distance: what a row counts as until it is measured. */
const ROW_HEIGHT = 60;
/** Rows in the document beyond each edge, and how few may be left before more are made. */
const ROWS_BEYOND = 14;
const ROWS_SPARE = 5;
/** Rows of one list: browsers lose count of pixels beyond some 17 million. */
const MAX_ROWS = 200_000;
/** Distance from the upper edge to the message that was jumped to. */
const JUMP_SPACE = 56;
/** Messages that come sooner are shown without a sign of waiting. */
const WAITING_AFTER_MS = 300;

interface Props {
  conversation: Conversation;
  thread: Thread;
  active: boolean;
}

/** The first visible row and its position, which stays the same while rows around it are measured. */
type Anchor = "end" | { seq: number; top: number };

export function Log({ conversation, thread, active }: Props): JSX.Element {
  const { messages, last, outbox } = thread;
  const { id } = conversation;
  const box = useRef<HTMLDivElement>(null);
  const rows = useRef<HTMLDivElement>(null);
  const above = useRef<HTMLDivElement>(null);
  const below = useRef<HTMLDivElement>(null);
  const heights = useRef<Heights>(null!);
  heights.current ??= new Heights(ROW_HEIGHT);
  // The message before the first row: 0 unless the chat is longer than a list can be.
  const [base] = useState(() => Math.max(0, last - MAX_ROWS));
  heights.current.grow(last - base);
  const anchor = useRef<Anchor>("end");
  const [range, setRange] = useState(() => tail(base, last));
  const [atEnd, setAtEnd] = useState(true);
  // Where reading begins and how much there is, as it was when the chat was opened.
  const [unread] = useState(() => ({
    from: conversation.read_seq + 1,
    count: conversation.unread,
  }));
  const [seen, setSeen] = useState(unread.count > 0 ? unread.from - 1 : last);
  const [jumps, setJumps] = useState(false);
  const edge = useRef({ last, outgoing: outbox.length });

  /** What is in sight, by seq. */
  const inSight = () => {
    const { scrollTop, clientHeight } = box.current!;
    const list = heights.current;
    const seqAt = (distance: number) => base + list.rowAt(distance) + 1;
    return { from: seqAt(scrollTop), to: seqAt(scrollTop + clientHeight) };
  };
  const follow = () => {
    if (heights.current.count === 0) return;
    const sight = inSight();
    void showRange(id, sight.from, sight.to);
    if (unread.count > 0 && sight.from <= unread.from) setJumps(false);
    setRange((now) => {
      const end = base + heights.current.count;
      const enough =
        now.from <= Math.max(base + 1, sight.from - ROWS_SPARE) &&
        now.to >= Math.min(end, sight.to + ROWS_SPARE) &&
        now.to <= end;
      return enough
        ? now
        : {
            from: Math.max(base + 1, sight.from - ROWS_BEYOND),
            to: Math.min(end, sight.to + ROWS_BEYOND),
          };
    });
  };
  /** Takes the heights of the rows as they are, and puts what is read back where it was. */
  const settle = () => {
    const element = box.current!;
    const list = heights.current;
    for (const row of rows.current!.children as HTMLCollectionOf<HTMLElement>) {
      const index = Number(row.dataset.seq) - base - 1;
      const height = row.getBoundingClientRect().height;
      if (Math.abs(height - list.get(index)) > 0.5) list.set(index, height);
    }
    above.current!.style.height = `${list.offset(range.from - base - 1)}px`;
    below.current!.style.height = `${list.total - list.offset(Math.min(range.to - base, list.count))}px`;
    const at = anchor.current;
    const wanted =
      at === "end"
        ? element.scrollHeight - element.clientHeight
        : list.offset(at.seq - base - 1) - at.top;
    if (Math.abs(element.scrollTop - wanted) >= 1) element.scrollTop = wanted;
    follow();
  };
  const latest = useRef(settle);
  latest.current = settle;

  useLayoutEffect(() => {
    const before = edge.current;
    edge.current = { last, outgoing: outbox.length };
    const newest = messages.get(last);
    const wrote =
      outbox.length > before.outgoing || (last > before.last && newest != null && isOwn(newest));
    if (wrote) anchor.current = "end";
    settle();
  });

  // Opened at the end. When not all that is unread is in sight there, reading begins at its first.
  useLayoutEffect(() => {
    if (unread.count > 0 && unread.from < inSight().from) jump();
  }, []);

  // The keyboard, the composer or a row grew.
  useEffect(() => {
    const observer = new ResizeObserver(() => latest.current());
    observer.observe(box.current!);
    observer.observe(rows.current!);
    return () => observer.disconnect();
  }, []);

  /** What has been in sight as a whole is read, and so is all before it. */
  const read = () => {
    if (!active || document.visibilityState !== "visible" || last === 0) return;
    const reached = anchor.current === "end" ? last : inSight().to - 1;
    if (messages.get(reached) === undefined) return;
    setSeen((now) => Math.max(now, reached));
    markRead(id, reached);
  };
  const reading = useRef(read);
  reading.current = read;
  useEffect(read);
  useEffect(() => {
    const again = () => reading.current();
    document.addEventListener("visibilitychange", again);
    return () => document.removeEventListener("visibilitychange", again);
  }, []);

  const onScroll = () => {
    const element = box.current!;
    const end = isNearEnd(element);
    const row = heights.current.rowAt(element.scrollTop);
    anchor.current = end
      ? "end"
      : { seq: base + row + 1, top: heights.current.offset(row) - element.scrollTop };
    setAtEnd(end);
    follow();
    read();
  };
  const jump = () => {
    const seq = Math.max(base + 1, unread.from);
    anchor.current = { seq, top: JUMP_SPACE };
    box.current!.scrollTop = heights.current.offset(seq - base - 1) - JUMP_SPACE;
    setAtEnd(false);
    setJumps(false);
  };

  const shown: JSX.Element[] = [];
  for (let seq = range.from; seq <= Math.min(range.to, last); seq++) {
    const message = messages.get(seq);
    shown.push(
      <div class="log-item" key={seq} data-seq={seq}>
        {message === undefined ? (
          <Blank seq={seq} height={heights.current.get(seq - base - 1)} />
        ) : (
          message && (
            <>
              <Chip message={message} before={messages.get(seq - 1)} />
              {seq === unread.from && unread.count > 0 && seq > 1 && (
                <p class="new-line">
                  <span>{t("newMessages")}</span>
                </p>
              )}
              <MessageView
                message={message}
                own={isOwn(message)}
                hasProfile={!isPlatform(conversation)}
                place={seq}
                of={last}
              />
            </>
          )
        )}
      </div>,
    );
  }
  const arrived = atEnd ? 0 : countNew(thread, seen);
  return (
    <div class="log-frame">
      <div
        class="log"
        ref={box}
        role="log"
        // Rows come and go while scrolling; what arrives is told by the line at the end.
        aria-live="off"
        aria-label={t("messagesWith", { name: conversation.title })}
        tabIndex={0}
        onScroll={onScroll}
        onKeyDown={moveBetweenMessages}
      >
        <div class="log-content">
          {base > 0 && <p class="system-line">{t("olderHidden")}</p>}
          <div ref={above} />
          <div ref={rows}>{shown}</div>
          <div ref={below} />
          {last === 0 && outbox.length === 0 && (
            <Empty icon="chats" text={t("sayHello", { name: conversation.title })} />
          )}
          {outbox.map((outgoing: Outgoing) => (
            <div class="log-item" key={outgoing.clientId}>
              <OutgoingView conversationId={id} outgoing={outgoing} />
            </div>
          ))}
        </div>
      </div>
      <Arrivals message={atEnd ? messages.get(last) : null} />
      {jumps && (
        <button
          type="button"
          class="to-new"
          onClick={() => {
            jump();
            box.current!.focus({ preventScroll: true });
          }}
          data-testid="to-first-unread"
        >
          <Icon name="send" size={16} />
          <span>{t("newAbove", { count: unread.count })}</span>
        </button>
      )}
      {!atEnd && (
        <button
          type="button"
          class="to-end"
          aria-label={arrived > 0 ? t("newBelow", { count: arrived }) : t("toEnd")}
          onClick={() => {
            // A reader who skips the new messages can jump back to them.
            if (seen < last && unread.count > 0) setJumps(true);
            anchor.current = "end";
            box.current!.scrollTop = box.current!.scrollHeight;
          }}
        >
          <Icon name="down" size={18} />
          {arrived > 0 && <span>{arrived > 99 ? "99+" : arrived}</span>}
        </button>
      )}
    </div>
  );
}

function tail(base: number, last: number): { from: number; to: number } {
  return { from: Math.max(base + 1, last - 2 * ROWS_BEYOND), to: last };
}

function isNearEnd(element: HTMLElement): boolean {
  return element.scrollHeight - element.scrollTop - element.clientHeight < NEAR_END;
}

/** Messages of others after the one that was read last; one that is not loaded is taken for theirs. */
function countNew({ messages, last }: Thread, seen: number): number {
  if (last - seen > KEPT_MESSAGES) return last - seen;
  let count = 0;
  for (let seq = seen + 1; seq <= last; seq++) {
    const message = messages.get(seq);
    if (message === undefined || (message && !isOwn(message))) count++;
  }
  return count;
}

function Chip({
  message,
  before,
}: {
  message: Message;
  before: Message | null | undefined;
}): JSX.Element | null {
  // Until the message above is loaded, the length of the pause is unknown.
  if (message.seq > 1 && before === undefined) return null;
  const at = new Date(message.created_at);
  const pause = at.getTime() - (before ? new Date(before.created_at).getTime() : 0);
  if (pause <= CHIP_AFTER_MS) return null;
  return (
    <p class="time-chip">
      <time dateTime={message.created_at}>{formatChipTime(at)}</time>
    </p>
  );
}

/** The place of a message that is on its way. */
function Blank({ seq, height }: { seq: number; height: number }): JSX.Element {
  return (
    <div class="log-blank" style={{ blockSize: height - 16 }} aria-hidden="true">
      <span class="skeleton square" />
      <span class="skeleton" style={{ inlineSize: `${24 + ((seq * 17) % 40)}%` }} />
    </div>
  );
}

/** Until the newest messages are there. */
export function Waiting(): JSX.Element {
  const due = useAfter(WAITING_AFTER_MS);
  return (
    <div class="log log-waiting" role="status" aria-label={t("loading")} data-shown={due}>
      {[3, 8, 5, 6].map((seq) => (
        <div class="log-item" key={seq}>
          <Blank seq={seq} height={ROW_HEIGHT} />
        </div>
      ))}
    </div>
  );
}

/** Reads out what arrives, and nothing of what was there before. */
function Arrivals({ message }: { message: Message | null | undefined }): JSX.Element {
  const opened = useRef(message?.seq ?? 0);
  const news = message && message.seq > opened.current && !isOwn(message) ? message : null;
  return (
    <p class="sr-only" role="status">
      {news && `${news.sender.name}: ${preview(news)}`}
    </p>
  );
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
