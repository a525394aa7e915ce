// Conversations and their messages. What REST answers counts; the socket brings news, and when news
// does not follow directly on what is known, the gap is loaded. A message is one message by its seq; an own
// one is recognised by the client_id it was sent with, whether the answer or the push comes first.

import { ApiError } from "../../../shared/api";
import type {
  Conversation,
  ID,
  Media,
  Message,
  MessageContents,
  MessageKind,
  Page,
} from "../../../shared/types";
import { RealtimeClient } from "../../../shared/realtime";
import type { RealtimeEvent } from "../../../shared/types";
import { uuid } from "../../../shared/uuid";
import { api, socketURL } from "../services";
import { connection, showConnection } from "./connection";
import { currentUser } from "./session";
import { Store } from "./store";

export const PAGE_SIZE = 50;
/** Loaded on either side of what is shown, so that scrolling finds it there. */
const AHEAD = 40;
/** Most messages of one conversation in memory; more than these, and those far from the reader are removed. */
export const KEPT_MESSAGES = 600;
/** Conversations kept on the device, so that the list is there before the network answers. */
const CACHED_CONVERSATIONS = 60;

export interface Outgoing {
  clientId: string;
  kind: "text" | "image";
  /** What is sent; for a picture it is filled when the upload is done. */
  content: MessageContents["text"] | MessageContents["image"] | null;
  file?: File;
  /** A local address of the picture, shown until the host has it. */
  preview?: string;
  state: "sending" | "failed";
  error?: string;
  /** Failed because there was no network: sent again when it is back. */
  offline?: boolean;
  createdAt: string;
}

export interface Thread {
  /**
   * What is loaded, by seq: around what is shown, not all of it. null: the host has no such message.
   */
  messages: ReadonlyMap<number, Message | null>;
  /** Seq of the newest message; those before it run from 1 without gaps. */
  last: number;
  outbox: Outgoing[];
  /** "closed": only what waits to be sent is known. */
  state: "closed" | "loading" | "ready" | "failed";
  error?: ApiError;
}

export interface ChatState {
  conversations: Map<ID, Conversation>;
  /** False until the host has answered once. */
  loaded: boolean;
  error: ApiError | null;
  threads: Map<ID, Thread>;
}

const EMPTY: ChatState = {
  conversations: new Map(),
  loaded: false,
  error: null,
  threads: new Map(),
};

export const chats = new Store<ChatState>(EMPTY);

/** Listeners for changes of money and of versions. */
const newsListeners = new Set<(event: RealtimeEvent) => void>();

export function onNews(listener: (event: RealtimeEvent) => void): () => void {
  newsListeners.add(listener);
  return () => newsListeners.delete(listener);
}

const realtime = new RealtimeClient({
  url: () => socketURL("/realtime"),
  token: (fresh) => api.accessToken(fresh),
  onEvent: receive,
  onReady: () => void catchUp(),
  onState: showConnection,
});

// --- Life ------------------------------------------------------------------------------------

export function startChats(): void {
  const cached = readCache();
  chats.set({
    ...EMPTY,
    conversations: new Map(cached.map((c) => [c.id, c])),
    threads: readOutboxes(),
  });
  void loadConversations();
  realtime.start();
}

export function stopChats(): void {
  realtime.stop();
  chats.set(EMPTY);
  shown.clear();
}

export function forgetDevice(): void {
  for (const key of storedKeys()) {
    if (key.startsWith("teahouse.chats.") || key.startsWith("teahouse.draft.")) remove(key);
  }
}

export function retryConnection(): void {
  connection.set("connecting");
  realtime.retryNow();
  void loadConversations();
}

// --- Conversations -----------------------------------------------------------------------------

let loadingConversations: Promise<void> | null = null;

export function loadConversations(): Promise<void> {
  loadingConversations ??= fetchConversations().finally(() => (loadingConversations = null));
  return loadingConversations;
}

async function fetchConversations(): Promise<void> {
  try {
    const conversations = new Map<ID, Conversation>();
    let cursor: string | null = null;
    do {
      const page: Page<Conversation> = await api.get("/conversations", { cursor });
      for (const conversation of page.items)
        conversations.set(conversation.id, readHere(conversation));
      cursor = page.next_cursor;
    } while (cursor !== null);
    chats.update((state) => ({ ...state, conversations, loaded: true, error: null }));
    writeCache();
  } catch (error) {
    if (error instanceof ApiError) chats.update((state) => ({ ...state, error }));
    else throw error;
  }
}

