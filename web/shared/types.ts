// The JSON that the REST API and the user websocket speak. Names follow the wire (snake_case), so
// that a field can be searched for from the database to the screen. Money is whole minor units with
// an ISO 4217 currency; times are RFC 3339.

export type ID = string;

export interface Page<T> {
  items: T[];
  next_cursor: string | null;
}

export type Role = "user" | "developer" | "admin";

export interface User {
  id: ID;
  handle: string;
  display_name: string;
  avatar_url: string | null;
  roles: Role[];
  locale: string;
  has_pin: boolean;
  created_at: string;
}

/** What anyone may know about another user. */
export type PublicUser = Pick<User, "id" | "handle" | "display_name" | "avatar_url">;

export interface Session {
  user: User;
  access_token: string;
  /** Seconds from the answer. */
  expires_in: number;
}

/** What a user allowed a mini program. */
export interface Grant {
  app: { id: ID; name: string; icon_url: string };
  scope: string;
  granted_at: string;
}

export interface App {
  id: ID;
  name: string;
  description: string;
  icon_url: string | null;
  account: { id: ID; name: string };
  released_version: { id: ID; version: string } | null;
}

export interface OfficialAccount {
  id: ID;
  handle: string;
  name: string;
  description: string;
  kind: "service" | "subscription";
  avatar_url: string | null;
  verified: boolean;
  follower_count: number;
  following: boolean;
  conversation_id: ID | null;
  apps: App[];
}

export interface Conversation {
  id: ID;
  kind: "direct" | "account";
  title: string;
  avatar_url: string | null;
  peer: { type: "user" | "account"; id: ID; handle: string };
  last_message: Message | null;
  last_seq: number;
  read_seq: number;
  unread: number;
  updated_at: string;
}

export interface Sender {
  type: "user" | "account" | "system";
  id: ID;
  name: string;
  avatar_url: string | null;
}

export interface MessageContents {
  text: { text: string };
  image: { media_id: ID; url: string; thumbnail_url: string; width: number; height: number };
  app_card: { app_id: ID; title: string; path: string; image_url: string | null };
  template: {
    title: string;
    fields: { label: string; value: string }[];
    app_id: ID | null;
    path: string | null;
  };
  receipt: {
    title: string;
    amount: number;
    currency: string;
    payee: string;
    order_id: ID;
    app_id: ID | null;
  };
  system: { text: string };
}

export type MessageKind = keyof MessageContents;

interface MessageEnvelope {
  id: ID;
  conversation_id: ID;
  /** Position in the conversation, from 1, without gaps. */
  seq: number;
  /** Chosen by the sender; sending the same one again is not a second message. */
  client_id: string;
  sender: Sender;
  created_at: string;
}

export type Message = {
  [K in MessageKind]: MessageEnvelope & { kind: K; content: MessageContents[K] };
}[MessageKind];

export interface Media {
  id: ID;
  url: string;
  thumbnail_url: string;
  width: number;
  height: number;
  mime: string;
  size: number;
}

export interface Wallet {
  currency: string;
  /** Minor units, held ones included. */
  balance: number;
  held: number;
  has_pin: boolean;
}

export interface WalletEntry {
  id: ID;
  created_at: string;
  kind: "payment" | "top_up" | "withdrawal" | "refund" | "fee" | "transfer" | "reversal";
  /** The other side's name. */
  title: string;
  /** Negative when money left the wallet. */
  amount: number;
  currency: string;
  balance_after: number;
  order_id: ID | null;
}

export interface TopUp {
  id: ID;
  state: "pending" | "settled" | "refused";
  amount: number;
  currency: string;
  /** Why the bank refused, as a slug. */
  reason?: string;
}

export interface Order {
  id: ID;
  out_trade_no: string;
  description: string;
  amount: number;
  currency: string;
  state: "pending" | "paid" | "closed" | "expired";
  payee: { id: ID; name: string; avatar_url: string | null };
  app_id: ID;
  created_at: string;
  paid_at: string | null;
}

/** Everything that the host pushes on the user websocket. */
export type RealtimeEvent =
  | { type: "ready"; user_id: ID }
  | { type: "pong" }
  | { type: "error"; code: string; message: string }
  | { type: "message"; message: Message; conversation: Conversation }
  | { type: "read"; conversation_id: ID; read_seq: number; unread: number }
  | { type: "wallet" }
  | { type: "version"; app_id: ID; version_id: ID; state: string };
