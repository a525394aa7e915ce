import type { Command } from "../command.js";
import { Developer, type LogEntry } from "../developer.js";
import { appOf, load } from "../settings.js";
import { count } from "./versions.js";

const LISTED = 100;

export const logs: Command = {
  name: "logs",
  about: "read the app's log, the newest lines last",
  words: [],
  options: {
    app: { value: "ID", about: 'the app; also TEAHOUSE_APP, or "app_id" in teahouse.json' },
    level: {
      value: "LEVEL",
      of: ["log", "info", "warn", "error"],
      about: "only lines of this level",
    },
    limit: { value: "N", about: `how many (default ${LISTED})` },
  },
  async run(call) {
    const app = await appOf(".", call.value("app"));
    const most = count(call, "limit", LISTED);
    const { url, token } = await load();
    const lines: LogEntry[] = [];
    const found = new Developer(url, token).list<LogEntry>(
      `/api/v1/dev/apps/${app}/logs`,
      { level: call.value("level") },
      most,
    );
    for await (const entry of found) lines.push(entry);
    // The host gives the newest first; a terminal shows the end.
    call.answer(lines, () =>
      lines.length > 0 ? lines.reverse().map(line).join("\n") : "The log is empty.",
    );
    return 0;
  },
};

function line({ time, level, text, file, line: at, column }: LogEntry): string {
  const where = [file, at, at && column].filter(Boolean).join(":");
  return `${time} ${level.padEnd(5)} ${text}${where ? ` (${where})` : ""}`;
}
