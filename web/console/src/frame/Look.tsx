// Colours, language and density of antd, in one place. Green is dark enough for white text (AA);
// on dark ground links are lighter for the same reason.

import { QueryClientProvider } from "@tanstack/react-query";
import { App as AntApp, ConfigProvider, theme as antTheme, type ThemeConfig } from "antd";
import { useEffect, useLayoutEffect, useState, useSyncExternalStore, type ReactNode } from "react";

import { locale, markDocument, onLocaleChange } from "../../../shared/i18n";
import { effectiveTheme, followSystem, onThemeChange } from "../../../shared/theme";
import { queries } from "./session";

type AntLocale = NonNullable<Parameters<typeof ConfigProvider>[0]["locale"]>;

const FONT =
  'system-ui, -apple-system, "Segoe UI", "PingFang SC", "Hiragino Sans GB", "Noto Sans CJK SC", ' +
  '"Noto Sans SC", "Microsoft YaHei", sans-serif';

const shape = {
  fontFamily: FONT,
  fontSize: 14,
  borderRadius: 6,
  wireframe: false,
  motionDurationMid: "0.12s",
  motionDurationSlow: "0.16s",
};

/** A message beside other content should not be louder than it. */
const parts = (accent: string): ThemeConfig["components"] => ({
  Alert: { withDescriptionIconSize: 16, withDescriptionPadding: "10px 14px", fontSizeLG: 14 },
  Tabs: {
    horizontalMargin: "0 0 12px 0",
    itemSelectedColor: accent,
    itemHoverColor: accent,
    itemActiveColor: accent,
    inkBarColor: accent,
  },
});

const light: ThemeConfig = {
  components: parts("#047a3c"),
  algorithm: antTheme.defaultAlgorithm,
  token: {
    ...shape,
    colorPrimary: "#047a3c",
    colorLink: "#047a3c",
    colorLinkHover: "#059a4c",
    // Dark enough to be read on their own pale grounds.
    colorSuccess: "#0a7f3f",
    colorSuccessBg: "#e7f5ed",
    colorSuccessBorder: "#b5dec6",
    colorError: "#c92a26",
    colorErrorBg: "#fdeeed",
    colorErrorBorder: "#f3c3c0",
    colorWarning: "#8f5600",
    colorWarningBg: "#fcf3e2",
    colorWarningBorder: "#ecd6ac",
    colorInfo: "#1765ad",
    colorInfoBg: "#eaf2fb",
    colorInfoBorder: "#bfd8f0",
    colorBgLayout: "#f5f7f6",
    colorTextDescription: "rgba(0,0,0,0.62)",
    colorTextPlaceholder: "rgba(0,0,0,0.5)",
  },
};

const dark: ThemeConfig = {
  components: parts("#58cf93"),
  algorithm: antTheme.darkAlgorithm,
  token: {
    ...shape,
    colorPrimary: "#0d8f4a",
    colorLink: "#58cf93",
    colorLinkHover: "#7fe0ae",
    // The dark algorithm dims what it is given.
    colorSuccess: "#6fe3ad",
    colorError: "#ff9a94",
    colorWarning: "#ffc266",
    colorInfo: "#7cbcff",
    colorBgBase: "#131614",
    colorBgLayout: "#131614",
    colorBgContainer: "#1b1f1d",
    colorBgElevated: "#242927",
    colorTextDescription: "rgba(255,255,255,0.65)",
    colorTextPlaceholder: "rgba(255,255,255,0.5)",
  },
};

/** antd speaks English by itself; other languages come when they are chosen. */
function useAntLocale(current: string): AntLocale | undefined {
  const [chinese, setChinese] = useState<AntLocale>();
  useEffect(() => {
    if (current === "zh-CN") void import("antd/locale/zh_CN").then((m) => setChinese(m.default));
  }, [current]);
  return current === "zh-CN" ? chinese : undefined;
}

export function Look({ children }: { children: () => ReactNode }) {
  const language = useSyncExternalStore(onLocaleChange, locale);
  const look = useSyncExternalStore(onThemeChange, effectiveTheme);
  const antLocale = useAntLocale(language);
  useEffect(() => {
    markDocument();
    return followSystem();
  }, []);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the document is marked anew when the language changes
  useEffect(markDocument, [language]);
  useLayoutEffect(() => {
    document.documentElement.dataset.theme = look;
  }, [look]);
  return (
    <QueryClientProvider client={queries}>
      <ConfigProvider
        theme={look === "dark" ? dark : light}
        locale={antLocale}
        button={{ autoInsertSpace: false }}
        form={{ requiredMark: "optional" }}
      >
        <AntApp message={{ maxCount: 3 }}>{children()}</AntApp>
      </ConfigProvider>
    </QueryClientProvider>
  );
}
