// The JSON of the REST API and of the user websocket, with the type names that screens use. The types
// of the API are made from the host's OpenAPI document (schema.ts, `make types`); types that the
// document cannot express are here. Field names are those of the wire format (snake_case), so that a
// search finds a field from the database to the screen. Money is whole minor units with an ISO 4217
// currency; times are RFC 3339.

import type { Locale } from "./i18n";
import type { components } from "./schema";

export type Schemas = components["schemas"];

export type ID = string;

export interface Page<T> {
  items: T[];
  next_cursor: string | null;
}

export type User = Schemas["User"];
/** The public data of another user. */
export type PublicUser = Schemas["PublicUser"];
export type Session = Schemas["Session"];
/** One place at which a user is logged in. */
export type LoginSession = Schemas["LoginSession"];
export type Security = Schemas["Security"];
export type FactorSetUp = Schemas["FactorSetUp"];
/** A scope that a user granted to a mini program. */
export type Grant = Schemas["ConsentRecord"];
export type Invitation = Schemas["Invitation"];
export type App = Schemas["App"];
export type OfficialAccount = Schemas["OfficialAccount"];
export type Sender = Schemas["Sender"];
export type Media = Schemas["Picture"];
export type Wallet = Schemas["Wallet"];
export type WalletEntry = Schemas["Entry"];
export type TopUp = Schemas["TopUp"];
export type Order = Schemas["Order"];

/** The content of a message by its kind, which the document does not describe. */
export interface MessageContents {
  /** texts is there when the host wrote it: the same text by language. */
  text: { text: string; texts?: Partial<Record<Locale, string>> };
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

export type MessageKind = Schemas["Message"]["kind"];

export type Message = {
  [K in MessageKind]: Omit<Schemas["Message"], "kind" | "content"> & {
    kind: K;
    content: MessageContents[K];
  };
}[MessageKind];

export type Conversation = Omit<Schemas["Conversation"], "last_message"> & {
  last_message: Message | null;
};

/** All events that the host pushes on the user websocket. */
export type RealtimeEvent =
  | { type: "ready"; user_id: ID; expires_in?: number }
  /** A new token was taken. */
  | { type: "renewed"; expires_in: number }
  | { type: "pong" }
  /** News may have been lost: ask, as after "ready". */
  | { type: "gap" }
  | { type: "error"; code: string; message: string }
  | { type: "message"; message: Message; conversation: Conversation }
  | { type: "read"; conversation_id: ID; read_seq: number; unread: number }
  | { type: "wallet" }
  | { type: "version"; app_id: ID; version_id: ID; state: string }
  /** A version is paused because its sandbox keeps ending ("active"), or was released ("released"). */
  | { type: "quarantine"; app_id: ID; version_id: ID; state: string }
  /** Somebody invites, or takes an invitation back. */
  | { type: "invitation" };
