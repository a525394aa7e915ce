// The wallet as the host has it. Nothing is computed here: after every movement it is loaded again.

import type { ID, Order, Page, TopUp, Wallet, WalletEntry } from "../../../shared/types";
import { ApiError } from "../../../shared/api";
import { api } from "../services";
import { onNews } from "./chats";
import { Store } from "./store";

export interface WalletState {
  wallet: Wallet | null;
  entries: WalletEntry[];
  cursor: string | null;
  /** The first page has been loaded. */
  loaded: boolean;
  loadingMore: boolean;
  error: ApiError | null;
}

const EMPTY: WalletState = {
  wallet: null,
  entries: [],
  cursor: null,
  loaded: false,
  loadingMore: false,
  error: null,
};

export const walletStore = new Store<WalletState>(EMPTY);

export function forgetWallet(): void {
  walletStore.set(EMPTY);
}

onNews((event) => {
  // Requested only if the wallet was opened: an unused wallet needs no request.
  const moved = event.type === "wallet" || event.type === "ready" || event.type === "gap";
  if (moved && walletStore.get().loaded) void loadWallet();
});

export async function loadWallet(): Promise<void> {
  try {
    const [wallet, page] = await Promise.all([
      api.get<Wallet>("/wallet"),
      api.get<Page<WalletEntry>>("/wallet/entries"),
    ]);
    walletStore.update((state) => ({
      ...state,
      wallet,
      entries: page.items,
      cursor: page.next_cursor,
      loaded: true,
      error: null,
    }));
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    walletStore.update((state) => ({ ...state, error }));
  }
}

export async function loadMoreEntries(): Promise<void> {
  const { cursor, loadingMore } = walletStore.get();
  if (cursor === null || loadingMore) return;
  walletStore.update((state) => ({ ...state, loadingMore: true }));
  try {
    const page = await api.get<Page<WalletEntry>>("/wallet/entries", { cursor });
    // Money moved meanwhile, and the statement began anew: this page does not follow on it.
    if (walletStore.get().cursor !== cursor) return;
    walletStore.update((state) => ({
      ...state,
      entries: [...state.entries, ...page.items],
      cursor: page.next_cursor,
    }));
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
  } finally {
    walletStore.update((state) => ({ ...state, loadingMore: false }));
  }
}

/** A line of the statement; pages are turned until it is found. */
export async function findEntry(id: ID): Promise<WalletEntry | null> {
  if (!walletStore.get().loaded) await loadWallet();
  for (;;) {
    const { entries, cursor, error } = walletStore.get();
    const entry = entries.find((one) => one.id === id);
    if (entry) return entry;
    if (error) throw error;
    if (cursor === null) return null;
    await loadMoreEntries();
    if (walletStore.get().cursor === cursor) return null;
  }
}

export const getOrder = (id: ID): Promise<Order> => api.get(`/orders/${id}`);

export function startTopUp(amount: number, currency: string, key: string): Promise<TopUp> {
  return api.post("/wallet/top-ups", { amount, currency }, { idempotencyKey: key });
}

export const getTopUp = (id: ID): Promise<TopUp> => api.get(`/wallet/top-ups/${id}`);

export async function setPin(password: string, pin: string): Promise<void> {
  await api.put("/me/pin", { password, pin });
}
