/**
 * The side of Teahouse that a mini program's own server sees: calls over the bridge with a token
 * that the client fetches and renews itself, and webhooks whose signature is checked.
 *
 * @module
 */
import { createHmac, timingSafeEqual } from "node:crypto";
import { Problem, problemOf } from "./problem.js";

export { Problem } from "./problem.js";
export type { ProblemField } from "./problem.js";

export interface BridgeOptions {
  /** Where the host is, e.g. "https://tea.example". */
  baseURL: string;
  appID: string;
  appSecret: string;
  /** Milliseconds that one call may take; 10,000 unless said otherwise. */
  timeout?: number;
}

export interface OrderRequest {
  /** Your own number of the order: 6 to 32 characters, once per app. The same again is the same order. */
  out_trade_no: string;
  description: string;
  /** Whole minor units of the currency, at least 1. */
  amount: number;
  /** ISO 4217. */
  currency: string;
  /** Who may pay it. */
  open_id?: string;
}

/** What wx.requestPayment takes. */
export interface PayParameters {
  timeStamp: string;
  nonceStr: string;
  package: string;
  signType: string;
  paySign: string;
}

export interface Order {
  order_id: string;
  out_trade_no: string;
  state: "pending" | "paid" | "closed" | "expired";
  amount: number;
  currency: string;
}

export interface SubscriptionMessage {
  open_id: string;
  template_id: string;
  /** Page of the mini program that a tap on the message opens. */
  path?: string;
  /** Text for each key of the template. */
  data: Record<string, string>;
  /** Your own name of the message: a retry with the same one is the same message. */
  client_id: string;
}

const RENEW_BEFORE = 60_000; // a token is renewed this long before it ends
const DEFAULT_TIMEOUT = 10_000;

/** A client of the bridge for one app. */
export class Bridge {
  #token: { value: string; until: number } | undefined;
  #fetching: Promise<string> | undefined;

  constructor(private readonly options: BridgeOptions) {}

  /** Calls a capability by name. Throws {@link Problem} when the host refuses. */
  async call<Out>(capability: string, parameters: object = {}): Promise<Out> {
    let response = await this.#send(capability, parameters, await this.#authorise());
    if (response.status === 401) {
      this.#token = undefined; // it was revoked, or the secret has been changed
      response = await this.#send(capability, parameters, await this.#authorise());
    }
    if (!response.ok) throw await problemOf(response);
    return (await response.json()) as Out;
  }

  /** Exchanges the code of wx.login for who the user is to this app. */
  exchangeCode(code: string): Promise<{ open_id: string; union_id: string }> {
    return this.call("auth.exchange_code", { code });
  }

  /** Makes an order; `pay` goes to wx.requestPayment as it is. */
  createOrder(order: OrderRequest): Promise<{ order_id: string; pay: PayParameters }> {
    return this.call("orders.create", order);
  }

  /** Asks for an order by the host's ID or by your own number. The answer is the proof of payment. */
  getOrder(by: { order_id: string } | { out_trade_no: string }): Promise<Order> {
    return this.call("orders.get", by);
  }

  /** Sends a message that the user has subscribed to. */
  sendSubscription(message: SubscriptionMessage): Promise<unknown> {
    return this.call("messages.send_subscription", message);
  }

  async #authorise(): Promise<string> {
    if (this.#token && Date.now() < this.#token.until) return this.#token.value;
    this.#fetching ??= this.#fetchToken().finally(() => (this.#fetching = undefined));
    return this.#fetching;
  }

  async #fetchToken(): Promise<string> {
    const response = await fetch(new URL("/oauth/token", this.options.baseURL), {
      method: "POST",
      body: new URLSearchParams({
        grant_type: "client_credentials",
        client_id: this.options.appID,
        client_secret: this.options.appSecret,
      }),
      signal: AbortSignal.timeout(this.options.timeout ?? DEFAULT_TIMEOUT),
    });
    if (!response.ok) throw await problemOf(response);
    const answer = (await response.json()) as { access_token: string; expires_in: number };
    this.#token = {
      value: answer.access_token,
      until: Date.now() + answer.expires_in * 1000 - RENEW_BEFORE,
    };
    return answer.access_token;
  }

  #send(capability: string, parameters: object, token: string): Promise<Response> {
    return fetch(new URL(`/bridge/v1/${capability}`, this.options.baseURL), {
      method: "POST",
      headers: { "content-type": "application/json", authorization: `Bearer ${token}` },
      body: JSON.stringify(parameters),
      signal: AbortSignal.timeout(this.options.timeout ?? DEFAULT_TIMEOUT),
    });
  }
}

/** An event as the host sends it. */
export interface WebhookEvent<Data = Record<string, unknown>> {
  /** "order.paid" and the like. */
  type: string;
  /** When it happened, RFC 3339. */
  timestamp: string;
  data: Data;
}

export interface WebhookHeaders {
  "webhook-id"?: string | string[] | undefined;
  "webhook-timestamp"?: string | string[] | undefined;
  "webhook-signature"?: string | string[] | undefined;
}

const TOLERANCE_SECONDS = 300; // Standard Webhooks: five minutes of clock difference, no replay beyond

/**
 * Checks the signature of a webhook (Standard Webhooks 1.0.0) over the raw body and returns the
 * event. Throws when the signature, or its time, is not right. `id` names the event: it is the same
 * for every retry, so remember it and handle each event once.
 */
export function verifyWebhook<Data = Record<string, unknown>>(
  secret: string,
  headers: WebhookHeaders,
  rawBody: string,
  now: Date = new Date(),
): { id: string; event: WebhookEvent<Data> } {
  const [id, at, signatures] = ["webhook-id", "webhook-timestamp", "webhook-signature"].map(
    (name) => {
      const value = headers[name as keyof WebhookHeaders];
      if (typeof value !== "string" || value === "")
        throw new Error(`the header ${name} is missing`);
      return value;
    },
  ) as [string, string, string];
  if (!/^\d+$/.test(at) || Math.abs(now.getTime() / 1000 - Number(at)) > TOLERANCE_SECONDS) {
    throw new Error("the webhook's time is too far from now");
  }
  const key = Buffer.from(secret.replace(/^whsec_/, ""), "base64");
  const expected = createHmac("sha256", key).update(`${id}.${at}.${rawBody}`).digest();
  const valid = signatures.split(" ").some((signature) => {
    if (!signature.startsWith("v1,")) return false;
    const given = Buffer.from(signature.slice(3), "base64");
    return given.length === expected.length && timingSafeEqual(given, expected);
  });
  if (!valid) throw new Error("the webhook's signature is not ours");
  return { id, event: JSON.parse(rawBody) as WebhookEvent<Data> };
}