export function sortedConversations(state: ChatState): Conversation[] {
  const at = (c: Conversation) => c.last_message?.created_at ?? c.updated_at;
  return [...state.conversations.values()].sort((a, b) => (at(a) < at(b) ? 1 : -1));
}

/** The host's own account: it has no page, and nobody reads what one writes to it. The handle is reserved. */
export function isPlatform({ peer }: Conversation): boolean {
  return peer.type === "account" && peer.handle === "teahouse";
}

export function totalUnread(state: ChatState): number {
  let sum = 0;
  for (const conversation of state.conversations.values()) sum += conversation.unread;
  return sum;
}

export function putConversation(conversation: Conversation): void {
  chats.update((state) => ({
    ...state,
    conversations: new Map(state.conversations).set(conversation.id, conversation),
  }));
  writeCache();
}

/** A conversation that the list may not have yet, e.g. one opened by its address. */
export async function ensureConversation(id: ID): Promise<void> {
  if (!chats.get().conversations.has(id)) {
    putConversation(await api.get<Conversation>(`/conversations/${id}`));
  }
}

export async function startConversation(userId: ID): Promise<Conversation> {
  const conversation = await api.post<Conversation>("/conversations", { user_id: userId });
  putConversation(conversation);
  return conversation;
}

// --- News --------------------------------------------------------------------------------------

function receive(event: RealtimeEvent): void {
  switch (event.type) {
    case "message":
      takeConversation(event.conversation, event.message);
      takeMessage(event.message);
      break;
    case "read":
      takeRead(event.conversation_id, event.read_seq);
      break;
  }
  for (const listener of [...newsListeners]) listener(event);
}

/** News may overtake each other; an older state of a conversation must not replace a newer one. */
function takeConversation(conversation: Conversation, message: Message): void {
  const known = chats.get().conversations.get(conversation.id);
  if (known && known.last_seq > message.seq) return;
  putConversation({ ...readHere(conversation), last_message: message });
}

/** The host learns late how far somebody has read here; what it says must not take that back. */
function readHere(conversation: Conversation): Conversation {
  const known = chats.get().conversations.get(conversation.id);
  return known
    ? readTo(conversation, Math.max(known.read_seq, conversation.read_seq))
    : conversation;
}

/** Whoever writes has read all before, so what follows on the place of reading is unread. */
function readTo(conversation: Conversation, seq: number): Conversation {
  return { ...conversation, read_seq: seq, unread: Math.max(0, conversation.last_seq - seq) };
}

/** Another window or device has read on. */
function takeRead(id: ID, seq: number): void {
  const known = chats.get().conversations.get(id);
  if (known && seq > known.read_seq) putConversation(readTo(known, seq));
}

function takeMessage(message: Message): void {
  const id = message.conversation_id;
  settleOutbox(id, [message.client_id]);
  if (chats.get().threads.get(id)?.state !== "ready") return;
  addMessages(id, [message]);
  void fill(id);
}

async function catchUp(): Promise<void> {
  await loadConversations();
  const { threads, conversations } = chats.get();
  await Promise.all(
    [...threads.keys()].map((id) => {
      grow(id, conversations.get(id)?.last_seq ?? 0);
      return fill(id);
    }),
  );
  resendQueued();
}

// --- Threads -----------------------------------------------------------------------------------

/** What each open chat shows, by seq; what lies there is loaded and kept. */
const shown = new Map<ID, { from: number; to: number }>();

export async function openThread(id: ID): Promise<void> {
  const known = chats.get().threads.get(id);
  if (known?.state === "ready") {
    grow(id, chats.get().conversations.get(id)?.last_seq ?? 0);
    return fill(id);
  }
  if (known?.state === "loading") return;
  setThread(id, {
    messages: new Map(),
    last: 0,
    outbox: known?.outbox ?? readOutbox(id),
    state: "loading",
    // Shown until there is another answer.
    error: known?.error,
  });
  try {
    const [newest, unread] = await Promise.all([fetchMessages(id, {}, PAGE_SIZE), firstUnread(id)]);
    const last = newest.at(-1)?.seq ?? 0;
    shown.set(id, { from: Math.max(1, last - PAGE_SIZE + 1), to: last });
    patchThread(id, { state: "ready", error: undefined });
    addMessages(id, [...unread, ...newest]);
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    patchThread(id, { state: "failed", error });
  }
}

