// Texts, dates and amounts in the user's language. English is the source. The compiler checks that
// every other language has the same keys and the same {names} in a text.

export const LOCALES = { en: "English", "zh-CN": "简体中文" } as const;
export type Locale = keyof typeof LOCALES;

const STORAGE_KEY = "teahouse.locale";

/** Forms of a text by Intl.PluralRules of {count}. */
export interface Plural {
  one?: string;
  other: string;
}
export type Text = string | Plural;
export type Dictionary = Record<string, Text>;

type NamesIn<S extends string> = S extends `${string}{${infer Name}}${infer Rest}`
  ? Name | NamesIn<Rest>
  : never;
type NamesOf<T extends Text> = T extends string
  ? NamesIn<T>
  : T extends Plural
    ? NamesIn<T["other"]> | "count"
    : never;
type Arguments<T extends Text> = [NamesOf<T>] extends [never]
  ? []
  : [values: { [Name in NamesOf<T>]: Name extends "count" ? number : string | number }];

export type Translate<D extends Dictionary> = <K extends keyof D & string>(
  key: K,
  ...values: Arguments<D[K]>
) => string;

/** Binds a set of texts; the result follows the current locale at each call. */
export function defineTexts<const D extends Dictionary>(
  en: D,
  zh: { [K in keyof D]: Text },
): Translate<D> {
  const dictionaries: Record<Locale, Record<string, Text>> = { en, "zh-CN": zh };
  return (key, ...values) => fill(dictionaries[current][key] ?? en[key]!, values[0]);
}

function fill(text: Text, values: Record<string, string | number> | undefined): string {
  let form: string;
  if (typeof text === "string") {
    form = text;
  } else {
    const rule = plurals().select(Number(values?.count ?? 0));
    form = (rule === "one" ? text.one : undefined) ?? text.other;
  }
  if (!values) return form;
  return form.replace(/\{(\w+)\}/g, (whole, name: string) => {
    const value = values[name];
    if (value === undefined) return whole;
    return typeof value === "number" ? numbers().format(value) : value;
  });
}

// --- The current locale ---------------------------------------------------------------------

let current: Locale = stored() ?? preferred();
const listeners = new Set<() => void>();

export function locale(): Locale {
  return current;
}

export function setLocale(next: Locale): void {
  if (next === current) return;
  current = next;
  formats.clear();
  try {
    localStorage.setItem(STORAGE_KEY, next);
  } catch {
    // Storage may be blocked; the choice then lasts until the page closes.
  }
  markDocument();
  for (const listener of [...listeners]) listener();
}

