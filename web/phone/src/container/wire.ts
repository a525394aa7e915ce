// What the host and the app say on the session's websocket.

import type {
  Command,
  Env as FrameEnv,
  Op,
  Structure,
  ToShell,
  Value,
  WindowConfig as FrameWindow,
} from "../../../view/src/protocol";

export type { Command, Op, Structure, ToShell, Value };

export interface Env {
  width: number;
  height: number;
  pixel_ratio: number;
  status_bar_height: number;
  /** The rectangle that no notch covers, in coordinates of the app's frame. */
  safe_area: { top: number; bottom: number; left: number; right: number };
  theme: "light" | "dark";
  language: string;
  platform: string;
  user_agent: string;
  version: string;
}
export type { FrameEnv };

export interface WindowConfig extends FrameWindow {
  navigationBarBackgroundColor?: string;
  navigationBarTextStyle?: string;
  navigationBarTitleText?: string;
  navigationStyle?: string;
  homeButton?: boolean;
}

export interface TabItem {
  pagePath: string;
  text: string;
  iconPath?: string;
  selectedIconPath?: string;
}
export interface TabBarConfig {
  color?: string;
  selectedColor?: string;
  backgroundColor?: string;
  borderStyle?: string;
  position?: string;
  custom?: boolean;
  list: TabItem[];
}
export interface AppConfig {
  pages?: string[];
  entryPagePath?: string;
  window?: WindowConfig;
  /** The app has looks for both themes. */
  darkmode?: boolean;
  tabBar?: TabBarConfig | null;
}

export interface AppInfo {
  id: string;
  name: string;
  icon_url?: string | null;
  account?: { id: string; name: string } | null;
}

export interface Opened {
  t: "opened";
  session: string;
  app: AppInfo;
  image: string;
  config: AppConfig;
  development: boolean;
  /** Seconds until the host wants a new token. */
  expires_in?: number;
}

export interface PageFrameMessage {
  t: "page";
  op: "push" | "replace" | "relaunch" | "tab" | "back";
  page: number;
  route: string;
  /** The page's parameters, as in an address without the question mark. */
  query?: string;
  config?: WindowConfig;
  delta?: number;
  keep?: number[];
  render?: Value[];
  hooks?: string[] | null;
}

export interface UICall {
  t: "ui";
  call: number;
  name: string;
  args: Record<string, unknown>;
}

export interface LogLine {
  t: "log";
  level: "log" | "info" | "warn" | "error";
  text: string;
  file?: string;
  line?: number;
  column?: number;
}

export type FromHost =
  | Opened
  | { t: "failed"; code: string; message: string }
  | { t: "closed"; code: string; message: string }
  | { t: "error"; code: string; message: string }
  | { t: "pong"; index: number }
  | { t: "renewed"; expires_in: number }
  | PageFrameMessage
  | { t: "patch"; page: number; ops: Op[] }
  | UICall
  | LogLine;

export type ToHost = { t: string } & Record<string, unknown>;
