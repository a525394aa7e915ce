import { afterEach, describe, expect, test } from "vitest";
import {
  decimalText,
  defineTexts,
  formatAmount,
  formatChipTime,
  formatListTime,
  parseAmount,
  setLocale,
} from "../../shared/i18n";

globalThis.document = { documentElement: { lang: "" } } as unknown as Document;

const t = defineTexts(
  { followers: { one: "{count} follower", other: "{count} followers" }, hello: "Hello {name}" },
  { followers: "{count} 人关注", hello: "你好{name}" },
);

afterEach(() => setLocale("en"));

describe("texts", () => {
  test("take the plural form of the language and write large counts readably", () => {
    expect(t("followers", { count: 1 })).toBe("1 follower");
    expect(t("followers", { count: 12843 })).toBe("12,843 followers");
    setLocale("zh-CN");
    expect(t("followers", { count: 1 })).toBe("1 人关注");
  });

  test("keep a value that looks like a placeholder as it is", () => {
    expect(t("hello", { name: "{count}" })).toBe("Hello {count}");
  });
});

describe("amounts", () => {
  test("are exact where a double would round", () => {
    expect(decimalText(900719925474099, "CNY")).toBe("9007199254740.99");
    expect(formatAmount(900719925474099, "CNY")).toBe("¥9,007,199,254,740.99");
  });

  test("carry a real minus sign, and a plus where asked", () => {
    expect(formatAmount(-4850, "CNY")).toBe("\u2212¥48.50");
    expect(formatAmount(5, "USD", "always")).toBe("+$0.05");
    expect(formatAmount(0, "USD", "always")).toBe("$0.00");
  });

  test("follow the digits of the currency", () => {
    expect(formatAmount(500, "JPY")).toBe("¥500");
    expect(parseAmount("12.5", "CNY")).toBe(1250);
    expect(parseAmount("12,5", "CNY")).toBe(1250);
    expect(parseAmount("12.", "CNY")).toBe(1200);
    expect(parseAmount("12.5", "JPY")).toBeNull();
    expect(parseAmount("1.234", "CNY")).toBeNull();
    expect(parseAmount("1e3", "CNY")).toBeNull();
    expect(parseAmount("-1", "CNY")).toBeNull();
  });
});

describe("times", () => {
  const now = new Date(2026, 10, 22, 0, 10);

  test("are the time today, then a day", () => {
    expect(formatListTime(new Date(2026, 10, 22, 0, 5), now)).toBe("00:05");
    expect(formatListTime(new Date(2026, 10, 21, 23, 55), now)).toBe("Yesterday");
    expect(formatListTime(new Date(2026, 10, 18, 9, 0), now)).toBe("Wednesday");
    expect(formatListTime(new Date(2026, 10, 10, 9, 0), now)).toBe("Nov 10");
    expect(formatListTime(new Date(2025, 0, 2, 9, 0), now)).toBe("Jan 2, 2025");
  });

  test("name the day in a chat only when it is another", () => {
    expect(formatChipTime(new Date(2026, 10, 22, 0, 5), now)).toBe("00:05");
    setLocale("zh-CN");
    expect(formatChipTime(new Date(2026, 10, 21, 9, 5), now)).toBe("昨天 09:05");
  });
});