/** Messages around the place where reading goes on, when it is further up than the newest page. */
async function firstUnread(id: ID): Promise<Message[]> {
  const conversation = chats.get().conversations.get(id);
  if (!conversation || conversation.unread < PAGE_SIZE) return [];
  return fetchMessages(id, { before_seq: conversation.read_seq + AHEAD }, PAGE_SIZE);
}

/** Says what is on the screen: it is loaded, and what is far from it may be let go. */
export async function showRange(id: ID, from: number, to: number): Promise<void> {
  const before = shown.get(id);
  if (before?.from === from && before.to === to) return;
  shown.set(id, { from, to });
  await fill(id);
}

/** There are newer messages. A reader at the end of the list stays at the end. */
function grow(id: ID, last: number): void {
  const thread = chats.get().threads.get(id);
  if (thread?.state !== "ready" || last <= thread.last) return;
  const range = shown.get(id);
  if (range && range.to >= thread.last) range.to = last;
  patchThread(id, { last });
}

const filling = new Map<ID, Promise<void>>();

/** Loads what is missing around what is shown; concurrent calls share the work. */
function fill(id: ID): Promise<void> {
  let work = filling.get(id);
  if (!work) {
    work = loadMissing(id).finally(() => filling.delete(id));
    filling.set(id, work);
  }
  return work;
}

async function loadMissing(id: ID): Promise<void> {
  try {
    // What is shown may move while an answer is under way.
    for (let gap = missing(id); gap !== null; gap = missing(id)) {
      const found = await fetchMessages(id, { before_seq: gap.to + 1 }, gap.to - gap.from + 1);
      addMessages(id, found, gap);
    }
  } catch (error) {
    // The next scroll or connection tries again.
    if (!(error instanceof ApiError)) throw error;
  }
}

/** The part that is missing nearest to the middle of what is shown, a page at most. */
function missing(id: ID): { from: number; to: number } | null {
  const thread = chats.get().threads.get(id);
  const range = shown.get(id);
  if (thread?.state !== "ready" || !range) return null;
  const known = (seq: number) => thread.messages.has(seq);
  const low = Math.max(1, range.from - AHEAD);
  const high = Math.min(thread.last, range.to + AHEAD);
  const middle = Math.min(high, Math.max(low, Math.floor((range.from + range.to) / 2)));
  if (!known(middle)) return pageAround(middle, low, high, known);
  let up = middle;
  while (up >= low && known(up)) up--;
  let down = middle;
  while (down <= high && known(down)) down++;
  if (up < low && down > high) return null;
  if (down > high || (up >= low && middle - up <= down - middle)) {
    let from = up;
    while (from > low && !known(from - 1) && up - from + 1 < PAGE_SIZE) from--;
    return { from, to: up };
  }
  let to = down;
  while (to < high && !known(to + 1) && to - down + 1 < PAGE_SIZE) to++;
  return { from: down, to };
}

/** What somebody looks at comes first: one answer fills the screen above and below the middle. */
function pageAround(
  middle: number,
  low: number,
  high: number,
  known: (seq: number) => boolean,
): { from: number; to: number } {
  let from = middle;
  let to = middle;
  while (to - from + 1 < PAGE_SIZE) {
    const before = from > low && !known(from - 1);
    const after = to < high && !known(to + 1);
    if (!before && !after) break;
    if (before) from--;
    if (after && to - from + 1 < PAGE_SIZE) to++;
  }
  return { from, to };
}

async function fetchMessages(
  id: ID,
  range: { before_seq?: number },
  limit: number,
): Promise<Message[]> {
  const page = await api.get<Page<Message>>(`/conversations/${id}/messages`, { ...range, limit });
  return [...page.items].sort((a, b) => a.seq - b.seq);
}

/** `asked`: the answer is all that there is of it. */
function addMessages(id: ID, incoming: Message[], asked?: { from: number; to: number }): void {
  const thread = chats.get().threads.get(id);
  if (!thread) return;
  const messages = new Map(thread.messages);
  for (let seq = asked?.from ?? 1; asked && seq <= asked.to; seq++)
    if (!messages.has(seq)) messages.set(seq, null);
  for (const message of incoming) messages.set(message.seq, message);
  grow(id, incoming.at(-1)?.seq ?? 0);
  patchThread(id, { messages: kept(id, messages) });
  settleOutbox(
    id,
    incoming.map((message) => message.client_id),
  );
}

function kept(id: ID, messages: Map<number, Message | null>): Map<number, Message | null> {
  const range = shown.get(id);
  if (messages.size <= KEPT_MESSAGES || !range) return messages;
  const reach = Math.floor(KEPT_MESSAGES / 4);
  const near = (seq: number) => seq >= range.from - reach && seq <= range.to + reach;
  return new Map([...messages].filter(([seq]) => near(seq)));
}

