// A small host in memory for the tests of what speaks to it: one conversation, one socket.

import type { Conversation, Message } from "../../shared/types";

type Handler = (
  method: string,
  path: string,
  query: URLSearchParams,
  body: unknown,
) => Answer | null;
type Answer = { status?: number; body?: unknown };

export class TestHost {
  messages: Message[] = [];
  /** Answers before the usual ones do; null leaves it to them. */
  override: Handler = () => null;
  readonly calls: string[] = [];
  socket: TestSocket | null = null;
  /** No answer comes to anything that is sent. */
  /** How far the reader has read, as the host knows it. */
  read = 0;
  unreachable = false;
  private validToken = "token-1";

  install(): void {
    const storage = new Map<string, string>();
    Object.assign(globalThis, {
      fetch: (url: string, init: RequestInit) => this.fetch(url, init),
      WebSocket: TestSocket,
      addEventListener: () => {},
      removeEventListener: () => {},
      document: { documentElement: {}, addEventListener() {}, removeEventListener() {} },
      location: { protocol: "http:", host: "host" },
      localStorage: {
        getItem: (key: string) => storage.get(key) ?? null,
        setItem: (key: string, value: string) => storage.set(key, value),
        removeItem: (key: string) => storage.delete(key),
        key: (index: number) => [...storage.keys()][index] ?? null,
        get length() {
          return storage.size;
        },
      },
    });
    TestSocket.opened = (socket) => (this.socket = socket);
  }

  expireToken(): void {
    this.validToken += "+";
  }

  add(text: string, clientId = `c-${this.messages.length + 1}`, sender = "u-other"): Message {
    const message: Message = {
      id: `m-${this.messages.length + 1}`,
      conversation_id: "c1",
      seq: this.messages.length + 1,
      client_id: clientId,
      sender: { type: "user", id: sender, name: sender, avatar_url: "" },
      kind: "text",
      content: { text },
      created_at: new Date(1_700_000_000_000 + this.messages.length * 1000).toISOString(),
    };
    this.messages.push(message);
    return message;
  }

  conversation(): Conversation {
    const last = this.messages.at(-1) ?? null;
    return {
      id: "c1",
      kind: "direct",
      title: "Other",
      avatar_url: "",
      peer: { type: "user", id: "u-other", handle: "other" },
      last_message: last,
      last_seq: last?.seq ?? 0,
      read_seq: this.read,
      unread: this.messages.length - this.read,
      updated_at: last?.created_at ?? "",
    };
  }

  push(message: Message): void {
    this.socket!.receive({ type: "message", message, conversation: this.conversation() });
  }

  private async fetch(url: string, init: RequestInit): Promise<Response> {
    const { pathname, searchParams } = new URL(url, "http://host");
    const path = pathname.replace("/api/v1", "");
    const method = init.method ?? "GET";
    const body: unknown = typeof init.body === "string" ? JSON.parse(init.body) : undefined;
    this.calls.push(`${method} ${path}${searchParams.size ? `?${searchParams}` : ""}`);
    await Promise.resolve();
    if (this.unreachable && method !== "GET") throw new TypeError("no network");
    const answer =
      this.override(method, path, searchParams, body) ??
      this.answer(method, path, searchParams, body, new Headers(init.headers));
    return new Response(answer.body === undefined ? null : JSON.stringify(answer.body), {
      status: answer.status ?? 200,
    });
  }

  private answer(
    method: string,
    path: string,
    query: URLSearchParams,
    body: unknown,
    headers: Headers,
  ): Answer {
    if (path === "/auth/refresh") {
      return {
        body: { user: { id: "u-me", roles: [] }, access_token: this.validToken, expires_in: 900 },
      };
    }
    if (headers.get("authorization") !== `Bearer ${this.validToken}`) {
      return { status: 401, body: { type: "/problems/bad-token", detail: "Log in again." } };
    }
    if (path === "/conversations")
      return { body: { items: [this.conversation()], next_cursor: null } };
    if (path === "/conversations/c1/read") {
      this.read = (body as { seq: number }).seq;
      return { body: { read_seq: this.read, unread: this.messages.length - this.read } };
    }
    if (path === "/conversations/c1") return { body: this.conversation() };
    if (path === "/conversations/c1/messages" && method === "GET") {
      const after = query.get("after_seq");
      const limit = Number(query.get("limit") ?? 50);
      const items =
        after !== null
          ? this.messages.filter((m) => m.seq > Number(after)).slice(0, limit)
          : this.messages
              .filter((m) => m.seq < Number(query.get("before_seq") ?? Infinity))
              .slice(-limit);
      return { body: { items, next_cursor: null } };
    }
    if (path === "/conversations/c1/messages") {
      const sent = body as { client_id: string; content: { text: string } };
      const known = this.messages.find((m) => m.client_id === sent.client_id);
      return { body: known ?? this.add(sent.content.text, sent.client_id, "u-me") };
    }
    return { body: {} };
  }
}

export class TestSocket {
  static readonly OPEN = 1;
  static opened: (socket: TestSocket) => void = () => {};
  readyState = 1;
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: string }) => void) | null = null;
  onclose: (() => void) | null = null;

  constructor() {
    TestSocket.opened(this);
    queueMicrotask(() => this.onopen?.());
  }

  send(text: string): void {
    if ((JSON.parse(text) as { type: string }).type === "auth")
      this.receive({ type: "ready", user_id: "u-me" });
  }

  receive(event: unknown): void {
    this.onmessage?.({ data: JSON.stringify(event) });
  }

  close(): void {
    this.readyState = 3;
  }
}
