/**
 * How a command fails: in words, with an exit code that a script can tell apart.
 *
 * @module
 */

/** The exit codes, as `teahouse --help` and the README list them. */
export const EXIT = {
  done: 0,
  /** The host refused, or the program has errors. */
  refused: 1,
  /** The command was typed in a way that cannot be meant. */
  usage: 2,
  /** The host does not answer. */
  unreachable: 3,
  /** No token, or one that is no longer good. */
  notLoggedIn: 4,
} as const;

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