/** Scrolling through unread messages tells the host this often how far it has come. */
const TELL_READ_MS = 1000;

/** The chats for which the host is being told what was read: one call at a time for each. */
const telling = new Set<ID>();

/** Everything up to `seq` has been seen: it counts as read here at once, and on the host soon. */
export function markRead(id: ID, seq: number): void {
  const conversation = chats.get().conversations.get(id);
  if (!conversation || conversation.read_seq >= seq) return;
  const told = conversation.read_seq;
  putConversation(readTo(conversation, seq));
  if (telling.has(id)) return;
  telling.add(id);
  void tellRead(id, told).finally(() => telling.delete(id));
}

async function tellRead(id: ID, told: number): Promise<void> {
  for (;;) {
    const seq = chats.get().conversations.get(id)?.read_seq ?? 0;
    if (seq <= told) return;
    try {
      await api.post(`/conversations/${id}/read`, { seq });
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      // The host does not know that it was read: the next time it is visible this is tried again.
      const known = chats.get().conversations.get(id);
      if (known) putConversation(readTo(known, told));
      return;
    }
    told = seq;
    await new Promise((done) => setTimeout(done, TELL_READ_MS));
  }
}

// --- Sending -------------------------------------------------------------------------------------

export function sendText(id: ID, text: string): void {
  const outgoing: Outgoing = {
    clientId: uuid(),
    kind: "text",
    content: { text },
    state: "sending",
    createdAt: new Date().toISOString(),
  };
  queue(id, outgoing);
}

export function sendImage(id: ID, file: File): void {
  const outgoing: Outgoing = {
    clientId: uuid(),
    kind: "image",
    content: null,
    file,
    preview: URL.createObjectURL(file),
    state: "sending",
    createdAt: new Date().toISOString(),
  };
  queue(id, outgoing);
}

function queue(id: ID, outgoing: Outgoing): void {
  const thread = chats.get().threads.get(id);
  if (!thread) return;
  patchThread(id, { outbox: [...thread.outbox, outgoing] });
  writeOutbox(id);
  void deliver(id, outgoing);
}

export function resend(id: ID, clientId: string): void {
  const outgoing = findOutgoing(id, clientId);
  if (!outgoing) return;
  patchOutgoing(id, clientId, { state: "sending", error: undefined, offline: false });
  void deliver(id, outgoing);
}

export function discard(id: ID, clientId: string): void {
  settleOutbox(id, [clientId]);
}

function resendQueued(): void {
  for (const [id, thread] of chats.get().threads) {
    for (const outgoing of thread.outbox) {
      if (outgoing.state === "failed" && outgoing.offline) resend(id, outgoing.clientId);
    }
  }
}

// One at a time per conversation: messages arrive in the order in which they were written.
const lines = new Map<ID, Promise<void>>();

function deliver(id: ID, outgoing: Outgoing): Promise<void> {
  const before = lines.get(id) ?? Promise.resolve();
  const work = before.then(() => post(id, outgoing.clientId));
  lines.set(id, work);
  return work;
}

async function post(id: ID, clientId: string): Promise<void> {
  const outgoing = findOutgoing(id, clientId);
  if (!outgoing) return;
  try {
    let content = outgoing.content;
    if (content === null && outgoing.file) {
      const form = new FormData();
      form.append("file", outgoing.file);
      const media = await api.upload<Media>("/media", form);
      content = {
        media_id: media.id,
        url: media.url,
        thumbnail_url: media.thumbnail_url,
        width: media.width,
        height: media.height,
      };
      patchOutgoing(id, clientId, { content });
    }
    const message = await api.post<Message>(`/conversations/${id}/messages`, {
      client_id: clientId,
      kind: outgoing.kind satisfies MessageKind,
      content,
    });
    const known = chats.get().conversations.get(id);
    if (known && known.last_seq < message.seq) {
      patchConversation(id, {
        last_message: message,
        last_seq: message.seq,
        read_seq: message.seq,
        unread: 0,
        updated_at: message.created_at,
      });
    }
    takeMessage(message);
  } catch (error) {
    const refusal = error instanceof ApiError ? error : null;
    patchOutgoing(id, clientId, {
      state: "failed",
      error: refusal?.message,
      offline: refusal?.isNetwork ?? false,
    });
    if (!refusal) throw error;
  }
}

