/**
 * The developer's side of the host's REST interface, as far as the command line needs it.
 *
 * @module
 */
import { EXIT, Failure } from "./failure.js";
import { language } from "./language.js";
import { Problem, problemOf } from "./problem.js";
import { self } from "./self.js";
import { t } from "./texts.js";

export interface Diagnostic {
  severity: "error" | "warning";
  code: string;
  message: string;
  file?: string;
  line?: number;
  column?: number;
}

/** One reason of a rejection. */
export interface Finding {
  rule: string;
  text: string;
  file?: string;
  line?: number;
}

export interface Submission {
  state: "pending" | "approved" | "rejected" | "withdrawn";
  submitted_at: string;
  decided_at: string | null;
  note: string;
}

export interface Version {
  id: string;
  app_id: string;
  version: string;
  state: string;
  size: number;
  file_count: number;
  created_at: string;
  notes: string;
  diagnostics: Diagnostic[] | null;
  report: { scopes: string[] | null };
  findings: Finding[] | null;
  submission: Submission | null;
}

export interface App {
  id: string;
  name: string;
  description: string;
}

export interface LogEntry {
  session_id: string;
  kind: string;
  time: string;
  level: string;
  text: string;
  file: string;
  line: number;
  column: number;
  stack: string;
  page: string;
}

interface Page<Item> {
  items: Item[] | null;
  next_cursor: string | null;
}

const CALL_TIMEOUT = 30_000;
/** A full bundle over a slow line, and its compilation. */
const UPLOAD_TIMEOUT = 300_000;
const PAGE_LIMIT = 100; // the host's largest page

type Query = Record<string, string | number | undefined>;

/** A client with a personal access token. */
export class Developer {
  constructor(
    readonly url: string,
    private readonly token: string,
  ) {}

  async get<Out>(path: string, query: Query = {}): Promise<Out> {
    const search = new URLSearchParams();
    for (const [name, value] of Object.entries(query)) {
      if (value !== undefined) search.set(name, String(value));
    }
    const text = search.toString();
    return this.#call(text ? `${path}?${text}` : path, { method: "GET" }, CALL_TIMEOUT);
  }

  /** The items of a paged list, from the first, as far as the caller reads. */
  async *list<Item>(path: string, query: Query = {}, most = Infinity): AsyncGenerator<Item> {
    let cursor: string | undefined;
    let left = most;
    while (left > 0) {
      const limit = Math.min(left, PAGE_LIMIT);
      const page: Page<Item> = await this.get(path, { ...query, limit, cursor });
      const items = page.items ?? [];
      yield* items;
      left -= items.length;
      if (!page.next_cursor || items.length === 0) return;
      cursor = page.next_cursor;
    }
  }

  async post<Out>(path: string, body: object = {}): Promise<Out> {
    const init = {
      method: "POST",
      body: JSON.stringify(body),
      headers: { "content-type": "application/json" },
    };
    return this.#call(path, init, CALL_TIMEOUT);
  }

  upload(appID: string, zip: Uint8Array, version: string, notes: string): Promise<Version> {
    const form = new FormData();
    form.set("version", version);
    form.set("notes", notes);
    form.set(
      "bundle",
      new Blob([zip as Uint8Array<ArrayBuffer>], { type: "application/zip" }),
      "bundle.zip",
    );
    return this.#call(
      `/api/v1/dev/apps/${encodeURIComponent(appID)}/versions`,
      { method: "POST", body: form },
      UPLOAD_TIMEOUT,
    );
  }

  async #call<Out>(path: string, init: RequestInit, timeout: number): Promise<Out> {
    let response: Response;
    let text: string;
    try {
      response = await fetch(new URL(path, this.url), {
        ...init,
        headers: {
          ...init.headers,
          authorization: `Bearer ${this.token}`,
          "accept-language": language,
        },
        signal: AbortSignal.timeout(timeout),
      });
      if (response.status === 401) throw this.#tokenNotValid();
      if (!response.ok) throw await problemOf(response);
      text = await response.text();
    } catch (error) {
      if (error instanceof Failure || error instanceof Problem) throw error;
      const values = { url: this.url, why: reason(error) };
      throw new Failure(t("unreachable", values), EXIT.unreachable);
    }
    if (response.status === 204) return undefined as Out;
    try {
      return JSON.parse(text) as Out;
    } catch {
      throw new Failure(t("notAHost", { url: this.url }), EXIT.unreachable);
    }
  }

  #tokenNotValid(): Failure {
    const page = String(new URL("/developer/tokens", this.url));
    return new Failure(t("tokenNotValid", { page, self: self(), url: this.url }), EXIT.notLoggedIn);
  }
}

/** Why nothing answered. Node hides it in the cause; its own message is "fetch failed". */
function reason(error: unknown): string {
  const { name, message, cause } = error as Error & { cause?: { code?: string; message?: string } };
  if (name === "TimeoutError") return t("tooSlow");
  const code = cause?.code ?? "";
  switch (code) {
    case "ECONNREFUSED":
      return t("nothingListens");
    case "ENOTFOUND":
    case "EAI_AGAIN":
      return t("noSuchHost");
    case "EHOSTUNREACH":
    case "ENETUNREACH":
      return t("noWay");
    case "ETIMEDOUT":
    case "UND_ERR_CONNECT_TIMEOUT":
    case "UND_ERR_HEADERS_TIMEOUT":
    case "UND_ERR_BODY_TIMEOUT":
      return t("tooSlow");
    case "ECONNRESET":
    case "EPIPE":
    case "UND_ERR_SOCKET":
      return t("broke");
    case "ERR_SSL_WRONG_VERSION_NUMBER":
    case "ERR_SSL_PACKET_LENGTH_TOO_LONG":
    case "EPROTO":
      return t("noTLS");
  }
  if (/CERT|SIGNATURE|ISSUER/.test(code)) return t("badCertificate", { code });
  return cause?.message ?? message;
}

/** Adds to a refusal about an app which apps there are. */
export function hint(problem: Problem): string {
  if (problem.slug === "no-such-app" || problem.status === 403) {
    return t("yourApps", { self: self() });
  }
  return "";
}
