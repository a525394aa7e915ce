// Addresses, and moving between them.

import { navigate } from "wouter/use-browser-location";
import { dropLayers, entryState, whenSettled } from "./layers";

export const TABS = ["/", "/contacts", "/discover", "/me"] as const;
export type Tab = (typeof TABS)[number];

export function isTab(path: string): path is Tab {
  return (TABS as readonly string[]).includes(path);
}

/** The tab that lies under a page opened by its address. */
export function tabUnder(path: string): Tab {
  if (isTab(path)) return path;
  if (/^\/(wallet|settings|profile|invitations)/.test(path)) return "/me";
  if (/^\/(account|user|accounts|people)/.test(path)) return "/contacts";
  if (/^\/(a|apps)(\/|$)/.test(path)) return "/discover";
  return "/";
}

export const routes = {
  chat: (id: string) => `/chat/${id}`,
  account: (id: string) => `/account/${id}`,
  user: (id: string) => `/user/${id}`,
  order: (id: string) => `/wallet/order/${id}`,
  entry: (id: string) => `/wallet/entry/${id}`,
  app: (id: string, options: { version?: string; path?: string | null; scene?: number } = {}) => {
    const query = new URLSearchParams();
    if (options.version) query.set("version", options.version);
    if (options.path) query.set("path", options.path);
    if (options.scene) query.set("scene", String(options.scene));
    const text = query.toString();
    return `/a/${id}${text ? `?${text}` : ""}`;
  },
};

export function go(to: string, options: { replace?: boolean } = {}): void {
  whenSettled(() => {
    // A second tap on what is opening already is no second page.
    const here = location.pathname + location.search === to && entryState().layer === undefined;
    if (here && options.replace !== true) return;
    // The entry of a sheet is used up by the page that opens from it.
    const replace = dropLayers() || options.replace === true;
    const depth = entryState().depth ?? 0;
    const grows = options.replace !== true;
    navigate(to, { replace, state: { depth: grows ? depth + 1 : depth } });
  });
}

/** One step back, or to `fallback` when the page was opened by its address. */
export function back(fallback: string = "/"): void {
  whenSettled(() => {
    if ((entryState().depth ?? 0) > 0) history.back();
    else go(fallback, { replace: true });
  });
}

/** From this width on, list and open page are side by side; the style sheet has the same value. */
export const TWO_PANES = "(min-width: 600px)";
/** From this width on, a mini program is a panel next to the chat. */
export const THREE_PANES = "(min-width: 900px)";

/** Where an app was opened from, as one of the vendor's scene numbers. */
export const SCENE = {
  search: 1005,
  chatCard: 1007,
  template: 1014,
  accountMenu: 1035,
  accountProfile: 1020,
  recent: 1089,
} as const;
