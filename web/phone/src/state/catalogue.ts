// Official accounts and mini programs as the host lists them, kept for the next visit of a page.

import type { App, Grant, ID, OfficialAccount, Page, PublicUser } from "../../../shared/types";
import { ApiError } from "../../../shared/api";
import { api } from "../services";
import { onNews } from "./chats";
import { Store } from "./store";

/** The most that the host gives at once. */
const FOLLOWED_PAGE = 100;

export const recentApps = new Store<App[] | null>(null);
export const followedAccounts = new Store<OfficialAccount[] | null>(null);

export function forgetCatalogue(): void {
  recentApps.set(null);
  followedAccounts.set(null);
}

export const findUsers = (query: string, signal: AbortSignal): Promise<Page<PublicUser>> =>
  api.get("/users", { query }, signal);

export const findAccounts = (
  query: string,
  cursor: string | null,
  signal?: AbortSignal,
): Promise<Page<OfficialAccount>> => api.get("/official-accounts", { query, cursor }, signal);

export const findApps = (
  query: string,
  cursor: string | null,
  signal?: AbortSignal,
): Promise<Page<App>> => api.get("/apps", { query, cursor }, signal);

export const getUser = (id: ID): Promise<PublicUser> => api.get(`/users/${id}`);
export const getAccount = (id: ID): Promise<OfficialAccount> => api.get(`/official-accounts/${id}`);
export const getGrants = (): Promise<Page<Grant>> => api.get("/me/grants");

/** Lists that were requested and failed to load. */
const wanted = new Set<() => Promise<void>>();

onNews((event) => {
  if (event.type === "ready") for (const load of [...wanted]) void load();
});

/** For secondary lists of a screen: one that fails to load is requested again later. */
function aside(load: () => Promise<void>): () => Promise<void> {
  const attempt = async () => {
    try {
      wanted.delete(attempt);
      await load();
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      wanted.add(attempt);
    }
  };
  return attempt;
}

export const loadRecentApps = aside(async () => {
  const page = await api.get<Page<App>>("/me/apps");
  recentApps.set(page.items);
});

export const loadFollowed = aside(async () => {
  const accounts = new Map<ID, OfficialAccount>();
  let cursor: string | null = null;
  do {
    const page: Page<OfficialAccount> = await api.get("/official-accounts", {
      following: true,
      cursor,
      limit: FOLLOWED_PAGE,
    });
    for (const account of page.items) accounts.set(account.id, account);
    cursor = page.next_cursor;
  } while (cursor !== null);
  followedAccounts.set([...accounts.values()]);
});

/** Follows or leaves an account; the answer names its conversation. */
export async function follow(id: ID): Promise<{ conversation_id: ID }> {
  const answer = await api.put<{ conversation_id: ID }>(`/official-accounts/${id}/follow`);
  void loadFollowed();
  return answer;
}

export async function unfollow(id: ID): Promise<void> {
  await api.delete(`/official-accounts/${id}/follow`);
  void loadFollowed();
}
