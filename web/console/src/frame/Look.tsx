// Colours, language and density, of antd and of our own style sheet, in one place: antd writes all
// tokens as variables of the class `console`, which <html> has. Green is dark enough for white text
// (AA); on dark ground links are lighter for the same reason.

import { QueryClientProvider } from "@tanstack/react-query";
import { ConfigProvider, theme as antTheme, type ThemeConfig } from "antd";
import { useEffect, useState, useSyncExternalStore, type ReactNode } from "react";

import { locale, markDocument, onLocaleChange } from "../../../shared/i18n";
import { effectiveTheme, followSystem, onThemeChange } from "../../../shared/theme";
import { Notices } from "./Notices";
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
  motion: !matchMedia("(prefers-reduced-motion: reduce)").matches,
};

/** A message should not be more visible than the content next to it. */
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

/** Tokens that antd does not know, for styles.css; antd passes them on as --ant-ground-raised … */
const ownLight = {
  groundRaised: "#fafbfa",
  groundAccent: "#e6f4ec",
  groundTarget: "#fff5d6",
  lineStrong: "#b9c2bd",
  codeComment: "#68746d",
  codeString: "#8b4708",
  codeKeyword: "#8a2a86",
  codeValue: "#0b5fa5",
  codeTag: "#04713a",
};

const ownDark: typeof ownLight = {
  groundRaised: "#202522",
  groundAccent: "#17352583",
  groundTarget: "#3d3414",
  lineStrong: "#4b544f",
  codeComment: "#8b9890",
  codeString: "#e5b27c",
  codeKeyword: "#d9a0dd",
  codeValue: "#82bdf0",
  codeTag: "#6fd3a0",
};

const light: ThemeConfig = {
  cssVar: { key: "console" },
  components: parts("#047a3c"),
  algorithm: antTheme.defaultAlgorithm,
  token: {
    ...shape,
    ...ownLight,
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
    colorBorderSecondary: "#e4e8e6",
    colorText: "#1c211e",
    colorTextDescription: "#5d6661",
    colorTextPlaceholder: "rgba(0,0,0,0.5)",
  },
};

const dark: ThemeConfig = {
  cssVar: { key: "console" },
  components: {
    ...parts("#58cf93"),
    // White letters can be read on it under the pointer too; what antd computes is paler.
    Button: {
      colorPrimaryHover: "#12844a",
      defaultHoverColor: "#58cf93",
      defaultHoverBorderColor: "#58cf93",
    },
  },
  algorithm: antTheme.darkAlgorithm,
  token: {
    ...shape,
    ...ownDark,
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
    colorBorderSecondary: "#2d3330",
    colorText: "#e4e9e6",
    colorTextDescription: "#9da7a2",
    colorTextPlaceholder: "rgba(255,255,255,0.5)",
  },
};

/** antd contains English; other languages are loaded when they are chosen. */
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
  return (
    <QueryClientProvider client={queries}>
      <ConfigProvider
        theme={look === "dark" ? dark : light}
        locale={antLocale}
        button={{ autoInsertSpace: false }}
        form={{ requiredMark: "optional" }}
      >
        {children()}
        <Notices />
      </ConfigProvider>
    </QueryClientProvider>
  );
}
