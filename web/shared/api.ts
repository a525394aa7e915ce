// The client of the REST API. The access token is kept only in memory; the refresh token is a
// cookie that scripts cannot read. When the access token has expired, a call refreshes it once and
// is repeated; concurrent calls share one refresh.

import { otherTabs } from "./tabs";
import type { Session, User } from "./types";

/** How long a call may take before it fails with "network". */
const CALL_TIMEOUT_MS = 20_000;
/** Uploads of pictures over a slow connection take longer. */
const UPLOAD_TIMEOUT_MS = 120_000;
/** A token that expires within this time is renewed before use, so that no socket opens with it. */
export const RENEW_BEFORE_MS = 30_000;

/** A refused or failed call. `message` is for the user and says what to do. */
export class ApiError extends Error {
  constructor(
    /** HTTP status; 0 when no answer came. */
    readonly status: number,
    /** Last part of the problem's type, e.g. "wrong-pin"; "network" when no answer came. */
    readonly slug: string,
    message: string,
    readonly requestId: string | null = null,
    /** Seconds to wait, from Retry-After. */
    readonly retryAfter: number | null = null,
    /** The whole problem document, for fields that only one kind of problem has. */
    readonly problem: Record<string, unknown> = {},
  ) {
    super(message);
    this.name = "ApiError";
  }

  get isNetwork(): boolean {
    return this.status === 0;
  }

  /** The field of the request that was refused, e.g. "handle"; null when it is not about one field. */
  get field(): string | null {
    const { path } = firstError(this.problem) ?? {};
    return typeof path === "string" ? (path.split(".").pop() ?? null) : null;
  }
}

type Query = Record<string, string | number | boolean | null | undefined>;

export interface CallOptions {
  query?: Query;
  body?: unknown;
  form?: FormData;
  /** Sent as Idempotency-Key: a money call that is repeated with the same key happens once. */
  idempotencyKey?: string;
  signal?: AbortSignal;
}

/** What a log-in may be asked for besides the password. */
export interface LogInMore {
  /** Of the authenticator, or a recovery code, after a refusal "second-factor-needed". */
  code?: string;
  /** Open the account again that its owner closed, after a refusal "account-closed". */
  reopen?: boolean;
}

export interface ApiClientOptions {
  base?: string;
  /** Sent as Accept-Language, so that the host can answer in the user's language. */
  locale?: () => string;
  /** Called when the session has ended; `here` when the user logged out in this tab. */
  onSignedOut?: (here: boolean) => void;
  /**
   * Called with the user of each new or renewed session. `mustSetUp`: it opens nothing but the set-up
   * of a second factor.
   */
  onSession?: (user: User, mustSetUp: boolean) => void;
}

export class ApiClient {
  private readonly base: string;
  private token: string | null = null;
  private expiresAt = 0;
  private refreshing: Promise<boolean> | null = null;
  private readonly tabs = otherTabs(() => {
    if (this.token !== null) this.forget("tab");
  });

  constructor(private readonly options: ApiClientOptions = {}) {
    this.base = options.base ?? "/api/v1";
  }

  get<T>(path: string, query?: Query, signal?: AbortSignal): Promise<T> {
    return this.call<T>("GET", path, { query, signal });
  }

  post<T>(path: string, body?: unknown, options: CallOptions = {}): Promise<T> {
    return this.call<T>("POST", path, { ...options, body });
  }

  put<T>(path: string, body?: unknown, options: CallOptions = {}): Promise<T> {
    return this.call<T>("PUT", path, { ...options, body });
  }

  patch<T>(path: string, body?: unknown): Promise<T> {
    return this.call<T>("PATCH", path, { body });
  }

  delete<T = void>(path: string): Promise<T> {
    return this.call<T>("DELETE", path);
  }

  upload<T>(path: string, form: FormData, signal?: AbortSignal): Promise<T> {
    return this.call<T>("POST", path, { form, signal });
  }

  async call<T>(method: string, path: string, options: CallOptions = {}): Promise<T> {
    const publicCall = path.startsWith("/auth/");
    if (!publicCall && this.token !== null && this.expiresAt - Date.now() < RENEW_BEFORE_MS) {
      await this.refresh();
    }
    let response = await this.send(method, path, options);
    if (response.status === 401 && !publicCall && (await this.refresh())) {
      response = await this.send(method, path, options);
    }
    if (!response.ok) throw await problemOf(response);
    if (response.status === 204 || response.headers.get("content-length") === "0") {
      return undefined as T;
    }
    return (await response.json()) as T;
  }

  async signUp(handle: string, password: string, displayName: string): Promise<User> {
    const body = { handle, password, display_name: displayName };
    return this.adopt(await this.post<Session>("/auth/signup", body));
  }

  async logIn(handle: string, password: string, more: LogInMore = {}): Promise<User> {
    return this.adopt(await this.post<Session>("/auth/login", { handle, password, ...more }));
  }

  async logOut(): Promise<void> {
    try {
      await this.post("/auth/logout");
    } finally {
      this.forget("here");
    }
  }

