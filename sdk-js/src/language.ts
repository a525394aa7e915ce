/**
 * Which language the command line speaks: that of the terminal, from the variables that POSIX names.
 *
 * @module
 */
import { env } from "node:process";

export const LANGUAGES = ["en", "zh-CN"] as const;
export type Language = (typeof LANGUAGES)[number];

/** The language of these variables; without any, the system's. */
export function languageOf(variables: Record<string, string | undefined>): Language {
  const named = variables.LC_ALL || variables.LC_MESSAGES || variables.LANG;
  const tag = named || Intl.DateTimeFormat().resolvedOptions().locale;
  return /^zh\b|^zh_/i.test(tag) ? "zh-CN" : "en";
}

export const language = languageOf(env);
