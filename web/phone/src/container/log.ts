// The log of a development version, as its panel shows it.

import { Store } from "../state/store";
import type { LogLine } from "../../../shared/protocol";
import { LOG_LINES } from "./limits";

export class Log {
  readonly lines = new Store<readonly LogLine[]>([]);
  readonly shown = new Store(false);

  add(line: LogLine): void {
    this.lines.update((lines) => [...lines.slice(1 - LOG_LINES), line]);
  }

  clear(): void {
    this.lines.set([]);
  }

  show(shown: boolean): void {
    this.shown.set(shown);
  }
}
