/**
 * How a command fails: with a text, and with an exit code for scripts.
 *
 * @module
 */
import { t } from "./texts.js";

/** The exit codes, as `teahouse --help` and the README list them. */
export const EXIT = {
  done: 0,
  /** The host refused, or the program has errors. */
  refused: 1,
  /** The command was typed wrongly. */
  usage: 2,
  /** The host does not answer. */
  unreachable: 3,
  /** No token, or one that is no longer good. */
  notLoggedIn: 4,
} as const;

/** Why the system refused, in words; undefined for an error that is not the system's. */
export function systemReason(error: unknown): string | undefined {
  const { code, syscall } = error as NodeJS.ErrnoException;
  if (!code || !syscall) return undefined;
  switch (code) {
    case "EACCES":
    case "EPERM":
      return t("denied");
    case "ENOENT":
    case "ENOTDIR":
      return t("notThere");
    case "ENOSPC":
    case "EDQUOT":
      return t("noSpace");
    case "EROFS":
      return t("readOnly");
    case "EISDIR":
      return t("isFolder");
  }
  return code;
}

/** An error that people read: what happened, and what to do. */
export class Failure extends Error {
  constructor(
    message: string,
    readonly exit: number = EXIT.refused,
  ) {
    super(message);
    this.name = "Failure";
  }
}