function findOutgoing(id: ID, clientId: string): Outgoing | undefined {
  return chats
    .get()
    .threads.get(id)
    ?.outbox.find((o) => o.clientId === clientId);
}

function patchOutgoing(id: ID, clientId: string, change: Partial<Outgoing>): void {
  const thread = chats.get().threads.get(id);
  if (!thread) return;
  patchThread(id, {
    outbox: thread.outbox.map((o) => (o.clientId === clientId ? { ...o, ...change } : o)),
  });
  writeOutbox(id);
}

function settleOutbox(id: ID, clientIds: string[]): void {
  const thread = chats.get().threads.get(id);
  if (!thread || thread.outbox.length === 0) return;
  const settled = new Set(clientIds);
  const left = thread.outbox.filter((o) => !settled.has(o.clientId));
  if (left.length === thread.outbox.length) return;
  for (const outgoing of thread.outbox) {
    if (outgoing.preview && settled.has(outgoing.clientId)) URL.revokeObjectURL(outgoing.preview);
  }
  patchThread(id, { outbox: left });
  writeOutbox(id);
}

// --- Changing the store ------------------------------------------------------------------------

function setThread(id: ID, thread: Thread): void {
  chats.update((state) => ({ ...state, threads: new Map(state.threads).set(id, thread) }));
}

function patchThread(id: ID, change: Partial<Thread>): void {
  const thread = chats.get().threads.get(id);
  if (thread) setThread(id, { ...thread, ...change });
}

function patchConversation(id: ID, change: Partial<Conversation>): void {
  const conversation = chats.get().conversations.get(id);
  if (conversation) putConversation({ ...conversation, ...change });
}

// --- The device --------------------------------------------------------------------------------

function cacheKey(): string {
  return `teahouse.chats.${currentUser()?.id ?? ""}`;
}

function readCache(): Conversation[] {
  return readJSON<Conversation[]>(cacheKey()) ?? [];
}

let cacheTimer: ReturnType<typeof setTimeout> | undefined;

function writeCache(): void {
  clearTimeout(cacheTimer);
  cacheTimer = setTimeout(() => {
    if (!currentUser()) return;
    writeJSON(cacheKey(), sortedConversations(chats.get()).slice(0, CACHED_CONVERSATIONS));
  }, 500);
}

const outboxKey = (id: ID) => `${cacheKey()}.outbox.${id}`;

/** Unsent texts survive a reload. Those that were on their way or waited for the network still do. */
function readOutbox(id: ID): Outgoing[] {
  const kept = readJSON<Outgoing[]>(outboxKey(id)) ?? [];
  return kept.map((outgoing) => ({
    ...outgoing,
    state: "failed",
    offline: outgoing.offline || outgoing.state === "sending",
  }));
}

/** The chats in which something waits to be sent: it goes when the network is there, opened or not. */
function readOutboxes(): Map<ID, Thread> {
  const prefix = outboxKey("");
  const ids = storedKeys()
    .filter((key) => key.startsWith(prefix))
    .map((key) => key.slice(prefix.length));
  return new Map(
    ids.map((id) => [
      id,
      { messages: new Map(), last: 0, outbox: readOutbox(id), state: "closed" } as const,
    ]),
  );
}

function writeOutbox(id: ID): void {
  const texts =
    chats
      .get()
      .threads.get(id)
      ?.outbox.filter((o) => o.kind === "text") ?? [];
  if (texts.length > 0) writeJSON(outboxKey(id), texts);
  else remove(outboxKey(id));
}

const draftKey = (id: ID) => `teahouse.draft.${currentUser()?.id ?? ""}.${id}`;

export function readDraft(id: ID): string {
  return readJSON<string>(draftKey(id)) ?? "";
}

export function writeDraft(id: ID, text: string): void {
  if (text) writeJSON(draftKey(id), text);
  else remove(draftKey(id));
}

function storedKeys(): string[] {
  try {
    return Array.from({ length: localStorage.length }, (_, index) => localStorage.key(index)!);
  } catch {
    return [];
  }
}

function readJSON<T>(key: string): T | null {
  try {
    const text = localStorage.getItem(key);
    return text === null ? null : (JSON.parse(text) as T);
  } catch {
    return null;
  }
}

function writeJSON(key: string, value: unknown): void {
  try {
    localStorage.setItem(key, JSON.stringify(value));
  } catch {
    // With a full or blocked storage the next visit only starts slower.
  }
}

function remove(key: string): void {
  try {
    localStorage.removeItem(key);
  } catch {
    // As above.
  }
}
