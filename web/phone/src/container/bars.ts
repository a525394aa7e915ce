// The bars around the pages of an open app: what the app has made of its tab bar, the start of a
// navigation bar, and the space that both take from a page.

import { Store } from "../state/store";
import { lookOf } from "../../../shared/look";
import type { AppConfig, TabBarConfig, WindowConfig } from "../../../shared/protocol";
import { opaque } from "./colour";
import { insets } from "./env";
import { NAV_HEIGHT, TAB_HEIGHT } from "./limits";

export interface TabState {
  text?: string;
  iconPath?: string;
  selectedIconPath?: string;
  badge?: string;
  dot?: boolean;
}

export interface TabBarStyle {
  color?: string;
  selectedColor?: string;
  backgroundColor?: string;
  borderStyle?: string;
}

export interface TabBarState {
  tabs: readonly TabState[];
  shown: boolean;
  style: TabBarStyle;
}

/** The colour of a bar's text and buttons: programs may ask for white, all else is black. */
export function barText(colour: string): string {
  return colour.toLowerCase() === "#ffffff" ? "#ffffff" : "#000000";
}

/** The bar over a page. */
export interface NavigationBarState {
  title: string;
  foreground: string;
  background: string;
  busy: boolean;
}

/** The page that a bar belongs to. */
interface Barred {
  route: string;
  isTab: boolean;
  config: WindowConfig;
}

export class Bars {
  readonly tabBar = new Store<TabBarState>({ tabs: [], shown: true, style: {} });

  constructor(private readonly context: { config(): AppConfig; theme(): "light" | "dark" }) {}

  /** The app was opened: its tabs look as its configuration says. */
  reset(): void {
    const tabs = (this.context.config().tabBar?.list ?? []).map(() => ({}));
    this.tabBar.set({ tabs, shown: true, style: {} });
  }

  change(change: Partial<TabBarState>): void {
    this.tabBar.update((bar) => ({ ...bar, ...change }));
  }

  changeTab(index: number, change: TabState): void {
    this.tabBar.update((bar) => ({
      ...bar,
      tabs: bar.tabs.map((tab, i) => (i === index ? { ...tab, ...change } : tab)),
    }));
  }

  changeStyle(style: TabBarStyle): void {
    this.tabBar.update((bar) => ({ ...bar, style: { ...bar.style, ...style } }));
  }

  /** The tab bar in the current theme, with the app's own changes. */
  tabBarLook(): TabBarConfig | null {
    const { tabBar } = this.context.config();
    if (!tabBar) return null;
    const dark = this.context.theme() === "dark" && tabBar.dark;
    if (!dark) return tabBar;
    return { ...tabBar, ...dark, list: tabBar.list.map((tab, i) => ({ ...tab, ...dark.list[i] })) };
  }

  isTab(route: string): boolean {
    return this.context.config().tabBar?.list.some((tab) => tab.pagePath === route) ?? false;
  }

  navigationBar(window: WindowConfig): NavigationBarState {
    const config = lookOf(window, this.context.theme());
    return {
      title: config.navigationBarTitleText ?? "",
      foreground: config.navigationBarTextStyle === "white" ? "#ffffff" : "#000000",
      background: opaque(config.navigationBarBackgroundColor) ?? "#000000",
      busy: false,
    };
  }

  /** Whether the tab bar is there while `bottom` is the first of the open pages. */
  tabBarVisible(bottom: Barred | undefined): boolean {
    const { tabBar } = this.context.config();
    return tabBar != null && !tabBar.custom && this.tabBar.get().shown && bottom?.isTab === true;
  }

  /** Space that bars take from a page. */
  roomOf(page: Barred): { top: number; bottom: number } {
    const inset = insets();
    const { tabBar } = this.context.config();
    const shown = page.isTab && tabBar && !tabBar.custom && this.tabBar.get().shown;
    const bar = shown ? TAB_HEIGHT : 0;
    const top = page.config.navigationStyle === "custom" ? 0 : inset.top + NAV_HEIGHT;
    return tabBar?.position === "top"
      ? { top: top + bar, bottom: 0 }
      : { top, bottom: bar ? bar + inset.bottom : 0 };
  }
}
