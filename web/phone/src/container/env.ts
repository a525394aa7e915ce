// What an open app and its pages know of the phone.

import { locale } from "../../../shared/i18n";
import { effectiveTheme } from "../../../shared/theme";
import type { Env, FrameEnv, MapSource } from "../../../shared/protocol";

export interface Size {
  width: number;
  height: number;
}

type Level = { level: number; charging: boolean };

/** The battery as programs know it. */
export function batteryOf({ level, charging }: Level): { level: number; charging: boolean } {
  return { level: Math.round(level * 100), charging };
}

let battery: Level | null = null;

/** The battery of the phone, null where the browser does not tell. */
export async function askBattery(): Promise<(Level & EventTarget) | null> {
  type Asked = () => Promise<Level & EventTarget>;
  const { getBattery } = navigator as { getBattery?: Asked };
  const found = (await getBattery?.call(navigator).catch(() => null)) ?? null;
  battery = found;
  return found;
}

/** What the app's code is told. */
export function envOf({ width, height }: Size): Env {
  const inset = insets();
  return {
    width: Math.round(width),
    height: Math.round(height),
    pixel_ratio: devicePixelRatio,
    status_bar_height: inset.top,
    safe_area: {
      top: inset.top,
      bottom: Math.round(height) - inset.bottom,
      left: inset.left,
      right: Math.round(width) - inset.right,
    },
    theme: effectiveTheme(),
    language: locale().replace("-", "_"),
    time_zone: Intl.DateTimeFormat().resolvedOptions().timeZone ?? "",
    platform: platform(),
    user_agent: navigator.userAgent.slice(0, 300),
    version: "1.0.0",
    ...(battery ? { battery: batteryOf(battery) } : {}),
  };
}

/** What the frame of a page is told. `darkmode`: the app has a dark theme. */
export function frameEnvOf(size: Size, darkmode: boolean, map: MapSource | null): FrameEnv {
  const { width, height, theme, language } = envOf(size);
  // An app without a dark theme is drawn light, and the engine tells it so.
  return { width, height, theme: darkmode ? theme : "light", language, safe_area: insets(), map };
}

/** Insets of the device, when the app covers it whole. */
export function insets(): { top: number; bottom: number; left: number; right: number } {
  if (innerWidth >= 600) return { top: 0, bottom: 0, left: 0, right: 0 };
  const style = getComputedStyle(document.documentElement);
  const px = (side: string) =>
    Math.round(parseFloat(style.getPropertyValue(`--safe-area-${side}`)) || 0);
  return { top: px("top"), bottom: px("bottom"), left: px("left"), right: px("right") };
}

function platform(): string {
  const agent = navigator.userAgent;
  if (/iPhone|iPad/.test(agent)) return "ios";
  if (/Android/.test(agent)) return "android";
  if (/Windows/.test(agent)) return "windows";
  return /Mac OS/.test(agent) ? "mac" : "linux";
}