export function onLocaleChange(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Sets the document's language, which selects fonts, hyphenation and the screen reader's voice. */
export function markDocument(): void {
  document.documentElement.lang = current;
}

function stored(): Locale | null {
  try {
    const value = localStorage.getItem(STORAGE_KEY);
    return value !== null && value in LOCALES ? (value as Locale) : null;
  } catch {
    return null;
  }
}

function preferred(): Locale {
  const languages = typeof navigator === "undefined" ? [] : navigator.languages;
  for (const language of languages) {
    if (language.toLowerCase().startsWith("zh")) return "zh-CN";
    if (language.toLowerCase().startsWith("en")) return "en";
  }
  return "en";
}

// --- Numbers, amounts, dates ------------------------------------------------------------------

// Intl objects are expensive to make, and a list needs the same ones many times.
const formats = new Map<string, unknown>();

function cached<T>(name: string, make: () => T): T {
  let format = formats.get(name) as T | undefined;
  if (format === undefined) formats.set(name, (format = make()));
  return format;
}

const plurals = () => cached("plurals", () => new Intl.PluralRules(current));
const numbers = () => cached("numbers", () => new Intl.NumberFormat(current));

function dates(name: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  return cached(name, () => new Intl.DateTimeFormat(current, options));
}

export function formatNumber(value: number): string {
  return numbers().format(value);
}

/** How many decimal digits a currency has: 2 for CNY, 0 for JPY. */
export function fractionDigits(currency: string): number {
  return (
    cached(`money ${currency}`, () => moneyFormat(currency)).resolvedOptions()
      .maximumFractionDigits ?? 2
  );
}

function moneyFormat(currency: string): Intl.NumberFormat {
  return new Intl.NumberFormat(current, {
    style: "currency",
    currency,
    currencyDisplay: "narrowSymbol",
  });
}

/** The decimal text of whole minor units, computed on digits: doubles would round large sums. */
export function decimalText(minor: number, currency: string): string {
  const digits = fractionDigits(currency);
  const text = String(Math.abs(minor)).padStart(digits + 1, "0");
  const whole = text.slice(0, text.length - digits);
  return digits === 0 ? whole : `${whole}.${text.slice(-digits)}`;
}

/** An amount with its currency sign. `sign` puts + or − (U+2212) before it, for statements. */
export function formatAmount(
  minor: number,
  currency: string,
  sign: "negative" | "always" = "negative",
): string {
  const format = cached(`money ${currency}`, () => moneyFormat(currency));
  // A numeric string keeps every digit; the type declarations only allow numbers.
  const text = format.format(decimalText(minor, currency) as unknown as number);
  if (minor < 0) return `\u2212${text}`;
  return sign === "always" && minor > 0 ? `+${text}` : text;
}

/** Parses an amount that a user typed; null when it is invalid or has too many digits. */
export function parseAmount(text: string, currency: string): number | null {
  const match = /^(\d{1,10})(?:[.,](\d*))?$/.exec(text.trim());
  if (!match) return null;
  const digits = fractionDigits(currency);
  const fraction = match[2] ?? "";
  if (fraction.length > digits) return null;
  return Number(match[1]! + fraction.padEnd(digits, "0"));
}

/** An amount as it is typed: what parseAmount reads back. */
export function plainAmount(amount: number, currency: string): string {
  return (amount / 10 ** fractionDigits(currency)).toFixed(fractionDigits(currency));
}

export function formatTime(at: Date): string {
  return dates("time", { hour: "2-digit", minute: "2-digit", hourCycle: "h23" }).format(at);
}

export function formatMonth(at: Date): string {
  return dates("month", { year: "numeric", month: "long" }).format(at);
}

export function formatDate(at: Date): string {
  return dates("date", { year: "numeric", month: "short", day: "numeric" }).format(at);
}

export function formatDateTime(at: Date): string {
  return dates("datetime", {
    year: "numeric",
    month: "short",
    day: "numeric",
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
  }).format(at);
}

const DAY_MS = 86_400_000;

function startOfDay(at: Date): number {
  return new Date(at.getFullYear(), at.getMonth(), at.getDate()).getTime();
}

/** "yesterday" in the user's language, with a capital letter, as a label. */
function yesterday(): string {
  const text = cached(
    "relative",
    () => new Intl.RelativeTimeFormat(current, { numeric: "auto" }),
  ).format(-1, "day");
  return text.charAt(0).toLocaleUpperCase(current) + text.slice(1);
}

/** The day in a conversation: "" for today, then Yesterday, weekday, date. */
function dayLabel(at: Date, now: Date): string {
  // Rounded, because the day of a clock change has 23 or 25 hours.
  const days = Math.round((startOfDay(now) - startOfDay(at)) / DAY_MS);
  if (days <= 0) return "";
  if (days === 1) return yesterday();
  if (days < 7) return dates("weekday", { weekday: "long" }).format(at);
  if (at.getFullYear() === now.getFullYear()) {
    return dates("day", { month: "short", day: "numeric" }).format(at);
  }
  return formatDate(at);
}

/** For a row of a list: the time today, else the day. */
export function formatListTime(at: Date, now: Date = new Date()): string {
  return dayLabel(at, now) || formatTime(at);
}

/** For the chip between messages: the day and the time. */
export function formatChipTime(at: Date, now: Date = new Date()): string {
  return `${dayLabel(at, now)} ${formatTime(at)}`.trim();
}