  /** The user of the refresh cookie, or null when no user is logged in on this browser. */
  async restore(): Promise<User | null> {
    let restored: User | null = null;
    await this.refresh((user) => (restored = user));
    return restored;
  }

  /**
   * A valid access token for a websocket; null when no user is logged in. `fresh` asks the host for a
   * new one, because it has refused the one that there is.
   */
  async accessToken(fresh = false): Promise<string | null> {
    if (fresh || this.token === null || this.expiresAt - Date.now() < RENEW_BEFORE_MS)
      await this.refresh();
    return this.token;
  }

  /**
   * Renews the access token; returns true when there is one afterwards. Throws when the network failed,
   * because then it is unknown whether the session is still valid.
   */
  refresh(onUser?: (user: User) => void): Promise<boolean> {
    this.refreshing ??= this.renew(onUser).finally(() => (this.refreshing = null));
    return this.refreshing;
  }

  private async renew(onUser?: (user: User) => void): Promise<boolean> {
    // Refresh tokens rotate and a replay revokes the whole family: two tabs must not send the same
    // cookie at once, so only one tab of a browser refreshes at a time.
    const response = await inTurn("teahouse.refresh", () => this.send("POST", "/auth/refresh", {}));
    if (response.ok) {
      const user = this.adopt((await response.json()) as Session);
      onUser?.(user);
      return true;
    }
    if (response.status === 401 || response.status === 403) {
      if (this.token !== null) this.forget("host");
      return false;
    }
    throw await problemOf(response);
  }

  /** Goes on with a session that an answer carried. */
  adopt(session: Session): User {
    this.token = session.access_token;
    this.expiresAt = Date.now() + session.expires_in * 1000;
    this.options.onSession?.(session.user, session.must_set_up_second_factor);
    return session.user;
  }

  /** The session is over, as was decided here, by the host, or in another tab. */
  private forget(by: "here" | "host" | "tab"): void {
    this.token = null;
    this.expiresAt = 0;
    this.options.onSignedOut?.(by === "here");
    if (by !== "tab") this.tabs.signedOut();
  }

  private async send(method: string, path: string, options: CallOptions): Promise<Response> {
    const headers = new Headers({ Accept: "application/json" });
    if (this.token !== null) headers.set("Authorization", `Bearer ${this.token}`);
    if (options.idempotencyKey) headers.set("Idempotency-Key", options.idempotencyKey);
    const locale = this.options.locale?.();
    if (locale) headers.set("Accept-Language", locale);
    let body: BodyInit | undefined = options.form;
    if (options.body !== undefined) {
      headers.set("Content-Type", "application/json");
      body = JSON.stringify(options.body);
    }
    const timeout = AbortSignal.timeout(options.form ? UPLOAD_TIMEOUT_MS : CALL_TIMEOUT_MS);
    const signal = options.signal ? AbortSignal.any([options.signal, timeout]) : timeout;
    try {
      return await fetch(this.base + path + queryString(options.query), {
        method,
        headers,
        body,
        signal,
        credentials: "same-origin",
      });
    } catch (cause) {
      if (options.signal?.aborted) throw cause;
      throw new ApiError(0, "network", "No connection. Check your network and try again.");
    }
  }
}

function queryString(query: Query | undefined): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query ?? {})) {
    if (value !== null && value !== undefined) search.set(name, String(value));
  }
  const text = search.toString();
  return text === "" ? "" : `?${text}`;
}

/** Makes an ApiError from a refused response, also from one that `fetch` did not make. */
export async function problemOf(response: Response): Promise<ApiError> {
  const problem = await response
    .json()
    .then((value: unknown) => (isRecord(value) ? value : {}))
    .catch((): Record<string, unknown> => ({}));
  const text = (name: string) =>
    typeof problem[name] === "string" ? (problem[name] as string) : "";
  const slug = text("type").split("/").pop() || `http-${response.status}`;
  const retryAfter = Number(response.headers.get("retry-after"));
  return new ApiError(
    response.status,
    slug,
    fieldMessage(slug, problem) ||
      text("detail") ||
      text("title") ||
      "Something went wrong. Try again.",
    response.headers.get("x-request-id"),
    Number.isFinite(retryAfter) && retryAfter > 0 ? retryAfter : null,
    problem,
  );
}

/** For a request that does not fit the schema: the field and the rule say more than the detail. */
function fieldMessage(slug: string, problem: Record<string, unknown>): string {
  const { path, message } = firstError(problem) ?? {};
  if (slug !== "invalid-input" || typeof path !== "string" || typeof message !== "string")
    return "";
  return `${path.replace(/^body\./, "")}: ${message}`;
}

function firstError(problem: Record<string, unknown>): Record<string, unknown> | null {
  const first: unknown = Array.isArray(problem.errors) ? problem.errors[0] : null;
  return isRecord(first) ? first : null;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

function inTurn<T>(name: string, work: () => Promise<T>): Promise<T> {
  // Web Locks exist in secure contexts only; a single tab needs none.
  const locks = typeof navigator === "undefined" ? undefined : navigator.locks;
  return locks ? (locks.request(name, work) as Promise<T>) : work();
}
